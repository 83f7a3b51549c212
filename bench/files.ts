// A file over loopback between two processes: our engine on Node, our C library, c-toxcore, and mixed pairs. C programs run an
// ordinary client's loop; c-toxcore also a busy one, without which it is slower by far: all but the lines "C to C" compare with
// two busy c-toxcores. Counted from the acceptance to the end, on each side; the bytes come from memory and go nowhere,
// except with the Node API, which reads a file and writes one that is synced and named at the end.
// BENCH_FILE_BYTES=1e10 sends ours so many bytes instead, once: memory has to stay where it is.

import { fileURLToPath } from 'node:url'
import { type BenchLine, benchLine } from './bench-line.js'
import { findLibraries, type Library } from './libraries.js'
import { LineChild, type PeerCommand } from './peers.js'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const FIRST_PORT = 51_000
const PORTS_PER_PEER = 100
/** The best of so many: c-toxcore's figures move by a factor of three. */
const RUNS = 2
const [NODE_BYTES, C_BYTES, THEIR_BYTES] = [500_000_000, 200_000_000, 20_000_000]
const CHOSEN_BYTES = Number(process.env.BENCH_FILE_BYTES ?? 0)
/** A peer that gets less than 0.1 MB in a second is given up. */
const LEAST_BYTES_PER_MS = 100
const SETTLING_MS = 120_000

type Peer = (port: number, role: 'send' | 'receive', bytes: number) => PeerCommand

const node: Peer = (...args) => [process.execPath, script('file-ours.mjs'), ...args.map(String)]
/** From disk to disk, with all that the Node API does. */
const api: Peer = (...args) => [process.execPath, script('file-api.mjs'), ...args.map(String)]

function program(library: Library, ...mode: 'busy'[]): Peer {
  return (...args) => [...library.run('file-peer'), ...args.map(String), ...mode] as PeerCommand
}

interface Side {
  /** Processor seconds per GB. */
  readonly cpu: number
  /** How much more memory than before was resident at most, in MB. */
  readonly memory: number
}

interface Transfer {
  /** MB/s. */
  readonly rate: number
  readonly sender: Side
  readonly receiver: Side
}

async function transfer(sender: Peer, receiver: Peer, bytes: number): Promise<Transfer> {
  const from = new LineChild(sender(FIRST_PORT, 'send', bytes))
  const to = new LineChild(receiver(FIRST_PORT + PORTS_PER_PEER, 'receive', bytes))
  try {
    const [here, there] = await Promise.all([from.hear('up'), to.hear('up')])
    to.say(`0 ${here.split(' ').slice(1).join(' ')}`)
    from.say(there)
    const limitMs = SETTLING_MS + bytes / LEAST_BYTES_PER_MS
    const [sent, received] = await Promise.all([from.hear('done', limitMs), to.hear('done', limitMs)])
    const seconds = Number(sent.split(' ')[0])
    return { rate: bytes / 1e6 / seconds, sender: sideOf(sent, bytes), receiver: sideOf(received, bytes) }
  } finally {
    await Promise.all([from.stop(), to.stop()])
  }
}

function sideOf(done: string, bytes: number): Side {
  const [, cpuSeconds, memory] = done.split(' ').map(Number) as [number, number, number]
  return { cpu: cpuSeconds / (bytes / 1e9), memory }
}

async function best(sender: Peer, receiver: Peer, bytes: number): Promise<Transfer> {
  const runs: Transfer[] = []
  for (let i = 0; i < RUNS; i++) runs.push(await transfer(sender, receiver, bytes))
  return runs.reduce((a, b) => (b.rate > a.rate ? b : a))
}

function linesOf(pair: string, our: Transfer, their?: Transfer): BenchLine[] {
  const line = (what: string, unit: string, figure: (transfer: Transfer) => number): BenchLine =>
    benchLine(`file, ${pair}${what}`, figure(our), their && figure(their), unit)
  return [
    line('', 'MB/s', ({ rate }) => rate),
    line(', sender', 's CPU/GB', ({ sender }) => sender.cpu),
    line(', receiver', 's CPU/GB', ({ receiver }) => receiver.cpu),
    benchLine(`file, ${pair}, sender, memory over idle`, our.sender.memory, undefined, 'MB'),
    benchLine(`file, ${pair}, receiver, memory over idle`, our.receiver.memory, undefined, 'MB'),
  ]
}

export async function run(): Promise<BenchLine[]> {
  const libraries = findLibraries()
  const ours = libraries.ours && program(libraries.ours)
  if (CHOSEN_BYTES > 0) {
    const lines = [
      ...linesOf('Node to Node', await transfer(node, node, CHOSEN_BYTES)),
      ...linesOf('Node API, disk to disk', await transfer(api, api, CHOSEN_BYTES)),
    ]
    return ours === undefined ? lines : [...lines, ...linesOf('C to C', await transfer(ours, ours, CHOSEN_BYTES))]
  }
  const [theirs, busy] = [program(libraries.theirs), program(libraries.theirs, 'busy')]
  const theirBusy = await best(busy, busy, THEIR_BYTES)
  const lines = [
    ...linesOf('Node to Node', await best(node, node, NODE_BYTES), theirBusy),
    ...linesOf('Node API, disk to disk', await best(api, api, NODE_BYTES), theirBusy),
  ]
  if (ours === undefined) return lines
  return [
    ...lines,
    ...linesOf('C to C', await best(ours, ours, C_BYTES), await best(theirs, theirs, THEIR_BYTES / 2)),
    ...linesOf('C, ours to busy c-toxcore', await best(ours, busy, THEIR_BYTES), theirBusy).slice(0, 2),
    ...linesOf('C, busy c-toxcore to ours', await best(busy, ours, THEIR_BYTES), theirBusy).slice(0, 3),
  ]
}
