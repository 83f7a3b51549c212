// All transfers with one friend: those under way by the engine's numbers, and those that wait for the friend.

import { type Millis, TokenBucket, toHex } from '../../base/index.js'
import type { FileControlName, Files } from '../../messenger/index.js'
import { FILES_MAX } from '../../packet/messenger/file-send.js'
import type { TransferRecord, TransferStore } from '../../store/transfers.js'
import { ToxError } from '../../tox/errors.js'
import type { Friend } from '../friend.js'
import type { FileContent, SendFileOptions } from '../options.js'
import type { BaseTransfer, TransferFacts, TransferOwner } from './base-transfer.js'
import { type FinishedFile, FinishedFiles, isStillThere } from './finished-files.js'
import { kindNameOf } from './kind.js'
import { beginSending, resumeSending } from './outgoing.js'
import { ReceivingTransfer } from './receiving-transfer.js'
import { SendingTransfer } from './sending-transfer.js'

/**
 * Offers that a friend has withdrawn before anybody took them: so many at once (all that may stand at a time), then 8 a
 * second. Beyond it offers are refused unseen.
 */
const WITHDRAWN_AT_ONCE = FILES_MAX
const WITHDRAWN_REFILL_MS = 1_000 / 8
/** Offers that wait for a friend who has gone. */
const WAITING_OFFERS_MAX = FILES_MAX
/** So long after the friend is back, whatever they did not get the end of has been offered again. */
const OFFERED_AGAIN_MS = 30_000
/** What found the send queue full is tried again after this. */
const RETRY_MS = 200

export interface FriendFilesParts {
  readonly friend: Friend
  readonly store: TransferStore
  turn<T>(work: (files: Files) => T): T
  now(): Millis
  /** Tells the user of an offer. */
  announce(transfer: ReceivingTransfer): void
  drop(why: string): void
}

export class FriendFiles implements TransferOwner {
  readonly #parts: FriendFilesParts
  /** All that are not over, oldest first. */
  readonly #transfers = new Set<SendingTransfer | ReceivingTransfer>()
  /** Those under way, by the engine's numbers of this session. */
  readonly #byNumber = new Map<number, SendingTransfer | ReceivingTransfer>()
  /** Received by an earlier process, and not told to the users of this one. */
  readonly #untold = new Set<ReceivingTransfer>()
  readonly #finished: FinishedFiles
  readonly #withdrawn: TokenBucket
  #mayOffer = true
  #isOnline = false
  #session = 0
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(parts: FriendFilesParts) {
    this.#parts = parts
    this.#finished = new FinishedFiles(parts.store)
    this.#withdrawn = new TokenBucket(WITHDRAWN_AT_ONCE, WITHDRAWN_REFILL_MS, parts.now())
    for (const record of parts.store.load(parts.friend.publicKey)) this.#restore(record)
  }

