// Onion 2 (0x82): from hop 2 to hop 3, the exit. Spec: Onion, onion packet (request).

import { bytes, literal, type Of, struct } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { allBut, nonce, publicKey } from './fields.js'
import { FORWARD_HEAD_BYTES, ONION_PACKET_MAX_BYTES, RETURN_2_BYTES, SEALED_EXIT_MIN_BYTES } from './sizes.js'

/** The return address is sealed by hop 2 for itself: hop 1's address and what hop 1 sealed. */
export const Onion2 = struct({
  kind: literal(PacketKind.ONION_2, 'onion 2'),
  nonce,
  publicKey,
  sealed: allBut(RETURN_2_BYTES, SEALED_EXIT_MIN_BYTES, ONION_PACKET_MAX_BYTES - FORWARD_HEAD_BYTES - RETURN_2_BYTES),
  returnPath: bytes<Uint8Array>(RETURN_2_BYTES),
})
export type Onion2 = Of<typeof Onion2>
