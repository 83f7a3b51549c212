// A pair of peers, each in a process of its own, on a fresh bootstrap node: how soon they see each other, how long a message and
// its receipt take, how fast a burst goes through and what one of its messages costs each side's processor.

import { quantile } from './bench-line.js'
import type { BenchNode, LineChild, PeerCommand } from './peers.js'
import { cpuSeconds, pause, spawnPeer, startPeer } from './peers.js'

/** A kind of pair, its node, and how many messages measure it: c-toxcore takes 0.15 to 1 s for a round trip. */
export interface Side {
  readonly peer: PeerCommand
  readonly startNode: (port: number) => Promise<BenchNode>
  readonly port: number
  readonly roundTrips: number
  readonly burst: number
}

export interface Talk {
  rttMs: number
  rttP99Ms: number
  perSecond: number
  senderMicroseconds: number
  receiverMicroseconds: number
}

const BURST_BYTES = 1_000
/** Pairs that meet, fresh each time; the median counts. */
const MEETINGS = 3
/** The first burst warms up compilers, windows and caches; of the others the best counts: it was disturbed least. */
const BURSTS = 3

/** One pair from nothing to online on a fresh node, which knows nobody; then its talk. */
export async function meet<T>(
  { peer, startNode, port }: Side,
  talk: (a: LineChild, b: LineChild) => Promise<T>,
): Promise<{ onlineMs: number; withProcessesMs: number; talk: T }> {
  const node = await startNode(port)
  await pause(200)
  const spawnedAt = Date.now()
  const [a, b] = await Promise.all([spawnPeer(peer), spawnPeer(peer)])
  const startedAt = Date.now()
  try {
    const [keyA, keyB] = await Promise.all([startPeer(a, port + 1, node), startPeer(b, port + 60, node)])
    a.say(`friend ${keyB}`)
    b.say(`friend ${keyA}`)
    const seenAt = Math.max(...(await Promise.all([a.hear('online'), b.hear('online')])).map(Number))
    return { onlineMs: seenAt - startedAt, withProcessesMs: seenAt - spawnedAt, talk: await talk(a, b) }
  } finally {
    await Promise.all([a.stop(), b.stop(), node.stop()])
  }
}

async function burst(a: LineChild, b: LineChild, count: number): Promise<Talk> {
  b.say(`expect ${count}`)
  await b.hear('expecting')
  const before = [cpuSeconds(a.pid), cpuSeconds(b.pid)]
  a.say(`burst ${count} ${BURST_BYTES}`)
  const sentAt = Number(await a.hear('sent'))
  const receivedAt = Number(await b.hear('received'))
  const [sender = 0, receiver = 0] = [a, b].map(({ pid }, i) => ((cpuSeconds(pid) - before[i]!) / count) * 1e6)
  const perSecond = (count / (receivedAt - sentAt)) * 1000
  return { rttMs: 0, rttP99Ms: 0, perSecond, senderMicroseconds: sender, receiverMicroseconds: receiver }
}

/** Round trips one after the other, then bursts. */
export function talkOf({ roundTrips, burst: count }: Side): (a: LineChild, b: LineChild) => Promise<Talk> {
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

/** The median times until `MEETINGS` fresh pairs are online, from the start of both instances and of both processes. */
export async function meetings(side: Side): Promise<[fromInstances: number, fromProcesses: number]> {
  const fromInstances: number[] = []
  const fromProcesses: number[] = []
  for (let i = 0; i < MEETINGS; i++) {
    const { onlineMs, withProcessesMs } = await meet({ ...side, port: side.port + 200 * (i + 1) }, async () => {})
    fromInstances.push(onlineMs)
    fromProcesses.push(withProcessesMs)
  }
  return [quantile(fromInstances, 0.5), quantile(fromProcesses, 0.5)]
}
