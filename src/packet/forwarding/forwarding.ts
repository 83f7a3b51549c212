// Forwarding: what somebody asked the sender to pass on to us. With a sendback it is a request, and its answer goes to the sender
// as a forward reply with the same sendback; without one it is the answer to what we had forwarded.

import { literal, type Of, rest, sized, struct, u8 } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { FORWARD_DATA_MAX_BYTES, SENDBACK_MAX_BYTES } from './sizes.js'

export const forwarding = struct(
  {
    kind: literal(PacketKind.FORWARDING, 'forwarding'),
    sendback: sized(u8, SENDBACK_MAX_BYTES),
    data: rest(0, FORWARD_DATA_MAX_BYTES),
  },
  'forwarding',
)
export type Forwarding = Of<typeof forwarding>
