// Two friends: how soon they see each other, how long a message and its receipt take, how fast a burst goes through.
// Both pairs meet through tox-bootstrapd, so that only the peers differ.

import type { BenchLine } from './bench-line.js'
import { benchLine, quantile } from './bench-line.js'
import type { PeerCommand } from './peers.js'
import { OUR_PEER, pause, startBootstrapd, startPeer, theirPeer } from './peers.js'

interface Figures {
  onlineMs: number
  rttMs: number
  rttP99Ms: number
  burstPerSecond: number
}

/** Messages that measure the round trip; c-toxcore takes 150 ms for each. */
const ROUND_TRIPS = { ours: 1000, theirs: 100 }
const BURST = { ours: 60_000, theirs: 5_000 }
const BURST_SIZE = 1_000
/** Pairs that meet, fresh each time; the median counts. */
const MEETINGS = 3

/** One pair from nothing to online; then, if wanted, its messages. */
async function meet(command: PeerCommand, port: number, side?: 'ours' | 'theirs'): Promise<Figures> {
  // A fresh node knows nobody: what is measured does not depend on who met before.
  const node = await startBootstrapd(port)
  await pause(200)
  const startedAt = performance.now() + performance.timeOrigin
  const [a, b] = await Promise.all([startPeer(command, port + 1, node), startPeer(command, port + 60, node)])
  try {
    a.peer.say(`friend ${b.key}`)
    b.peer.say(`friend ${a.key}`)
    const seen = await Promise.all([a.peer.hear('online'), b.peer.hear('online')])
    const figures = { onlineMs: Math.max(...seen.map(Number)) - startedAt, rttMs: 0, rttP99Ms: 0, burstPerSecond: 0 }
    if (side === undefined) return figures
    await pause(1_000)

    a.peer.say(`rtt ${ROUND_TRIPS[side]}`)
    const rtts = (await a.peer.hear('rtt')).split(' ').map(Number)
    b.peer.say(`expect ${BURST[side]}`)
    a.peer.say(`burst ${BURST[side]} ${BURST_SIZE}`)
    const sentAt = Number(await a.peer.hear('sent'))
    const receivedAt = Number(await b.peer.hear('received'))
    return {
      ...figures,
      rttMs: quantile(rtts, 0.5),
      rttP99Ms: quantile(rtts, 0.99),
      burstPerSecond: (BURST[side] / (receivedAt - sentAt)) * 1000,
    }
  } finally {
    await Promise.all([a.peer.stop(), b.peer.stop(), node.stop()])
  }
}

async function measure(command: PeerCommand, side: 'ours' | 'theirs', port: number): Promise<Figures> {
  const figures = await meet(command, port, side)
  const online = [figures.onlineMs]
  for (let i = 1; i < MEETINGS; i++) online.push((await meet(command, port + 200 * i)).onlineMs)
  return { ...figures, onlineMs: quantile(online, 0.5) }
}

export async function run(): Promise<BenchLine[]> {
  const command = theirPeer()
  const theirs = command === undefined ? undefined : await measure(command, 'theirs', 34_000)
  const ours = await measure(OUR_PEER, 'ours', 36_000)
  return [
    benchLine('two fresh peers on one bootstrap node: friends online', ours.onlineMs, theirs?.onlineMs, 'ms'),
    benchLine('message and its receipt, median', ours.rttMs, theirs?.rttMs, 'ms'),
    benchLine('message and its receipt, p99', ours.rttP99Ms, theirs?.rttP99Ms, 'ms'),
    benchLine('burst of 1,000-byte messages', ours.burstPerSecond, theirs?.burstPerSecond, '/s'),
  ]
}
