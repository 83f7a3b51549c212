// What the scripts of this folder share: running programs, installing npm packages, finding out whether dist is stale.
// Everything here reports on standard error; standard output belongs to the job itself (npm start: the Tox ID first).

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(ROOT)

export const say = (text) => process.stderr.write(`${text}\n`)

/** Runs a program with its standard output on our standard error; resolves with its exit code. */
export function run(command, args, { env = {}, stdout = 2 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', stdout, 2], env: { ...process.env, ...env } })
    child.on('error', (error) => {
      say(`${command}: ${error.message}`)
      resolve(127)
    })
    child.on('close', (code, signal) => resolve(signal === null ? code : 128))
  })
}

/** Runs a program as `run` does; resolves with its exit code and with what it said. */
export function runAndListen(command, args, { env = {}, cwd, quiet = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, cwd })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part) => {
        text += part
        if (!quiet) process.stderr.write(part)
      })
    }
    child.on('error', (error) => resolve({ code: 127, text: error.message }))
    child.on('close', (code, signal) => resolve({ code: signal === null ? code : 128, text }))
  })
}

/** How much of a program's last words is repeated where its failure is told. */
const LAST_LINES = 30

export const lastLines = (text) => text.trimEnd().split('\n').slice(-LAST_LINES).join('\n')

/** Runs a program for its output; undefined when it fails. */
export function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout.trim() : undefined
}

export const isRoot = () => process.getuid?.() === 0

/** The path of a program of a development dependency. */
export const tool = (path) => join(ROOT, 'node_modules', path)

/** Whether node_modules holds exactly the versions that the lock file names (optional packages may be missing). */
function installed() {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
  try {
    const present = read('node_modules/.package-lock.json')
    return Object.entries(read('package-lock.json')).every(
      ([path, { version, optional, devOptional, peer }]) =>
        path === '' || optional || devOptional || peer || present[path]?.version === version,
    )
  } catch {
    return false
  }
}

/** Installs the npm packages where they are missing or of another version. Throws when that fails. */
export async function installPackages() {
  if (installed()) return
  say('Installing npm packages …')
  const npm = process.env.npm_execpath
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund']
  const code = npm?.endsWith('.js') ? await run(process.execPath, [npm, ...args]) : await run('npm', args)
  if (code !== 0) throw new Error(`npm ci failed (exit code ${code}); is the npm registry within reach?`)
}

export function newest(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  // A folder's own time tells of files removed.
  return Math.max(
    stat.mtimeMs,
    ...readdirSync(path)
      .filter((name) => name !== 'build')
      .map((name) => newest(join(path, name))),
  )
}

/** The file that a finished build leaves behind. */
export const STAMP = 'dist/.built'

export function buildIsStale() {
  const sources = [
    'src',
    'native',
    'binding.gyp',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    '.ci/build.mjs',
  ]
  return !existsSync(STAMP) || Math.max(...sources.map(newest)) > statSync(STAMP).mtimeMs
}

/** Builds where a source is newer than the last build. Throws when that fails. */
export async function buildIfStale() {
  if (!buildIsStale()) return
  say('Building …')
  const { code, text } = await runAndListen(process.execPath, ['.ci/build.mjs'])
  if (code !== 0) throw new Error('the build failed', { cause: lastLines(text) })
}
