// One friend's outbox: messages kept until their receipt comes, in order, sent again in each new session.
// What was sent but not receipted when a session broke may have arrived: it is sent again, so the friend may see it twice.

import type { LongTermPublicKey } from '../crypto/keys.js'
import type { OutboxMessage, OutboxStore } from './outbox-store.js'

/** A friend without an outbox costs nothing. */
const NONE: readonly OutboxMessage[] = []

export class Outbox {
  readonly #store: OutboxStore
  readonly #friend: LongTermPublicKey
  #messages: OutboxMessage[]
  /** The first of `#messages` without a receipt, and the first one not yet sent in this session. */
  #first = 0
  #unsent = 0

  constructor(store: OutboxStore, friend: LongTermPublicKey) {
    this.#store = store
    this.#friend = friend
    this.#messages = [...(store.load(friend) ?? NONE)]
  }

  /** How many messages lack a receipt. */
  get size(): number {
    return this.#messages.length - this.#first
  }

  /** The id of the youngest message, 0 when empty. */
  get lastMessageId(): number {
    return this.size === 0 ? 0 : this.#messages[this.#messages.length - 1]!.messageId
  }

  /** The next message to send, `undefined` when all are on their way. */
  get nextUnsent(): OutboxMessage | undefined {
    return this.#messages[this.#unsent]
  }

  /** Keeps `message`; false when the store is full. */
  append(message: OutboxMessage): boolean {
    if (!this.#store.append(this.#friend, message)) return false
    this.#messages.push(message)
    return true
  }

  /** `nextUnsent` is on its way. */
  markSent(): void {
    this.#unsent++
  }

  /** Receipts came, in the order of sending: forgets those of `messageIds` that are ours. */
  confirm(messageIds: readonly number[]): void {
    if (this.#first === this.#unsent) return
    const ours = messageIds.filter((id) => this.#takeFirst(id))
    if (this.#first >= 256 || this.#first === this.#messages.length) this.#compact()
    if (ours.length === 0) return
    if (this.#store.removeAll !== undefined) return this.#store.removeAll(this.#friend, ours)
    for (const id of ours) this.#store.remove(this.#friend, id)
  }

  /** The session broke: all that lacks a receipt is to be sent again. */
  rewind(): void {
    this.#unsent = this.#first
  }

  /** Forgets everything, in the store too. */
  clear(): void {
    this.#store.clear(this.#friend)
    this.#messages = []
    this.#first = 0
    this.#unsent = 0
  }

  #takeFirst(messageId: number): boolean {
    if (this.#first === this.#unsent || this.#messages[this.#first]!.messageId !== messageId) return false
    this.#first++
    return true
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#first)
    this.#unsent -= this.#first
    this.#first = 0
  }
}
