// What a bootstrap node keeps of clients that come and go: an hour of it in the simulator, in which a client joins every ten seconds
// through the node, makes a friend, and is gone after two minutes. Memory of the whole process, in which the other nodes and the
// clients are as well, so it is an upper bound.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadCrypto } from '../src/crypto/index.js'
import { bareNode, type SimEngine, type SimHost, type SimTox, toxPeer, World } from '../src/simulator.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'

const NODES = 4
const EVERY_MS = 10_000
const LIFE_MS = 120_000
const MINUTE_MS = 60_000
/** Caches have filled by then. */
const SETTLED_MINUTES = 15
const MINUTES = 60

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
  const world = new World<SimEngine>({ seed: 'churn', crypto: await loadCrypto() })
  const nodes = Array.from({ length: NODES }, (_, i) => world.addPeer(`node ${i}`, { engine: bareNode }))
  for (const node of nodes.slice(1)) node.engine.bootstrap(nodes[0]!)
  const present: SimHost<SimTox>[] = []
  let arrived = 0
  let settled = 0
  for (let spentMs = 0; spentMs < MINUTES * MINUTE_MS; spentMs += EVERY_MS) {
    const client = world.addPeer(`client ${arrived++}`, { engine: toxPeer() })
    client.engine.bootstrap(nodes[0]!)
    const friend = present.at(-1)
    if (friend !== undefined) client.engine.addFriend(friend.engine.toxId)
    present.push(client)
    if (present.length > LIFE_MS / EVERY_MS) world.removeHost(present.shift()!)
    world.run(EVERY_MS)
    if (spentMs === SETTLED_MINUTES * MINUTE_MS) settled = usedMegabytes(collect)
  }
  const grown = usedMegabytes(collect) - settled
  return [benchLine(`memory after ${arrived} clients in an hour, over that after 15 minutes`, grown, undefined, 'MB')]
}
