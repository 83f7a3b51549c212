// Files that we send. The user is asked for chunks whenever the path takes more: acknowledgements drive it, not a clock.
// c-toxcore asks once an iteration, as often as its queue has room, whether or not its user has answered. Here no more is asked
// for than would leave at once, so that messages never queue behind a file and a user who does not answer is left alone.

import { type Deadline, fail, type Millis, ok, type Result } from '../../base/index.js'
import { encode } from '../../codec/index.js'
import type { FriendConnection } from '../../friend/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../../packet/friend/packet-id.js'
import { FILE_CHUNK_MAX_BYTES, writeFileData } from '../../packet/messenger/file-data.js'
import {
  FILE_ID_BYTES,
  FILE_NAME_MAX_BYTES,
  FILE_SIZE_UNKNOWN,
  FILES_MAX,
  FileSend,
} from '../../packet/messenger/file-send.js'
import type { MessengerContext } from '../context.js'
import type { Friend } from '../friend.js'
import type { FileSendChunkError, FileSendError } from './errors.js'
import { type FileTable, STALLED_AFTER_MS } from './table.js'
import type { FileTables } from './tables.js'
import { SendingFile } from './transfer.js'

/** The last slots of the send queue are left to messages (c-toxcore: MIN_SLOTS_FREE). */
export const SLOTS_LEFT_TO_OTHERS = 64 / 4

/** The user is asked for so many chunks in one turn, 350 KB; then others have theirs. */
const REQUESTS_PER_TURN = 256

const EMPTY = new Uint8Array(0)

export interface FileOffer {
  /** 0 data, 1 avatar; others are between the applications. */
  readonly kind: number
  /** 2^64 - 1 when not known: then a chunk that is shorter than asked for is the end. */
  readonly size: bigint
  /** At most 255 bytes. */
  readonly name: Uint8Array
  /** 32 bytes by which an interrupted transfer is known again; random unless given. */
  readonly fileId?: Uint8Array
}

/** Chunks that the user was asked for: bytes from `position` to `end`, each of 1,371 but for the last one of a file. */
export interface AwaitedChunks {
  readonly friendNumber: number
  readonly fileNumber: number
  readonly position: bigint
  readonly end: bigint
}

export class FileSender {
  readonly #context: MessengerContext
  readonly #tables: FileTables
  /** Chunks are put together here; sessions copy what they queue. */
  readonly #packet = new Uint8Array(SESSION_PACKET_MAX_BYTES)
  /** Friends to whom more may be sent without news of the path. */
  readonly #due = new Set<Friend>()
  readonly #deadline: Deadline

  constructor(context: MessengerContext, tables: FileTables) {
    this.#context = context
    this.#tables = tables
    this.#deadline = context.env.deadlines.create('file chunks', () => this.#runDue())
    context.connections.listen({
      onAcked: (connection, upTo) => this.#onAcked(connection, upTo),
      onWritable: (connection) => this.#onWritable(connection),
    })
  }

  offer(friendNumber: number, { kind, size, name, fileId }: FileOffer): Result<number, FileSendError> {
    const { friends, env } = this.#context
    const friend = friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (name.length > FILE_NAME_MAX_BYTES) return fail('name-too-long')
    if (friend.state !== 'online') return fail('friend-not-connected')
    const table = this.#tables.get(friend)
    const slot = table.freeSlot
    if (slot === undefined) return fail('too-many')
    const file = new SendingFile(slot, size, fileId?.slice() ?? env.random.bytes(FILE_ID_BYTES))
    const fields = { id: PacketId.FILE_SEND_REQUEST, fileNumber: slot, kind, size, fileId: file.fileId, name } as const
    if (friend.connection.sendLossless(encode(FileSend, fields)) === undefined) return fail('friend-not-connected')
    table.add(file)
    return ok(file.number)
  }

