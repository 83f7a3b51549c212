// File Send Request (80): the sender offers a file. Spec: Messenger, FILE_SENDREQUEST.

import { bytes, literal, type Of, rest, struct, u8, u32, u64 } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'

/** Numbers are one byte: so many transfers in each direction. */
export const FILES_MAX = 256
export const FILE_ID_BYTES = 32
export const FILE_NAME_MAX_BYTES = 255

/** The size of a stream whose end is not known yet. */
export const FILE_SIZE_UNKNOWN = 2n ** 64n - 1n

/** Kinds that are agreed upon; any other number is between the applications. */
export const FileKind = {
  DATA: 0,
  /** A picture of the sender; the file id is its SHA-256, size 0 stands for "none". */
  AVATAR: 1,
} as const

/** `fileNumber` is free at the sender; `size` is 2^64 - 1 when unknown; `name` is no path, and anything may stand in it. */
export const FileSend = struct(
  {
    id: literal(PacketId.FILE_SEND_REQUEST, 'file send request'),
    fileNumber: u8,
    kind: u32,
    size: u64,
    fileId: bytes(FILE_ID_BYTES),
    name: rest(0, FILE_NAME_MAX_BYTES),
  },
  'file send request',
)
export type FileSend = Of<typeof FileSend>
