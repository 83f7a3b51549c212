// A profile in a folder: the `.tox` file as every Tox client reads it, and beside it the database, under one passphrase.
//
// Two files cannot change their passphrase in one step. So the database goes first and keeps its old self beside it, until the
// `.tox` file has followed: whichever passphrase that has after a crash, there is a database for it, and neither has lost
// anything, because nobody writes to them meanwhile.

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ToxError } from '../tox/errors.js'
import { openSqlite } from './sqlite-binding.js'
import { relock, unlock } from './sqlite-database.js'
import { storeError } from './sqlite-error.js'
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './sqlite-store.js'

export interface ProfileDirectory {
  /** Path of the `.tox` file, which need not exist: for option `profile` of `Tox.create`. */
  readonly profile: string
  /** For option `store`; close it after the `Tox`. */
  readonly store: SqliteStore
}

/** The database of a profile: `profile.db` for `profile.tox`. */
export function databasePathOf(profile: string): string {
  return `${profile.replace(/\.tox$/i, '')}.db`
}

/** Opens the store of the profile in folder `path`, which is made when absent. Throws as `openSqliteStore` does. */
export function openProfileDirectory(path: string, options: SqliteStoreOptions = {}): ProfileDirectory {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw storeError(error, path, 'make the folder')
  }
  const profile = join(resolve(path), 'profile.tox')
  return { profile, store: openProfileStore(profile, options) }
}

/** Opens the store of a `.tox` file: the one that fits the passphrase, after a change that was interrupted. */
export function openProfileStore(profile: string, options: SqliteStoreOptions = {}): SqliteStore {
  const path = databasePathOf(resolve(profile))
  const before = previousOf(path)
  try {
    const store = openSqliteStore(path, options)
    rmSync(before, { force: true })
    return store
  } catch (error) {
    if (!(error instanceof ToxError) || error.code !== 'TOX_ERR_TS_STORE_PASSPHRASE' || !existsSync(before)) throw error
    // Only what opens is put in place.
    openSqliteStore(before, options).close()
    renameSync(before, path)
    return openSqliteStore(path, options)
  }
}

export interface PassphraseChange {
  /** `undefined`: not encrypted. */
  readonly from?: string | Uint8Array | undefined
  readonly to?: string | Uint8Array | undefined
}

/**
 * Encrypts the database of a `.tox` file under another passphrase, or decrypts it; nothing to do when there is none. Call it
 * with the profile locked, then rewrite the `.tox` file, then call what is returned, which removes the database's old self.
 * Throws as `openSqliteStore` does; the database is then as it was.
 */
export function changeStorePassphrase(profile: string, { from, to }: PassphraseChange): () => void {
  const path = databasePathOf(resolve(profile))
  if (!existsSync(path)) return () => {}
  const draft = `${path}.new`
  const before = previousOf(path)
  try {
    // Proves the passphrase, ends a change that was interrupted, and writes the log back into the file.
    openProfileStore(profile, keyed(from)).close()
    copyFileSync(path, draft)
    rewrite(draft, { from, to })
    // Proves that the copy is what it should be.
    openSqliteStore(draft, keyed(to)).close()
    keepAs(path, before)
    renameSync(draft, path)
    sync(dirname(path))
  } catch (error) {
    rmSync(draft, { force: true })
    throw storeError(error, path, 'change the passphrase of')
  }
  return () => rmSync(before, { force: true })
}

/**
 * Moves a database away that cannot be opened, so that a new one can begin; the name it has now. Nothing is deleted.
 */
export function moveStoreAside(path: string): string {
  let aside = `${path}.damaged`
  for (let n = 2; existsSync(aside) || existsSync(`${aside}-wal`); n++) aside = `${path}.damaged.${n}`
  try {
    // The log first: without it the database is sound at an older state, but a new database must not meet the old log.
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`)
    renameSync(path, aside)
  } catch (error) {
    throw storeError(error, path, 'move away')
  }
  return aside
}

const previousOf = (path: string): string => `${path}.previous`

const keyed = (passphrase: PassphraseChange['to']): SqliteStoreOptions =>
  passphrase === undefined ? {} : { passphrase }

function rewrite(path: string, { from, to }: PassphraseChange): void {
  const database = openSqlite(path, 0)
  try {
    unlock(database, from)
    // A copy needs no log: a failure throws it away.
    database.pragma('journal_mode = delete')
    database.pragma('journal_mode = memory')
    database.pragma('temp_store = memory')
    relock(database, to)
  } finally {
    database.close()
  }
  sync(path)
}

/** Gives the file a second name, or a copy where there are no links. */
function keepAs(path: string, other: string): void {
  rmSync(other, { force: true })
  try {
    linkSync(path, other)
  } catch {
    copyFileSync(path, other)
    sync(other)
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
