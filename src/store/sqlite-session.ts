// What the parts of a SqliteStore share: the open database, its transactions, and its failures as errors of the library.

import { ToxError } from '../tox/errors.js'
import type { Sqlite, SqliteStatement } from './sqlite-binding.js'
import type { OpenDatabase } from './sqlite-database.js'
import { isSqliteError, storeError } from './sqlite-error.js'

export class SqliteSession {
  readonly path: string
  readonly #database: Sqlite
  readonly #close: () => void
  readonly #step: (work: () => void) => void
  readonly #onRollback: (() => void)[] = []
  #isOpen = true

  constructor({ sqlite, close }: OpenDatabase, path: string) {
    this.path = path
    this.#database = sqlite
    this.#close = close
    // Nested ones become savepoints.
    this.#step = sqlite.transaction((work: () => void) => work())
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  prepare(sql: string): SqliteStatement {
    return this.#database.prepare(sql)
  }

  /** Runs `work` on the open database. Throws `TOX_ERR_TS_STORE_…` where SQLite throws. */
  run<T>(work: () => T): T {
    if (!this.#isOpen) throw new ToxError('NEW', 'closed', 'the store has been closed')
    try {
      return work()
    } catch (error) {
      throw isSqliteError(error) ? storeError(error, this.path, 'use the database') : error
    }
  }

  /** Runs `work` as one step: all of it, or, when it throws, nothing. */
  transaction<T>(work: () => T): T {
    return this.run(() => {
      let value: T | undefined
      try {
        this.#step(() => {
          value = work()
        })
      } catch (error) {
        for (const forget of this.#onRollback) forget()
        throw error
      }
      return value as T
    })
  }

  /** `forget` drops what was remembered of rows that may be gone. */
  onRollback(forget: () => void): void {
    this.#onRollback.push(forget)
  }

  /** What is damaged, in SQLite's words; empty when the database is sound. Reads all of it. */
  check(): string[] {
    return this.run(() => {
      const found = this.#database.pragma('integrity_check') as { readonly integrity_check: string }[]
      return found.map((row) => row.integrity_check).filter((line) => line !== 'ok')
    })
  }

  close(): void {
    this.#isOpen = false
    this.#close()
  }
}
