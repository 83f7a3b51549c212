// Nodes requests that a whole bootstrap node answers each second, from 100 and from 5,000 asking keys, and what one answer
// costs its processor. The load is the same native program on both sides (nodes-load.c).

import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import { compile } from './native.js'
import { cpuSeconds, LineChild, startBootstrapd, startOurNode } from './peers.js'

const SECONDS = 3
/** Each node is loaded so often, by turns, and its best run counts: the others had less of the processor. */
const ROUNDS = 3
const ASKING_KEYS = [100, 5_000]

interface Figures {
  perSecond: number
  cpuMicroseconds: number
}

interface Asked {
  readonly port: number
  readonly key: Uint8Array
  readonly pid: number
}

/** One load on one node. */
async function ask(load: string, { port, key, pid }: Asked, keys: number): Promise<Figures> {
  const child = new LineChild([load, String(port), Buffer.from(key).toString('hex'), String(keys), String(SECONDS)])
  await child.hear('counting')
  const before = cpuSeconds(pid)
  const [answers = 0, seconds = 0] = (await child.hear('answers')).split(' ').map(Number)
  const spent = cpuSeconds(pid) - before
  await child.stop()
  return { perSecond: answers / seconds, cpuMicroseconds: (spent / answers) * 1e6 }
}

const best = (all: Figures[]): Figures => ({
  perSecond: Math.max(...all.map((one) => one.perSecond)),
  cpuMicroseconds: Math.min(...all.map((one) => one.cpuMicroseconds)),
})

export async function run(): Promise<BenchLine[]> {
  const load = compile('nodes-load', ['sodium'], 'libsodium-dev')
  if (load === undefined) return []
  const lines: BenchLine[] = []
  for (const [i, keys] of ASKING_KEYS.entries()) {
    const theirs = bootstrapdPath === undefined ? undefined : await startBootstrapd(37_000 + 10 * i)
    const ours = await startOurNode(37_100 + 10 * i)
    try {
      const figures: { ours: Figures[]; theirs: Figures[] } = { ours: [], theirs: [] }
      for (let round = 0; round < ROUNDS; round++) {
        if (theirs !== undefined) figures.theirs.push(await ask(load, theirs, keys))
        figures.ours.push(await ask(load, ours, keys))
      }
      const our = best(figures.ours)
      const their = theirs && best(figures.theirs)
      const asked = `${keys.toLocaleString('en')} asking keys`
      lines.push(
        benchLine(`nodes requests answered, ${asked}`, our.perSecond, their?.perSecond, '/s'),
        benchLine(`one of these answers, ${asked}`, our.cpuMicroseconds, their?.cpuMicroseconds, 'µs CPU'),
      )
    } finally {
      await Promise.all([theirs?.stop(), ours.stop()])
    }
  }
  return lines
}
