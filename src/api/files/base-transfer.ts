// What transfers of both directions share: their state as users see it, and how it ends.

import { EventEmitter } from 'node:events'
import type { Millis } from '../../base/index.js'
import type { FileControlName, Files } from '../../messenger/index.js'
import type { TransferStore } from '../../store/transfers.js'
import { ToxError } from '../../tox/errors.js'
import type { Friend } from '../friend.js'
import type { FileKindName, Transfer, TransferEventMap, TransferState } from './transfer.js'

/** Listeners hear of progress so often at most. */
const PROGRESS_MS = 100
/** A control that found the send queue full is tried again after this. */
const RETRY_MS = 50

/** What a transfer needs of those who keep it. */
export interface TransferOwner {
  readonly store: TransferStore
  /** Works on the engine in a turn of its own. */
  turn<T>(work: (files: Files) => T): T
  now(): Millis
  /** Tells the friend that this number is over, until that has left. */
  hangUp(fileNumber: number): void
  /** Whether no other transfer of this id is in the store: two cannot be told apart there. */
  mayRecord(transfer: BaseTransfer): boolean
  /** It is over: forget it. */
  ended(transfer: BaseTransfer): void
}

/** What a transfer is, from its first moment on. */
export interface TransferFacts {
  readonly friend: Friend
  readonly fileId: string
  readonly name: string
  readonly kind: FileKindName
  readonly size: bigint | undefined
  readonly isResumed: boolean
}

type Outcome = Extract<TransferState, 'done' | 'cancelled' | 'failed'>

export abstract class BaseTransfer extends EventEmitter<TransferEventMap> implements Transfer {
  abstract readonly direction: 'sending' | 'receiving'
  readonly friend: Friend
  readonly fileId: string
  readonly name: string
  readonly kind: FileKindName
  readonly isResumed: boolean
  readonly finished: Promise<void>
  protected readonly owner: TransferOwner
  /** The engine's number in this session; `undefined` while there is none. */
  protected number: number | undefined
  protected isPausedByUs = false
  protected isPausedByFriend = false
  protected error: ToxError | undefined
  #size: bigint | undefined
  #position = 0n
  #outcome: Outcome | undefined
  #toldState: TransferState = 'waiting'
  #toldProgressMs = Number.NEGATIVE_INFINITY
  #retry: NodeJS.Timeout | undefined
  readonly #settle: (error: ToxError | undefined) => void

