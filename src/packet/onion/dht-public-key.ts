// DHT public key packet (0x9c): tells a friend our DHT key of this run and how to find it. Spec: Onion, DHT public key packet.
// Travels as onion data, or (when the friend's DHT key is known) sealed once more inside a DHT request of the same number.

import { bytes, literal, many, type Of, rest, struct, u64 } from '../../codec/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../crypto/keys.js'
import { nodeOrRelay } from '../node-info.js'
import { nonce } from './fields.js'

/** The kind of the onion data packet, and of the DHT request (156). */
export const DHT_PUBLIC_KEY_KIND = 0x9c
/** At most so many nodes and relays: two of each when there are relays. */
export const DHT_PUBLIC_KEY_NODES_MAX = 4

export const DhtPublicKeyPacket = struct({
  kind: literal(DHT_PUBLIC_KEY_KIND, 'DHT public key'),
  /** Greater than in any packet before: seconds since 1970. Defeats replays. */
  noReplay: u64,
  dhtPublicKey: bytes<DhtPublicKey>(32),
  nodes: many(nodeOrRelay, DHT_PUBLIC_KEY_NODES_MAX),
})
export type DhtPublicKeyPacket = Of<typeof DhtPublicKeyPacket>

/** The same as the content of a DHT request: sealed with the long-term keys of both. */
export const DhtPublicKeyRequest = struct({
  sender: bytes<LongTermPublicKey>(32),
  nonce,
  /** Kind, no-replay number, key and tag at least; four IPv6 nodes more at most. */
  sealed: rest(1 + 8 + 32 + 16, 1 + 8 + 32 + 4 * 51 + 16),
})
export type DhtPublicKeyRequest = Of<typeof DhtPublicKeyRequest>
