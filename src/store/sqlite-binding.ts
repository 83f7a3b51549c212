// SQLite with encrypted pages: better-sqlite3-multiple-ciphers, an optional package. Its binary belongs to one version of
// Node; absent or unloadable is an answer, and the rest of the library works without it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot, requireNow } from '../addon/here.cjs'
import { ToxError } from '../tox/errors.js'

/** What we use of the package. */
export interface SqliteStatement {
  run(...values: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
  get(...values: readonly unknown[]): unknown
  all(...values: readonly unknown[]): unknown[]
  iterate(...values: readonly unknown[]): IterableIterator<unknown>
  /** The first column alone instead of a row. */
  pluck(): this
  /** Integers as bigint. */
  safeIntegers(): this
}

export interface Sqlite {
  readonly inTransaction: boolean
  prepare(sql: string): SqliteStatement
  exec(sql: string): unknown
  pragma(text: string, options?: { readonly simple: boolean }): unknown
  /** The key of an encrypted database, before its first use. */
  key(key: Buffer): unknown
  /** Encrypts the database anew; an empty key decrypts it. */
  rekey(key: Buffer): unknown
  transaction<T>(work: (argument: T) => void): (argument: T) => void
  close(): void
}

type Package = new (
  path: string,
  options: { readonly timeout?: number; readonly nativeBinding?: string; readonly readonly?: boolean },
) => Sqlite

const NAME = 'better-sqlite3-multiple-ciphers'
/** With the version that package.json pins: later ones are not tried with this library. */
const INSTALL = `npm install ${NAME}@12.11.1 && npm rebuild ${NAME}`

/** Where `npm run build` of this project puts the binary for the running Node: see .ci/build-sqlite.mjs. */
function ownBinding(): string | undefined {
  const root = packageRoot()
  if (root === undefined) return undefined
  const { platform, arch, versions } = process
  const path = join(root, 'build/sqlite', `${platform}-${arch}-${versions.modules}.node`)
  return existsSync(path) ? path : undefined
}

let loaded: ((path: string, timeoutMs: number) => Sqlite) | undefined

/** Throws `TOX_ERR_TS_STORE_UNAVAILABLE` where there is no SQLite. */
export function loadSqlite(): (path: string, timeoutMs: number) => Sqlite {
  loaded ??= load()
  return loaded
}

/** Opens a database file. Throws `TOX_ERR_TS_STORE_UNAVAILABLE`, or what SQLite throws. */
export function openSqlite(path: string, timeoutMs: number): Sqlite {
  return loadSqlite()(path, timeoutMs)
}

function load(): (path: string, timeoutMs: number) => Sqlite {
  try {
    const Database = requireNow(NAME) as Package
    const nativeBinding = ownBinding()
    const binding = nativeBinding === undefined ? {} : { nativeBinding }
    // The package loads its binary with the first database: a small one turns a late failure into an answer.
    new Database(':memory:', binding).close()
    return (path, timeout) => new Database(path, { timeout, ...binding })
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw new ToxError('NEW', 'store-unavailable', `no SQLite for this Node (${why}). To install it: ${INSTALL}`, {
      cause: error,
    })
  }
}
