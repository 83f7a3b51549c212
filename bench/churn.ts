// What a bootstrap node keeps of clients that come and go: an hour of it in the simulator, in which a client joins every ten seconds
// through one of four nodes, makes a friend, and is gone after two minutes. Memory of the whole process, for each of the four nodes, so
// it is an upper bound. Their caches fill meanwhile, up to their capacities; what counts is that each quarter adds less.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadCrypto } from '../src/crypto/index.js'
import { bareNode, type SimEngine, type SimHost, type SimTox, toxPeer, World } from '../src/simulator.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'

const NODES = 4
const EVERY_MS = 10_000
const LIFE_MS = 120_000
const QUARTER_MS = 15 * 60_000
const QUARTERS = 4

/** Megabytes in use after everything unused is gone. */
function usedMegabytes(collect: () => void): number {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

export async function run(): Promise<BenchLine[]> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const world = new World<SimEngine>({ seed: 'churn', crypto: await loadCrypto(), sharedKeysMax: 64 })
  const nodes = Array.from({ length: NODES }, (_, i) => world.addPeer(`node ${i}`, { engine: bareNode }))
  for (const node of nodes.slice(1)) node.engine.bootstrap(nodes[0]!)
  const present: SimHost<SimTox>[] = []
  let arrived = 0
  const afterQuarter: number[] = []
  for (let spentMs = EVERY_MS; spentMs <= QUARTERS * QUARTER_MS; spentMs += EVERY_MS) {
    const client = world.addPeer(`client ${arrived++}`, { engine: toxPeer() })
    client.engine.bootstrap(nodes[0]!)
    const friend = present.at(-1)
    if (friend !== undefined) client.engine.addFriend(friend.engine.toxId)
    present.push(client)
    if (present.length > LIFE_MS / EVERY_MS) world.removeHost(present.shift()!)
    world.run(EVERY_MS)
    if (spentMs % QUARTER_MS === 0) afterQuarter.push(usedMegabytes(collect))
  }
  return afterQuarter.slice(1).map((megabytes, i) => {
    const name = `memory of a node that ${((i + 2) * QUARTER_MS) / EVERY_MS} clients have left, over ${((i + 1) * QUARTER_MS) / EVERY_MS}`
    return benchLine(name, (megabytes - afterQuarter[i]!) / NODES, undefined, 'MB')
  })
}
