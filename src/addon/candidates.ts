// Where a binary of the addon may lie. The C library bundles a twin of this file: there the addon is linked in.

import { join } from 'node:path'
import { packageRoot, requireNow } from './here.cjs'

export interface AddonCandidate {
  /** For people: a folder of the package. */
  readonly name: string
  /** Throws when it is absent or does not load here. */
  load(): unknown
}

const environment: { readonly TOXCORE_TS_ADDON?: string } = process.env

/** Why the user wants none; empty when they do not mind. */
export function addonSwitchedOff(): string {
  return environment.TOXCORE_TS_ADDON === 'off' ? 'TOXCORE_TS_ADDON is off' : ''
}

/** In the order in which to try them: what was built here comes first. */
export function addonCandidates(): readonly AddonCandidate[] {
  const root = packageRoot()
  if (root === undefined) return []
  // A prebuilt binary of the other libc does not load and is passed over.
  const libcs = process.platform === 'linux' ? ['-glibc', '-musl'] : ['']
  const folders = libcs.map((libc) => join('prebuilds', `${process.platform}-${process.arch}${libc}`))
  return [join('build', 'Release'), ...folders].map((name) => ({
    name,
    load: () => requireNow(join(root, name, 'toxcore_ts.node')),
  }))
}
