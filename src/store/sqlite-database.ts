// Opens the database file: judged before it is touched, with its key, brought to the newest version.
//
// Durability. Every change is written to the write-ahead log before the call returns, so a killed process loses nothing. With
// `durability: 'kill'` the log is not forced to the disk for each change (synchronous=NORMAL): after a power loss the
// database is sound, but the last changes before it may be missing. `'power-loss'` forces it each time (FULL).
//
// Encryption. Every page of the file and of its log is sealed with AEGIS-256 (SQLite3 Multiple Ciphers), 32 bytes of nonce and
// 32 of tag each. The key is Argon2id of the passphrase, with a random salt in the first 16 bytes of the file. Sealed alone,
// pages can be exchanged for older versions of themselves by who can write the file, but neither read nor made up.

import { Buffer } from 'node:buffer'
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { ToxError } from '../tox/errors.js'
import { APPLICATION_ID, NEWEST_VERSION, STEPS } from './schema.js'
import { loadSqlite, openSqlite, type Sqlite } from './sqlite-binding.js'
import { storeError } from './sqlite-error.js'

export interface DatabaseOptions {
  /** Encrypts the file. Without it the file must be plain, with it encrypted. */
  readonly passphrase?: string | Uint8Array
  /** What an accepted change survives: see above. `'kill'` unless told. */
  readonly durability?: 'kill' | 'power-loss'
}

/** RFC 9106's second recommendation in memory and passes, with one lane: about 0.2 s and 64 MiB for each guess. */
const ARGON2ID_PASSES = 3
const ARGON2ID_MEMORY_KIB = 64 * 1024
const ARGON2ID_LANES = 1

/** A process that ends this moment may still hold the file. */
const LOCK_PATIENCE_MS = 500
/** After a burst the log shrinks to this. */
const LOG_BYTES_MAX = 4 * 1024 * 1024

const PLAIN_MAGIC = 'SQLite format 3\0'

type Found = 'nothing' | 'plain' | 'sealed'

export interface OpenDatabase {
  readonly sqlite: Sqlite
  /** Harmless twice. */
  close(): void
}

/**
 * What this process has open, as device and inode. The system's locks are between processes, and one process loses all
 * that it has on a file as soon as it opens the file once more and closes it again.
 */
const ours = new Set<string>()

/** An open database at the newest version. Throws `TOX_ERR_TS_STORE_…`; the file is then as it was. */
export function openDatabase(path: string, options: DatabaseOptions = {}): OpenDatabase {
  try {
    // Before the file is touched: looking at it makes one.
    loadSqlite()
    if (options.passphrase?.length === 0) {
      throw new ToxError('NEW', 'bad-option', 'the passphrase of a database is not empty')
    }
    const known = identityOf(path)
    if (known !== undefined && ours.has(known)) {
      throw new ToxError('NEW', 'store-locked', `cannot open the database ${path}: this process uses it already`)
    }
    judgePassphrase(options.passphrase, look(path), path)
    const sqlite = openOwned(path, options)
    const identity = identityOf(path) ?? path
    ours.add(identity)
    const close = (): void => {
      if (!ours.delete(identity)) return
      sqlite.close()
    }
    return { sqlite, close }
  } catch (error) {
    throw storeError(error, path, 'open the database')
  }
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}

