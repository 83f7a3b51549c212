// Two friends: how soon they see each other, how long a message and its receipt take, how fast a burst goes through and what
// one of its messages costs each side's processor. Every peer and the bootstrap node are processes of their own.

import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import { meet, meetings, type Side, talkOf } from './meeting.js'
import { OUR_ENGINE, OUR_PEER, startBootstrapd, startOurNode, theirPeer } from './peers.js'

const OURS: Side = { peer: OUR_PEER, startNode: startOurNode, port: 36_000, roundTrips: 2_000, burst: 250_000 }

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
    benchLine('two fresh peers on one bootstrap node: friends online', online.ours[0], online.theirs?.[0], 'ms'),
    benchLine('the same from the start of both processes', online.ours[1], online.theirs?.[1], 'ms'),
    benchLine('message and its receipt, median', our.rttMs, their?.rttMs, 'ms'),
    benchLine('message and its receipt, p99', our.rttP99Ms, their?.rttP99Ms, 'ms'),
    benchLine('burst of 1,000-byte messages', our.perSecond, their?.perSecond, '/s'),
    benchLine('burst, engine without the API', engine.perSecond, their?.perSecond, '/s'),
    benchLine('one message of the burst, sender', our.senderMicroseconds, their?.senderMicroseconds, 'µs CPU'),
    benchLine('one message of the burst, receiver', our.receiverMicroseconds, their?.receiverMicroseconds, 'µs CPU'),
    benchLine('one message, sender, engine without the API', engine.senderMicroseconds, undefined, 'µs CPU'),
    benchLine('one message, receiver, engine without the API', engine.receiverMicroseconds, undefined, 'µs CPU'),
  ]
  const [onBootstrapd] = mixed ?? []
  if (onBootstrapd !== undefined)
    lines.splice(2, 0, benchLine('the same on tox-bootstrapd', onBootstrapd, online.theirs?.[0], 'ms'))
  return lines
}
