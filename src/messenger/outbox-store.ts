// Where messages wait for a friend who is offline. The messenger keeps order and resends; a store only keeps.

import { bytesKey } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { MessageKind } from '../packet/messenger/message.js'

export interface OutboxMessage {
  /** As in the read receipt; rises with the order, but for a wrap at 2^32. */
  readonly messageId: number
  readonly kind: MessageKind
  /** 1 to 1,372 bytes, never written to. */
  readonly text: Uint8Array
}

/** A journal of messages by friend. Calls are synchronous; a store on disk writes behind, and says so. */
export interface OutboxStore {
  /** What waits for `friend`, oldest first: asked once, when the friend is added or restored. */
  load(friend: LongTermPublicKey): readonly OutboxMessage[]
  /** Keeps one more message behind the others; false when full, and nothing is kept. */
  append(friend: LongTermPublicKey, message: OutboxMessage): boolean
  /** The oldest message, `messageId`, has its receipt. */
  remove(friend: LongTermPublicKey, messageId: number): void
  /** As `remove`, for several, oldest first: where one step costs less than several. */
  removeAll?(friend: LongTermPublicKey, messageIds: readonly number[]): void
  /** The friend was deleted: so are their messages. */
  clear(friend: LongTermPublicKey): void
}

export interface MemoryOutboxLimits {
  /** Messages for one friend. */
  readonly messagesPerFriend: number
  /** Text of all messages together, in bytes. */
  readonly totalBytes: number
}

/** 1,000 unanswered messages are a monologue; 16 MiB are a friend list of monologues. */
const DEFAULT_LIMITS: MemoryOutboxLimits = { messagesPerFriend: 1_000, totalBytes: 16 * 1024 * 1024 }

/** Keeps messages as long as the process lives. */
export class MemoryOutboxStore implements OutboxStore {
  /** Friends only, so the user bounds it; each list is bounded by the limits. */
  readonly #messages = new Map<string, OutboxMessage[]>()
  readonly #limits: MemoryOutboxLimits
  #totalBytes = 0

  constructor(limits: Partial<MemoryOutboxLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  load(friend: LongTermPublicKey): readonly OutboxMessage[] {
    return [...(this.#messages.get(bytesKey(friend)) ?? [])]
  }

  append(friend: LongTermPublicKey, message: OutboxMessage): boolean {
    const key = bytesKey(friend)
    const messages = this.#messages.get(key) ?? []
    if (messages.length >= this.#limits.messagesPerFriend) return false
    if (this.#totalBytes + message.text.length > this.#limits.totalBytes) return false
    messages.push(message)
    this.#messages.set(key, messages)
    this.#totalBytes += message.text.length
    return true
  }

  remove(friend: LongTermPublicKey, messageId: number): void {
    const key = bytesKey(friend)
    const messages = this.#messages.get(key)
    if (messages?.[0]?.messageId !== messageId) return
    this.#totalBytes -= messages.shift()!.text.length
    if (messages.length === 0) this.#messages.delete(key)
  }

  clear(friend: LongTermPublicKey): void {
    const key = bytesKey(friend)
    for (const { text } of this.#messages.get(key) ?? []) this.#totalBytes -= text.length
    this.#messages.delete(key)
  }
}
