// The twin of src/addon/candidates.ts in the bundle of the C library: the addon's objects are linked in.

import type { AddonCandidate } from '../../src/addon/candidates.js'

/** `process` as Node makes it; the types do not show this door of embedders. */
const embedder = process as unknown as { _linkedBinding(name: string): unknown }

export function addonSwitchedOff(): string {
  return ''
}

export function addonCandidates(): readonly AddonCandidate[] {
  return [{ name: 'the library', load: () => embedder._linkedBinding('toxcore_ts') }]
}
