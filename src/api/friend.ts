// One friend, as users of the Node API hold them. The object stays the same as long as the friend is in the list.

import { fromUtf8, type Millis, type Result, toHex, toUtf8In } from '../base/index.js'
import type { ConnectionStatus, FriendView, Messenger } from '../messenger/index.js'
import { MESSAGE_MAX_BYTES } from '../packet/messenger/message.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import { ToxError, type ToxOperation } from '../tox/errors.js'
import type { FileTransfers } from './files/file-transfers.js'
import type { OutgoingTransfer, Transfer } from './files/transfer.js'
import type { FileContent, SendFileOptions, SendOptions, WaitOptions } from './options.js'
import type { FriendPath } from './path.js'
import type { Remember } from './remember.js'

/** What a receipt says. */
export interface Receipt {
  readonly messageId: number
  /** From `send()` to the receipt, in milliseconds. */
  readonly roundTripMs: Millis
}

/** What a friend needs of the instance that owns it. */
export interface FriendOwner {
  /** Runs `work` on the messenger as a turn of its own, so that what it sends leaves at once; fails after `close()`. */
  turn<T>(work: (messenger: Messenger) => T): T
  now(): Millis
  pathTo(view: FriendView): FriendPath | undefined
  forget(friend: Friend): void
  files(): FileTransfers
  remember(): Remember
  onFriendConnection(friend: Friend, listener: () => void): () => void
}

/** A promise of `send()`. Tens of thousands may wait, so it is one object and no closure. */
interface Waiting {
  readonly sentMs: Millis
  readonly outbox: boolean
  /** Where the history has it; undefined where the outbox sees to that. */
  readonly historyId: number | undefined
  resolve(receipt: Receipt): void
  reject(error: ToxError): void
  readonly stopSignal: (() => void) | undefined
}

const NO_OPTIONS: SendOptions = {}
/** The text being sent: the messenger copies what it keeps. */
const textBytes = new Uint8Array(MESSAGE_MAX_BYTES)

/** The value of a result, or its error thrown as a ToxError of `operation`. */
export function unwrap<T, E extends string>(operation: ToxOperation, result: Result<T, E>): T {
  if (result.ok) return result.value
  throw new ToxError(operation, result.error)
}

export class Friend {
  /** As in the C API; the lowest free one is given to the next friend after this one is removed. */
  readonly number: number
  /** The long-term public key: 64 upper-case hex digits. */
  readonly publicKey: string
  /** @internal The name that listeners were told last. */
  toldName: string
  readonly #view: FriendView
  readonly #owner: FriendOwner
  readonly #waiting = new Map<number, Waiting>()

  /** @internal */
  constructor(view: FriendView, owner: FriendOwner) {
    this.#view = view
    this.#owner = owner
    this.number = view.number
    this.publicKey = toHex(view.publicKey)
    this.toldName = fromUtf8(view.name)
  }

