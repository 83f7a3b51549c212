// Two friends: how soon they see each other, how long a message and its receipt take, how fast a burst goes through and what
// one of its messages costs each side's processor. Every peer and the bootstrap node are processes of their own.

import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine, quantile } from './bench-line.js'
import type { BenchNode, LineChild, PeerCommand } from './peers.js'
import {
  cpuSeconds,
  OUR_ENGINE,
  OUR_PEER,
  pause,
  startBootstrapd,
  startOurNode,
  startPeer,
  theirPeer,
} from './peers.js'

/** A kind of pair, its node, and how many messages measure it: c-toxcore takes 0.15 to 1 s for a round trip. */
interface Side {
  readonly peer: PeerCommand
  readonly startNode: (port: number) => Promise<BenchNode>
  readonly port: number
  readonly roundTrips: number
  readonly burst: number
}

interface Talk {
  rttMs: number
  rttP99Ms: number
  perSecond: number
  senderMicroseconds: number
  receiverMicroseconds: number
}

const OURS: Side = { peer: OUR_PEER, startNode: startOurNode, port: 36_000, roundTrips: 2_000, burst: 100_000 }
const BURST_BYTES = 1_000
/** Pairs that meet, fresh each time; the median counts. */
const MEETINGS = 3
/** The first burst warms up compilers, windows and caches; of the others the best counts: it was disturbed least. */
const BURSTS = 3

/** One pair from nothing to online on a fresh node, which knows nobody; then its talk. */
async function meet<T>(
  { peer, startNode, port }: Side,
  talk: (a: LineChild, b: LineChild) => Promise<T>,
): Promise<{ onlineMs: number; talk: T }> {
  const node = await startNode(port)
  await pause(200)
  const startedAt = performance.now() + performance.timeOrigin
  const [a, b] = await Promise.all([startPeer(peer, port + 1, node), startPeer(peer, port + 60, node)])
  try {
    a.peer.say(`friend ${b.key}`)
    b.peer.say(`friend ${a.key}`)
    const seen = await Promise.all([a.peer.hear('online'), b.peer.hear('online')])
    return { onlineMs: Math.max(...seen.map(Number)) - startedAt, talk: await talk(a.peer, b.peer) }
  } finally {
    await Promise.all([a.peer.stop(), b.peer.stop(), node.stop()])
  }
}

async function burst(a: LineChild, b: LineChild, count: number): Promise<Talk> {
  const before = [cpuSeconds(a.pid), cpuSeconds(b.pid)]
  b.say(`expect ${count}`)
  a.say(`burst ${count} ${BURST_BYTES}`)
  const sentAt = Number(await a.hear('sent'))
  const receivedAt = Number(await b.hear('received'))
  const [sender = 0, receiver = 0] = [a, b].map(({ pid }, i) => ((cpuSeconds(pid) - before[i]!) / count) * 1e6)
  const perSecond = (count / (receivedAt - sentAt)) * 1000
  return { rttMs: 0, rttP99Ms: 0, perSecond, senderMicroseconds: sender, receiverMicroseconds: receiver }
}

/** Round trips one after the other, then bursts. */
function talkOf({ roundTrips, burst: count }: Side): (a: LineChild, b: LineChild) => Promise<Talk> {
  return async (a, b) => {
    await pause(1_000)
    a.say(`rtt ${roundTrips}`)
    const rtts = (await a.hear('rtt')).split(' ').map(Number)
    const bursts: Talk[] = []
    for (let i = 0; i < BURSTS; i++) bursts.push(await burst(a, b, count))
    bursts.sort((one, other) => other.perSecond - one.perSecond)
    return { ...bursts[0]!, rttMs: quantile(rtts, 0.5), rttP99Ms: quantile(rtts, 0.99) }
  }
}

/** The median time until `MEETINGS` fresh pairs are online. */
async function meetings(side: Side): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < MEETINGS; i++) {
    times.push((await meet({ ...side, port: side.port + 200 * (i + 1) }, async () => {})).onlineMs)
  }
  return quantile(times, 0.5)
}

export async function run(): Promise<BenchLine[]> {
  const command = bootstrapdPath === undefined ? undefined : theirPeer()
  const theirs: Side | undefined = command && {
    peer: command,
    startNode: startBootstrapd,
    port: 34_000,
    roundTrips: 40,
    burst: 5_000,
  }
  const online = { ours: await meetings(OURS), theirs: theirs && (await meetings(theirs)) }
  const mixed = bootstrapdPath === undefined ? undefined : await meetings({ ...OURS, startNode: startBootstrapd })
  const their = theirs && (await meet(theirs, talkOf(theirs))).talk
  const our = (await meet(OURS, talkOf(OURS))).talk
  const engine = (await meet({ ...OURS, peer: OUR_ENGINE }, talkOf(OURS))).talk
  const lines = [
    benchLine('two fresh peers on one bootstrap node: friends online', online.ours, online.theirs, 'ms'),
    benchLine('message and its receipt, median', our.rttMs, their?.rttMs, 'ms'),
    benchLine('message and its receipt, p99', our.rttP99Ms, their?.rttP99Ms, 'ms'),
    benchLine('burst of 1,000-byte messages', our.perSecond, their?.perSecond, '/s'),
    benchLine('burst, engine without the API', engine.perSecond, their?.perSecond, '/s'),
    benchLine('one message of the burst, sender', our.senderMicroseconds, their?.senderMicroseconds, 'µs CPU'),
    benchLine('one message of the burst, receiver', our.receiverMicroseconds, their?.receiverMicroseconds, 'µs CPU'),
    benchLine('one message, sender, engine without the API', engine.senderMicroseconds, undefined, 'µs CPU'),
    benchLine('one message, receiver, engine without the API', engine.receiverMicroseconds, undefined, 'µs CPU'),
  ]
  if (mixed !== undefined) lines.splice(1, 0, benchLine('the same on tox-bootstrapd', mixed, online.theirs, 'ms'))
  return lines
}
