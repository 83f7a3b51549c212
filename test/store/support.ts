// What the tests of stores share.

import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '../../src/store/sqlite-binding.js'

/**
 * Skips what needs SQLite where there is none for this Node: it is optional, and compiled by `npm run build`. The reason
 * stands in the title.
 */
export function needSqlite(context: Mocha.Context): void {
  const missing = sqliteMissing()
  if (missing === undefined) return
  const suite = context.test!.parent!
  suite.title += ` [${missing}]`
  context.skip()
}

export function sqliteMissing(): string | undefined {
  try {
    openSqlite(':memory:', 0).close()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/**
 * A new folder; the caller removes it. In memory where the system has such a folder, for a new database waits for the disk
 * many times, and what outlives a process needs no disk to show it.
 */
export function temporaryFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'store-'))
}
