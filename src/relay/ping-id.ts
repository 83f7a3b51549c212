// Ids of pings between relays and their clients: 0 is none.

import type { Random } from '../base/index.js'

/** A random id that nobody can guess, and answer without having read it. */
export function freshPingId(random: Random): bigint {
  const bytes = random.bytes(8)
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0) || 1n
}
