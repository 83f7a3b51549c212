// A file over lines of the simulator, in virtual time: how much of the line it fills, and how long a message takes meanwhile.
// The same every time; what a machine can do is measured in files.ts.

import { loadCrypto } from '../src/crypto/index.js'
import type { MessengerEvents } from '../src/messenger/index.js'
import { type LinkConditions, type SimHost, type SimTox, toxPeer } from '../src/sim/index.js'
import { Town } from '../test/scenario/town.js'
import { type BenchLine, benchLine, quantile } from './bench-line.js'

/** 10 Mbit/s, with a modem that holds half a second. */
const LINE = { upBytesPerSecond: 1_250_000, queueMs: 500 }
const WARM_UP_MS = 5_000
const MEASURED_MS = 20_000
const MESSAGES = 9

const LINKS: Readonly<Record<string, Partial<LinkConditions>>> = {
  '25 ms': { latencyMs: 25 },
  '25 ± 5 ms, 0.1 % loss': { latencyMs: 20, jitterMs: 10, loss: 0.001 },
  '100 ± 50 ms, 1 % loss': { latencyMs: 50, jitterMs: 100, loss: 0.01 },
}

async function measure(name: string, link: Partial<LinkConditions>): Promise<BenchLine[]> {
  const town = new Town(await loadCrypto(), name, { nodes: 4, link })
  let received = 0
  const chunk = new Uint8Array(2048)
  const person = (which: string, events: Partial<MessengerEvents>): SimHost<SimTox> => {
    const host = town.world.addPeer(which, { engine: toxPeer({ events }) })
    town.join(host)
    return host
  }
  const files = (host: SimHost<SimTox>) => host.engine.tox.messenger.files
  const sender = person('sender', {
    fileChunkRequest: (friend, file, position, length) =>
      void files(sender).sendChunk(friend, file, position, chunk.subarray(0, length)),
  })
  const receiver = person('receiver', {
    fileOffer: (friend, file) => void files(receiver).control(friend, file, 'resume'),
    fileChunk: (_friend, _file, _position, data) => {
      received += data.length
    },
  })
  town.befriend(sender, receiver)
  sender.setLine(LINE)
  const messageMs = (): number => {
    const startMs = town.world.nowMs
    const id = sender.engine.say(0, 'how long do I take?')
    const isThere = (): boolean => sender.engine.receipts.some(({ messageId }) => messageId === id)
    town.world.expect('the receipt', isThere, 60_000)
    return town.world.nowMs - startMs
  }
  const median = (): number => quantile(Array.from({ length: MESSAGES }, messageMs), 0.5)
  const idleMs = median()
  files(sender).send(0, { kind: 0, size: 2n ** 40n, name: new Uint8Array(0) })
  town.world.run(WARM_UP_MS)
  const before = received
  town.world.run(MEASURED_MS)
  const share = (received - before) / (LINE.upBytesPerSecond * (MEASURED_MS / 1_000))
  return [
    benchLine(`file, 10 Mbit/s, ${name}: of the line`, 100 * share, undefined, '%'),
    benchLine(`… message and receipt, without the file`, idleMs, undefined, 'ms'),
    benchLine(`… meanwhile`, median(), undefined, 'ms'),
  ]
}

export async function run(): Promise<BenchLine[]> {
  const lines: BenchLine[] = []
  for (const [name, link] of Object.entries(LINKS)) lines.push(...(await measure(name, link)))
  return lines
}
