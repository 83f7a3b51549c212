// A file that we send. The engine asks for chunks as the path takes them; they are answered from memory that is read ahead.

import { toUtf8 } from '../../base/index.js'
import { FileError } from '../../host/file-error.js'
import type { ByteSource } from '../../host/file-source.js'
import type { FileControlName, FileOffer, Files } from '../../messenger/index.js'
import { FILE_CHUNK_MAX_BYTES } from '../../packet/messenger/file-data.js'
import { FILE_SIZE_UNKNOWN } from '../../packet/messenger/file-send.js'
import type { TransferRecord } from '../../store/transfers.js'
import { ToxError } from '../../tox/errors.js'
import { BaseTransfer, type TransferFacts, type TransferOwner } from './base-transfer.js'
import { toxErrorOf } from './failure.js'
import { kindNumberOf } from './kind.js'
import { ReadAhead } from './read-ahead.js'
import type { OutgoingTransfer } from './transfer.js'

/** A chunk that found the send queue full is tried again after this; acknowledgements make room all the time. */
const RETRY_MS = 5

/** Where the bytes come from. */
export interface Content {
  /** Absolute; `undefined` when they are no file. */
  readonly path: string | undefined
  /** Streams are opened once; whatever can be read again is opened for each session. */
  readonly canSeek: boolean
  open(): ByteSource
  /** Throws FileError when they are not what was offered any more. */
  assertUnchanged(): void
}

export class SendingTransfer extends BaseTransfer implements OutgoingTransfer {
  readonly direction = 'sending'
  readonly #content: Content
  readonly #offer: FileOffer
  /** How it is kept for another process; `undefined` when it is not. */
  readonly #record: TransferRecord | undefined
  protected isAccepted = false
  #isWirePaused = false
  #source: ReadAhead | undefined
  /** What the engine asked for and did not get yet, from `position` on. */
  #requestedTo = 0n
  #retryChunk: NodeJS.Timeout | undefined
  #isClaimed = false

  constructor(
    facts: TransferFacts,
    { content, fileId, record }: { content: Content; fileId: Uint8Array; record: TransferRecord | undefined },
    owner: TransferOwner,
  ) {
    super(facts, owner)
    this.#content = content
    this.#record = record
    const size = facts.size ?? FILE_SIZE_UNKNOWN
    this.#offer = { kind: kindNumberOf(facts.kind), size, name: toUtf8(facts.name), fileId }
    if (record !== undefined && !facts.isResumed) owner.store.put(record)
  }

  get path(): string | undefined {
    return this.#content.path
  }

  get isRecorded(): boolean {
    return this.#record !== undefined
  }

  /** @internal The record by which another process would go on. */
  get record(): TransferRecord | undefined {
    return this.#record
  }

  /** @internal Whether the caller who sends the same file again means this one: the first such caller does. */
  claim(): boolean {
    const isFree = this.isResumed && !this.#isClaimed
    this.#isClaimed = true
    return isFree
  }

  /** @internal Whether the friend has been told of it in this session. */
  get isOffered(): boolean {
    return this.isUnderWay
  }

