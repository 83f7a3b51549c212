// Which libtoxcore.so.2 a client runs on: Debian's, or the one that this project builds.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Library = 'debian' | 'ours'

/** Where the built library lies. */
const OURS = fileURLToPath(new URL('../../build/capi/', import.meta.url))

/** Where Debian's lies: told to clients too, since one in /usr/local would be found first. */
const DEBIANS = readdirSync('/usr/lib')
  .map((name) => join('/usr/lib', name))
  .find((folder) => existsSync(join(folder, 'libtoxcore.so.2')))

export const isBuilt = existsSync(join(OURS, 'libtoxcore.so.2'))

/** The environment in which an unmodified client finds the library. */
export function environment(library: Library): Record<string, string> {
  const folder = library === 'ours' ? OURS : DEBIANS
  return folder === undefined ? {} : { LD_LIBRARY_PATH: folder }
}

/** The library that a running process has loaded, as its memory map tells. */
export function loadedLibrary(pid: number): Library | undefined {
  const path = /\/\S*libtoxcore\.so\.2\S*/.exec(readFileSync(`/proc/${pid}/maps`, 'utf8'))?.[0]
  if (path === undefined) return undefined
  if (path.startsWith(OURS)) return 'ours'
  return DEBIANS !== undefined && path.startsWith(DEBIANS) ? 'debian' : undefined
}
