// Accepts whoever asks, and keeps every file that they send in a folder, also over restarts: the store knows how far each has come.
// Run: node file-drop.mjs FOLDER HOST:PORT:KEY ...
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqliteStore, Tox } from 'toxcore-ts'

const [folder, ...bootstrap] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const store = openSqliteStore(join(folder, '.drop.db'))
const tox = await Tox.create({ profile: join(folder, '.drop.tox'), name: 'File drop', store, bootstrap })
console.log(tox.address)
process.once('SIGINT', () => tox.close().finally(() => store.close()))
tox.on('friendRequest', (request) => request.accept())

async function keep({ friend, transfer }) {
  if (transfer.kind !== 'data') return transfer.reject()
  // What an earlier run has accepted goes on by itself.
  if (!transfer.isResumed) await transfer.accept(join(folder, `${transfer.fileId.slice(0, 8)} ${transfer.safeName}`))
  await transfer.finished
  console.error(`${friend.name || friend.publicKey} sent ${transfer.path}, ${transfer.size} bytes`)
}

for await (const offer of tox.incomingFiles()) keep(offer).catch((error) => console.error(error.message))
