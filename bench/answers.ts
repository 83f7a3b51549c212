// Nodes requests that a whole bootstrap node answers each second, from 100 and from 5,000 asking keys.

import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import { compile } from './native.js'
import { LineChild, OUR_NODE, outputOf, startBootstrapd } from './peers.js'

const SECONDS = 4
const ASKING_KEYS = [100, 5_000]

export async function run(): Promise<BenchLine[]> {
  const load = compile('nodes-load', ['sodium'], 'libsodium-dev')
  if (load === undefined) return []
  const ask = async (port: number, key: string, keys: number): Promise<number> =>
    Number(await outputOf([load, String(port), key, String(keys), String(SECONDS)]))
  const lines: BenchLine[] = []
  for (const keys of ASKING_KEYS) {
    const theirs = await startBootstrapd(37_000)
    const their = await ask(37_000, Buffer.from(theirs.key).toString('hex'), keys).finally(() => theirs.stop())
    const ours = new LineChild([...OUR_NODE, '37100'])
    const our = await ours
      .hear('ready')
      .then((key) => ask(37_100, key, keys))
      .finally(() => ours.stop())
    lines.push(benchLine(`nodes requests answered, ${keys.toLocaleString('en')} asking keys`, our, their, '/s'))
  }
  return lines
}
