// How much longer an honest client takes to bootstrap through a node that four addresses flood with nodes requests, as fast as one
// processor sends them. The client is ours on both sides. A flood comes from other machines: here it runs on what the client and the
// node leave of the processors.

import { setPriority } from 'node:os'
import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine, quantile } from './bench-line.js'
import { type LoadedNode, nodeLoad, startLoad } from './node-load.js'
import { here, LineChild, startBootstrapd, startOurNode } from './peers.js'

const CLIENTS = 7
const FLOODING_KEYS = 1_000
/** Longer than all clients take. */
const FLOOD_SECONDS = 600

const LOWEST_PRIORITY = 19

interface Times {
  readonly quietMs: number
  readonly floodedMs: number
}

/** The median. */
async function bootstrap({ port, key }: LoadedNode): Promise<number> {
  const child = new LineChild([
    process.execPath,
    here('bootstrap-ours.mjs'),
    String(port),
    Buffer.from(key).toString('hex'),
    String(CLIENTS),
  ])
  const taken = (await child.hear('bootstrapped', 600_000)).split(' ').map(Number)
  await child.stop()
  return quantile(taken, 0.5)
}

async function measure(program: string, node: LoadedNode): Promise<Times> {
  const quietMs = await bootstrap(node)
  const flood = startLoad(program, 'flood', node, FLOODING_KEYS, FLOOD_SECONDS)
  setPriority(flood.pid, LOWEST_PRIORITY)
  try {
    await flood.hear('counting')
    return { quietMs, floodedMs: await bootstrap(node) }
  } finally {
    await flood.stop()
  }
}

export async function run(): Promise<BenchLine[]> {
  const program = nodeLoad()
  if (program === undefined) return []
  const measured = async (node: LoadedNode & { stop(): Promise<void> }): Promise<Times> => {
    try {
      return await measure(program, node)
    } finally {
      await node.stop()
    }
  }
  const their = bootstrapdPath === undefined ? undefined : await measured(await startBootstrapd(37_400))
  const our = await measured(await startOurNode(37_410))
  return [
    benchLine('a client bootstraps', our.quietMs, their?.quietMs, 'ms'),
    benchLine('… through a node that four addresses flood', our.floodedMs, their?.floodedMs, 'ms'),
  ]
}
