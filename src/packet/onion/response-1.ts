// Onion response 1 (0x8e): from hop 2 to hop 1. Spec: Onion, onion packet (response).

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { ONION_PACKET_MAX_BYTES, RETURN_1_BYTES } from './sizes.js'

/** The return address as the receiving hop sealed it, then the answer as the sender will get it. */
export const OnionResponse1 = struct({
  kind: literal(PacketKind.ONION_RESPONSE_1, 'onion response 1'),
  returnPath: bytes<Uint8Array>(RETURN_1_BYTES),
  data: rest(1, ONION_PACKET_MAX_BYTES - (1 + RETURN_1_BYTES)),
})
export type OnionResponse1 = Of<typeof OnionResponse1>
