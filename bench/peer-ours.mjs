// Our side of the benchmarks: the twin of peer.c, with the same lines (they are described there).
// peer-ours.mjs [ours-engine.mjs]: through the API, or through the engine below it.

import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'

const { addFriend, createPeer, send, whenOnline } = await import(`./${process.argv[2] ?? 'ours.mjs'}`)

/** Messages sent whose receipts are awaited: well below the send queue, well above what a round trip holds. */
const UNDER_WAY_MAX = 8_192

const now = () => Date.now()
const print = (line) => process.stdout.write(`${line}\n`)

let tox
let friend
let expected = 0
let received = 0

const commands = {
  async start(port, nodePort, nodeKey, offlineFriends) {
    tox = await createPeer(Number(port), Number(nodePort), nodeKey, () => {
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
      await new Promise((resolve, reject) => send(friend, 'ping', resolve, reject))
      times.push((performance.now() - sentAt).toFixed(3))
    }
    print(`rtt ${times.join(' ')}`)
  },
  expect(count) {
    expected = Number(count)
    received = 0
    print('expecting')
  },
  burst(count, size) {
    const text = 'x'.repeat(Number(size))
    let left = Number(count)
    let underWay = 0
    const fill = () => {
      for (; left > 0 && underWay < UNDER_WAY_MAX; left--) {
        underWay++
        send(friend, text, onReceipt, onFull)
      }
    }
    const onReceipt = () => {
      underWay--
      fill()
    }
    const onFull = () => {
      underWay--
      left++
      setTimeout(fill, 1)
    }
    print(`sent ${now()}`)
    fill()
  },
}

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
print('up')
