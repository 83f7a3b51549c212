// libnode for the C library: Debian's packages where they are installed, else a private copy of them in build/libnode.
// (apt-get install libnode-dev refuses beside a nodejs package that is not Debian's, because one of its JavaScript packages
// wants Debian's own.) By hand: node .ci/libnode.mjs [folder of the private copy] prints what was found as JSON.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRoot, lastLines, output, ROOT, runAndListen, say } from './tools.mjs'

/** Debian 12's. The headers come in two packages, the JavaScript that libnode reads when it starts in three. */
const LIBRARY_PACKAGES = ['libnode108', 'libnode-dev', 'libuv1-dev']
const SCRIPT_PACKAGES = ['node-acorn', 'node-cjs-module-lexer', 'node-undici']
/** What the library itself needs of the system. */
const SHARED_PACKAGES = ['libbrotli1', 'libc-ares2', 'libicu72', 'libnghttp2-14', 'libssl3', 'libuv1', 'zlib1g']

const PRIVATE = join(ROOT, 'build/libnode')
/** In the private copy: it is whole, and which packages it was made of. */
const STAMP = '.packages'

/**
 * Finds libnode, or fetches it; resolves with { includeDir, library, prefix, unready }: what can be built with, and why it
 * cannot be run yet, with the line to run as root. Throws where there is nothing to build with.
 */
export async function ensureLibnode(folder = PRIVATE) {
  const found = installed('/') ?? (isUnpacked(folder) ? installed(folder) : undefined) ?? (await fetchPrivate(folder))
  const unready = (await ensureShared(found.library)) ?? ensureScripts(found.library, folder)
  return { ...found, unready }
}

/** The headers and the library below `root`. */
function installed(root) {
  const prefix = join(root, 'usr')
  const includeDir = join(prefix, 'include/node')
  if (!existsSync(join(includeDir, 'node.h'))) return undefined
  if (!existsSync(join(includeDir, 'uv.h')) && !existsSync(join(prefix, 'include/uv.h'))) return undefined
  // Headers of another Node may stand there; the ABI's number is in them and in the library's name.
  const abi = /define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(join(includeDir, 'node_version.h'), 'utf8'))?.[1]
  const folders = [join(prefix, 'lib'), ...list(join(prefix, 'lib')).map((name) => join(prefix, 'lib', name))]
  for (const folder of folders) {
    const library = join(folder, `libnode.so.${abi}`)
    if (existsSync(library)) return { includeDir, library, prefix }
  }
  return undefined
}

function list(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const privatePackages = () => [...LIBRARY_PACKAGES, ...SCRIPT_PACKAGES].join(' ')

function isUnpacked(folder) {
  const stamp = join(folder, STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === privatePackages()
}

async function fetchPrivate(folder) {
  if (!existsSync('/usr/bin/apt-get')) throw new Error('there is no libnode here, and no apt-get to fetch it with')
  say(`libnode-dev is not installed: fetching Debian's packages into ${folder} …`)
  const draft = `${folder}.${process.pid}`
  try {
    await unpack([...LIBRARY_PACKAGES, ...SCRIPT_PACKAGES], draft)
    writeFileSync(join(draft, STAMP), privatePackages())
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  const found = installed(folder)
  if (found === undefined) throw new Error(`Debian's packages hold no libnode where it was expected, in ${folder}`)
  say(`Unpacked ${privatePackages()} into ${folder}; nothing of it is installed.`)
  return found
}

/** Downloads packages and unpacks them into `folder`, installing nothing. */
async function unpack(packages, folder) {
  const debs = join(folder, 'debs')
  mkdirSync(debs, { recursive: true })
  let result = await download(packages, debs)
  if (result.code !== 0 && isRoot()) {
    // A bare system has no package lists yet, an old one has lists of packages that are gone.
    await runAndListen('apt-get', ['-qq', ...LOCK, 'update'])
    result = await download(packages, debs)
  }
  if (result.code !== 0) {
    const why = `cannot download ${packages.join(' ')}:\n${lastLines(result.text)}`
    throw new Error(isRoot() ? why : `${why}\nwithout root the package lists cannot be renewed; run: apt-get update`)
  }
  for (const deb of readdirSync(debs)) {
    const { code, text } = await runAndListen('dpkg-deb', ['-x', join(debs, deb), folder])
    if (code !== 0) throw new Error(`cannot unpack ${deb}: ${lastLines(text)}`)
  }
  rmSync(debs, { recursive: true })
}

const LOCK = ['-o', 'DPkg::Lock::Timeout=120']

/** apt-get says who it is when it downloads as root; that this works is all that counts. */
const download = (packages, folder) =>
  runAndListen('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...packages], {
    cwd: folder,
    quiet: true,
  })

/** The shared libraries of libnode are installed where that is ours to do; what stands in the way, or undefined. */
async function ensureShared(library) {
  const missing = missingShared(library)
  if (missing.length === 0) return undefined
  const line = `apt-get install -y --no-install-recommends ${SHARED_PACKAGES.join(' ')}`
  if (!isRoot()) return `libnode needs ${missing.join(', ')}; run as root: ${line}`
  say(`libnode needs ${missing.join(', ')}: installing them …`)
  const args = ['-qq', ...LOCK, 'install', '-y', '--no-install-recommends', ...SHARED_PACKAGES]
  const { code, text } = await runAndListen('apt-get', args, { env: { DEBIAN_FRONTEND: 'noninteractive' } })
  const still = missingShared(library)
  if (code === 0 && still.length === 0) return undefined
  return `cannot install what libnode needs (${still.join(', ')}):\n${lastLines(text)}`
}

const missingShared = (library) =>
  [...(output('ldd', [library]) ?? '').matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name)

/**
 * The JavaScript files that libnode reads from fixed places when it starts; the library itself names them. From a private
 * copy they are put into those places, beside what packages own and never over it. What stands in the way, or undefined.
 */
function ensureScripts(library, folder) {
  const names = readFileSync(library, 'latin1').match(/\/usr\/share\/nodejs\/[\w./-]+\.js(?=\0)/g) ?? []
  const missing = [...new Set(names)].filter((path) => !existsSync(path))
  if (missing.length === 0) return undefined
  const sources = missing.map((path) => join(folder, path))
  const absent = sources.find((source) => !existsSync(source))
  if (absent !== undefined) {
    return `libnode needs ${missing.join(', ')}; run as root: apt-get install ${SCRIPT_PACKAGES.join(' ')}`
  }
  try {
    for (const path of missing) {
      mkdirSync(dirname(path), { recursive: true })
      // Whole or not at all: libnode must never read half a file.
      copyFileSync(realpathSync(join(folder, path)), `${path}.${process.pid}`)
      renameSync(`${path}.${process.pid}`, path)
    }
  } catch (error) {
    const line = `cp -rn ${join(folder, 'usr/share/nodejs')} /usr/share/`
    return `libnode reads ${missing.join(', ')} when it starts (${error.message}); run as root: ${line}`
  }
  say(`Copied what libnode reads when it starts: ${missing.join(', ')}`)
  return undefined
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const folder = process.argv[2] === undefined ? PRIVATE : resolve(process.argv[2])
    console.log(JSON.stringify(await ensureLibnode(folder)))
  } catch (error) {
    say(error.message)
    process.exit(1)
  }
}
