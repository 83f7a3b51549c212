// File transfers. Positions and sizes cross as 64 bits: bigint.

import { fail, type Result } from '../../../src/base/index.js'
import type {
  FileControlError,
  FileGetError,
  FileSeekError,
  FileSendChunkError,
  FileSendError,
} from '../../../src/messenger/index.js'
import { FILE_CONTROLS } from '../engine-events.js'
import type { CoreInstance } from '../instance.js'
import { done } from './done.js'

/** Friend, file, position, end. */
const AWAITED_BYTES = 4 + 4 + 8 + 8
/** Friend, file, position, size; the bytes follow. */
const CHUNK_HEAD_BYTES = 4 + 4 + 8 + 4

export const fileFunctions = {
  tox_file_send(
    tox: CoreInstance,
    friendNumber: number,
    kind: number,
    size: bigint,
    fileId: Uint8Array,
    name: Uint8Array,
  ): Result<number, FileSendError> {
    tox.pace.talk(tox.clock.now())
    // NULL asks for a random id.
    const id = fileId.length === 0 ? {} : { fileId }
    return tox.messenger.files.send(friendNumber, { kind, size, name, ...id })
  },

  /** A control that is none does nothing; c-toxcore ends the program for it. */
  core_file_control(
    tox: CoreInstance,
    friendNumber: number,
    fileNumber: number,
    control: number,
  ): Result<undefined, FileControlError> {
    const name = FILE_CONTROLS[control]
    if (name === undefined) return fail('denied')
    tox.pace.talk(tox.clock.now())
    return done(tox.messenger.files.control(friendNumber, fileNumber, name))
  },

  tox_file_seek(
    tox: CoreInstance,
    friendNumber: number,
    fileNumber: number,
    position: bigint,
  ): Result<undefined, FileSeekError> {
    return done(tox.messenger.files.seek(friendNumber, fileNumber, position))
  },

  core_file_send_chunk(
    tox: CoreInstance,
    friendNumber: number,
    fileNumber: number,
    position: bigint,
    data: Uint8Array,
  ): Result<undefined, FileSendChunkError> {
    tox.pace.piece(tox.clock.now())
    return done(tox.messenger.files.sendChunk(friendNumber, fileNumber, position, data))
  },

  /** Records of u32 friend, u32 file, u64 position, u64 end, in the machine's byte order. */
  core_file_awaited_chunks(tox: CoreInstance): Uint8Array {
    const awaited = tox.messenger.files.awaited()
    const view = new DataView(new ArrayBuffer(awaited.length * AWAITED_BYTES))
    for (const [index, { friendNumber, fileNumber, position, end }] of awaited.entries()) {
      const at = index * AWAITED_BYTES
      view.setUint32(at, friendNumber, true)
      view.setUint32(at + 4, fileNumber, true)
      view.setBigUint64(at + 8, position, true)
      view.setBigUint64(at + 16, end, true)
    }
    return new Uint8Array(view.buffer)
  },

  /** Records of u32 friend, u32 file, u64 position, u32 size and the bytes. The program was told that they are sent. */
  core_file_send_chunks(tox: CoreInstance, chunks: Uint8Array): undefined {
    const view = new DataView(chunks.buffer, chunks.byteOffset, chunks.length)
    for (let at = 0; at < chunks.length; ) {
      const start = at + CHUNK_HEAD_BYTES
      const [friendNumber, fileNumber] = [view.getUint32(at, true), view.getUint32(at + 4, true)]
      const position = view.getBigUint64(at + 8, true)
      at = start + view.getUint32(at + 16, true)
      const sent = tox.messenger.files.sendChunk(friendNumber, fileNumber, position, chunks.subarray(start, at))
      if (!sent.ok) throw new Error(`a chunk that was awaited is refused: ${sent.error}`)
      tox.pace.piece(tox.clock.now())
    }
  },

  tox_file_get_file_id: (
    tox: CoreInstance,
    friendNumber: number,
    fileNumber: number,
  ): Result<Uint8Array, FileGetError> => tox.messenger.files.fileId(friendNumber, fileNumber),

  tox_file_by_id: (tox: CoreInstance, friendNumber: number, fileId: Uint8Array): Result<number, FileGetError> =>
    tox.messenger.files.numberOf(friendNumber, fileId),
}
