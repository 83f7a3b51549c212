// Typing (51): whether the sender writes to us now. Spec: Messenger, TYPING.

import { literal, mapped, type Of, struct, u8 } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'

/** One byte; c-toxcore writes 0 or 1 and reads every other value as 1. */
const typing = mapped<number, boolean>(
  u8,
  (is) => (is ? 1 : 0),
  (byte) => byte !== 0,
  'uint8: 0 not typing, else typing',
)

export const Typing = struct({ id: literal(PacketId.TYPING, 'typing'), typing }, 'typing')
export type Typing = Of<typeof Typing>
