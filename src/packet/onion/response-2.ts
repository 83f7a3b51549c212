// Onion response 2 (0x8d): from hop 3 to hop 2. Spec: Onion, onion packet (response).

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { ONION_PACKET_MAX_BYTES, RETURN_2_BYTES } from './sizes.js'

/** The return address as the receiving hop sealed it, then the answer as the sender will get it. */
export const OnionResponse2 = struct({
  kind: literal(PacketKind.ONION_RESPONSE_2, 'onion response 2'),
  returnPath: bytes<Uint8Array>(RETURN_2_BYTES),
  data: rest(1, ONION_PACKET_MAX_BYTES - (1 + RETURN_2_BYTES)),
})
export type OnionResponse2 = Of<typeof OnionResponse2>
