// What an instance remembers of its conversations beside the profile: history, what waits to be sent, file transfers, and
// names of people. An interface: in memory by default, in a database for profiles that must lose nothing.
//
// All calls are synchronous and all of them are done when they return: what was accepted survives a kill of the process
// where the store is on disk. A throw means that the disk failed (ToxError `TOX_ERR_TS_STORE_…`), and nothing of that call was kept.

import type { OutboxStore, ReceivedStore } from '../messenger/index.js'
import type { MessageKind } from '../packet/messenger/message.js'
import type { TransferStore } from './transfers.js'

export interface ToxStore {
  /** Messages that wait for a friend. Each also stands in `history`, as pending until its receipt comes. */
  readonly outbox: OutboxStore
  /** Incoming messages, kept before they are acknowledged; each also stands in `history`. */
  readonly received: ReceivedStore
  readonly history: HistoryStore
  readonly transfers: TransferStore
  readonly peers: PeerStore
  /** Runs `work` as one step: all that it changes is kept, or, when it throws, nothing. Steps may nest. */
  transaction<T>(work: () => T): T
  /** Gives files and keys back; using the store afterwards throws. Harmless twice. */
  close(): void
}

export type MessageDirection = 'outgoing' | 'incoming'

/**
 * - `pending`: waits in the outbox, or was sent from it and has no receipt;
 * - `sent`: sent once, without a receipt so far (and without the outbox: after a lost connection nobody will know);
 * - `received`: the friend's Tox has it; of incoming messages: we have it;
 * - `failed`: will not be delivered: the friend was removed first.
 */
export type MessageState = 'pending' | 'sent' | 'received' | 'failed'

export interface NewMessage {
  /** The friend's long-term public key: 64 upper-case hex digits. */
  readonly friend: string
  readonly direction: MessageDirection
  readonly kind: MessageKind
  readonly text: string
  /** Milliseconds since 1970. */
  readonly timeMs: number
  readonly state: MessageState
}

export interface StoredMessage extends NewMessage {
  /** Never given twice; rises with the order of storing. */
  readonly id: number
}

/** Messages from the newest back, or from the oldest on; those of the same millisecond in the order of storing. */
export interface HistoryQuery {
  /** Of one friend; of all unless told. */
  readonly friend?: string
  /** From this moment on, in ms since 1970. */
  readonly sinceMs?: number
  /** Before this moment. */
  readonly untilMs?: number
  /** Where the page before ended: its `next`. */
  readonly cursor?: string
  /** `'newest'` first unless told. */
  readonly order?: 'newest' | 'oldest'
  /** At most this many messages, 1 to 10,000; 100 unless told. */
  readonly limit?: number
}

export interface HistorySearch extends HistoryQuery {
  /**
   * Words that must all occur, each anywhere: at the start of a word, inside it, or as a part of a script without spaces.
   * Words in double quotes must occur as they stand. Capitals and accents make no difference.
   */
  readonly text: string
}

export interface HistoryPage {
  readonly messages: readonly StoredMessage[]
  /** For the query of the page behind this one; `undefined` at the end. */
  readonly next: string | undefined
}

export interface HistoryStore {
  /** Keeps one message; its id. */
  append(message: NewMessage): number
  setState(id: number, state: MessageState): void
  message(id: number): StoredMessage | undefined
  page(query?: HistoryQuery): HistoryPage
  search(search: HistorySearch): HistoryPage
  /** Deletes one message; whether it was there. */
  delete(id: number): boolean
  /** Deletes all messages of a friend, or of everybody; how many. What waits in the outbox is sent nevertheless. */
  clear(friend?: string): number
  /** How many messages are kept, of one friend or of everybody. */
  count(friend?: string): number
}

/** Somebody who is or was a friend. */
export interface Peer {
  /** Long-term public key: 64 upper-case hex digits. */
  readonly publicKey: string
  /** The name they told last, empty when none. */
  readonly name: string
  /** When they were online last, in ms since 1970. */
  readonly lastSeenMs: number | undefined
}

export interface PeerStore {
  /** Keeps what is told of a peer, and what was known of the rest. */
  put(peer: { readonly publicKey: string; readonly name?: string; readonly lastSeenMs?: number }): void
  get(publicKey: string): Peer | undefined
  /** All that were ever seen, by key. */
  all(): readonly Peer[]
  /** Forgets a peer, unless messages or transfers of theirs are kept. */
  remove(publicKey: string): void
}
