// Files over lines of the simulator, in virtual time: how much of the line they fill, how long a message takes meanwhile, and
// how two share it. The same every time; what a machine can do is measured in files.ts.

import { loadCrypto } from '../src/crypto/index.js'
import type { LinkConditions } from '../src/sim/index.js'
import { fairness, Shipping } from '../test/scenario/shipping.js'
import { Town } from '../test/scenario/town.js'
import { type BenchLine, benchLine, quantile } from './bench-line.js'

/** 10 Mbit/s, with a modem that holds half a second. */
const LINE = { upBytesPerSecond: 1_250_000, queueMs: 500 }
const WARM_UP_MS = 5_000
const MEASURED_MS = 20_000
const MESSAGES = 25
/** Two files are given so long to find their shares: some ten probes of a long line. */
const LATER_MS = 10_000

const LINKS: Readonly<Record<string, Partial<LinkConditions>>> = {
  '25 ms': { latencyMs: 25 },
  '25 ± 5 ms, 0.1 % loss': { latencyMs: 20, jitterMs: 10, loss: 0.001 },
  '100 ± 50 ms, 1 % loss': { latencyMs: 50, jitterMs: 100, loss: 0.01 },
}

async function measure(name: string, link: Partial<LinkConditions>): Promise<BenchLine[]> {
  const town = new Town(await loadCrypto(), name, { nodes: 4, link })
  const shipping = new Shipping(town, 2, LINE)
  const median = (): number =>
    quantile(
      Array.from({ length: MESSAGES }, () => shipping.messageMs(0)),
      0.5,
    )
  const idleMs = median()
  shipping.send(0)
  town.world.run(WARM_UP_MS)
  const [alone] = shipping.received(MEASURED_MS)
  const busyMs = median()
  shipping.send(1)
  town.world.run(LATER_MS)
  const both = shipping.received(MEASURED_MS)
  const share = (bytes: number): number => (100 * bytes) / (LINE.upBytesPerSecond * (MEASURED_MS / 1_000))
  return [
    benchLine(`file, 10 Mbit/s, ${name}: of the line`, share(alone!), undefined, '%'),
    benchLine(`… message and receipt, without the file`, idleMs, undefined, 'ms'),
    benchLine(`… meanwhile`, busyMs, undefined, 'ms'),
    benchLine(`… two files to two friends: of the line`, share(both[0]! + both[1]!), undefined, '%'),
    benchLine(`… their fairness, 100 % being equal (Jain)`, 100 * fairness(both), undefined, '%'),
  ]
}

export async function run(): Promise<BenchLine[]> {
  const lines: BenchLine[] = []
  for (const [name, link] of Object.entries(LINKS)) lines.push(...(await measure(name, link)))
  return lines
}
