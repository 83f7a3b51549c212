// The store behind an instance: the one that it is given, or one in memory; and what of it stands in for the options that
// name its parts one by one.

import type { LongTermPublicKey } from '../crypto/keys.js'
import type { OutboxMessage, OutboxStore, ReceivedStore } from '../messenger/index.js'
import { MemoryStore, type ToxStore, type TransferStore } from '../store/index.js'
import type { ToxOptions } from './options.js'

/** A bot that runs for years must not keep all that was ever said. */
const MEMORY_MESSAGES = 1_000

type StoreOptions = Pick<ToxOptions, 'store' | 'outbox' | 'received' | 'receipts' | 'transfers' | 'log'>

export interface WithStore {
  readonly store: ToxStore
  readonly outbox: OutboxStore
  /** Absent where nothing would be gained: nothing outlives the process, and messages are acknowledged when they come. */
  readonly received?: ReceivedStore
  readonly transfers: TransferStore
  readonly log: NonNullable<ToxOptions['log']>
}

/** The options with every part of the store named. */
export function withStore<Options extends StoreOptions>(options: Options): Options & WithStore {
  const isLasting = options.store !== undefined || options.receipts === 'manual'
  const store = options.store ?? new MemoryStore({ historyMessages: MEMORY_MESSAGES })
  const received = options.received ?? (isLasting ? store.received : undefined)
  const log = options.log ?? ((): void => {})
  const outbox = options.outbox ?? new PatientOutbox(store.outbox, (text) => log('error', 'store', text))
  return {
    ...options,
    store,
    outbox,
    ...(received === undefined ? {} : { received }),
    transfers: options.transfers ?? store.transfers,
    log,
  }
}

/**
 * An outbox whose disk may fail when a receipt comes: that is no reason to stop reading packets. What is not removed is sent
 * again after a restart.
 */
class PatientOutbox implements OutboxStore {
  readonly #store: OutboxStore
  readonly #log: (text: string) => void

  constructor(store: OutboxStore, log: (text: string) => void) {
    this.#store = store
    this.#log = log
  }

  load(friend: LongTermPublicKey): readonly OutboxMessage[] {
    return this.#store.load(friend)
  }

  append(friend: LongTermPublicKey, message: OutboxMessage): boolean {
    return this.#store.append(friend, message)
  }

  remove(friend: LongTermPublicKey, messageId: number): void {
    this.#attempt(() => this.#store.remove(friend, messageId))
  }

  removeAll(friend: LongTermPublicKey, messageIds: readonly number[]): void {
    const store = this.#store
    if (store.removeAll === undefined) for (const id of messageIds) this.remove(friend, id)
    else this.#attempt(() => store.removeAll?.(friend, messageIds))
  }

  clear(friend: LongTermPublicKey): void {
    this.#attempt(() => this.#store.clear(friend))
  }

  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#log(`cannot remove messages from the outbox: ${String(error)}`)
    }
  }
}
