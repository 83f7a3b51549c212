// File Data (82): the next piece of a file. Spec: Messenger, FILE_DATA. The session keeps order, so there is no position in it.

import { literal, type Of, rest, struct, u8 } from '../../codec/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../friend/packet-id.js'

/** 1,371: one session packet without its id and the file number. */
export const FILE_CHUNK_MAX_BYTES = SESSION_PACKET_MAX_BYTES - 2

/** A shorter piece than the longest is the last one, and so is an empty one. */
export const FileData = struct(
  { id: literal(PacketId.FILE_DATA, 'file data'), fileNumber: u8, data: rest(0, FILE_CHUNK_MAX_BYTES) },
  'file data',
)
export type FileData = Of<typeof FileData>

/** Writes a piece at the start of `target` without a detour: the hot path's twin of the schema above. */
export function writeFileData(target: Uint8Array, fileNumber: number, data: Uint8Array): Uint8Array {
  target[0] = PacketId.FILE_DATA
  target[1] = fileNumber
  target.set(data, 2)
  return target.subarray(0, 2 + data.length)
}

/** A view of the piece inside a file data packet, `undefined` when malformed: the hot path's twin of `decode`. */
export function fileDataOf(packet: Uint8Array): Uint8Array | undefined {
  return packet.length < 2 || packet.length > SESSION_PACKET_MAX_BYTES ? undefined : packet.subarray(2)
}