  /** The name that the friend told, empty before. Any text at all: escape it before it meets a terminal or a page. */
  get name(): string {
    return fromUtf8(this.#view.name)
  }

  get statusMessage(): string {
    return fromUtf8(this.#view.statusMessage)
  }

  get status(): UserStatus {
    return this.#view.status
  }

  get isTyping(): boolean {
    return this.#view.isTyping
  }

  get connection(): ConnectionStatus {
    return this.#view.connectionStatus
  }

  get isOnline(): boolean {
    return this.connection !== 'none'
  }

  /**
   * How packets go to this friend now: the address, or the relay, its round trip, rates. Undefined while there is no session. The
   * event `path` tells when it is another one; round trip and rates change all the time.
   */
  get path(): FriendPath | undefined {
    return this.#owner.pathTo(this.#view)
  }

  /** When the friend was online last; `undefined` when never. Now, while they are. */
  get lastOnline(): Date | undefined {
    if (this.isOnline) return new Date()
    return this.#view.lastSeenUnix === 0 ? undefined : new Date(this.#view.lastSeenUnix * 1000)
  }

  /**
   * Sends 1 to 1,372 bytes of UTF-8. Settles when the friend's Tox has received it. Rejects with `TOX_ERR_FRIEND_SEND_MESSAGE_…`
   * when it cannot be sent, or `TOX_ERR_TS_RECEIPT_LOST` when the friend goes offline before the receipt.
   */
  send(text: string, options: SendOptions = NO_OPTIONS): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      // What is thrown in here rejects.
      const { outbox = false, signal } = options
      if (signal?.aborted) throw new ToxError('FRIEND_SEND_MESSAGE', 'aborted')
      const sentMs = this.#owner.now()
      const messageId = this.#owner.turn((messenger) => this.#queue(messenger, text, options))
      // The outbox writes down what it takes.
      const historyId = outbox ? undefined : this.#owner.remember().outgoing(this, options.kind ?? 'normal', text)
      const stopSignal = signal === undefined ? undefined : this.#heed(signal, messageId)
      this.#waiting.set(messageId, { sentMs, outbox, historyId, resolve, reject, stopSignal })
    })
  }

  /**
   * Offers a file, as soon as the friend is online, and sends it when they accept. Files, bytes and Blobs go on after a lost
   * connection; streams cannot. Throws `TOX_ERR_TS_FILE_UNREADABLE`, `TOX_ERR_FILE_SEND_NAME_TOO_LONG`, `TOX_ERR_TS_BAD_OPTION`;
   * what fails later rejects `transfer.finished`.
   */
  sendFile(content: FileContent, options: SendFileOptions = {}): OutgoingTransfer {
    return this.#owner.files().send(this, content, options)
  }

  /** The transfers with this friend that are not over, in both directions. */
  get transfers(): readonly Transfer[] {
    return this.#owner.files().with(this)
  }

  /** Tells the friend whether you are typing. */
  setTyping(isTyping: boolean): void {
    this.#owner.turn((messenger) => unwrap('SET_TYPING', messenger.setTyping(this.number, isTyping)))
  }

  /** Sends a custom packet that arrives in order, exactly once: first byte 160 to 191, at most 1,373 bytes. */
  sendLossless(packet: Uint8Array): void {
    this.#owner.turn((messenger) => {
      unwrap('FRIEND_CUSTOM_PACKET', messenger.sendLosslessPacket(this.number, packet))
    })
  }

  /** Sends a custom packet that may be lost: first byte 200 to 254 (192 to 199 belong to calls), at most 1,373 bytes. */
  sendLossy(packet: Uint8Array): void {
    this.#owner.turn((messenger) => unwrap('FRIEND_CUSTOM_PACKET', messenger.sendLossyPacket(this.number, packet)))
  }

  /** Resolves as soon as the friend is online; at once when they are. */
  whenOnline({ signal }: WaitOptions = {}): Promise<void> {
    if (this.isOnline) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const stop = this.#owner.onFriendConnection(this, () => {
        if (this.isOnline) finish(resolve)
      })
      const onAbort = (): void => finish(() => reject(new ToxError('FRIEND_QUERY', 'aborted')))
      const finish = (settle: () => void): void => {
        stop()
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      if (signal?.aborted) onAbort()
    })
  }

  /** Removes the friend from the list. What waits for a receipt is rejected. */
  remove(): void {
    this.#owner.turn((messenger) => unwrap('FRIEND_DELETE', messenger.deleteFriend(this.number)))
    this.#owner.forget(this)
    this.rejectAll(new ToxError('FRIEND_SEND_MESSAGE', 'friend-not-found'))
  }

  toJSON(): Record<string, unknown> {
    const { number, publicKey, name, statusMessage, status, connection, lastOnline } = this
    return { number, publicKey, name, statusMessage, status, connection, lastOnline }
  }

  /** @internal A receipt came. */
  onReceipt(messageId: number): void {
    const waiting = this.#waiting.get(messageId)
    if (waiting === undefined) return
    if (waiting.historyId !== undefined) this.#owner.remember().arrived(waiting.historyId)
    this.#settle(messageId, { messageId, roundTripMs: this.#owner.now() - waiting.sentMs })
  }

  /** @internal The session ended: receipts of what is not kept will never come. */
  onOffline(): void {
    for (const [messageId, { outbox }] of this.#waiting) {
      if (!outbox) this.#settle(messageId, new ToxError('FRIEND_SEND_MESSAGE', 'receipt-lost'))
    }
  }

  /** @internal */
  rejectAll(error: ToxError): void {
    for (const messageId of [...this.#waiting.keys()]) this.#settle(messageId, error)
  }

  /** Hands a message over; its id. */
  #queue(messenger: Messenger, text: string, options: SendOptions): number {
    const bytes = toUtf8In(textBytes, text)
    if (bytes === undefined) throw new ToxError('FRIEND_SEND_MESSAGE', 'too-long')
    return unwrap('FRIEND_SEND_MESSAGE', messenger.sendMessage(this.number, options.kind ?? 'normal', bytes, options))
  }

  /** Gives the receipt of `messageId` up when `signal` aborts; returns how to stop that. */
  #heed(signal: AbortSignal, messageId: number): () => void {
    const onAbort = (): void => this.#settle(messageId, new ToxError('FRIEND_SEND_MESSAGE', 'aborted'))
    signal.addEventListener('abort', onAbort, { once: true })
    return () => signal.removeEventListener('abort', onAbort)
  }

  #settle(messageId: number, outcome: Receipt | ToxError): void {
    const waiting = this.#waiting.get(messageId)
    if (waiting === undefined) return
    this.#waiting.delete(messageId)
    waiting.stopSignal?.()
    if (outcome instanceof ToxError) waiting.reject(outcome)
    else waiting.resolve(outcome)
  }
}