  get all(): readonly (SendingTransfer | ReceivingTransfer)[] {
    return [...this.#transfers]
  }

  get store(): TransferStore {
    return this.#parts.store
  }

  turn<T>(work: (files: Files) => T): T {
    return this.#parts.turn(work)
  }

  now(): Millis {
    return this.#parts.now()
  }

  send(content: FileContent, options: SendFileOptions): SendingTransfer {
    const sending = this.all.filter((one) => one instanceof SendingTransfer)
    const transfer = beginSending(this.#parts.friend, content, options, this, sending)
    this.#transfers.add(transfer)
    this.#offerWaiting()
    return transfer
  }

  /** Files that were complete when an earlier process ended get their names, and are told of. */
  finishEarlier(): void {
    for (const transfer of [...this.#untold]) {
      if (!transfer.isComplete) continue
      this.#tellOf(transfer)
      void transfer.finishEarlier()
    }
  }

  onOnline(): void {
    if (this.#isOnline) return
    this.#isOnline = true
    const session = ++this.#session
    this.#offerWaiting()
    this.#later(OFFERED_AGAIN_MS, () => this.#finished.dropBefore(session))
  }

  onOffline(): void {
    this.#isOnline = false
    this.#byNumber.clear()
    this.#clearTimers()
    for (const transfer of this.all) transfer.onOffline()
    const open = this.all.filter((one) => one instanceof ReceivingTransfer && !one.isTaken)
    const text = 'the friend has gone, and has not offered the file again'
    for (const old of open.slice(0, -WAITING_OFFERS_MAX)) old.fail(new ToxError('FILE_SEND', 'file-interrupted', text))
  }

  onOffer(files: Files, number: number, facts: Pick<TransferFacts, 'name' | 'kind' | 'size'>): void {
    const { friend } = this.#parts
    const id = files.fileId(friend.number, number)
    if (!id.ok) return
    const fileId = toHex(id.value)
    const known = this.all.find((one): one is ReceivingTransfer => {
      return one instanceof ReceivingTransfer && one.isMeantBy(fileId, facts.size)
    })
    if (known !== undefined) return this.#offeredAgain(known, number)
    this.#giveUp(fileId)
    const finished = this.#finished.find(fileId, facts.size, this.#session)
    if (finished !== undefined) return void this.#acknowledge(number, finished, facts)
    this.#offered(number, { ...facts, friend, fileId, isResumed: false })
  }

  onControl(number: number, control: FileControlName): void {
    const transfer = this.#byNumber.get(number)
    if (control === 'cancel') this.#byNumber.delete(number)
    if (transfer === undefined) return
    const isWithdrawn = control === 'cancel' && transfer instanceof ReceivingTransfer && !transfer.isTaken
    if (isWithdrawn) this.#mayOffer = this.#withdrawn.take(this.now())
    transfer.onControl(control)
    if (control === 'cancel') this.#offerWaiting()
  }

  onRequest(files: Files, number: number, position: bigint, length: number): void {
    const transfer = this.#byNumber.get(number)
    if (!(transfer instanceof SendingTransfer)) return
    if (length === 0) this.#byNumber.delete(number)
    transfer.onRequest(files, position, length)
  }

  onChunk(number: number, data: Uint8Array): void {
    const transfer = this.#byNumber.get(number)
    if (data.length === 0) this.#byNumber.delete(number)
    if (transfer instanceof ReceivingTransfer) transfer.onChunk(data)
  }

  ended(transfer: BaseTransfer): void {
    const one = transfer as SendingTransfer | ReceivingTransfer
    this.#transfers.delete(one)
    this.#untold.delete(one as ReceivingTransfer)
    const { state, size } = one
    if (!(one instanceof ReceivingTransfer)) return this.#offerWaiting()
    if (state !== 'done' || one.kind === 'avatar') return
    const { fileId, path } = one
    const friend = this.#parts.friend.publicKey
    this.#finished.add({ friend, fileId, size: size!, path, mtimeMs: one.mtimeMs, session: this.#session })
  }

  mayRecord(transfer: BaseTransfer): boolean {
    const { direction, fileId } = transfer
    const isOther = (one: BaseTransfer): boolean => one !== transfer && one.direction === direction
    return !this.all.some((one) => isOther(one) && one.fileId === fileId && one.isRecorded)
  }

  hangUp(number: number): void {
    this.#byNumber.delete(number)
    const session = this.#session
    const result = this.turn((files) => files.control(this.#parts.friend.number, number, 'cancel'))
    if (result.ok || result.error !== 'sendq') return this.#offerWaiting()
    this.#later(RETRY_MS, () => {
      if (session === this.#session) this.hangUp(number)
    })
  }

  /** The friend is none any more, or the instance closes for good: everything fails, nothing is kept. */
  remove(error: ToxError): void {
    this.#isOnline = false
    this.#clearTimers()
    for (const transfer of this.all) transfer.fail(error)
    this.#finished.dropBefore(this.#session + 1)
  }

  /** The instance closes: what can go on in another process is kept for it. */
  async suspend(error: ToxError): Promise<void> {
    this.#isOnline = false
    await Promise.all(this.all.map((transfer) => transfer.suspend(error)))
    this.#clearTimers()
  }

  /** Offers what waits, in order, as long as there is room. */
  #offerWaiting(): void {
    if (!this.#isOnline) return
    for (const transfer of this.#transfers) {
      if (!(transfer instanceof SendingTransfer) || transfer.isOffered) continue
      const number = this.turn((files) => transfer.offer(files))
      if (number !== undefined) this.#byNumber.set(number, transfer)
      else if (!transfer.isOver) return this.#later(RETRY_MS, () => this.#offerWaiting())
    }
  }

  /** Where something else is offered under an id, what waited under it will never come. */
  #giveUp(fileId: string): void {
    const text = 'the friend offers something else under the same id'
    for (const one of this.all) {
      if (one instanceof ReceivingTransfer && one.isWaitingFor(fileId)) {
        one.fail(new ToxError('FILE_SEND', 'file-interrupted', text))
      }
    }
  }

  #offeredAgain(transfer: ReceivingTransfer, number: number): void {
    this.#byNumber.set(number, transfer)
    transfer.offeredAs(number)
    this.#tellOf(transfer)
  }

  #offered(number: number, facts: TransferFacts): void {
    this.#mayOffer ||= this.#withdrawn.take(this.now())
    if (!this.#mayOffer) {
      this.#parts.drop('file offers after too many withdrawn')
      return this.hangUp(number)
    }
    const transfer = new ReceivingTransfer(facts, this)
    this.#transfers.add(transfer)
    this.#byNumber.set(number, transfer)
    transfer.offeredAs(number)
    this.#parts.announce(transfer)
  }

  /**
   * Lets the friend know that we have everything: takes the last byte once more. Where it stands no more, it is an offer as any
   * other.
   */
  async #acknowledge(number: number, finished: FinishedFile, facts: Pick<TransferFacts, 'name' | 'kind' | 'size'>) {
    const session = this.#session
    const isThere = await isStillThere(finished)
    if (session !== this.#session || !this.#isOnline) return
    const { friend } = this.#parts
    if (!isThere) {
      this.#finished.forget(finished.fileId)
      const id = this.turn((files) => files.fileId(friend.number, number))
      // It may have been withdrawn meanwhile.
      if (!id.ok || toHex(id.value) !== finished.fileId) return
      return this.#offered(number, { ...facts, friend, fileId: finished.fileId, isResumed: false })
    }
    // Of a stream whose end the friend did not tell, nothing is left but the end.
    const from = facts.size === undefined ? finished.size : finished.size - 1n
    this.turn((files) => {
      if (from > 0n) files.seek(friend.number, number, from)
      files.control(friend.number, number, 'resume')
    })
  }

  #restore(record: TransferRecord): void {
    const { friend } = this.#parts
    if (record.direction === 'sending') {
      this.#transfers.add(resumeSending(friend, record, this))
      return
    }
    const { fileId, name, size, path, mtimeMs } = record
    if (record.partPath === undefined) {
      const done = { friend: friend.publicKey, fileId, path, mtimeMs, session: -1 }
      this.#finished.add({ ...done, size: size ?? record.position })
      return
    }
    const facts = { friend, fileId, name, kind: kindNameOf(record.kind), size, isResumed: true }
    const transfer = new ReceivingTransfer(facts, this, record)
    this.#transfers.add(transfer)
    this.#untold.add(transfer)
  }

  #tellOf(transfer: ReceivingTransfer): void {
    if (this.#untold.delete(transfer)) this.#parts.announce(transfer)
  }

  #later(ms: Millis, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, ms)
    timer.unref()
    this.#timers.add(timer)
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
