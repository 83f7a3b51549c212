// Forward reply: the answer to a forwarded request, for the node that forwarded it. Its sendback says where it goes next.

import { literal, type Of, rest, sized, struct, u8 } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { FORWARD_DATA_MAX_BYTES, SENDBACK_MAX_BYTES } from './sizes.js'

export const forwardReply = struct(
  {
    kind: literal(PacketKind.FORWARD_REPLY, 'forward reply'),
    sendback: sized(u8, SENDBACK_MAX_BYTES),
    data: rest(0, FORWARD_DATA_MAX_BYTES),
  },
  'forward reply',
)
export type ForwardReply = Of<typeof forwardReply>
