// Why a database cannot be used: SQLite's codes and the system's, as errors of the library.

import { type OwnFailure, ToxError } from '../tox/errors.js'

/** The error for what SQLite or the file system threw. `doing` says what was tried: `'open the database'`. */
export function storeError(error: unknown, path: string, doing: string): ToxError {
  if (error instanceof ToxError) return error
  const { code = '', message } = error as { code?: string; message: string }
  const [failure, reason] = reasonOf(code, message)
  return new ToxError('NEW', failure, `cannot ${doing} ${path}: ${reason}`, { cause: error })
}

function reasonOf(code: string, message: string): [OwnFailure, string] {
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return ['store-locked', 'another process uses it']
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return ['store-full', 'the disk is full']
  if (code.startsWith('SQLITE_CORRUPT')) return ['store-damaged', 'the database is damaged']
  if (code.startsWith('SQLITE_NOTADB')) return ['store-damaged', 'it is damaged or is no database']
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') return ['store-unusable', 'it may not be written']
  if (code === 'EACCES' || code === 'EPERM' || code === 'SQLITE_PERM') return ['store-unusable', 'permission denied']
  if (code === 'ENOENT' || code === 'ENOTDIR') return ['store-unusable', 'its folder does not exist']
  if (code.startsWith('SQLITE_CANTOPEN')) return ['store-unusable', 'the file cannot be opened']
  if (code.startsWith('SQLITE_IOERR')) return ['store-unusable', `the disk failed (${code})`]
  return ['store-unusable', code === '' ? message : `${message} (${code})`]
}

/** Whether SQLite threw this, not the caller's own code. */
export function isSqliteError(error: unknown): boolean {
  return error instanceof Error && error.name === 'SqliteError'
}
