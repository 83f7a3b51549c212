// Sends a file to a friend, with progress, and ends when they have it. Killed in between, the same command goes on.
// Run: node send-file.mjs TOX-ID FILE HOST:PORT:KEY ...
import { openSqliteStore, Tox } from 'toxcore-ts'

const [toxId, file, ...bootstrap] = process.argv.slice(2)
const store = openSqliteStore('sender.db')
const tox = await Tox.create({ profile: 'sender.tox', name: 'Sender', store, bootstrap })
const friend = tox.friend(toxId.slice(0, 64)) ?? tox.addFriend(toxId, 'I have a file for you.')
const transfer = friend.sendFile(file)
transfer.on('state', (state) => console.error(state))
transfer.on('progress', (position) => console.error(`${position} of ${transfer.size} bytes`))
await transfer.finished
console.log(`${friend.name} has ${transfer.name}`)
await tox.close()
store.close()
