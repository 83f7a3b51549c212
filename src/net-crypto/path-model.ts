// What a sender believes of its path: how fast it delivers, how long it is, and how much it loses (spec: draft-ietf-ccwg-bbr).
// The rate is the highest of the last two cycles of probing: delivery never looks faster than the path for long, but often
// slower. The length is the shortest round trip plus the time between two acknowledgements, because a peer that turns every
// 50 ms (c-toxcore) keeps packets as long as a longer path does.

import type { Millis } from '../base/index.js'
import type { DeliverySample } from './flight-log.js'
import type { Reordering } from './reordering.js'
import type { RoundTrip } from './round-trip.js'

/** Two processes on one machine hear of each other when the scheduler lets them: a path is never shorter than this. */
const LENGTH_MIN_MS = 5
/** Lumps of more than so much time are not waited for. */
const LUMP_MAX_MS = 100
/** What is below this is no queue. */
const QUEUE_MIN_MS = 2
/** Fewer acknowledgements in a round trip may all be late. */
const QUEUE_SAMPLES_MIN = 4
/** A rate that was lost to congestion is not forgotten at once: one answer of a shrinking path takes no more than this share. */
const RATE_BETA = 0.7
/** Steady sending tells the rate when it took so many round trips; and its word counts for so much at once. */
const STEADY_ROUNDS_MIN = 2
const STEADY_BETA = 0.9
/** Loss by chance does not end when less is sent: beyond so much, and twice what was usual, it is congestion. */
const LOSS_MAX = 0.05
/** Where packets wait as well, less is. */
const QUEUE_LOSS_MAX = 0.02
const USUAL_LOSS_GAIN = 1 / 16
/** Fewer lost packets in a round trip tell nothing. */
const LOST_MIN = 6

export class PathModel {
  readonly #rtt: RoundTrip
  readonly #reordering: Reordering
  /** Highest rates of this cycle and the one before, packets a millisecond. */
  #rate = 0
  #olderRate = 0
  /** Most packets that arrived above the rate, of this cycle and the one before. */
  #lump = 0
  #olderLump = 0
  #lumpSinceMs = 0
  #lumpArrived = 0

  /** Round trips are counted in packets: one is over when a packet arrives that left after its beginning. */
  rounds = 0
  #roundEnd = 0
  #arrived = 0
  #roundArrived = 0
  #roundLost = 0
  /** The highest rate of this round trip, and of the one before it. */
  #roundRate = 0
  #latestRate = 0
  #usualLoss = 0
  #roundSamples = 0
  #roundMinMs = Number.POSITIVE_INFINITY
  #queueMs = 0
  /** When steady sending began, and what had arrived; undefined: it is not steady. */
  #steady: { readonly fromMs: Millis; readonly arrived: number } | undefined
  /** What congestion leaves of the rate; until the next probing. */
  #bound = Number.POSITIVE_INFINITY

  constructor(rtt: RoundTrip, reordering: Reordering) {
    this.#rtt = rtt
    this.#reordering = reordering
  }

