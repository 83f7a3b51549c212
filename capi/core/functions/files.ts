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
  tox_file_control(
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

  tox_file_send_chunk(
    tox: CoreInstance,
    friendNumber: number,
    fileNumber: number,
    position: bigint,
    data: Uint8Array,
  ): Result<undefined, FileSendChunkError> {
    tox.pace.piece(tox.clock.now())
    return done(tox.messenger.files.sendChunk(friendNumber, fileNumber, position, data))
  },

  tox_file_get_file_id: (
    tox: CoreInstance,
    friendNumber: number,
    fileNumber: number,
  ): Result<Uint8Array, FileGetError> => tox.messenger.files.fileId(friendNumber, fileNumber),

  tox_file_by_id: (tox: CoreInstance, friendNumber: number, fileId: Uint8Array): Result<number, FileGetError> =>
    tox.messenger.files.numberOf(friendNumber, fileId),
}
