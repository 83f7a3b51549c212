// The package as users get it: packed, installed into an empty folder, imported and required, with its types; with and
// without a compiler, and with install scripts off, as npm 11 does for a dependency whose user has not approved them.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

interface Manifest {
  version: string
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

/** Makes an identity and closes again: enough to need the crypto backend, the host and the engine. */
const ESM = `
import { Tox } from 'toxcore-ts'
const tox = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false })
console.log(tox.address)
await tox.close()
`
const CJS = `
const { Tox } = require('toxcore-ts')
Tox.create({ bindAddress: '127.0.0.1', ipv6: false }).then(async (tox) => {
  console.log(tox.address)
  await tox.close()
})
`
/** A node with two threads, and clients at enough addresses for both. */
const workers = (get: string): string => `
(async () => {
  const { BootstrapNodeServer, Tox } = ${get}
  const node = await BootstrapNodeServer.create({ port: 0, workers: 2 })
  const client = () => Tox.create({ bindAddress: '127.0.0.1', ipv6: false, bootstrap: [node.asBootstrapNode()] })
  const all = []
  const isServed = () => node.packetsByThread.length === 2 && node.packetsByThread.every((packets) => packets > 0)
  for (let n = 0; n < 100 && !isServed(); n++) {
    if (all.length < 40) all.push(await client())
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  console.log(isServed() ? 'both' : node.packetsByThread.join())
  for (const one of [...all, node]) await one.close()
})()
`
const ESM_TYPES = `
import { Tox, ToxError } from 'toxcore-ts'
import * as sim from 'toxcore-ts/sim'
const tox: Tox = await Tox.create({ bindAddress: '127.0.0.1' })
const address: string = tox.address
// @ts-expect-error: the types are there, so a wrong one is refused
const wrong: number = tox.address
export const all = [address, wrong, sim, ToxError]
`
const CJS_TYPES = `
import toxcore = require('toxcore-ts')
const code: string = new Error().message
export const make = async (): Promise<string> => (await toxcore.Tox.create({ bindAddress: '127.0.0.1' })).address + code
// @ts-expect-error: no such export
export const none = toxcore.NoSuchThing
`

const work = mkdtempSync(join(tmpdir(), 'pack-'))

/** A PATH with Node and a shell, but no compiler, make or Python. */
function barePath(): string {
  const folder = join(work, 'bin')
  mkdirSync(folder, { recursive: true })
  for (const name of ['node', 'npm', 'sh', 'env', 'uname', 'dirname', 'sed', 'readlink']) {
    const found = process.env
      .PATH!.split(':')
      .map((path) => join(path, name))
      .find((path) => existsSync(path))
    if (found !== undefined && !existsSync(join(folder, name))) symlinkSync(found, join(folder, name))
  }
  return folder
}

async function npm(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = ['--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline']
  const { stdout } = await promisify(execFile)('npm', [...args, ...options], { cwd, env: { ...process.env, ...env } })
  return stdout
}

/** An empty project with the tarball as its only dependency; resolves with its folder. */
async function install(name: string, tarball: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const folder = join(work, name)
  mkdirSync(folder)
  // SQLite would be compiled here for two minutes where no binary of it can be fetched.
  const allowScripts = { 'better-sqlite3-multiple-ciphers': false }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, version: '1.0.0', allowScripts }))
  await npm(['install', tarball, ...args], folder, env)
  return folder
}

function node(folder: string, file: string, code: string, env: NodeJS.ProcessEnv = {}): string {
  writeFileSync(join(folder, file), code)
  const options = { cwd: folder, encoding: 'utf8', timeout: 30_000, env: { ...process.env, ...env } } as const
  return execFileSync(process.execPath, [file], options).trim()
}

function typecheck(folder: string, file: string, code: string): void {
  writeFileSync(join(folder, file), code)
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,esnext.disposable']
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
  const module = ['--module', 'nodenext', '--moduleResolution', 'nodenext']
  try {
    execFileSync(process.execPath, [TSC, ...options, ...types, ...module, file], { cwd: folder, encoding: 'utf8' })
  } catch (error) {
    assert.fail((error as { stdout: string }).stdout)
  }
}

const TOX_ID = /^[0-9A-F]{76}$/i

