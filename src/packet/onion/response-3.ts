// Onion response 3 (0x8c): from the destination to hop 3. Spec: Onion, onion packet (response).

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { ONION_PACKET_MAX_BYTES, RETURN_3_BYTES } from './sizes.js'

/** The return address as the receiving hop sealed it, then the answer as the sender will get it. */
export const OnionResponse3 = struct({
  kind: literal(PacketKind.ONION_RESPONSE_3, 'onion response 3'),
  returnPath: bytes<Uint8Array>(RETURN_3_BYTES),
  data: rest(1, ONION_PACKET_MAX_BYTES - (1 + RETURN_3_BYTES)),
})
export type OnionResponse3 = Of<typeof OnionResponse3>
