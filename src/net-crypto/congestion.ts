// How many packets may be in the air, and how fast they leave. The wire leaves this to the sender; c-toxcore derives a rate
// from its queue every 50 ms and starts at 64 packets. Here: a model of the path in the manner of BBR (draft-ietf-ccwg-bbr).
// Packets leave at the rate at which the path delivers; now and then somewhat faster for a round trip, to see whether it takes
// more, then slower, so that the queue which that made is gone. Loss alone is no reason to yield, for radio loses by chance:
// only much more of it than usual is (path-model.ts). And nothing waits in the path's queue for long, so messages pass files.

import type { Env, Millis } from '../base/index.js'
import type { DeliverySample } from './flight-log.js'
import { FIRST_WINDOW, Pacer } from './pacer.js'
import { PathModel } from './path-model.js'
import type { Reordering } from './reordering.js'
import type { RoundTrip } from './round-trip.js'
import { WINDOW_PACKETS } from './send-window.js'

/** 22 KiB of the longest packets: a quarter of what c-toxcore always allows itself. */
export const WINDOW_MIN = 16

/** How much faster than delivered packets leave in each phase, and how many round trips' worth may be in the air. */
const GAINS = {
  /** Doubles what is delivered with each round trip: 4 ln 2. */
  startup: { pace: 2.77, window: 2 },
  /** The queue of the start goes. */
  drain: { pace: 0.35, window: 2 },
  /** Does the path take more? */
  up: { pace: 1.25, window: 2.25 },
  /** The queue of that goes. */
  down: { pace: 0.75, window: 2 },
  /** A little less than is delivered, so that a queue never lasts. */
  cruise: { pace: 0.99, window: 2 },
  /** An empty path for a moment, to see how short it is. */
  'probe-rtt': { pace: 1, window: 0.5 },
} as const
type Phase = keyof typeof GAINS

/** The start ends when the rate grew by less than a quarter in three round trips. */
const FULL_GROWTH = 1.25
const FULL_ROUNDS = 3
/** … in two when much was lost, or half a round trip waits in a queue. */
const CONGESTED_ROUNDS = 2
/** Round trips between two probes, and up to twice as many: other flows have others, so that not all probe at once. */
const CRUISE_ROUNDS_MIN = 4
const BOLD_CRUISE_ROUNDS = 2
/** A probe that finds no queue in so many round trips has nothing to send. */
const UP_ROUNDS_MAX = 3
/** And by so many packets a round trip more: a small flow gains a larger share by that, until both are equal. */
const UP_PACKETS = 12
/** Where a probe finds so much more and makes no queue, there may be much room: the next one is bolder. */
const UP_GROWTH = 1.2
const UP_GAINS = [1.25, 1.5, 2, 2.77]
/** When a queue stands after so many round trips of cruising, the rate was too high: it comes down, and the queue goes. Once. */
const RELIEF_ROUNDS = 3
/** How long the queue may take to go. */
const DOWN_ROUNDS_MAX = 3
/** When no round trip was as short as the shortest for so long, the path is emptied to see whether it still is. */
const MIN_RTT_LIFETIME_MS = 10_000
const PROBE_RTT_MS = 200
/** As short: by a sixteenth or a millisecond more. */
const MIN_RTT_SLACK = 17 / 16
/** Below this length of the path the window alone paces: timers are no finer. */
const UNPACED_MS = 4

export class Congestion {
  readonly #env: Env
  readonly #rtt: RoundTrip
  readonly #model: PathModel
  readonly #pacer = new Pacer()
  #window = FIRST_WINDOW
  /** No more than this may be in the air, whatever the path would take. */
  limit = Number.POSITIVE_INFINITY
  #phase: Phase = 'startup'
  #phaseMs: Millis = 0
  #cruiseRounds = CRUISE_ROUNDS_MIN
  #fullRate = 0
  #fullRounds = 0
  #isCongested = false
  /** Window or pace held packets back in this round trip. */
  #wasLimited = false
  /** The path was gone then: what was sent before does not count as lost. */
  #stalledMs = Number.NEGATIVE_INFINITY
  /** How often probes have met no limit since one did. */
  #boldness = 0
  /** The last probe found out what the path takes, or had too little to send. */
  #metLimit = false
  /** The queue that grew since then was let go. */
  #isRelieved = false
  /** The rate when it began. */
  #upRate = 0
  #minRttSeenMs = Number.NEGATIVE_INFINITY
  /** When a probe for the round trip may end; not yet known: the path is still emptying. */
  #probeRttEndMs: Millis | undefined

