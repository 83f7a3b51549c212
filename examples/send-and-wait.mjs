// Adds a friend, waits until they are online (at most a minute), says something, and ends when they have received it.
// Run: node send-and-wait.mjs TOX-ID TEXT HOST:PORT:KEY ...
import { Tox } from 'toxcore-ts'

const [toxId, text, ...bootstrap] = process.argv.slice(2)
const tox = await Tox.create({ name: 'Sender', bootstrap })
const friend = tox.addFriend(toxId, 'Hello, I have something to tell you.')
await friend.whenOnline({ signal: AbortSignal.timeout(60_000) })
const { roundTripMs } = await friend.send(text)
console.log(`received by ${friend.name || friend.publicKey} after ${roundTripMs.toFixed(1)} ms`)
await tox.close()
