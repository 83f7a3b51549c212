// How much a store keeps of what grows by itself.

export interface OutboxLimits {
  /** Messages for one friend. */
  readonly messagesPerFriend: number
  /** Text of all messages together, in bytes. */
  readonly totalBytes: number
}

/** On disk a friend may be away for long; each message costs memory too while it waits, about 1.5 KB at most. */
export const DISK_OUTBOX_LIMITS: OutboxLimits = { messagesPerFriend: 20_000, totalBytes: 64 * 1024 * 1024 }

/** In memory, the oldest messages are forgotten beyond this. */
export const MEMORY_HISTORY_MESSAGES_MAX = 10_000

/** A page of history: by default, and at most. */
export const PAGE_DEFAULT = 100
export const PAGE_MAX = 10_000
