// Our side of the benchmarks: the twin of peer.c, with the same lines (they are described there).

import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { addFriend, createPeer, isFull, onMessage, send, whenOnline } from './ours.mjs'

const now = () => performance.now() + performance.timeOrigin
const print = (line) => process.stdout.write(`${line}\n`)

let tox
let friend
let expected = 0
let received = 0

const commands = {
  async start(port, nodePort, nodeKey, offlineFriends) {
    tox = await createPeer(Number(port), Number(nodePort), nodeKey)
    onMessage(tox, () => {
      if (++received === expected) print(`received ${now()}`)
    })
    for (let i = 0; i < Number(offlineFriends); i++) {
      // Friends whom nobody is: any 32 bytes are a public key, their last bit aside.
      const key = randomBytes(32)
      key[31] &= 127
      addFriend(tox, key.toString('hex'))
    }
    print(`ready ${tox.publicKey}`)
  },
  async friend(key) {
    friend = addFriend(tox, key)
    await whenOnline(friend)
    print(`online ${now()}`)
  },
  async rtt(count) {
    const times = []
    for (let i = 0; i < Number(count); i++) {
      const sentAt = performance.now()
      await send(friend, 'ping')
      times.push((performance.now() - sentAt).toFixed(3))
    }
    print(`rtt ${times.join(' ')}`)
  },
  expect(count) {
    expected = Number(count)
    received = 0
  },
  async burst(count, size) {
    const text = 'x'.repeat(Number(size))
    print(`sent ${now()}`)
    let last
    for (let i = 0; i < Number(count); i++) {
      for (;;) {
        try {
          const receipt = send(friend, text)
          receipt.catch(() => {})
          // A send may be refused at once or through its promise: whoever is refused has not taken its place in the queue.
          const refused = await Promise.race([receipt.then(none, (error) => error), Promise.resolve()])
          if (refused !== undefined) throw refused
          last = receipt
          break
        } catch (error) {
          if (!isFull(error)) throw error
          await last
        }
      }
    }
    await last
  },
}

const none = () => undefined

const input = createInterface({ input: process.stdin })
input.on('line', async (line) => {
  const [word, ...args] = line.split(' ')
  try {
    await commands[word](...args)
  } catch (error) {
    process.stderr.write(`${word}: ${error.stack}\n`)
    process.exit(1)
  }
})
input.on('close', () => process.exit(0))
