// Status Message (49). Spec: Messenger, STATUSMESSAGE.

import { literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'

export const STATUS_MESSAGE_MAX_BYTES = 1007

/** The sender's status message; meant to be UTF-8, but nobody checks it on the way. */
export const StatusMessage = struct(
  { id: literal(PacketId.STATUS_MESSAGE, 'status message'), text: rest(0, STATUS_MESSAGE_MAX_BYTES) },
  'status message',
)
export type StatusMessage = Of<typeof StatusMessage>
