// A file between two processes without UDP, through one TCP relay: tox-bootstrapd's, then ours; over loopback, and over a cable
// to another machine of the kernel's (a network namespace). The Node API reads a file and writes one that is synced and named
// at the end; c-toxcore's peers, in a busy loop, take bytes from memory and leave them there.

import { fileURLToPath } from 'node:url'
import { Bootstrapd } from '../test/interop/bootstrapd.js'
import { cable, Namespace } from '../test/interop/namespace.js'
import { type BenchLine, benchLine } from './bench-line.js'
import { findLibraries } from './libraries.js'
import { cpuSeconds, LineChild, type PeerCommand, startOurNode } from './peers.js'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** Below those that the system gives to whoever connects: another bench may have left many of them waiting. */
const [FIRST_PORT, TCP_PORT] = [28_000, 28_100]
/** What onion paths are made of. */
const NODES = 3
/** What ours send through their relay and through ours, some 20 s each; and what c-toxcore's peers send. */
const [OUR_BYTES, OUR_BYTES_HOME, THEIR_BYTES] = [100_000_000, 600_000_000, 3_000_000]
/** Meeting takes a while with few nodes; the rest is for slow transfers. */
const LIMIT_MS = 240_000

/** Where the nodes are, and from where the peers reach them. */
interface Place {
  readonly name: string
  /** Of the nodes. */
  readonly address: string
  readonly ofNodes?: Namespace
  readonly ofPeers?: Namespace
}

const LOOPBACK: Place = { name: 'over loopback', address: '127.0.0.1' }

/**
 * Two machines and a cable. The kernel's virtual cables carry segments of 64 KB, which keep more room in a receiver's buffer
 * than any that comes from a network card: so these are cut to 1,448 bytes each.
 */
async function overCable(): Promise<Place> {
  const [ofNodes, ofPeers] = [await Namespace.create('nodes'), await Namespace.create('peers')]
  cable(ofNodes, 'net0', ofPeers, 'net0')
  ofNodes.ip('link set net0 gso_max_segs 1\naddr add 10.71.0.1/24 dev net0')
  ofPeers.ip('link set net0 gso_max_segs 1\naddr add 10.71.0.2/24 dev net0')
  return { name: 'over a cable', address: '10.71.0.1', ofNodes, ofPeers }
}

/** A network of few nodes, the first of which is the relay. */
interface Network {
  readonly place: Place
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

const text = ({ address }: Place, port: number, key: Uint8Array): string =>
  `${address}:${port}:${Buffer.from(key).toString('hex')}`

async function theirNetwork(place: Place): Promise<Network> {
  const started: Bootstrapd[] = []
  for (let n = 0; n < NODES; n++) {
    const nodes = started.slice(0, 1).map(({ address }) => address)
    const options = { port: FIRST_PORT + n, tcpPorts: n === 0 ? [TCP_PORT] : [], nodes }
    started.push(await Bootstrapd.start({ ...options, ...(place.ofNodes && { within: place.ofNodes }) }))
  }
  return {
    place,
    relay: text(place, TCP_PORT, started[0]!.key),
    nodes: started.map(({ port, key }) => text(place, port, key)),
    relayPid: started[0]!.pid,
    stop: () => Promise.all(started.map((node) => node.stop())),
  }
}

async function ourNetwork(place: Place): Promise<Network> {
  const nodes: string[] = []
  const started: Awaited<ReturnType<typeof startOurNode>>[] = []
  const [firstPort, tcpPort] = [FIRST_PORT + NODES, TCP_PORT + 1]
  for (let n = 0; n < NODES; n++) {
    const options = { address: place.address, bootstrap: nodes.slice(0, 1), ...(n === 0 ? { tcpPort } : {}) }
    const node = await startOurNode(firstPort + n, options, place.ofNodes)
    started.push(node)
    nodes.push(text(place, node.port, node.key))
  }
  return {
    place,
    relay: text(place, tcpPort, started[0]!.key),
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
  const from = new LineChild(peer(network, 'send', bytes), network.place.ofPeers)
  const to = new LineChild(peer(network, 'receive', bytes), network.place.ofPeers)
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

async function through(place: Place, busy: Peer): Promise<BenchLine[]> {
  const lines: BenchLine[] = []
  for (const [name, start, bytes] of [
    ['tox-bootstrapd', theirNetwork, OUR_BYTES],
    ['our relay', ourNetwork, OUR_BYTES_HOME],
  ] as const) {
    const network = await start(place)
    try {
      const [our, their] = [await transfer(network, node, bytes), await transfer(network, busy, THEIR_BYTES)]
      lines.push(...linesOf(`${name}, ${place.name}`, our, their))
    } finally {
      await network.stop()
    }
  }
  return lines
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
  const lines = await through(LOOPBACK, busy)
  const away = await overCable()
  try {
    return [...lines, ...(await through(away, busy))]
  } finally {
    await Promise.all([away.ofNodes, away.ofPeers].map((one) => one?.[Symbol.asyncDispose]()))
  }
}
