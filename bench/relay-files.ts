// A file between two processes without UDP, through one TCP relay: tox-bootstrapd's, then ours. The Node API reads a file and
// writes one that is synced and named at the end; c-toxcore's peers, in a busy loop, take bytes from memory and leave them there.

import { fileURLToPath } from 'node:url'
import { Bootstrapd } from '../test/interop/bootstrapd.js'
import { type BenchLine, benchLine } from './bench-line.js'
import { findLibraries } from './libraries.js'
import { cpuSeconds, LineChild, type PeerCommand, startOurNode } from './peers.js'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const [FIRST_PORT, TCP_PORT] = [52_000, 52_100]
/** What onion paths are made of. */
const NODES = 3
/** What ours send through their relay and through ours, some 20 s each; and what c-toxcore's peers send. */
const [OUR_BYTES, OUR_BYTES_HOME, THEIR_BYTES] = [100_000_000, 600_000_000, 3_000_000]
/** Meeting takes a while with few nodes; the rest is for slow transfers. */
const LIMIT_MS = 240_000

/** A network of few nodes, the first of which is the relay. */
interface Network {
  /** Each HOST:PORT:KEY. */
  readonly relay: string
  readonly nodes: readonly string[]
  readonly relayPid: number
  stop(): Promise<unknown>
}

interface Transfer {
  /** MB/s. */
  readonly rate: number
  /** Processor seconds per GB. */
  readonly sender: number
  readonly receiver: number
  readonly relay: number
}

const text = (port: number, key: Uint8Array): string => `127.0.0.1:${port}:${Buffer.from(key).toString('hex')}`

async function theirNetwork(): Promise<Network> {
  const started: Bootstrapd[] = []
  for (let n = 0; n < NODES; n++) {
    const nodes = started.slice(0, 1).map(({ address }) => address)
    started.push(await Bootstrapd.start({ port: FIRST_PORT + n, tcpPorts: n === 0 ? [TCP_PORT] : [], nodes }))
  }
  return {
    relay: text(TCP_PORT, started[0]!.key),
    nodes: started.map(({ port, key }) => text(port, key)),
    relayPid: started[0]!.pid,
    stop: () => Promise.all(started.map((node) => node.stop())),
  }
}

async function ourNetwork(): Promise<Network> {
  const nodes: string[] = []
  const started: Awaited<ReturnType<typeof startOurNode>>[] = []
  const [firstPort, tcpPort] = [FIRST_PORT + NODES, TCP_PORT + 1]
  for (let n = 0; n < NODES; n++) {
    const node = await startOurNode(firstPort + n, { bootstrap: nodes.slice(0, 1), ...(n === 0 ? { tcpPort } : {}) })
    started.push(node)
    nodes.push(text(node.port, node.key))
  }
  return {
    relay: text(tcpPort, started[0]!.key),
    nodes,
    relayPid: started[0]!.pid,
    stop: () => Promise.all(started.map((node) => node.stop())),
  }
}

type Peer = (network: Network, role: 'send' | 'receive', bytes: number) => PeerCommand

const node: Peer = ({ relay, nodes }, role, bytes) => [
  process.execPath,
  script('relay-file-ours.mjs'),
  role,
  String(bytes),
  relay,
  ...nodes,
]

async function transfer(network: Network, peer: Peer, bytes: number): Promise<Transfer> {
  const from = new LineChild(peer(network, 'send', bytes))
  const to = new LineChild(peer(network, 'receive', bytes))
  try {
    const [here, there] = await Promise.all([from.hear('up'), to.hear('up')])
    const relayCpu = cpuSeconds(network.relayPid)
    to.say(here)
    from.say(there)
    const [sent, received] = await Promise.all([from.hear('done', LIMIT_MS), to.hear('done', LIMIT_MS)])
    const [seconds, sender] = sent.split(' ').map(Number) as [number, number]
    const [, receiver] = received.split(' ').map(Number) as [number, number]
    const gigabytes = bytes / 1e9
    return {
      rate: bytes / 1e6 / seconds,
      sender: sender / gigabytes,
      receiver: receiver / gigabytes,
      relay: (cpuSeconds(network.relayPid) - relayCpu) / gigabytes,
    }
  } finally {
    await Promise.all([from.stop(), to.stop()])
  }
}

function linesOf(name: string, our: Transfer, their?: Transfer): BenchLine[] {
  const line = (what: string, unit: string, figure: (transfer: Transfer) => number): BenchLine =>
    benchLine(`file, through ${name}${what}`, figure(our), their && figure(their), unit)
  return [
    line('', 'MB/s', ({ rate }) => rate),
    line(', sender', 's CPU/GB', ({ sender }) => sender),
    line(', receiver', 's CPU/GB', ({ receiver }) => receiver),
    line(', the relay itself', 's CPU/GB', ({ relay }) => relay),
  ]
}

export async function run(): Promise<BenchLine[]> {
  const library = findLibraries().theirs.run('file-peer')
  const busy: Peer = ({ relay, nodes }, role, bytes) => [
    ...(library as [string, ...string[]]),
    '0',
    role,
    String(bytes),
    'busy',
    relay,
    ...nodes,
  ]
  const lines: BenchLine[] = []
  for (const [name, start, bytes] of [
    ['tox-bootstrapd', theirNetwork, OUR_BYTES],
    ['our relay', ourNetwork, OUR_BYTES_HOME],
  ] as const) {
    const network = await start()
    try {
      lines.push(...linesOf(name, await transfer(network, node, bytes), await transfer(network, busy, THEIR_BYTES)))
    } finally {
      await network.stop()
    }
  }
  return lines
}
