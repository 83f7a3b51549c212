// Onion 1 (0x81): from hop 1 to hop 2. Spec: Onion, onion packet (request).

import { bytes, literal, type Of, struct } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { allBut, nonce, publicKey } from './fields.js'
import { FORWARD_HEAD_BYTES, ONION_PACKET_MAX_BYTES, RETURN_1_BYTES, SEALED_2_MIN_BYTES } from './sizes.js'

/** The return address is sealed by hop 1 for itself: the sender's address. */
export const Onion1 = struct({
  kind: literal(PacketKind.ONION_1, 'onion 1'),
  nonce,
  publicKey,
  sealed: allBut(RETURN_1_BYTES, SEALED_2_MIN_BYTES, ONION_PACKET_MAX_BYTES - FORWARD_HEAD_BYTES - RETURN_1_BYTES),
  returnPath: bytes<Uint8Array>(RETURN_1_BYTES),
})
export type Onion1 = Of<typeof Onion1>
