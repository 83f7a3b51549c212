// Onion packets that a whole bootstrap node passes on each second as their first hop, and what one costs its processor. Each is as
// long as an announce request, under one of 100 keys. The load is the same on both sides (node-load.c).

import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import { loadByTurns, nodeLoad } from './node-load.js'
import { startBootstrapd, startOurNode } from './peers.js'

const LOAD = { seconds: 3, rounds: 3 }
const KEYS = 100

export async function run(): Promise<BenchLine[]> {
  const program = nodeLoad()
  if (program === undefined) return []
  const theirs = bootstrapdPath === undefined ? undefined : await startBootstrapd(37_300)
  const ours = await startOurNode(37_310)
  try {
    const nodes = [ours, theirs].flatMap((node) => node ?? [])
    const [our, their] = await loadByTurns(program, 'onion', nodes, KEYS, LOAD)
    return [
      benchLine('onion packets passed on', our!.perSecond, their?.perSecond, '/s'),
      benchLine('one of these packets', our!.cpuMicroseconds, their?.cpuMicroseconds, 'µs CPU'),
    ]
  } finally {
    await Promise.all([theirs?.stop(), ours.stop()])
  }
}
