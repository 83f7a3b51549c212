// OOB (out of band): a packet to a client of the same relay without a route. Sent (6) to the relay, received (7) from it.
// Spec: TCP server.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { type DhtPublicKey, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { RelayPacketKind } from './kinds.js'

/** c-toxcore: TCP_MAX_OOB_DATA_LENGTH. */
export const OOB_DATA_MAX_BYTES = 1024

const data = rest(1, OOB_DATA_MAX_BYTES)

export const OobSend = struct({
  kind: literal(RelayPacketKind.OOB_SEND, 'OOB send'),
  receiver: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES, 'DHT public key of the receiver[32]'),
  data,
})
export type OobSend = Of<typeof OobSend>

export const OobReceived = struct({
  kind: literal(RelayPacketKind.OOB_RECEIVED, 'OOB received'),
  sender: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES, 'DHT public key of the sender[32]'),
  data,
})
export type OobReceived = Of<typeof OobReceived>