function openOwned(path: string, options: DatabaseOptions): Sqlite {
  const database = openSqlite(path, LOCK_PATIENCE_MS)
  try {
    unlock(database, options.passphrase)
    // The database is ours alone until it is closed, so readers need no shared memory file.
    database.pragma('locking_mode = exclusive')
    const version = versionOf(database, path, options.passphrase !== undefined)
    configure(database, options)
    migrate(database, version)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Gives the key to a database that was just opened. */
export function unlock(database: Sqlite, passphrase: string | Uint8Array | undefined): void {
  if (passphrase === undefined) return
  chooseCipher(database)
  withKey(passphrase, (key) => database.key(key))
}

/** Changes the key of a database that is not in WAL mode; `undefined` decrypts it. */
export function relock(database: Sqlite, passphrase: string | Uint8Array | undefined): void {
  if (passphrase === undefined) return void database.rekey(Buffer.alloc(0))
  chooseCipher(database)
  withKey(passphrase, (key) => database.rekey(key))
}

function chooseCipher(database: Sqlite): void {
  database.pragma("cipher = 'aegis'")
  database.pragma("algorithm = 'aegis-256'")
  database.pragma(`tcost = ${ARGON2ID_PASSES}`)
  database.pragma(`mcost = ${ARGON2ID_MEMORY_KIB}`)
  database.pragma(`pcost = ${ARGON2ID_LANES}`)
}

function withKey(passphrase: string | Uint8Array, use: (key: Buffer) => void): void {
  const key = Buffer.from(passphrase)
  try {
    use(key)
  } finally {
    key.fill(0)
  }
}

/** What stands at `path`; a new file is made readable by its owner alone. */
function look(path: string): Found {
  const file = openSync(path, 'a+', 0o600)
  try {
    const found = fstatSync(file)
    if (!found.isFile()) throw new ToxError('NEW', 'store-unusable', `the database ${path} is not a regular file`)
    if (found.size === 0) {
      const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
      if (log === undefined || log.size === 0) return 'nothing'
      throw new ToxError('NEW', 'store-damaged', `the database ${path} is damaged: it is empty, but its log is not`)
    }
    const start = Buffer.alloc(PLAIN_MAGIC.length)
    readSync(file, start, 0, start.length, 0)
    return start.toString('latin1') === PLAIN_MAGIC ? 'plain' : 'sealed'
  } finally {
    closeSync(file)
  }
}

function judgePassphrase(passphrase: DatabaseOptions['passphrase'], found: Found, path: string): void {
  if (passphrase !== undefined && found === 'plain') {
    throw new ToxError('NEW', 'store-passphrase', `the database ${path} is not encrypted, but a passphrase was given`)
  }
  if (passphrase === undefined && found === 'sealed') {
    const text = `the database ${path} is encrypted with a passphrase (or is damaged, or is no database)`
    throw new ToxError('NEW', 'store-passphrase', text)
  }
}

/** The version of the database, 0 for a new one. Throws for what is not ours to change. */
function versionOf(database: Sqlite, path: string, isSealed: boolean): number {
  const version = read(database, 'user_version', path, isSealed)
  const application = read(database, 'application_id', path, isSealed)
  const isEmpty = database.prepare('select count(*) from sqlite_schema').pluck().get() === 0
  if (isEmpty && version === 0) return 0
  if (application !== APPLICATION_ID) {
    throw new ToxError('NEW', 'store-unusable', `${path} is a database of another program`)
  }
  if (version > NEWEST_VERSION) {
    const text = `${path} was written by a newer version of this library (${version}, this one knows ${NEWEST_VERSION})`
    throw new ToxError('NEW', 'store-from-future', text)
  }
  return version
}

function read(database: Sqlite, pragma: string, path: string, isSealed: boolean): number {
  try {
    return database.pragma(pragma, { simple: true }) as number
  } catch (error) {
    // A page that does not open: nobody can tell a wrong key from a changed page.
    if (!isSealed || (error as { code?: string }).code !== 'SQLITE_NOTADB') throw error
    const text = `the passphrase of ${path} is wrong, or the file is damaged`
    throw new ToxError('NEW', 'store-passphrase', text, { cause: error })
  }
}

function configure(database: Sqlite, { durability = 'kill' }: DatabaseOptions): void {
  // Sorting and the like never leave memory: what is encrypted on disk is so everywhere.
  database.pragma('temp_store = memory')
  database.pragma('journal_mode = wal')
  database.pragma(`synchronous = ${durability === 'kill' ? 'normal' : 'full'}`)
  database.pragma(`journal_size_limit = ${LOG_BYTES_MAX}`)
  database.pragma('foreign_keys = on')
  // Deleted messages are overwritten.
  database.pragma('secure_delete = on')
  // A file from elsewhere is input: its schema may not call functions, and its pages are checked.
  database.pragma('trusted_schema = off')
  database.pragma('cell_size_check = on')
}

function migrate(database: Sqlite, version: number): void {
  const step = database.transaction((next: number) => {
    database.exec(STEPS[next]!)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.pragma(`user_version = ${next + 1}`)
  })
  for (let next = version; next < NEWEST_VERSION; next++) step(next)
}
