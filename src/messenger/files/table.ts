// All transfers with one friend: at most 256 in each direction. They end with the session.

import { type Millis, TokenBucket } from '../../base/index.js'
import { FILES_MAX } from '../../packet/messenger/file-send.js'
import { type FileTransfer, ReceivingFile, SendingFile } from './transfer.js'

/** A user who leaves requests unanswered for so long has stalled: what they were asked for is no longer expected at once. */
export const STALLED_AFTER_MS = 1_000

/** A friend who controls what we do not have is told so 256 times at once (all files of one direction), then 50 a second. */
const KILLS_AT_ONCE = FILES_MAX
const KILL_REFILL_MS = 1_000 / 50

/** From here on numbers are those of files that we receive: (slot + 1) << 16. */
export const RECEIVING_NUMBER_FIRST = 1 << 16

export class FileTable {
  readonly #sending: (SendingFile | undefined)[] = []
  readonly #receiving: (ReceivingFile | undefined)[] = []
  /** Files that are being sent; `#turn` is whose turn it is. */
  readonly #active: SendingFile[] = []
  #turn = 0
  /** Files whose end is on its way, in the order of their last packets. */
  readonly #sent: SendingFile[] = []
  /** Answers to controls of unknown files. */
  readonly kills: TokenBucket

  constructor(nowMs: Millis) {
    this.kills = new TokenBucket(KILLS_AT_ONCE, KILL_REFILL_MS, nowMs)
  }

  sending(slot: number): SendingFile | undefined {
    return this.#sending[slot]
  }

  receiving(slot: number): ReceivingFile | undefined {
    return this.#receiving[slot]
  }

  /** By the user's number, of which c-toxcore ignores the lower half in files that are received. */
  find(fileNumber: number): FileTransfer | undefined {
    return fileNumber < RECEIVING_NUMBER_FIRST ? this.#sending[fileNumber] : this.#receiving[(fileNumber >>> 16) - 1]
  }

  /** The transfer of a file id; of several the lowest slot, and there the one that we send. */
  findId(isWanted: (fileId: Uint8Array) => boolean): FileTransfer | undefined {
    for (let slot = 0; slot < FILES_MAX; slot++) {
      for (const file of [this.#sending[slot], this.#receiving[slot]]) {
        if (file !== undefined && isWanted(file.fileId)) return file
      }
    }
    return undefined
  }

  /** The lowest number that the next offer may have; `undefined` when all are taken. */
  get freeSlot(): number | undefined {
    for (let slot = 0; slot < FILES_MAX; slot++) if (this.#sending[slot] === undefined) return slot
    return undefined
  }

  add(file: FileTransfer): void {
    if (file instanceof SendingFile) this.#sending[file.slot] = file
    else this.#receiving[file.slot] = file
  }

  remove(file: FileTransfer): void {
    if (file instanceof ReceivingFile) this.#receiving[file.slot] = undefined
    else {
      this.#sending[file.slot] = undefined
      this.#deactivate(file)
      const at = this.#sent.indexOf(file)
      if (at >= 0) this.#sent.splice(at, 1)
    }
  }

  /** The friend accepted: it takes part in the turns. */
  activate(file: SendingFile): void {
    file.state = 'transferring'
    this.#active.push(file)
  }

  /** Its last packet is on its way. */
  finish(file: SendingFile, lastPacketNumber: number): void {
    this.#deactivate(file)
    file.state = 'sent'
    file.unanswered = 0
    file.lastPacketNumber = lastPacketNumber
    this.#sent.push(file)
  }

  /** Whether anything is being sent, so that room in the window matters. */
  get hasActive(): boolean {
    return this.#active.length > 0
  }

  /** Takes the next file whose packets up to `upTo` include its last one. */
  takeDelivered(upTo: number): SendingFile | undefined {
    const first = this.#sent[0]
    if (first === undefined || ((upTo - first.lastPacketNumber) | 0) <= 0) return undefined
    this.remove(first)
    return first
  }

  /** Chunks that the user was asked for and is expected to bring soon. */
  expected(nowMs: Millis): number {
    let sum = 0
    for (const file of this.#active) if (!isStalled(file, nowMs)) sum += file.unanswered
    return sum
  }

  /** Files whose chunks the user was asked for, and has not brought. */
  awaited(): SendingFile[] {
    return this.#active.filter(({ position, requested }) => position < requested)
  }

  /** The next file to be asked for a chunk, in fair turns. */
  nextTurn(nowMs: Millis): SendingFile | undefined {
    for (let i = 0; i < this.#active.length; i++) {
      const at = (this.#turn + i) % this.#active.length
      const file = this.#active[at]!
      if (!file.wantsTurn || isStalled(file, nowMs)) continue
      this.#turn = at + 1
      return file
    }
    return undefined
  }

  #deactivate(file: SendingFile): void {
    const at = this.#active.indexOf(file)
    if (at < 0) return
    this.#active.splice(at, 1)
    if (at < this.#turn) this.#turn--
  }
}

function isStalled(file: SendingFile, nowMs: Millis): boolean {
  return file.unanswered > 0 && nowMs - file.activeMs >= STALLED_AFTER_MS
}
