// Onion initial (0x80): from the sender to hop 1. Spec: Onion, onion packet (request).

import { literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { nonce, publicKey } from './fields.js'
import { FORWARD_HEAD_BYTES, ONION_PACKET_MAX_BYTES, SEALED_1_MIN_BYTES } from './sizes.js'

/** The public key is the sender's DHT key; one nonce serves all three layers. */
export const OnionInitial = struct({
  kind: literal(PacketKind.ONION_INITIAL, 'onion initial'),
  nonce,
  publicKey,
  sealed: rest(SEALED_1_MIN_BYTES, ONION_PACKET_MAX_BYTES - FORWARD_HEAD_BYTES),
})
export type OnionInitial = Of<typeof OnionInitial>
