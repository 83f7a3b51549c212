// A program that sends or receives files until it is killed: the Node API as its users have it, with a profile and a store
// on disk. `argv`: folder of its own, node, key of the friend, and `send PATH` or `receive FOLDER`.

import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { Tox, type Transfer, type TransferStore } from '../../src/index.js'
import { openSqliteStore } from '../../src/store/index.js'

const say = (...words: readonly unknown[]): void => void writeSync(1, `${words.join(' ')}\n`)

function follow(transfer: Transfer): void {
  say('file', transfer.fileId, transfer.position, transfer.isResumed)
  transfer.once('progress', () => say('moves', transfer.position))
  transfer.finished.then(
    () => say('done', transfer.name),
    (error) => say('failed', error.code, error.message),
  )
}

/** Tells how far each file is safely kept. */
function telling(store: TransferStore): TransferStore {
  return {
    load: (friend) => store.load(friend),
    put: (record) => {
      store.put(record)
      say('kept', record.position)
    },
    remove: (friend, direction, fileId) => store.remove(friend, direction, fileId),
  }
}

async function main(own: string, node: string, key: string, role: string, path: string): Promise<void> {
  const store = openSqliteStore(join(own, 'store'))
  const tox = await Tox.create({
    profile: join(own, 'tox'),
    store,
    transfers: telling(store.transfers),
    bootstrap: [node],
    bindAddress: '127.0.0.1',
    ipv6: false,
  })
  tox.on('file', ({ transfer }) => {
    follow(transfer)
    transfer.accept(join(path, transfer.safeName)).catch((error) => say('refused', error.code, error.message))
  })
  const friend = tox.friend(key) ?? tox.addFriendWithoutRequest(key)
  say('up', tox.publicKey)
  if (role === 'send') follow(friend.sendFile(path))
}

const [own, node, key, role, path] = process.argv.slice(2) as [string, string, string, string, string]
main(own, node, key, role, path).catch((error: unknown) => {
  say('error', (error as { code?: string }).code, String(error))
  process.exit(3)
})
