// One of two peers that are killed at any moment: `sender` posts 1, 2, 3, … with the outbox, `receiver` stores what comes.
// What it has done is told on its standard output, after it was done. `argv`: role, folder, the friend's key, nodes, seed.

import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromHex } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/index.js'
import { type Friend, Tox, type ToxOptions } from '../../src/index.js'
import { openProfileDirectory } from '../../src/store/profile-directory.js'

const [role, folder, friendKey, nodes, seedText] = process.argv.slice(2) as [string, string, string, string, string]
/** So many wait at most: a sender whose friend is away for long must not outrun the test. */
const WAITING_MAX = 2_000

const say = (line: string): void => void writeSync(1, `${line}\n`)

/** mulberry32: enough for moments and sizes. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = dice(Number(seedText))
const { profile, store } = openProfileDirectory(folder)
const options: ToxOptions = { profile, store, bindAddress: '127.0.0.1', ipv6: false, bootstrap: nodes.split(',') }

async function send(): Promise<void> {
  const tox = await Tox.create(options)
  const friend = tox.friend(friendKey) as Friend
  const [last] = store.history.page({ friend: friendKey, limit: 1 }).messages
  let number = last === undefined ? 0 : Number(last.text)
  let waiting = store.outbox.load(fromHex(friendKey) as LongTermPublicKey).length
  let isStopped = false
  tox.on('receipt', () => void waiting--)
  process.stdin.on('data', () => (isStopped = true))
  tox.on('friendConnection', ({ connection }) => say(`friend ${connection}`))
  while (!isStopped) {
    for (let burst = 1 + Math.floor(random() * 10); burst > 0 && waiting < WAITING_MAX; burst--) {
      waiting++
      friend.send(String(++number), { outbox: true }).catch((error: unknown) => say(`error ${String(error)}`))
      say(`accepted ${number}`)
    }
    await sleep(random() * 40)
  }
  say(`stopped ${number}`)
}

/** Now the store confirms, now a handler that takes its time and fails at times. */
async function receive(): Promise<void> {
  const isManual = random() < 0.5
  const tox = await Tox.create({ ...options, ...(isManual ? { receipts: 'manual' as const } : {}) })
  tox.on('friendConnection', ({ connection }) => say(`friend ${connection}`))
  if (isManual) {
    const handle = async (text: string): Promise<void> => {
      if (random() < 0.3) await sleep(random() * 3)
      if (random() < 0.001) throw new Error('not now')
      // Told a moment before it is confirmed and stored: it may be told again, but not be lost.
      say(`got ${text}`)
    }
    void tox.handleMessages(({ text }) => handle(text), { onError: () => {} })
  } else tox.on('message', ({ text }) => say(`got ${text}`))
  let repeated = 0
  setInterval(() => {
    const now = tox.drops['messenger/message repeated'] ?? 0
    if (now > repeated) say(`repeated ${now - repeated}`)
    repeated = now
  }, 20)
}

void (role === 'sender' ? send() : receive())
