// User Status (50). Spec: Messenger, USERSTATUS.

import { literal, mapped, type Of, struct, u8 } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'

/** In the order of their numbers on the wire and in the C API. */
export const USER_STATUSES = ['none', 'away', 'busy'] as const
export type UserStatus = (typeof USER_STATUSES)[number]

/** One byte: 0 none, 1 away, 2 busy; anything else is malformed. */
export const userStatus = mapped<number, UserStatus>(
  u8,
  (status) => USER_STATUSES.indexOf(status),
  (byte) => USER_STATUSES[byte],
  'uint8: 0 none, 1 away, 2 busy',
)

export const UserStatusPacket = struct(
  { id: literal(PacketId.USER_STATUS, 'user status'), status: userStatus },
  'user status',
)
export type UserStatusPacket = Of<typeof UserStatusPacket>
