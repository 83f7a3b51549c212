// Compiles SQLite for the profile's store: the sources of the package better-sqlite3-multiple-ciphers, which by itself would
// compile at each installation, for two minutes, and for one version of Node. SQLite knows nothing of Node: it is compiled
// once, on one core, beside the rest of the build; only the small binding is compiled for each version of Node.
// Without a compiler one line says so, and the stores on disk are missing. By hand: node .ci/build-sqlite.mjs [path of a node]

import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { output, ROOT, runAndListen, say } from './tools.mjs'

const PACKAGE = join(ROOT, 'node_modules/better-sqlite3-multiple-ciphers')
const TARGET = join(ROOT, 'build/sqlite')
/** SQLite takes 40 s with these, 100 s with -O3, and is hardly slower. */
const COMMON = ['-O1', '-fPIC', '-w', '-DNDEBUG']
const VERSION = '12.11.1'

/** Resolves with why there is none, or with undefined when the binary for `node` stands. */
export async function buildSqlite(node = process.execPath) {
  try {
    return await build(node)
  } catch (error) {
    return error.message
  }
}

async function build(node) {
  if (process.platform !== 'linux' && process.platform !== 'darwin') return 'this system has a build of its own'
  const manifest = join(PACKAGE, 'package.json')
  if (!existsSync(manifest)) return 'the package better-sqlite3-multiple-ciphers is not installed'
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (version !== VERSION) return `better-sqlite3-multiple-ciphers is ${version}, not ${VERSION}`
  const [abi, arch] = (output(node, ['-p', 'process.versions.modules + " " + process.arch']) ?? '').split(' ')
  const target = join(TARGET, `${process.platform}-${arch}-${abi}.node`)
  if (isNewer(target, manifest)) return undefined
  const headers = headersOf(node)
  if (headers === undefined) return `there are no headers beside ${node}`
  mkdirSync(TARGET, { recursive: true })
  const [library, binding] = await Promise.all([(sqlite ??= compileSqlite(manifest)), compileBinding(headers, abi)])
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : LINUX_LINK
  await compiler('g++', [...link, '-o', draftOf(target), binding, library])
  rmSync(binding)
  renameSync(draftOf(target), target)
  return undefined
}

/** Node has symbols of its own SQLite: ours must find each other first. */
const LINUX_LINK = ['-shared', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL']

/** Two lanes may ask at once. */
let sqlite

async function compileSqlite(manifest) {
  const target = join(TARGET, `sqlite-${VERSION}.o`)
  if (isNewer(target, manifest)) return target
  const list = readFileSync(join(PACKAGE, 'deps/defines.gypi'), 'utf8')
  const defines = [...list.matchAll(/'([A-Z][A-Z0-9_]*(?:=[^']*)?)'/g)].map(([, define]) => `-D${define}`)
  const source = join(PACKAGE, 'deps/sqlite3/sqlite3.c')
  await compiler('gcc', ['-std=gnu99', ...COMMON, ...defines, '-c', source, '-o', draftOf(target)])
  renameSync(draftOf(target), target)
  return target
}

async function compileBinding(headers, abi) {
  const object = join(TARGET, `binding-${abi}.${process.pid}.o`)
  const defines = ['-DNODE_GYP_MODULE_NAME=better_sqlite3', '-DBUILDING_NODE_EXTENSION']
  const includes = [`-I${headers}`, `-I${join(PACKAGE, 'deps/sqlite3')}`]
  const source = join(PACKAGE, 'src/better_sqlite3.cpp')
  await compiler('g++', ['-std=c++20', ...COMMON, ...defines, ...includes, '-c', source, '-o', object])
  return object
}

/** Built aside and renamed: nobody loads half a file. */
const draftOf = (target) => `${target}.${process.pid}`

async function compiler(name, args) {
  const { code, text } = await runAndListen(process.env[name === 'gcc' ? 'CC' : 'CXX'] || name, args, { quiet: true })
  if (code !== 0) throw new Error(`${name} failed: ${text.trim().split('\n').slice(0, 5).join('\n')}`)
}

const isNewer = (path, than) => existsSync(path) && statSync(path).mtimeMs > statSync(than).ctimeMs

function headersOf(node) {
  const folders = [realpathSync(node), node].map((path) => join(dirname(path), '../include/node'))
  return folders.find((folder) => existsSync(join(folder, 'node.h')))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = await buildSqlite(process.argv[2])
  if (missing !== undefined) say(`SQLite was not built: ${missing}`)
  process.exitCode = missing === undefined ? 0 : 1
}
