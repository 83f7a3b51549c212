// A store that lives as long as the process: what an instance has when it is given no other.

import { fromUtf8, toHex } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import {
  MemoryOutboxStore,
  MemoryReceivedStore,
  type OutboxMessage,
  type OutboxStore,
  type ReceivedMessage,
  type ReceivedStore,
} from '../messenger/index.js'
import { MemoryHistory } from './memory-history.js'
import type { HistoryStore, Peer, PeerStore, ToxStore } from './store.js'
import { MemoryTransferStore, type TransferStore } from './transfers.js'

export class MemoryStore implements ToxStore {
  readonly outbox: OutboxStore
  readonly received: ReceivedStore
  readonly history: HistoryStore
  readonly transfers: TransferStore = new MemoryTransferStore()
  readonly peers: PeerStore = new MemoryPeers()

  /** Of more than so many messages the history forgets the oldest. */
  constructor(options: { readonly historyMessages?: number } = {}) {
    this.history = new MemoryHistory(options.historyMessages)
    this.outbox = new RecordedOutbox(this.history)
    this.received = new RecordedReceived(this.history)
  }

  transaction<T>(work: () => T): T {
    return work()
  }

  close(): void {}
}

/** An outbox whose messages stand in the history too. */
class RecordedOutbox implements OutboxStore {
  readonly #store = new MemoryOutboxStore()
  readonly #history: HistoryStore
  /** By friend, in order: where the history has what the outbox holds, which is bounded. */
  readonly #rows = new Map<string, { readonly messageId: number; readonly id: number }[]>()

  constructor(history: HistoryStore) {
    this.#history = history
  }

  load(friend: LongTermPublicKey): readonly OutboxMessage[] {
    return this.#store.load(friend)
  }

  append(friend: LongTermPublicKey, message: OutboxMessage): boolean {
    if (!this.#store.append(friend, message)) return false
    const key = toHex(friend)
    const { kind } = message
    const text = fromUtf8(message.text)
    const row = { friend: key, direction: 'outgoing', kind, text, timeMs: Date.now(), state: 'pending' } as const
    const id = this.#history.append(row)
    const rows = this.#rows.get(key) ?? []
    this.#rows.set(key, rows)
    rows.push({ messageId: message.messageId, id })
    return true
  }

  remove(friend: LongTermPublicKey, messageId: number): void {
    this.#store.remove(friend, messageId)
    const rows = this.#rows.get(toHex(friend))
    if (rows?.[0]?.messageId === messageId) this.#history.setState(rows.shift()!.id, 'received')
  }

  clear(friend: LongTermPublicKey): void {
    this.#store.clear(friend)
    const key = toHex(friend)
    for (const { id } of this.#rows.get(key) ?? []) this.#history.setState(id, 'failed')
    this.#rows.delete(key)
  }
}

/** Received messages stand in the history too. */
class RecordedReceived implements ReceivedStore {
  readonly #store = new MemoryReceivedStore()
  readonly #history: HistoryStore

  constructor(history: HistoryStore) {
    this.#history = history
  }

  load(friend: LongTermPublicKey): readonly ReceivedMessage[] {
    return this.#store.load(friend)
  }

  take(friend: LongTermPublicKey, message: ReceivedMessage): void {
    this.#store.take(friend, message)
    const key = toHex(friend)
    const { kind } = message
    const text = fromUtf8(message.text)
    this.#history.append({ friend: key, direction: 'incoming', kind, text, timeMs: Date.now(), state: 'received' })
  }

  settle(friend: LongTermPublicKey, count: number): void {
    this.#store.settle(friend, count)
  }

  clear(friend: LongTermPublicKey): void {
    this.#store.clear(friend)
  }
}

class MemoryPeers implements PeerStore {
  /** People who were friends: the user bounds them. */
  readonly #peers = new Map<string, Peer>()

  put({ publicKey, name, lastSeenMs }: Parameters<PeerStore['put']>[0]): void {
    const key = publicKey.toUpperCase()
    const known = this.#peers.get(key)
    const kept = { name: name ?? known?.name ?? '', lastSeenMs: lastSeenMs ?? known?.lastSeenMs }
    this.#peers.set(key, { publicKey: key, ...kept })
  }

  get(publicKey: string): Peer | undefined {
    return this.#peers.get(publicKey.toUpperCase())
  }

  all(): readonly Peer[] {
    return [...this.#peers.values()].sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1))
  }

  remove(publicKey: string): void {
    this.#peers.delete(publicKey.toUpperCase())
  }
}