  /** Sends what was asked for: exactly so many bytes, or fewer at the end of a file whose size is not known. */
  sendChunk(
    friendNumber: number,
    fileNumber: number,
    position: bigint,
    data: Uint8Array,
  ): Result<void, FileSendChunkError> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (friend.state !== 'online') return fail('friend-not-connected')
    if (fileNumber >= FILES_MAX) return fail('not-found')
    const table = this.#tables.get(friend)
    const file = table.sending(fileNumber)
    if (file === undefined || file.state !== 'transferring') return fail('not-transferring')
    if (data.length > FILE_CHUNK_MAX_BYTES) return fail('invalid-length')
    const end = file.position + BigInt(data.length)
    if (end > file.size) return fail('invalid-length')
    const isShort = data.length !== FILE_CHUNK_MAX_BYTES
    if (isShort && file.size !== FILE_SIZE_UNKNOWN && end !== file.size) return fail('invalid-length')
    if (position !== file.position || (file.requested <= position && file.size !== 0n)) return fail('wrong-position')
    return this.#sendData(friend, table, file, data) ? ok(undefined) : fail('sendq')
  }

  /** All chunks that `sendChunk` takes for sure, in their order, if nothing else is done before or between. */
  awaited(): AwaitedChunks[] {
    const all: AwaitedChunks[] = []
    for (const [friend, table] of this.#tables) {
      const files = table.awaited()
      if (friend.state !== 'online' || friend.connection.freeSlots < SLOTS_LEFT_TO_OTHERS + chunksOf(files)) continue
      for (const { number, position, requested } of files) {
        all.push({ friendNumber: friend.number, fileNumber: number, position, end: requested })
      }
    }
    return all
  }

  /** The friend accepted, or a pause ended: begins in this turn. */
  begin(friend: Friend): void {
    this.#due.add(friend)
    this.#deadline.set(this.#now)
  }

  onOffline(friend: Friend): void {
    this.#due.delete(friend)
  }

  #sendData(friend: Friend, table: FileTable, file: SendingFile, data: Uint8Array): boolean {
    const { connection } = friend
    if (connection.freeSlots < SLOTS_LEFT_TO_OTHERS) return false
    const packetNumber = connection.sendLossless(writeFileData(this.#packet, file.slot, data))
    if (packetNumber === undefined) return false
    file.position += BigInt(data.length)
    if (file.unanswered > 0) file.unanswered--
    file.activeMs = this.#now
    const isEnd = data.length !== FILE_CHUNK_MAX_BYTES || file.position === file.size
    if (isEnd) table.finish(file, packetNumber)
    return true
  }

  #onAcked(connection: FriendConnection, upTo: number): void {
    const friend = this.#context.friends.ofConnection(connection)
    const table = friend && this.#tables.known(friend)
    if (table === undefined) return
    for (let file = table.takeDelivered(upTo); file !== undefined; file = table.takeDelivered(upTo)) {
      this.#context.events.fileChunkRequest(friend!.number, file.number, file.position, 0)
      if (this.#tables.known(friend!) !== table) return
    }
  }

  #onWritable(connection: FriendConnection): void {
    const friend = this.#context.friends.ofConnection(connection)
    if (friend !== undefined) this.#ask(friend)
  }

  #runDue(): void {
    const due = [...this.#due]
    this.#due.clear()
    for (const friend of due) this.#ask(friend)
  }

  /** Asks the user for as many chunks as would leave now. They may be answered inside the event, later, or never. */
  #ask(friend: Friend): void {
    const table = this.#tables.known(friend)
    if (table === undefined || !table.hasActive) return
    for (let requests = 0; requests < REQUESTS_PER_TURN; requests++) {
      // Handlers may have done anything, even deleted the friend.
      if (this.#tables.known(friend) !== table) return
      const { readySlots, freeSlots } = friend.connection
      const room = Math.min(readySlots, freeSlots - SLOTS_LEFT_TO_OTHERS)
      if (room <= 0) return
      if (room <= table.expected(this.#now)) return this.#askAgainAt(friend, this.#now + STALLED_AFTER_MS)
      const file = table.nextTurn(this.#now)
      if (file === undefined) return
      if (file.size > 0n) this.#request(friend, file)
      else if (!this.#sendData(friend, table, file, EMPTY)) return
    }
    this.#askAgainAt(friend, this.#now)
  }

  #request(friend: Friend, file: SendingFile): void {
    const position = file.requested
    const left = file.size - position
    const length = left < FILE_CHUNK_MAX_BYTES ? Number(left) : FILE_CHUNK_MAX_BYTES
    file.requested += BigInt(length)
    if (file.unanswered++ === 0) file.activeMs = this.#now
    this.#context.events.fileChunkRequest(friend.number, file.number, position, length)
  }

  #askAgainAt(friend: Friend, atMs: Millis): void {
    this.#due.add(friend)
    this.#deadline.setSooner(atMs)
  }

  get #now(): Millis {
    return this.#context.env.clock.now()
  }
}

function chunksOf(files: readonly SendingFile[]): number {
  return files.reduce(
    (sum, { position, requested }) => sum + Math.ceil(Number(requested - position) / FILE_CHUNK_MAX_BYTES),
    0,
  )
}
