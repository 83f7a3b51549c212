// Nickname (48). Spec: Messenger, NICKNAME.

import { literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'

export const NAME_MAX_BYTES = 128

/** The sender's name; meant to be UTF-8, but nobody checks it on the way. */
export const Nickname = struct(
  { id: literal(PacketId.NICKNAME, 'nickname'), name: rest(0, NAME_MAX_BYTES) },
  'nickname',
)
export type Nickname = Of<typeof Nickname>
