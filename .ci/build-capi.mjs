// npm run build:capi [-- --sanitize LIST]: libtoxcore.so.2 in build/capi, by cmake-js from capi/CMakeLists.txt against libnode.
// With --sanitize (address,undefined or thread) in build/capi/<LIST>. Quick when nothing has changed since the last time.

import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { ensureLibnode } from './libnode.mjs'
import { installPackages, lastLines, newest, output, ROOT, runAndListen, say, tool } from './tools.mjs'

export const CAPI = join(ROOT, 'build/capi')

/** Everything that the library is made of. */
const SOURCES = ['capi', 'native', 'src', 'include', 'package-lock.json', '.ci/build-capi.mjs', '.ci/libnode.mjs']
const WAIT_MS = 500
/** They write what the compiler needs besides: the wrappers from the table, and the core as one script. */
const GENERATORS = [['--import', 'tsx', 'capi/generate/main.ts'], ['capi/core/bundle.mjs']]

/** It cannot be built here, which is nobody's mistake: no compiler, no libnode. */
export class CannotBuild extends Error {}

/**
 * Builds the library where it is stale; resolves with { folder, libnode }, the latter as in libnode.mjs. Throws CannotBuild where something is missing, and Error with the last lines of what was said as its cause where the build fails.
 */
export async function buildCapi({ sanitize = '' } = {}) {
  const release = await takeTurn()
  try {
    return await buildIfStale(sanitize)
  } finally {
    release()
  }
}

async function buildIfStale(sanitize) {
  const folder = sanitize === '' ? CAPI : join(CAPI, sanitize.replaceAll(',', '-'))
  const libnode = await findTools()
  findSanitizers(sanitize)
  const stamp = join(folder, '.built')
  const made = `${JSON.stringify(libnode)}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made && newestSource() <= statSync(stamp).mtimeMs) {
    return { folder, libnode }
  }
  const startedAt = Date.now()
  say(`Building ${join(folder, 'libtoxcore.so.2')} …`)
  rmSync(stamp, { force: true })
  mkdirSync(folder, { recursive: true })
  for (const generator of GENERATORS) await must(process.execPath, generator)
  const options = { ...variables(libnode), OUTPUT_DIR: outputOf(folder), SANITIZE: sanitize }
  const common = ['--directory', 'capi', '--out', join(folder, 'cmake'), '--log-level', 'warn']
  const settings = Object.entries(options)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--CD${name}=${value}`)
  // cmake-js would download the headers of the Node that runs it; here it finds libnode's instead.
  const env = { npm_config_nodedir: libnode.prefix }
  const cmakeJs = (command, ...args) =>
    must(process.execPath, [tool('cmake-js/bin/cmake-js'), command, ...common, ...args], { env })
  // Make, which every compiler comes with: a folder that was once configured for another tool cannot be built.
  await cmakeJs('configure', '--prefer-make', ...settings)
  await cmakeJs('build', '--parallel', String(availableParallelism()))
  putInPlace(outputOf(folder), folder)
  writePkgConfig(folder)
  writeFileSync(stamp, made)
  // What is edited during the build has not been built.
  utimesSync(stamp, new Date(startedAt), new Date(startedAt))
  say(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
  return { folder, libnode }
}

/** Where the compiler leaves the libraries. */
const outputOf = (folder) => join(folder, 'cmake/out')

/** Files and links of one folder into another, each whole: programs that run keep the old one, and none loads half of one. */
function putInPlace(from, to) {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)]
    if (lstatSync(source).isDirectory()) {
      putInPlace(source, target)
    } else {
      const draft = `${target}.${process.pid}`
      cpSync(source, draft, { verbatimSymlinks: true })
      renameSync(draft, target)
    }
  }
}

