// Where the tests of stores keep their files: in memory where the system has such a folder, for a new database waits for the
// disk many times, and what outlives a process needs no disk to show it.

import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder; the caller removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'store-'))
}
