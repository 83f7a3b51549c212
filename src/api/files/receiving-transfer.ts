// A file that a friend sends us. What arrives is gathered in memory and written by a loop of its own; when the writer is slow,
// the friend is paused, so that memory stays bounded.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Files } from '../../messenger/index.js'
import type { TransferRecord } from '../../store/transfers.js'
import { ToxError } from '../../tox/errors.js'
import { BaseTransfer, type TransferFacts, type TransferOwner } from './base-transfer.js'
import { toxErrorOf } from './failure.js'
import { FileSink, finishOnDisk, forgetOnDisk } from './file-sink.js'
import { Inbox } from './inbox.js'
import { kindNumberOf } from './kind.js'
import { safeNameOf } from './safe-name.js'
import { type Sink, type StreamTarget, sinkOf } from './sink.js'
import type { AcceptOptions, IncomingTransfer } from './transfer.js'

/**
 * The friend is paused when so much waits for the writer, and may go on below the lower mark. Between them lies what a disk
 * writes while the friend hears of it. What is on its way when they are paused still comes: a window of the session at most.
 */
const HELD_BYTES_HIGH = 8 << 20
const HELD_BYTES_LOW = 2 << 20

export class ReceivingTransfer extends BaseTransfer implements IncomingTransfer {
  readonly direction = 'receiving'
  readonly safeName: string
  protected isAccepted = false
  #record: TransferRecord | undefined
  readonly #inbox: Inbox
  /** The target is open: bytes may come. */
  #isReady = false
  #sink: Sink | undefined
  #path: string | undefined
  /** What the engine was told in this session. */
  #isWireAccepted = false
  #isWirePaused = false
  /** The writer is behind. */
  #isFull = false
  /** All has arrived; it is still being written. */
  #isEnded = false
  #isSuspending = false
  #isOpening = false
  #mtimeMs: number | undefined
  #writing: Promise<void> = Promise.resolve()
  #cleaning: Promise<void> = Promise.resolve()

  /** With a record it goes on where an earlier process has left it. */
  constructor(facts: TransferFacts, owner: TransferOwner, record?: TransferRecord) {
    super(facts, owner)
    this.safeName = safeNameOf(facts.name)
    this.#inbox = new Inbox(facts.size, (heldBytes) => this.#onRelieved(heldBytes))
    this.#record = record
    if (record === undefined) return
    this.isAccepted = true
    this.#isEnded = record.position === record.size
    this.#path = record.path
    this.moveTo(record.position)
  }

  get path(): string | undefined {
    return this.#path
  }

  /** @internal Whether the user has taken the offer. */
  get isTaken(): boolean {
    return this.isAccepted
  }

  /** @internal Whether all of it has arrived. */
  get isComplete(): boolean {
    return this.#isEnded
  }

  /** @internal The time of change of the file that it became. */
  get mtimeMs(): number | undefined {
    return this.#mtimeMs
  }

  get isRecorded(): boolean {
    return this.#record !== undefined
  }

  /** @internal Whether an offer of this session goes on with it. */
  isMeantBy(fileId: string, size: bigint | undefined): boolean {
    return size === this.size && this.isWaitingFor(fileId)
  }

  /** @internal Whether it waits for an offer of this id. */
  isWaitingFor(fileId: string): boolean {
    return this.number === undefined && !this.#isEnded && fileId === this.fileId
  }

  /** @internal The friend offers it in this session. */
  offeredAs(number: number): void {
    this.number = number
    if (this.#record !== undefined && this.#sink === undefined && !this.#isOpening) this.#writing = this.#reopen()
    this.reconcile()
    this.changed()
  }

  async accept(target: string | URL | StreamTarget, options: AcceptOptions = {}): Promise<void> {
    if (this.error !== undefined) throw this.error
    const path = typeof target === 'string' ? target : target instanceof URL ? fileURLToPath(target) : undefined
    if (this.isAccepted) return this.#assertSameTarget(path)
    // From here on nobody else can accept it.
    this.isAccepted = true
    try {
      const sink = path === undefined ? sinkOf(target as StreamTarget) : await this.#createFile(path, options)
      if (this.error !== undefined) {
        // Meanwhile the friend has withdrawn it, or the instance was closed.
        await sink.abort(this.error)
        throw this.error
      }
      this.#open(sink)
    } catch (error) {
      this.isAccepted = this.isOver
      throw toxErrorOf(error, 'unwritable')
    }
  }

  reject(): void {
    this.cancel()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.error !== undefined) throw this.error
    if (this.isAccepted) throw new ToxError('FILE_SEND', 'file-accepted')
    this.isAccepted = this.#isReady = true
    this.reconcile()
    this.changed()
    try {
      for (;;) {
        const bytes = await this.#next(1, 0, true)
        if (bytes === undefined) break
        yield bytes
        // Whoever asks for the next has done with this one.
        this.#inbox.release(bytes, false)
      }
      this.end('done')
    } finally {
      this.cancel()
    }
  }

