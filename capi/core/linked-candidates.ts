// The twin of src/addon/candidates.ts in the bundle of the C library: the addon's objects are linked in.

import type { AddonCandidate } from '../../src/addon/candidates.js'
import { linkedBinding } from './linked-binding.js'

export function addonSwitchedOff(): string {
  return ''
}

export function addonCandidates(): readonly AddonCandidate[] {
  return [{ name: 'the library', load: () => linkedBinding('toxcore_ts') }]
}
