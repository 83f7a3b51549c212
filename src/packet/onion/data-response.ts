// Data to route response (0x86): what a node makes of a data to route request for the peer that announced itself. Spec: Onion.
// Two seals: the outer by an ephemeral key for the announced data key (a node learns nothing, and no packet outlives a run);
// the inner by the sender's long-term key proves who sent it.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { type EphemeralPublicKey, type LongTermPublicKey, MAC_BYTES, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { nonce } from './fields.js'
import { ONION_DATA_MAX_BYTES } from './sizes.js'

/** The outer tag, the sender's key, the inner tag and one byte: what anybody sends at least. */
export const DATA_SEALED_MIN_BYTES = MAC_BYTES + PUBLIC_KEY_BYTES + MAC_BYTES + 1
/** 1,174 - kind 1 - destination 32 - nonce 24 - ephemeral key 32. */
export const DATA_SEALED_MAX_BYTES = ONION_DATA_MAX_BYTES - (1 + PUBLIC_KEY_BYTES + 24 + PUBLIC_KEY_BYTES)
/**
 * The most that one may send so that c-toxcore's receiver takes it. Its sender allows 1,021, but its receiver refuses
 * responses of more than 1,069 bytes: 1,069 - kind 1 - nonce 24 - ephemeral key 32 - tags 32 - sender's key 32 = 948.
 */
export const ONION_PLAIN_MAX_BYTES = 1069 - (1 + 24 + PUBLIC_KEY_BYTES + MAC_BYTES + PUBLIC_KEY_BYTES + MAC_BYTES)

export const DataResponse = struct({
  kind: literal(PacketKind.DATA_TO_ROUTE_RESPONSE, 'data to route response'),
  nonce,
  publicKey: bytes<EphemeralPublicKey>(32),
  sealed: rest(DATA_SEALED_MIN_BYTES, DATA_SEALED_MAX_BYTES),
})
export type DataResponse = Of<typeof DataResponse>

/** As the node sends it, which cannot judge what is sealed. */
export const RoutedDataResponse = struct({
  kind: literal(PacketKind.DATA_TO_ROUTE_RESPONSE, 'data to route response'),
  nonce,
  publicKey: bytes<EphemeralPublicKey>(32),
  sealed: rest(MAC_BYTES + 1, DATA_SEALED_MAX_BYTES),
})

/** Inside the outer seal: who sends, and what is sealed for the receiver's long-term key under the same nonce. */
export const OnionData = struct({
  sender: bytes<LongTermPublicKey>(32),
  sealed: rest(MAC_BYTES + 1),
})
export type OnionData = Of<typeof OnionData>