  /** @internal The next piece; an empty one is the end. */
  onChunk(data: Uint8Array): void {
    if (this.#isEnded || this.isOver) return
    if (data.length === 0) return this.#onEnd()
    this.#inbox.push(data)
    this.moveTo(this.position + BigInt(data.length))
    if (this.#isFull || this.#inbox.heldBytes < HELD_BYTES_HIGH) return
    this.#isFull = true
    this.reconcile()
  }

  override onOffline(): void {
    super.onOffline()
    this.#isWireAccepted = this.#isWirePaused = false
    this.changed()
  }

  /** @internal An earlier process has received everything, but not given it its name. */
  async finishEarlier(): Promise<void> {
    try {
      const { mtimeMs } = await finishOnDisk(this.#record!, this.owner.store)
      this.#mtimeMs = mtimeMs
      this.end('done')
    } catch (error) {
      this.fail(toxErrorOf(error, 'unwritable'))
    }
  }

  async suspend(error: ToxError): Promise<void> {
    // The friend hears nothing, and can go on with us another time.
    this.number = undefined
    if (this.#record !== undefined) {
      this.#isSuspending = true
      this.#inbox.end()
      await this.#writing
    }
    this.fail(error)
    await this.#cleaning
  }

  /** A transfer that has arrived is under way until it is written. */
  protected override get isUnderWay(): boolean {
    return this.#isEnded || super.isUnderWay
  }

  protected tryReconcile(files: Files): boolean {
    const [friend, number] = [this.friend.number, this.number!]
    if (!this.#isReady) return true
    if (!this.#isWireAccepted) {
      // Nothing is to flow while it is paused: then it is accepted later.
      if (this.isPausedByUs) return true
      if (this.position > 0n && !this.#seek(files)) return false
      const accepted = files.control(friend, number, 'resume')
      if (!accepted.ok) return accepted.error !== 'sendq'
      this.#isWireAccepted = true
    }
    const isToPause = this.isPausedByUs || this.#isFull
    if (isToPause === this.#isWirePaused) return true
    const told = files.control(friend, number, isToPause ? 'pause' : 'resume')
    if (!told.ok && told.error === 'sendq') return false
    this.#isWirePaused = isToPause
    return true
  }

  protected release(outcome: string, error: ToxError | undefined): void {
    if (outcome === 'done') return
    this.#inbox.fail(error)
    const record = this.#record
    if (record !== undefined) {
      if (error?.code === 'TOX_ERR_TS_CLOSED') return
      this.forgetRecord()
    }
    if (this.#sink !== undefined) this.#cleaning = this.#sink.abort(error!).catch(() => {})
    // What was never opened in this process has no writer who would clean up; what only lacks its name is not thrown away.
    else if (record !== undefined && !this.#isEnded) this.#cleaning = forgetOnDisk(record)
  }

  #seek(files: Files): boolean {
    const sought = files.seek(this.friend.number, this.number!, this.position)
    if (sought.ok || sought.error === 'sendq') return sought.ok
    this.fail(new ToxError('FILE_SEND', 'file-interrupted', `the friend cannot go on at byte ${this.position}`))
    return true
  }

  #assertSameTarget(path: string | undefined): void {
    const isSame = path !== undefined && this.isResumed && resolve(path) === this.#path
    if (!isSame) throw new ToxError('FILE_SEND', 'file-accepted')
  }

  async #createFile(path: string, { overwrite = false, resume = this.kind !== 'avatar' }: AcceptOptions) {
    const base = {
      friend: this.friend.publicKey,
      direction: 'receiving',
      fileId: this.fileId,
      kind: kindNumberOf(this.kind),
      name: this.name,
      size: this.size,
    } as const
    const isRecorded = resume && this.owner.mayRecord(this)
    const store = isRecorded ? this.owner.store : undefined
    const sink = await FileSink.create(path, overwrite, { record: base, store })
    this.#path = sink.path
    if (isRecorded) this.#record = { ...base, path: sink.path, position: 0n }
    return sink
  }

  async #reopen(): Promise<void> {
    this.#isOpening = true
    try {
      const sink = await FileSink.reopen(this.#record!, this.owner.store)
      if (this.error !== undefined) return await sink.abort()
      this.moveTo(sink.position)
      this.#open(sink)
    } catch (error) {
      return this.fail(toxErrorOf(error, 'unwritable'))
    }
    await this.#writing
  }

  #open(sink: Sink): void {
    this.#sink = sink
    this.#isReady = true
    this.#writing = this.#write(sink)
    this.reconcile()
    this.changed()
  }

  async #write(sink: Sink): Promise<void> {
    try {
      for (;;) {
        const bytes = await this.#next(sink.enough, sink.patienceMs, sink.keepsBytes)
        if (bytes === undefined) break
        await sink.write(bytes)
        this.#inbox.release(bytes, !sink.keepsBytes)
      }
      if (this.#isSuspending) return await sink.suspend?.()
      this.#mtimeMs = await sink.finish()
      this.end('done')
    } catch (error) {
      this.fail(toxErrorOf(error, 'unwritable'))
    }
  }

  async #next(enough: number, patienceMs: number, isKept: boolean): Promise<Uint8Array | undefined> {
    await this.#inbox.ready(enough, patienceMs)
    return this.#inbox.take(isKept)
  }

  #onEnd(): void {
    this.number = undefined
    if (this.size !== undefined && this.position !== this.size) {
      const text = `the friend ended the file after ${this.position} of ${this.size} bytes`
      return this.fail(new ToxError('FILE_SEND', 'file-interrupted', text))
    }
    this.#isEnded = true
    this.learnSize(this.position)
    this.#inbox.end()
  }

  #onRelieved(heldBytes: number): void {
    if (!this.#isFull || heldBytes > HELD_BYTES_LOW) return
    this.#isFull = false
    this.reconcile()
  }
}
