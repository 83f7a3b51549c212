// The store of a profile: one SQLite database beside the `.tox` file.

import { resolve } from 'node:path'
import type { OutboxStore, ReceivedStore } from '../messenger/index.js'
import type { OutboxLimits } from './limits.js'
import { type DatabaseOptions, openDatabase } from './sqlite-database.js'
import { storeError } from './sqlite-error.js'
import { SqliteHistory } from './sqlite-history.js'
import { SqliteOutbox, SqliteReceived } from './sqlite-outbox.js'
import { SqlitePeople } from './sqlite-people.js'
import { SqliteSession } from './sqlite-session.js'
import { SqliteTransfers } from './sqlite-transfers.js'
import type { HistoryStore, PeerStore, ToxStore } from './store.js'
import type { TransferStore } from './transfers.js'

export interface SqliteStoreOptions extends DatabaseOptions {
  /** How much may wait for friends: 20,000 messages for each and 64 MiB in all, unless told. */
  readonly outboxLimits?: Partial<OutboxLimits>
}

export class SqliteStore implements ToxStore {
  /** The database file. */
  readonly path: string
  readonly outbox: OutboxStore
  readonly received: ReceivedStore
  readonly history: HistoryStore
  readonly transfers: TransferStore
  readonly peers: PeerStore
  readonly #session: SqliteSession

  /** @internal See `openSqliteStore`. */
  constructor(session: SqliteSession, options: SqliteStoreOptions) {
    const people = new SqlitePeople(session)
    const history = new SqliteHistory(session, people)
    this.#session = session
    this.path = session.path
    this.outbox = new SqliteOutbox(session, history, options.outboxLimits)
    this.received = new SqliteReceived(session, history)
    this.history = history
    this.transfers = new SqliteTransfers(session)
    this.peers = people
  }

  transaction<T>(work: () => T): T {
    return this.#session.transaction(work)
  }

  /** What is damaged, in SQLite's words; empty when the database is sound. Reads all of it. */
  check(): string[] {
    return this.#session.check()
  }

  close(): void {
    this.#session.close()
  }
}

/**
 * Opens the database at `path`, or makes it; its folder must exist. It is ours alone until it is closed. Throws ToxError:
 * `TOX_ERR_TS_STORE_UNAVAILABLE` without SQLite, `…_LOCKED`, `…_PASSPHRASE`, `…_DAMAGED`, `…_FROM_FUTURE`, `…_FULL`,
 * `…_UNUSABLE`; what is there stays as it was.
 */
export function openSqliteStore(path: string, options: SqliteStoreOptions = {}): SqliteStore {
  const file = resolve(path)
  const database = openDatabase(file, options)
  try {
    return new SqliteStore(new SqliteSession(database, file), options)
  } catch (error) {
    database.close()
    throw storeError(error, file, 'open the database')
  }
}