  constructor(facts: TransferFacts, owner: TransferOwner) {
    super()
    this.friend = facts.friend
    this.fileId = facts.fileId
    this.name = facts.name
    this.kind = facts.kind
    this.isResumed = facts.isResumed
    this.#size = facts.size
    this.owner = owner
    let settle: (error: ToxError | undefined) => void
    this.finished = new Promise((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    this.#settle = settle!
    // Who does not look at it is not to be ended by it.
    this.finished.catch(() => {})
  }

  get size(): bigint | undefined {
    return this.#size
  }

  get position(): bigint {
    return this.#position
  }

  get state(): TransferState {
    if (this.#outcome !== undefined) return this.#outcome
    if (!this.isUnderWay) return 'waiting'
    if (!this.isAccepted) return 'offered'
    return this.pausedBy === undefined ? 'transferring' : 'paused'
  }

  get pausedBy(): Transfer['pausedBy'] {
    if (this.isPausedByUs) return this.isPausedByFriend ? 'both' : 'us'
    return this.isPausedByFriend ? 'friend' : undefined
  }

  /** @internal Whether another process could go on with it. */
  abstract readonly isRecorded: boolean

  /** Whether it has ended, in whatever way. */
  get isOver(): boolean {
    return this.#outcome !== undefined
  }

  pause(): void {
    if (this.isOver || this.isPausedByUs) return
    this.isPausedByUs = true
    this.reconcile()
    this.tell('pause', 'us')
    this.changed()
  }

  resume(): void {
    if (this.isOver || !this.isPausedByUs) return
    this.isPausedByUs = false
    this.reconcile()
    this.tell('resume', 'us')
    this.changed()
  }

  cancel(): void {
    this.end('cancelled', new ToxError('FILE_SEND', 'file-cancelled'))
  }

  toJSON(): Record<string, unknown> {
    const { direction, fileId, name, kind, size, position, state, pausedBy } = this
    const friend = this.friend.publicKey
    return {
      direction,
      friend,
      fileId,
      name,
      kind,
      size: size?.toString(),
      position: position.toString(),
      state,
      pausedBy,
    }
  }

  /** @internal The friend paused, resumed or cancelled it; accepting has been dealt with. */
  onControl(control: FileControlName): void {
    if (control === 'cancel') {
      this.number = undefined
      const doing = this.isAccepted ? 'cancelled' : this.direction === 'sending' ? 'refused' : 'withdrew'
      return this.end('cancelled', new ToxError('FILE_SEND', 'file-cancelled', `the friend ${doing} the file`))
    }
    const isPause = control === 'pause'
    if (this.isPausedByFriend === isPause) return
    this.isPausedByFriend = isPause
    this.tell(isPause ? 'pause' : 'resume', 'friend')
    this.changed()
  }

  /** @internal The session is over, and the engine has forgotten the number. */
  onOffline(): void {
    this.number = undefined
    this.isPausedByFriend = false
  }

  /** @internal It cannot go on. */
  fail(error: ToxError): void {
    this.end('failed', error)
  }

  /** @internal The instance closes: what can go on in another process is kept for it. Resolves when the disk is done. */
  abstract suspend(error: ToxError): Promise<void>

  /** Whether the friend and we speak of it at the moment. */
  protected get isUnderWay(): boolean {
    return this.number !== undefined
  }

  protected abstract readonly isAccepted: boolean

  /** Lets go of files and streams. */
  protected abstract release(outcome: Outcome, error: ToxError | undefined): void

  /** Brings the engine to what is wanted; false when its queue is full. */
  protected abstract tryReconcile(files: Files): boolean

  /** Brings the engine to what is wanted, now or as soon as there is room. */
  protected reconcile(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (this.number === undefined || this.isOver) return
    if (this.owner.turn((files) => this.tryReconcile(files))) return
    this.#retry = setTimeout(() => this.reconcile(), RETRY_MS)
    this.#retry.unref()
  }

  protected end(outcome: Outcome, error?: ToxError): void {
    if (this.isOver) return
    this.#outcome = outcome
    this.error = error
    clearTimeout(this.#retry)
    const { number } = this
    this.number = undefined
    this.owner.ended(this)
    if (number !== undefined && outcome !== 'done') this.owner.hangUp(number)
    this.release(outcome, error)
    this.#tellProgress()
    this.changed()
    this.#settle(error)
  }

  /** Nobody will go on with it. A store that fails now has failed whoever needed it before; the record comes back, and fails. */
  protected forgetRecord(): void {
    try {
      this.owner.store.remove(this.friend.publicKey, this.direction, this.fileId)
    } catch {}
  }

  protected moveTo(position: bigint): void {
    this.#position = position
    if (this.owner.now() - this.#toldProgressMs >= PROGRESS_MS) this.#tellProgress()
  }

  /** The end of a stream came. */
  protected learnSize(size: bigint): void {
    this.#size = size
  }

  /** Tells the state if it is another one than before. */
  protected changed(): void {
    const { state } = this
    const previous = this.#toldState
    if (state === previous) return
    this.#toldState = state
    this.tell('state', state, previous)
  }

  /** What a listener throws is its own program's error: it must not end the engine's turn. */
  protected tell<Name extends keyof TransferEventMap>(name: Name, ...args: TransferEventMap[Name]): void {
    try {
      ;(this as EventEmitter).emit(name, ...args)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  #tellProgress(): void {
    this.#toldProgressMs = this.owner.now()
    this.tell('progress', this.#position)
  }
}
