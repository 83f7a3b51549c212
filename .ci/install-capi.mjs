// npm run install:capi -- --prefix DIR: the library, its headers and its pkg-config file into DIR (/usr/local), below DESTDIR
// where that is set. A library that was built with the private copy of libnode takes that along: the clone may go afterwards.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { buildCapi, pkgConfig } from './build-capi.mjs'
import { installPackages, isRoot, output, ROOT, say } from './tools.mjs'

const LIBRARY = 'libtoxcore.so.2'
/** Where the linker of Debian looks without being told. */
const SYSTEM_PREFIXES = ['/usr', '/usr/local']

const [option, value] = process.argv.slice(2)
if (option !== undefined && (option !== '--prefix' || value === undefined)) {
  say('usage: npm run install:capi -- --prefix DIR')
  process.exit(2)
}
// npm runs scripts in the project's folder; a relative DIR means the folder of the user.
const userFolder = process.env.INIT_CWD ?? '.'
const prefix = resolve(userFolder, value ?? '/usr/local')
const stage = process.env.DESTDIR ? resolve(userFolder, process.env.DESTDIR) : ''
const libdir = join(prefix, 'lib')
const includedir = join(prefix, 'include')
/** What was installed, a path a line: who uninstalls gives it to rm. */
const manifest = join(libdir, 'toxcore-ts/installed')

/** By path: what writes the file under the name it is given. */
function contents(folder, libnode) {
  const copy = (source) => (draft) => cpSync(source, draft, { dereference: true })
  const link = (target) => (draft) => symlinkSync(target, draft)
  const files = {
    [join(libdir, LIBRARY)]: copy(join(folder, LIBRARY)),
    [join(libdir, 'libtoxcore.so')]: link(LIBRARY),
    [join(libdir, 'toxcore-0.2.18', LIBRARY)]: copy(join(folder, '0.2.18', LIBRARY)),
    [join(libdir, 'pkgconfig/toxcore.pc')]: (draft) => writeFileSync(draft, pkgConfig({ prefix, libdir, includedir })),
  }
  for (const header of readdirSync('include/tox')) {
    files[join(includedir, 'tox', header)] = copy(join('include/tox', header))
  }
  if (libnode.library.startsWith(ROOT)) {
    files[join(libdir, 'toxcore-ts', basename(libnode.library))] = copy(libnode.library)
    files[join(libdir, 'toxcore-0.2.18/toxcore-ts')] = link('../toxcore-ts')
  }
  const paths = [...Object.keys(files), manifest]
  files[manifest] = (draft) => writeFileSync(draft, `${paths.join('\n')}\n`)
  return files
}

/** Never written in place: a program may have the old file open. */
function install(path, write) {
  const target = stage + path
  const draft = `${target}.${process.pid}`
  mkdirSync(dirname(target), { recursive: true })
  write(draft)
  renameSync(draft, target)
}

const installedBefore = () =>
  existsSync(stage + manifest)
    ? readFileSync(stage + manifest, 'utf8')
        .trim()
        .split('\n')
    : []

function tellHowToUse() {
  if (stage !== '') return
  if (SYSTEM_PREFIXES.includes(prefix)) {
    if (isRoot()) output('/sbin/ldconfig', [])
    return
  }
  say(`To build with it: export PKG_CONFIG_PATH=${join(libdir, 'pkgconfig')}`)
  say(`To run with it:   export LD_LIBRARY_PATH=${libdir}`)
}

try {
  await installPackages()
  const { folder, libnode } = await buildCapi()
  const old = installedBefore()
  const files = contents(folder, libnode)
  for (const [path, write] of Object.entries(files)) install(path, write)
  for (const path of old) if (files[path] === undefined) rmSync(stage + path, { force: true })
  say(`Installed ${LIBRARY}, include/tox and pkgconfig/toxcore.pc in ${stage}${prefix}; ${manifest} lists all files.`)
  tellHowToUse()
  if (libnode.unready !== undefined) say(`It cannot run here yet: ${libnode.unready}`)
} catch (error) {
  say(error.message)
  process.exit(1)
}
