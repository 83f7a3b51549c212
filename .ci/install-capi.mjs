// npm run install:capi -- --prefix DIR: the library, its headers and its pkg-config file into DIR (/usr/local).

import { copyFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buildCapi, pkgConfig } from './build-capi.mjs'
import { installPackages, isRoot, output, ROOT, say } from './tools.mjs'

const [option, value] = process.argv.slice(2)
if (option !== undefined && (option !== '--prefix' || value === undefined)) {
  say('usage: npm run install:capi -- --prefix DIR')
  process.exit(2)
}
// npm runs scripts in the project's folder; a relative DIR means the folder of the user.
const prefix = resolve(process.env.INIT_CWD ?? '.', value ?? '/usr/local')

try {
  await installPackages()
  const { folder, libnode } = await buildCapi()
  const libdir = join(prefix, 'lib')
  for (const flavour of ['', '0.2.18']) {
    mkdirSync(join(libdir, flavour === '' ? '' : 'toxcore-0.2.18'), { recursive: true })
    const target = join(libdir, flavour === '' ? '' : 'toxcore-0.2.18', 'libtoxcore.so.2')
    // Never written in place: a program may have it open.
    rmSync(target, { force: true })
    copyFileSync(join(folder, flavour, 'libtoxcore.so.2'), target)
  }
  rmSync(join(libdir, 'libtoxcore.so'), { force: true })
  symlinkSync('libtoxcore.so.2', join(libdir, 'libtoxcore.so'))
  cpSync('include/tox', join(prefix, 'include/tox'), { recursive: true })
  mkdirSync(join(libdir, 'pkgconfig'), { recursive: true })
  const text = pkgConfig({ prefix, libdir, includedir: join(prefix, 'include') })
  writeFileSync(join(libdir, 'pkgconfig/toxcore.pc'), text)
  say(`Installed libtoxcore.so.2, include/tox and pkgconfig/toxcore.pc in ${prefix}.`)
  if (isRoot() && ['/usr', '/usr/local'].includes(prefix)) output('/sbin/ldconfig', [])
  if (libnode.library.startsWith(ROOT))
    say(`It looks for libnode in ${dirname(libnode.library)} too: keep that folder.`)
  if (libnode.unready !== undefined) say(`It cannot run here yet: ${libnode.unready}`)
} catch (error) {
  say(error.message)
  process.exit(1)
}
