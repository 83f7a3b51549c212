// A bot that accepts every friend and says back what it hears.
// Run: node echo-bot.mjs HOST:PORT:KEY ...   (nodes to join the network through)
import { Tox } from 'toxcore-ts'

const tox = await Tox.create({
  profile: 'echo.tox',
  name: 'Echo',
  statusMessage: 'I repeat what you say',
  bootstrap: process.argv.slice(2),
})
console.log(tox.address)

tox.on('friendRequest', (request) => request.accept())

for await (const { friend, text, kind } of tox.messages()) {
  friend.send(text, { kind }).then(
    ({ roundTripMs }) => console.error(`${friend.name} has it after ${roundTripMs.toFixed(1)} ms`),
    (error) => console.error(error.code),
  )
}
