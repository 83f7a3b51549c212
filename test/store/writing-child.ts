// A program that writes to a store until it is killed, and says after each call what was accepted. Started with the path,
// a passphrase, which may be empty, and how many messages were sent and taken before. Compiled and run by kill.test.ts.

import { writeSync } from 'node:fs'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { openSqliteStore } from '../../src/store/sqlite-store.js'

const friend = new Uint8Array(32).fill(7) as LongTermPublicKey
const bytes = new TextEncoder()

function main(path: string, passphrase: string, sent: number, taken: number): void {
  const store = openSqliteStore(path, passphrase === '' ? {} : { passphrase })
  const waiting = store.outbox.load(friend).map(({ messageId }) => messageId)
  writeSync(1, 'open\n')
  for (;;) {
    const dice = Math.random()
    if (dice < 0.45) {
      sent++
      store.outbox.append(friend, { messageId: sent, kind: 'normal', text: bytes.encode(`sent ${sent}`) })
      waiting.push(sent)
      writeSync(1, `sent ${sent}\n`)
    } else if (dice < 0.9) {
      taken++
      store.received.take(friend, { kind: 'action', text: bytes.encode(`taken ${taken}`) })
      writeSync(1, `taken ${taken}\n`)
    } else if (waiting.length > 0) {
      store.outbox.remove(friend, waiting[0]!)
      writeSync(1, `removed ${waiting.shift()}\n`)
    }
  }
}

const [, , path, passphrase, sent, taken] = process.argv
main(path!, passphrase!, Number(sent), Number(taken))
