// Measured round trip: smoothed, its deviation (RFC 6298) and its minimum over the last 10 to 20 s. What c-toxcore shows is
// the path plus its acknowledgement interval (50 ms under load, up to 1 s when idle); the minimum comes near the path itself.

import type { Millis } from '../base/index.js'

/** Before anything is measured: c-toxcore's DEFAULT_PING_CONNECTION. */
const UNKNOWN_MS = 1000
const MINIMUM_LIFETIME_MS = 10_000
/** A probe earlier than this would race with the peer's turn. */
const PROBE_MIN_MS = 25
const PROBE_MAX_MS = 2_000

export class RoundTrip {
  #smoothedMs = 0
  #deviationMs = 0
  #minMs = Number.POSITIVE_INFINITY
  #olderMinMs = Number.POSITIVE_INFINITY
  #minSinceMs = 0
  #isKnown = false

  /** Whether anything was measured. */
  get isKnown(): boolean {
    return this.#isKnown
  }
  get smoothedMs(): Millis {
    return this.#isKnown ? this.#smoothedMs : UNKNOWN_MS
  }
  get minMs(): Millis {
    return this.#isKnown ? Math.min(this.#minMs, this.#olderMinMs) : UNKNOWN_MS
  }
  /** How long to wait for any acknowledgement before asking for one. */
  get probeMs(): Millis {
    if (!this.#isKnown) return UNKNOWN_MS
    return Math.min(Math.max(this.#smoothedMs + 4 * this.#deviationMs, PROBE_MIN_MS), PROBE_MAX_MS)
  }
  /** A packet that the peer misses and that was sent longer ago than this is lost: a round trip and a quarter. */
  get lossMs(): Millis {
    return Math.max(1, 1.25 * this.minMs)
  }

  /** Notes a measured round trip. */
  sample(rttMs: Millis, nowMs: Millis): void {
    if (rttMs < 0) return
    if (this.#isKnown) {
      this.#deviationMs += (Math.abs(this.#smoothedMs - rttMs) - this.#deviationMs) / 4
      this.#smoothedMs += (rttMs - this.#smoothedMs) / 8
    } else {
      this.#isKnown = true
      this.#smoothedMs = rttMs
      this.#deviationMs = rttMs / 2
      this.#minSinceMs = nowMs
    }
    if (nowMs - this.#minSinceMs >= MINIMUM_LIFETIME_MS) {
      this.#olderMinMs = this.#minMs
      this.#minMs = rttMs
      this.#minSinceMs = nowMs
    } else if (rttMs < this.#minMs) this.#minMs = rttMs
  }
}