  /** Packets a millisecond, as far as the path was seen to carry them; 0: unknown. */
  get rate(): number {
    return Math.min(this.maxRate, this.#bound)
  }
  get maxRate(): number {
    return Math.max(this.#rate, this.#olderRate)
  }
  /** How long a packet and its acknowledgement take when none waits. */
  get lengthMs(): Millis {
    return Math.max(this.#rtt.minMs, LENGTH_MIN_MS) + this.#rtt.ackIntervalMs
  }
  /** Packets that fill the path and wait nowhere. */
  get capacity(): number {
    return this.rate * this.lengthMs
  }
  /** How many packets may be in the air when `roundTrips` bare round trips' worth of them may be: and those told in lumps. */
  window(roundTrips: number): number {
    const bareMs = Math.max(this.#rtt.minMs, LENGTH_MIN_MS)
    const lump = Math.min(Math.max(this.#lump, this.#olderLump), this.rate * LUMP_MAX_MS)
    return this.rate * roundTrips * bareMs + Math.max(lump, this.rate * this.#rtt.ackIntervalMs)
  }
  get lump(): number {
    return Math.max(this.#lump, this.#olderLump)
  }
  /** How long packets of the last round trip waited in the path's queue at least, beyond what jitter explains. */
  get queueMs(): Millis {
    return this.#queueMs
  }

  /** Notes what arrived. True: this ended a round trip. */
  arrived({ count, rate, arrivedBefore, isStarved }: DeliverySample, nowMs: Millis): boolean {
    this.#arrived += count
    this.#roundArrived += count
    if (rate > 0 && (!isStarved || rate >= this.maxRate)) {
      this.#rate = Math.max(this.#rate, rate)
      this.#roundRate = Math.max(this.#roundRate, rate)
    }
    this.#noteLump(count, nowMs)
    this.#roundSamples++
    this.#roundMinMs = Math.min(this.#roundMinMs, this.#rtt.latestMs)
    if (arrivedBefore < this.#roundEnd) return false
    this.#roundEnd = this.#arrived
    this.rounds++
    return true
  }

  /** From now on packets leave at one pace. */
  beginSteady(nowMs: Millis): void {
    this.#steady ??= { fromMs: nowMs, arrived: this.#arrived }
  }

  /** They do not: the sender had nothing to send, or the pace changed. */
  disturb(): void {
    this.#steady = undefined
  }

  /**
   * What arrived in a time of steady sending is the rate without noise: the highest of short samples, which acknowledgements
   * in lumps and jitter make look higher than it is, comes down to it. What is lost by chance has left at that rate as well.
   */
  endSteady(nowMs: Millis): void {
    if (this.#steady === undefined || nowMs - this.#steady.fromMs < STEADY_ROUNDS_MIN * this.lengthMs) return
    const rate = (this.#arrived - this.#steady.arrived) / (nowMs - this.#steady.fromMs)
    const most = Math.max(rate / (1 - this.#usualLoss), STEADY_BETA * this.maxRate)
    this.#rate = Math.min(this.#rate, most)
    this.#olderRate = Math.min(this.#olderRate, most)
  }

  lost(count: number): void {
    this.#roundLost += count
  }

  /** Ends a round trip's account. True: it lost so much that its path must be congested. */
  closeRound(nowMs: Millis): boolean {
    this.#queueMs = this.#roundSamples < QUEUE_SAMPLES_MIN ? 0 : this.#queueOf(this.#roundMinMs, nowMs)
    this.#roundSamples = 0
    this.#roundMinMs = Number.POSITIVE_INFINITY
    const share = Math.max(0, this.#roundLost) / Math.max(1, this.#roundArrived + this.#roundLost)
    const most = this.#queueMs > 0 ? QUEUE_LOSS_MAX : Math.max(LOSS_MAX, 2 * this.#usualLoss)
    const isCongested = this.#roundLost >= LOST_MIN && share > most
    if (this.#queueMs === 0) this.#usualLoss += (share - this.#usualLoss) * USUAL_LOSS_GAIN
    this.#latestRate = this.#roundRate
    this.#roundLost = this.#roundArrived = this.#roundRate = 0
    return isCongested
  }

  /** How long packets wait in the path's queue when the last round trip was one without jitter. */
  latestQueueMs(nowMs: Millis): Millis {
    return this.#queueOf(this.#rtt.latestMs, nowMs)
  }

  /** What of a round trip is neither the path, nor its jitter, nor that somebody turns or acknowledges rarely. */
  #queueOf(rttMs: Millis, nowMs: Millis): Millis {
    const { minMs, ackIntervalMs } = this.#rtt
    const jitterMs = Math.max(this.#reordering.toleranceMs(minMs, nowMs) / 3, ackIntervalMs)
    return Math.max(0, rttMs - minMs - Math.max(QUEUE_MIN_MS + minMs / 16, jitterMs))
  }

  /** Comes down to what the last round trip delivered. */
  yield(): void {
    this.#bound = Math.max(this.#latestRate, RATE_BETA * this.rate)
  }

  /** A cycle begins: what was measured before the last one is forgotten, unless nothing was measured since. */
  beginCycle(): void {
    if (this.#rate === 0) return
    this.#olderRate = this.#rate
    this.#rate = 0
    this.#olderLump = this.#lump
    this.#lump = 0
  }

  /** Lets the rate be what it was before congestion: to see whether it has passed. */
  forgive(): void {
    this.#bound = Number.POSITIVE_INFINITY
  }

  /** Forgets the path. */
  reset(): void {
    this.#rate = this.#olderRate = this.#lump = this.#olderLump = this.#usualLoss = 0
    this.#roundLost = this.#roundArrived = this.#roundRate = this.#queueMs = 0
    this.forgive()
  }

  /** Counts what arrives from the last moment at which arrivals were behind the rate. */
  #noteLump(count: number, nowMs: Millis): void {
    const expected = this.rate * (nowMs - this.#lumpSinceMs)
    if (this.#lumpArrived <= expected) {
      this.#lumpArrived = 0
      this.#lumpSinceMs = nowMs
    }
    this.#lumpArrived += count
    const beyond = this.#lumpArrived - this.rate * (nowMs - this.#lumpSinceMs)
    this.#lump = Math.max(this.#lump, beyond)
  }
}