/** Two builds in one folder would spoil each other; resolves with what gives the turn back. */
async function takeTurn() {
  const path = join(CAPI, '.building')
  mkdirSync(CAPI, { recursive: true })
  for (let isWaiting = false; ; isWaiting = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isAlive(path)) rmSync(path, { force: true })
    else if (!isWaiting) say(`Another build of the C library is under way (${path}); waiting for it …`)
    await sleep(WAIT_MS)
  }
}

/** Whether the process that a lock names still runs; one that is just being written names none yet. */
function isAlive(path) {
  try {
    const pid = readFileSync(path, 'utf8')
    return pid === '' || existsSync(`/proc/${pid}`)
  } catch {
    return false
  }
}

/** What capi/CMakeLists.txt asks for. */
function variables({ includeDir, library }) {
  return { NODE_INCLUDE_DIR: includeDir, NODE_LIBRARY: library, GENERATED_DIR: join(CAPI, 'generated') }
}

const newestSource = () => Math.max(...SOURCES.map(newest))

async function findTools() {
  if (process.platform !== 'linux')
    throw new CannotBuild(`the C library is built on Linux alone, not on ${process.platform}`)
  if (!existsSync('capi/CMakeLists.txt')) throw new CannotBuild('capi/CMakeLists.txt is missing')
  const missing = ['cmake', 'make', 'cc', 'c++'].filter((name) => output(name, ['--version']) === undefined)
  if (missing.length > 0) {
    throw new CannotBuild(`${missing.join(', ')} missing; run as root: apt-get install cmake make gcc g++`)
  }
  try {
    return await ensureLibnode()
  } catch (error) {
    throw new CannotBuild(error.message)
  }
}

/** gcc's libraries of these sanitizers; it answers with the bare name where it has none. */
function findSanitizers(list) {
  const names = { address: 'libasan.so', undefined: 'libubsan.so', thread: 'libtsan.so' }
  const wanted = list === '' ? [] : list.split(',').map((name) => names[name] ?? `lib${name}.so`)
  const missing = wanted.filter((name) => !output('c++', [`-print-file-name=${name}`])?.startsWith('/'))
  if (missing.length > 0) throw new CannotBuild(`the compiler has no ${missing.join(', ')}`)
}

async function must(command, args, options) {
  const { code, text } = await runAndListen(command, args, options)
  if (code !== 0) throw new Error('the build of the C library failed', { cause: lastLines(text) })
}

/** The version that include/tox/tox.h states. */
export function version() {
  const header = readFileSync('include/tox/tox.h', 'utf8')
  const part = (name) => new RegExp(`define TOX_VERSION_${name}\\s+(\\d+)`).exec(header)?.[1] ?? '0'
  return ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.')
}

export const pkgConfig = ({ prefix, libdir, includedir }) => `prefix=${prefix}
libdir=${libdir}
includedir=${includedir}

Name: toxcore
Description: Tox core whose protocol runs in an embedded Node runtime
Version: ${version()}
Libs: -L\${libdir} -ltoxcore
Libs.private: -lsodium -lpthread -ldl
Cflags: -I\${includedir}
`

/** For programs that are built against the project itself: PKG_CONFIG_PATH=build/capi/pkgconfig. */
function writePkgConfig(folder) {
  mkdirSync(join(folder, 'pkgconfig'), { recursive: true })
  const text = pkgConfig({ prefix: ROOT, libdir: folder, includedir: join(ROOT, 'include') })
  writeFileSync(join(folder, 'pkgconfig/toxcore.pc'), text)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [option, value] = process.argv.slice(2)
  if (option !== undefined && (option !== '--sanitize' || value === undefined)) {
    say('usage: npm run build:capi [-- --sanitize address,undefined]')
    process.exit(2)
  }
  try {
    await installPackages()
    const { folder, libnode } = await buildCapi({ sanitize: value })
    say(`${join(folder, 'libtoxcore.so.2')} is built, against ${libnode.library}.`)
    if (libnode.unready !== undefined) say(`It cannot run here yet: ${libnode.unready}`)
  } catch (error) {
    say(error.message)
    process.exit(1)
  }
}
