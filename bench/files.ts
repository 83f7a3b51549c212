// A file over loopback between two processes: our engine on Node, our C library and c-toxcore in an ordinary client's loop, and
// mixed pairs. Counted from the acceptance to the end, on each side; the bytes come from memory and go nowhere.

import { fileURLToPath } from 'node:url'
import { type BenchLine, benchLine } from './bench-line.js'
import { findLibraries } from './libraries.js'
import { LineChild, type PeerCommand } from './peers.js'

const OUR_ENGINE: PeerCommand = [process.execPath, fileURLToPath(new URL('file-ours.mjs', import.meta.url))]
const FIRST_PORT = 51_000
const PORTS_PER_PEER = 100
/** The best of so many: c-toxcore's figures move by a factor of three. */
const RUNS = 2

interface Transfer {
  /** MB/s. */
  readonly rate: number
  /** Processor seconds of the sender, and of the receiver, per GB. */
  readonly senderCpu: number
  readonly receiverCpu: number
}

async function transfer(sender: PeerCommand, receiver: PeerCommand, bytes: number): Promise<Transfer> {
  const children = (
    [
      [sender, 'send'],
      [receiver, 'receive'],
    ] as const
  ).map(
    ([command, role], i) =>
      new LineChild([...command, String(FIRST_PORT + PORTS_PER_PEER * i), role, String(bytes)] as PeerCommand),
  ) as [LineChild, LineChild]
  try {
    const [from, to] = await Promise.all(children.map((child) => child.hear('up')))
    children[1].say(`0 ${from!.split(' ').slice(1).join(' ')}`)
    children[0].say(to!)
    const [sent, received] = await Promise.all(children.map((child) => child.hear('done')))
    const [seconds, senderCpu] = sent!.split(' ').map(Number) as [number, number]
    const receiverCpu = Number(received!.split(' ')[1])
    const gigabytes = bytes / 1e9
    return { rate: bytes / 1e6 / seconds, senderCpu: senderCpu / gigabytes, receiverCpu: receiverCpu / gigabytes }
  } finally {
    for (const child of children) await child.stop()
  }
}

async function best(sender: PeerCommand, receiver: PeerCommand, bytes: number): Promise<Transfer> {
  const runs: Transfer[] = []
  for (let i = 0; i < RUNS; i++) runs.push(await transfer(sender, receiver, bytes))
  return runs.reduce((a, b) => (b.rate > a.rate ? b : a))
}

export async function run(): Promise<BenchLine[]> {
  const libraries = findLibraries()
  const theirs = libraries.theirs.run('file-peer')
  const ours = libraries.ours?.run('file-peer')
  const their = await best(theirs, theirs, 10_000_000)
  const node = await best(OUR_ENGINE, OUR_ENGINE, 500_000_000)
  const lines = [
    benchLine('file, Node to Node, engine', node.rate, their.rate, 'MB/s'),
    benchLine('file, Node to Node, sender', node.senderCpu, their.senderCpu, 's CPU/GB'),
    benchLine('file, Node to Node, receiver', node.receiverCpu, their.receiverCpu, 's CPU/GB'),
  ]
  if (ours === undefined) return lines
  const our = await best(ours, ours, 200_000_000)
  const to = await best(ours, theirs, 20_000_000)
  const from = await best(theirs, ours, 20_000_000)
  return [
    ...lines,
    benchLine('file, C to C', our.rate, their.rate, 'MB/s'),
    benchLine('file, C to C, sender', our.senderCpu, their.senderCpu, 's CPU/GB'),
    benchLine('file, C to C, receiver', our.receiverCpu, their.receiverCpu, 's CPU/GB'),
    benchLine('file, C, ours to c-toxcore', to.rate, their.rate, 'MB/s'),
    benchLine('file, C, c-toxcore to ours', from.rate, their.rate, 'MB/s'),
  ]
}