  /** @internal Offers it in this session. `undefined`: there is no room now. */
  offer(files: Files): number | undefined {
    try {
      this.#content.assertUnchanged()
    } catch (error) {
      this.fail(toxErrorOf(error))
      return undefined
    }
    const number = files.send(this.friend.number, this.#offer)
    if (!number.ok) return undefined
    this.number = number.value
    this.changed()
    return number.value
  }

  override onControl(control: FileControlName): void {
    if (control !== 'resume' || this.isAccepted) return super.onControl(control)
    this.isAccepted = true
    this.reconcile()
    this.changed()
  }

  /** @internal The engine wants `length` bytes from `position` on; none: the friend has everything. */
  onRequest(files: Files, position: bigint, length: number): void {
    if (length === 0) return this.end('done')
    if (this.#source === undefined || position !== this.#requestedTo) {
      if (!this.#beginAt(position)) return
    }
    this.#requestedTo = position + BigInt(length)
    this.#answer(files)
  }

  override onOffline(): void {
    super.onOffline()
    if (this.isOver) return
    this.isAccepted = this.#isWirePaused = false
    if (this.#content.canSeek) this.#closeSource()
    else if (this.position > 0n) {
      const text = 'the connection was lost, and what a stream has given cannot be sent again'
      return this.fail(new ToxError('FILE_SEND', 'file-interrupted', text))
    }
    this.#requestedTo = 0n
    this.changed()
  }

  async suspend(error: ToxError): Promise<void> {
    // Without a word the friend can go on with us another time; what nobody will go on with is called off.
    if (this.#record !== undefined) this.number = undefined
    this.fail(error)
  }

  protected tryReconcile(files: Files): boolean {
    if (!this.isAccepted || this.isPausedByUs === this.#isWirePaused) return true
    const result = files.control(this.friend.number, this.number!, this.isPausedByUs ? 'pause' : 'resume')
    if (!result.ok && result.error === 'sendq') return false
    this.#isWirePaused = this.isPausedByUs
    return true
  }

  protected release(_outcome: string, error: ToxError | undefined): void {
    clearTimeout(this.#retryChunk)
    if (this.#source === undefined && !this.#content.canSeek) void this.#content.open().close()
    this.#closeSource()
    if (this.#record === undefined || error?.code === 'TOX_ERR_TS_CLOSED') return
    this.forgetRecord()
  }

  #closeSource(): void {
    clearTimeout(this.#retryChunk)
    const source = this.#source
    this.#source = undefined
    // Whatever goes wrong while closing, all was read that was needed.
    source?.close().catch(() => {})
  }

  /** The first request of a session says where the friend wants to begin. */
  #beginAt(position: bigint): boolean {
    this.#source ??= new ReadAhead(
      this.#content.open(),
      () => this.#answerLater(),
      (error) => this.fail(toxErrorOf(error, 'unreadable')),
    )
    if (!this.#source.seek(position) && this.#source.position > position) {
      const text = `the friend asks for byte ${position}, which the stream has given already`
      this.fail(new ToxError('FILE_SEND', 'file-interrupted', text))
      return false
    }
    this.moveTo(position)
    return true
  }

  #answerLater(): void {
    if (this.number !== undefined && this.position < this.#requestedTo) this.owner.turn((files) => this.#answer(files))
  }

  /** Sends what is asked for, as far as it has been read. */
  #answer(files: Files): void {
    try {
      while (this.number !== undefined && this.position < this.#requestedTo && this.#answerOne(files)) {}
    } catch (error) {
      this.fail(toxErrorOf(error, 'unreadable'))
    }
  }

  #answerOne(files: Files): boolean {
    const source = this.#source
    if (source === undefined || !this.#skipTo(source)) return false
    const { position } = this
    const asked = this.#requestedTo - position
    const length = asked < FILE_CHUNK_MAX_BYTES ? Number(asked) : FILE_CHUNK_MAX_BYTES
    if (!this.#isLastSure(source, position + BigInt(length), length)) return false
    const bytes = source.peek(length)
    if (bytes === undefined) return false
    if (bytes.length < length && this.size !== undefined) {
      throw new FileError('changed', `the content ended after ${position + BigInt(bytes.length)} of ${this.size} bytes`)
    }
    const result = files.sendChunk(this.friend.number, this.number!, position, bytes)
    if (!result.ok) {
      if (result.error === 'sendq') this.#tryAgainSoon()
      return false
    }
    source.advance(bytes.length)
    this.moveTo(position + BigInt(bytes.length))
    if (bytes.length === length) return true
    // A stream whose size nobody knew ends with this chunk; what was asked for behind it is void.
    this.learnSize(this.position)
    this.#requestedTo = this.position
    return false
  }

  /** The last chunk of a stream waits until the stream has ended: one that gives more than was announced is a mistake. */
  #isLastSure(source: ReadAhead, end: bigint, length: number): boolean {
    if (end !== this.size || this.#content.canSeek) return true
    if (source.waitingBytes > length) {
      throw new FileError('changed', `the content has more than the ${this.size} bytes that were announced`)
    }
    if (!source.isAtEnd) source.fill()
    return source.isAtEnd
  }

  /** A stream that cannot begin in the middle is read up to there. */
  #skipTo(source: ReadAhead): boolean {
    while (source.position < this.position) {
      const left = this.position - source.position
      const length = left < source.waitingBytes ? Number(left) : source.waitingBytes
      if (length === 0) {
        if (source.isAtEnd) throw new FileError('changed', `the content ended before byte ${this.position}`)
        source.fill()
        return false
      }
      source.advance(length)
    }
    return true
  }

  #tryAgainSoon(): void {
    clearTimeout(this.#retryChunk)
    this.#retryChunk = setTimeout(() => this.#answerLater(), RETRY_MS)
    this.#retryChunk.unref()
  }
}
