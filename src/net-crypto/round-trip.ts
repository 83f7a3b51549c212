// Measured round trips: the minimum shows the path, the middle of the last sixteen what to expect, and their upper part when
// to worry. Ranks are used instead of averages because one lost acknowledgement makes a wild sample: averages of such
// samples lengthen the wait for the next, which makes the next sample wilder still.
//
// What c-toxcore shows is the path plus its acknowledgement interval: 50 ms under load, up to 1 s when idle.

import type { Millis } from '../base/index.js'

/** Before anything is measured: c-toxcore's DEFAULT_PING_CONNECTION. */
const UNKNOWN_MS = 1000
/** c-toxcore acknowledges at least once a second; before its first acknowledgement there is nothing to worry about. */
const FIRST_PROBE_MS = 1_200
/** Acknowledgements further apart than this do not belong to one flow. */
const FLOW_PAUSE_MS = 200
const SAMPLES = 16
/** The minimum is forgotten after 10 to 20 s: paths change. */
const MINIMUM_LIFETIME_MS = 10_000
/** A probe earlier than this would race with the peer's turn. */
const PROBE_MIN_MS = 25
const PROBE_MAX_MS = 2_000

export class RoundTrip {
  readonly #samples = new Float64Array(SAMPLES)
  #count = 0
  #middleMs = UNKNOWN_MS
  #latestMs = UNKNOWN_MS
  #ackIntervalMs = 0
  #ackedMs = Number.NEGATIVE_INFINITY
  #probeMs = FIRST_PROBE_MS
  #minMs = Number.POSITIVE_INFINITY
  #olderMinMs = Number.POSITIVE_INFINITY
  #minSinceMs = 0
  #isOtherPath = false

  /** Whether anything was measured. */
  get isKnown(): boolean {
    return this.#minMs !== Number.POSITIVE_INFINITY
  }
  /** The middle of the last samples. */
  get middleMs(): Millis {
    return this.#middleMs
  }
  get minMs(): Millis {
    return this.isKnown ? Math.min(this.#minMs, this.#olderMinMs) : UNKNOWN_MS
  }
  get latestMs(): Millis {
    return this.#latestMs
  }
  /** How long to wait for any acknowledgement before asking for one: half as long again as most took. */
  get probeMs(): Millis {
    return this.#probeMs
  }
  /** How long it usually is between two acknowledgements while packets flow: a peer that turns rarely answers rarely. */
  get ackIntervalMs(): Millis {
    return this.#ackIntervalMs
  }

  /** Notes that something was acknowledged now, while packets flow. */
  noteAck(nowMs: Millis): void {
    const passedMs = nowMs - this.#ackedMs
    this.#ackedMs = nowMs
    // Several in one turn are one.
    if (passedMs === 0 || passedMs >= FLOW_PAUSE_MS) return
    this.#ackIntervalMs += (passedMs - this.#ackIntervalMs) / (this.#ackIntervalMs === 0 ? 1 : 4)
  }

  /** The minimum says nothing any more: the next round trip takes its place. */
  pathChanged(): void {
    this.#isOtherPath = true
  }

  /** Notes the round trip of the handshake: of the path alone, for it is answered at once. */
  samplePath(rttMs: Millis, nowMs: Millis): void {
    this.#noteMinimum(rttMs, nowMs)
    this.#middleMs = this.#latestMs = rttMs
  }

  /** Notes how long after it was sent a packet was acknowledged. */
  sample(rttMs: Millis, nowMs: Millis): void {
    this.#noteMinimum(rttMs, nowMs)
    this.#samples[this.#count++ % SAMPLES] = rttMs
    this.#latestMs = rttMs
    const known = Math.min(this.#count, SAMPLES)
    const sorted = this.#samples.slice(0, known).sort()
    this.#middleMs = sorted[known >> 1]!
    const most = sorted[Math.min(known - 1, Math.floor(known * 0.75))]!
    this.#probeMs = Math.min(Math.max(1.5 * most + 10, PROBE_MIN_MS), PROBE_MAX_MS)
  }

  #noteMinimum(rttMs: Millis, nowMs: Millis): void {
    if (this.#isOtherPath) {
      this.#isOtherPath = false
      this.#olderMinMs = Number.POSITIVE_INFINITY
      this.#minMs = rttMs
      this.#minSinceMs = nowMs
    } else if (!this.isKnown || nowMs - this.#minSinceMs >= MINIMUM_LIFETIME_MS) {
      this.#olderMinMs = this.#minMs
      this.#minMs = rttMs
      this.#minSinceMs = nowMs
    } else if (rttMs < this.#minMs) this.#minMs = rttMs
  }
}
