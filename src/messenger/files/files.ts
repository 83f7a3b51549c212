// File transfers with friends. Spec: Messenger, File transfers. At most 256 in each direction with a friend; all end with the
// session, without a word, as in c-toxcore: an offer with the same file id and a seek continue them in the next one.

import { fail, ok, type Result, sameBytes } from '../../base/index.js'
import type { MessengerContext } from '../context.js'
import type { Friend } from '../friend.js'
import { FileControls } from './controls.js'
import type { FileControlError, FileGetError, FileSeekError, FileSendChunkError, FileSendError } from './errors.js'
import type { FileControlName } from './events.js'
import { FileReceiver } from './receiver.js'
import { type AwaitedChunks, type FileOffer, FileSender } from './sender.js'
import { FileTables } from './tables.js'

export class Files {
  readonly #context: MessengerContext
  readonly #tables: FileTables
  readonly #sender: FileSender
  readonly #controls: FileControls

  /** @internal Made by the messenger. */
  constructor(context: MessengerContext) {
    this.#context = context
    this.#tables = new FileTables(context.env)
    this.#sender = new FileSender(context, this.#tables)
    this.#controls = new FileControls(context, this.#tables, this.#sender)
    new FileReceiver(context, this.#tables)
  }

  /** Offers a file to a friend: its number, 0 to 255. When they accept, the events ask for its chunks. */
  send(friendNumber: number, offer: FileOffer): Result<number, FileSendError> {
    return this.#sender.offer(friendNumber, offer)
  }

  /** Answers a `fileChunkRequest`: the bytes are copied. */
  sendChunk(
    friendNumber: number,
    fileNumber: number,
    position: bigint,
    data: Uint8Array,
  ): Result<void, FileSendChunkError> {
    return this.#sender.sendChunk(friendNumber, fileNumber, position, data)
  }

  /** What `sendChunk` takes for sure now: each piece in its order, if nothing else is done before or between. */
  awaited(): readonly AwaitedChunks[] {
    return this.#sender.awaited()
  }

  /** Accepts an offer (`'resume'`), or pauses, resumes or ends a transfer of either direction. */
  control(friendNumber: number, fileNumber: number, control: FileControlName): Result<void, FileControlError> {
    return this.#controls.control(friendNumber, fileNumber, control)
  }

  /** Before an offer is accepted: asks for it from `position` on. */
  seek(friendNumber: number, fileNumber: number, position: bigint): Result<void, FileSeekError> {
    return this.#controls.seek(friendNumber, fileNumber, position)
  }

  /** The 32 bytes by which a file is known again in another session. */
  fileId(friendNumber: number, fileNumber: number): Result<Uint8Array, FileGetError> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    const file = this.#tables.known(friend)?.find(fileNumber)
    return file === undefined ? fail('not-found') : ok(file.fileId.slice())
  }

  /** The number of the transfer with this file id. */
  numberOf(friendNumber: number, fileId: Uint8Array): Result<number, FileGetError> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    const file = this.#tables.known(friend)?.findId((known) => sameBytes(known, fileId))
    return file === undefined ? fail('not-found') : ok(file.number)
  }

  /** @internal All transfers with this friend are over. */
  onOffline(friend: Friend): void {
    this.#tables.drop(friend)
    this.#sender.onOffline(friend)
  }
}
