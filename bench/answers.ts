// Nodes requests that a whole bootstrap node answers each second, from 100 and from 5,000 asking keys, and what one answer
// costs its processor: with one thread, and with one on each processor. The load is the same on both sides (node-load.c), and
// takes a processor for itself.

import { availableParallelism } from 'node:os'
import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import { loadByTurns, nodeLoad } from './node-load.js'
import { startBootstrapd, startOurNode } from './peers.js'

const LOAD = { seconds: 3, rounds: 3 }
const ASKING_KEYS = [100, 5_000]

export async function run(): Promise<BenchLine[]> {
  const program = nodeLoad()
  if (program === undefined) return []
  const threads = availableParallelism()
  const lines: BenchLine[] = []
  for (const [i, keys] of ASKING_KEYS.entries()) {
    const theirs = bootstrapdPath === undefined ? undefined : await startBootstrapd(37_000 + 10 * i)
    const ours = await startOurNode(37_100 + 10 * i)
    const crowd = threads === 1 ? undefined : await startOurNode(37_105 + 10 * i, { workers: threads })
    try {
      const nodes = [ours, crowd, theirs].flatMap((node) => node ?? [])
      const [our, ...others] = await loadByTurns(program, 'nodes', nodes, keys, LOAD)
      const many = crowd && others.shift()
      const their = theirs && others.shift()
      const asked = `${keys.toLocaleString('en')} asking keys`
      lines.push(
        benchLine(`nodes requests answered, ${asked}`, our!.perSecond, their?.perSecond, '/s'),
        benchLine(`one of these answers, ${asked}`, our!.cpuMicroseconds, their?.cpuMicroseconds, 'µs CPU'),
      )
      if (many !== undefined) {
        lines.push(benchLine(`… with ${threads} workers, ${asked}`, many.perSecond, their?.perSecond, '/s'))
      }
    } finally {
      await Promise.all([theirs?.stop(), ours.stop(), crowd?.stop()])
    }
  }
  return lines
}