describe('the packed tarball', function () {
  this.timeout(180_000)
  let paths: string[] = []

  const installs = new Map<string, Promise<string>>()

  before(async function () {
    if (!existsSync(join(ROOT, 'dist/.built')) || !existsSync(join(ROOT, 'dist/esm/index.js'))) {
      this.test!.parent!.title += ' [no build: npm run build]'
      this.skip()
    }
    const [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', work], ROOT)) as [
      { filename: string; files: { path: string }[] },
    ]
    const tarball = join(work, packed.filename)
    paths = packed.files.map(({ path }) => path)
    // npm waits more than it works: all installs go on at once, each judged in its own test.
    const noCompiler = { PATH: barePath(), npm_config_python: '/nonexistent', CC: '/nonexistent', CXX: '/nonexistent' }
    const start = (name: string, args: string[], env: NodeJS.ProcessEnv = {}): void => {
      const installed = install(name, tarball, args, env)
      installed.catch(() => {})
      installs.set(name, installed)
    }
    start('plain', [])
    start('no-compiler-no-scripts', ['--ignore-scripts'], noCompiler)
    start('no-compiler', ['--foreground-scripts'], noCompiler)
    start('least', ['--omit=optional', '--ignore-scripts'])
  })
  after(() => rmSync(work, { recursive: true, force: true }))

  it('carries both builds, the types, the sources of the addon and its binary, and nothing else', () => {
    for (const path of ['dist/esm/index.js', 'dist/esm/index.d.ts', 'dist/cjs/index.js', 'dist/cjs/index.d.ts']) {
      assert.ok(paths.includes(path), path)
    }
    for (const path of ['dist/cjs/package.json', 'dist/esm/cli/main.js', 'README.md', 'LICENSE', 'binding.gyp']) {
      assert.ok(paths.includes(path), path)
    }
    const expected = /^(dist\/|native\/|prebuilds\/|include\/|binding\.gyp$|package\.json$|README\.md$|LICENSE$)/
    assert.deepEqual(
      paths.filter((path) => !expected.test(path) || /(^|\/)(test|bench|build|node_modules)\//.test(path)),
      [],
    )
    if (existsSync(join(ROOT, 'prebuilds'))) {
      assert.ok(
        paths.some((path) => /^prebuilds\/.*\.node$/.test(path)),
        'the binary of the addon is missing',
      )
    }
  })

  it('works through import and require, in JavaScript and in types', async () => {
    const folder = await installs.get('plain')!
    assert.match(node(folder, 'a.mjs', ESM), TOX_ID)
    assert.match(node(folder, 'a.cjs', CJS), TOX_ID)
    typecheck(folder, 'types.mts', ESM_TYPES)
    typecheck(folder, 'types.cts', CJS_TYPES)
  })

  it('its command runs', async () => {
    const folder = await installs.get('plain')!
    const options = { cwd: folder, encoding: 'utf8', timeout: 30_000 } as const
    const help = execFileSync(join(folder, 'node_modules/.bin/toxcore-ts'), ['--help'], options)
    assert.match(help, /echo/)
  })

  it('installs without a compiler, and without install scripts uses the binary that it carries', async () => {
    const folder = await installs.get('no-compiler-no-scripts')!
    const carried = existsSync(join(ROOT, 'prebuilds'))
    const choice = carried ? { TOXCORE_TS_CRYPTO: 'native' } : {}
    assert.match(node(folder, 'a.mjs', ESM, choice), TOX_ID)
    assert.match(node(folder, 'a.cjs', CJS, choice), TOX_ID)
  })

  it('serves a port with several threads, in both builds', async function () {
    if (!existsSync(join(ROOT, 'prebuilds'))) return this.skip()
    const folder = await installs.get('no-compiler-no-scripts')!
    assert.equal(node(folder, 'workers.mjs', workers("await import('toxcore-ts')")), 'both')
    assert.equal(node(folder, 'workers.cjs', workers("require('toxcore-ts')")), 'both')
  })

  it('installs without a compiler where npm does run install scripts', async () => {
    const folder = await installs.get('no-compiler')!
    assert.match(node(folder, 'a.mjs', ESM), TOX_ID)
  })

  it('falls back to WASM where optional dependencies are left out', async () => {
    const folder = await installs.get('least')!
    for (const name of Object.keys(manifest.optionalDependencies)) {
      assert.equal(existsSync(join(folder, 'node_modules', name)), false, name)
    }
    assert.match(node(folder, 'a.mjs', ESM, { TOXCORE_TS_CRYPTO: 'wasm' }), TOX_ID)
    assert.match(node(folder, 'a.cjs', CJS, { TOXCORE_TS_CRYPTO: 'wasm' }), TOX_ID)
  })
})
