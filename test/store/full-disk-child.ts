// Fills the small disk that it is given, goes on when there is room again, and finds it read-only at last. See
// sqlite-file.test.ts, which mounts the disk.

import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { openSqliteStore } from '../../src/store/sqlite-store.js'

const disk = process.argv[2]!
const friend = new Uint8Array(32).fill(1) as LongTermPublicKey
const filler = join(disk, 'filler')
const path = join(disk, 'profile.db')

writeFileSync(filler, Buffer.alloc(600_000))
let store = openSqliteStore(path)
let accepted = 0

/** Writes until the disk refuses; its error. */
function fill(): string {
  for (;;) {
    try {
      store.outbox.append(friend, { messageId: accepted, kind: 'normal', text: Buffer.from(`message ${accepted}`) })
      accepted++
    } catch (error) {
      return (error as { code: string }).code
    }
  }
}

function isWhole(): boolean {
  const waiting = store.outbox.load(friend)
  return waiting.length === accepted && store.history.count() === accepted && store.check().length === 0
}

console.log('full', fill())
if (isWhole()) console.log('kept all')
rmSync(filler)
store.outbox.append(friend, { messageId: accepted++, kind: 'normal', text: Buffer.from('there is room again') })
store.close()
store = openSqliteStore(path)
if (isWhole()) console.log('again')
store.close()
execFileSync('mount', ['-o', 'remount,ro', disk])
try {
  openSqliteStore(path)
} catch (error) {
  console.log('read-only', (error as { code: string }).code)
}
