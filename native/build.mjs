// Builds the addon: `node native/build.mjs [--required] [--quiet]`.
//
// The headers come from beside the running node, never from the network and never from an npmrc's `nodedir`, which may
// belong to another version. Without a compiler, headers or node-gyp one line says which path the library will use
// instead, and the exit code is 0 (with --required, 1): the addon is a faster twin, not a need.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const required = process.argv.includes('--required')
const quiet = process.argv.includes('--quiet')

/** The folder name of this machine's prebuilt binary: src/addon/index.ts looks for the same. */
export function platformTag() {
  const libc = process.platform !== 'linux' ? '' : isMusl() ? '-musl' : '-glibc'
  return `${process.platform}-${process.arch}${libc}`
}

function isMusl() {
  if (process.report) process.report.excludeNetwork = true // Else the report may wait for name servers.
  const header = process.report?.getReport().header
  return header !== undefined && header.glibcVersionRuntime === undefined
}

function giveUp(reason) {
  console.error(`toxcore-ts: native addon not built (${reason}); crypto by sodium-native or WASM, UDP by node:dgram`)
  process.exit(required ? 1 : 0)
}

function findHeaders() {
  const prefixes = [resolve(realpathSync(process.execPath), '../..'), resolve(process.execPath, '../..')]
  return prefixes.find((prefix) => existsSync(join(prefix, 'include/node/node_api.h')))
}

function findNodeGyp() {
  const beside = resolve(realpathSync(process.execPath), '../..')
  const candidates = [
    () => require.resolve('node-gyp/bin/node-gyp.js'),
    () => join(beside, 'lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'),
    () => join(beside, 'share/nodejs/node-gyp/bin/node-gyp.js'),
  ]
  for (const candidate of candidates) {
    try {
      const path = candidate()
      if (existsSync(path)) return path
    } catch {
      // Not installed there.
    }
  }
  return undefined
}

function findCompiler() {
  if (process.platform === 'win32') return 'cl' // node-gyp searches for Visual Studio itself.
  const names = process.env.CXX ? [process.env.CXX] : ['g++', 'c++', 'clang++']
  return names.find((name) => spawnSync(name.split(' ')[0], ['--version'], { stdio: 'ignore' }).status === 0)
}

function build() {
  const nodeGyp = findNodeGyp()
  if (nodeGyp === undefined) giveUp('node-gyp is not installed')
  const headers = findHeaders()
  if (headers === undefined) giveUp(`no Node headers beside ${process.execPath}`)
  if (findCompiler() === undefined) giveUp('no C++ compiler')
  if (process.platform !== 'win32' && spawnSync('make', ['--version'], { stdio: 'ignore' }).status !== 0) {
    giveUp('no make')
  }
  try {
    require.resolve('node-addon-api')
  } catch {
    giveUp('node-addon-api is not installed')
  }

  const environment = { ...process.env }
  // npm hands its own settings down as variables, and node-gyp would obey their nodedir.
  for (const name of Object.keys(environment)) {
    if (/^npm_(package_)?config_(node_gyp_)?nodedir$/i.test(name)) delete environment[name]
  }
  // Not `rebuild`, which would clear away the whole folder build, where the C library lives too.
  for (const step of ['configure', 'build']) {
    const args = [nodeGyp, step, `--nodedir=${headers}`, '--release', '--jobs=max']
    const run = spawnSync(process.execPath, args, { cwd: root, env: environment, encoding: 'utf8' })
    if (run.status !== 0) {
      process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}`)
      giveUp('the compiler failed, see above')
    }
  }
  const built = join(root, 'build/Release/toxcore_ts.node')
  const folder = join(root, 'prebuilds', platformTag())
  mkdirSync(folder, { recursive: true })
  // Renamed into place: a process that has the old file open keeps it.
  const target = join(folder, 'toxcore_ts.node')
  copyFileSync(built, `${target}.new`)
  renameSync(`${target}.new`, target)
  if (!quiet) console.error(`toxcore-ts: native addon built: prebuilds/${platformTag()}/toxcore_ts.node`)
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) build()
