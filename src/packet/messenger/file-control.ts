// File Control (81): either side accepts, resumes, pauses or ends a transfer, or asks for it from a position on.
// Spec: Messenger, FILE_CONTROL.

import { literal, mapped, type Of, rest, struct, u8, u64 } from '../../codec/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../friend/packet-id.js'

export const FileControlKind = {
  /** From the receiver of an offered file: begin. Else: go on after a pause. */
  ACCEPT: 0,
  PAUSE: 1,
  KILL: 2,
  /** From the receiver of an offered file, before accepting: begin at the position that follows. */
  SEEK: 3,
} as const

/** One byte; c-toxcore writes 0 or 1 and reads every other value as 0. */
const side = mapped<number, boolean>(
  u8,
  (isReceiver) => (isReceiver ? 1 : 0),
  (byte) => byte === 1,
  'uint8: 1 when whoever sends this packet receives the file, else 0',
)

/** `data` is a position for SEEK; behind the other kinds c-toxcore takes and ignores anything. */
export const FileControl = struct(
  {
    id: literal(PacketId.FILE_CONTROL, 'file control'),
    isReceiver: side,
    fileNumber: u8,
    kind: u8,
    data: rest(0, SESSION_PACKET_MAX_BYTES - 4),
  },
  'file control',
)
export type FileControl = Of<typeof FileControl>

/** What stands in `data` of a SEEK: less than the file's size. */
export const FileSeekPosition = u64