  constructor(env: Env, rtt: RoundTrip, reordering: Reordering) {
    this.#env = env
    this.#rtt = rtt
    this.#model = new PathModel(rtt, reordering)
  }

  /** Packets that may be in the air. */
  get window(): number {
    return Math.floor(Math.min(this.#window, this.limit))
  }
  get phase(): Phase {
    return this.#phase
  }
  get model(): PathModel {
    return this.#model
  }

  /**
   * Whether a packet may leave now: 0 yes; Infinity: not before something is acknowledged; else how many milliseconds its
   * pace asks to wait. Lost packets that are sent again pass a full window by a little, or its end might never come.
   */
  delayMs(inFlight: number, isLost: boolean, nowMs: Millis): Millis {
    const isFull = inFlight >= this.window + (isLost ? WINDOW_MIN : 0)
    const delayMs = isFull ? Number.POSITIVE_INFINITY : this.#pacer.waitMs(this.#pace, inFlight, nowMs)
    if (delayMs > 0) this.#wasLimited = true
    return delayMs
  }

  /** How many packets may be handed over that leave at once or within milliseconds; `waiting` do so already. */
  room(inFlight: number, waiting: number, nowMs: Millis): number {
    const room = Math.min(this.window - inFlight - waiting, this.#pacer.room(this.#pace, inFlight, waiting, nowMs))
    return Math.max(0, room)
  }

  /** Whether a packet could leave at this moment. */
  isOpen(inFlight: number, nowMs: Millis): boolean {
    return inFlight < this.window && this.#pacer.isOpen(this.#pace, inFlight, nowMs)
  }

  /** Notes that one packet left, the last of `inFlight`. */
  sent(inFlight: number): void {
    this.#pacer.sent()
    // Also when whoever sends asks first what fits, and so never meets the limit.
    if (inFlight >= this.window) this.#wasLimited = true
  }

  /** Packets arrived; their round trip is noted already. */
  arrived(sample: DeliverySample, inFlight: number, nowMs: Millis): void {
    const isRound = this.#model.arrived(sample, nowMs)
    if (sample.isStarved) this.#model.disturb()
    if (isRound) {
      this.#isCongested = this.#model.closeRound(nowMs)
      if (this.#phase === 'startup' && this.#wasLimited) this.#judgeStartup()
      else if (this.#isCongested) this.#model.yield()
      this.#wasLimited = false
      if (this.#isCongested || this.#model.queueMs > 0 || sample.isStarved) this.#metLimit = true
    }
    this.#noteMinRtt(nowMs)
    this.#advance(inFlight, nowMs)
    const gain = this.#phase === 'up' ? Math.max(this.#upGain, GAINS.up.window) : GAINS[this.#phase].window
    const target = this.#phase === 'probe-rtt' ? gain * this.#model.capacity : this.#model.window(gain)
    if (this.#phase === 'startup') {
      if (this.#window < Math.max(target, FIRST_WINDOW)) this.#window += sample.count
    } else this.#window = Math.min(this.#window + sample.count, target)
    this.#window = Math.min(Math.max(this.#window, WINDOW_MIN), WINDOW_PACKETS)
  }

  /** Packets were lost; the youngest of them was sent at `youngestMs`. */
  lost(count: number, youngestMs: Millis): void {
    if (youngestMs > this.#stalledMs) this.#model.lost(count)
  }

  /** Packets that were judged lost have arrived after all. */
  foundAgain(count: number): void {
    this.#model.lost(-count)
  }

  /** Nothing was heard for several probes: the path is gone or choked; start again gently when it returns. */
  stalled(nowMs: Millis): void {
    this.#stalledMs = nowMs
    this.#model.reset()
    this.#fullRate = this.#fullRounds = 0
    this.#window = WINDOW_MIN
    this.#enter('startup', nowMs)
  }

  /** Packets a millisecond. */
  get #pace(): number {
    const { rate, lengthMs } = this.#model
    if (!this.#rtt.isKnown || this.#rtt.minMs + this.#rtt.ackIntervalMs < UNPACED_MS) return Number.POSITIVE_INFINITY
    const known = this.#phase === 'startup' ? Math.max(rate, Math.min(this.#window, FIRST_WINDOW) / lengthMs) : rate
    if (this.#phase === 'up') return this.#upGain * known + UP_PACKETS / lengthMs
    return GAINS[this.#phase].pace * known
  }

  #judgeStartup(): void {
    const { maxRate } = this.#model
    if (maxRate >= FULL_GROWTH * this.#fullRate) {
      this.#fullRate = maxRate
      this.#fullRounds = 0
    } else this.#fullRounds++
  }

  #noteMinRtt(nowMs: Millis): void {
    const { minMs, latestMs } = this.#rtt
    if (this.#minRttSeenMs === Number.NEGATIVE_INFINITY || latestMs <= Math.max(minMs * MIN_RTT_SLACK, minMs + 1)) {
      this.#minRttSeenMs = nowMs
    }
  }

  #advance(inFlight: number, nowMs: Millis): void {
    const { capacity, lengthMs, queueMs } = this.#model
    const passedMs = nowMs - this.#phaseMs
    switch (this.#phase) {
      case 'startup':
        if (this.#fullRounds < (this.#isCongested || queueMs > lengthMs / 2 ? CONGESTED_ROUNDS : FULL_ROUNDS)) return
        return this.#enter('drain', nowMs)
      case 'drain':
        if (inFlight > capacity && passedMs < 4 * lengthMs) return
        return this.#cruise(nowMs)
      case 'cruise':
        if (nowMs - this.#minRttSeenMs > MIN_RTT_LIFETIME_MS) return this.#enter('probe-rtt', nowMs)
        if (passedMs > lengthMs) this.#model.beginSteady(nowMs)
        if (queueMs > 0 && passedMs > RELIEF_ROUNDS * lengthMs && !this.#isRelieved) {
          this.#model.endSteady(nowMs)
          this.#isRelieved = true
          return this.#enter('down', nowMs)
        }
        if (passedMs < this.#cruiseRounds * lengthMs) return
        this.#model.endSteady(nowMs)
        this.#model.forgive()
        this.#model.beginCycle()
        this.#metLimit = this.#isRelieved = false
        this.#upRate = this.#model.maxRate
        return this.#enter('up', nowMs)
      case 'up':
        if (passedMs < lengthMs && !this.#isCongested) return
        if (!this.#isCongested && inFlight < this.#upGain * capacity && passedMs < UP_ROUNDS_MAX * lengthMs) return
        return this.#enter('down', nowMs)
      case 'down':
        // Where jitter makes more than the capacity fly, round trips must tell.
        if (inFlight > capacity) {
          if (passedMs < lengthMs) return
          if (this.#model.latestQueueMs(nowMs) > 0 && passedMs < DOWN_ROUNDS_MAX * lengthMs) return
        }
        if (this.#metLimit || this.#model.maxRate < UP_GROWTH * this.#upRate) this.#boldness = 0
        else if (this.#boldness < UP_GAINS.length - 1) this.#boldness++
        return this.#cruise(nowMs)
      case 'probe-rtt':
        if (this.#probeRttEndMs === undefined && inFlight <= Math.max(WINDOW_MIN, 0.5 * capacity)) {
          this.#probeRttEndMs = nowMs + Math.max(PROBE_RTT_MS, lengthMs)
        }
        if (nowMs < (this.#probeRttEndMs ?? Number.POSITIVE_INFINITY)) return
        this.#minRttSeenMs = nowMs
        return this.#cruise(nowMs)
    }
  }

  get #upGain(): number {
    return UP_GAINS[this.#boldness]!
  }

  #cruise(nowMs: Millis): void {
    const least = this.#boldness > 0 ? BOLD_CRUISE_ROUNDS : CRUISE_ROUNDS_MIN
    this.#cruiseRounds = least * (1 + this.#env.random.uniform(1024) / 1024)
    this.#enter('cruise', nowMs)
  }

  #enter(phase: Phase, nowMs: Millis): void {
    this.#model.disturb()
    this.#phase = phase
    this.#phaseMs = nowMs
    this.#isCongested = false
    this.#probeRttEndMs = undefined
  }
}
