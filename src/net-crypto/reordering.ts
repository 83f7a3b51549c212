// How far packets overtake each other on this path, in the time that lay between their sending (as RACK, RFC 8985, but
// measured). Acknowledgements tell it: a packet arrived that had been told missing when younger ones had arrived. What
// overtakes by no more is no sign of loss.

import type { Millis } from '../base/index.js'

/** A path is taken to be as it was within the last 10 to 20 s. */
const LIFETIME_MS = 10_000
/** The next packet may be late by a quarter more. */
const MARGIN = 1.1
/** Before anything was measured: an eighth of a round trip. */
const UNKNOWN_ROUND_TRIPS = 1 / 8
/** However wild the path: packets later than so many bare round trips, or than this, are lost. */
const ROUND_TRIPS_MAX = 2
const LATENESS_MIN_MS = 50

export class Reordering {
  #latenessMs = 0
  #olderMs = 0
  #sinceMs = 0

  /** A packet arrived after one that was sent `ms` later. */
  note(ms: Millis, nowMs: Millis): void {
    this.#forget(nowMs)
    if (ms > this.#latenessMs) this.#latenessMs = ms
  }

  /** By how much later sent packets may arrive before this one is lost. */
  toleranceMs(minRttMs: Millis, nowMs: Millis): Millis {
    this.#forget(nowMs)
    const most = Math.max(this.#latenessMs, this.#olderMs)
    const lateMs = Math.min(MARGIN * most, Math.max(ROUND_TRIPS_MAX * minRttMs, LATENESS_MIN_MS))
    return Math.max(lateMs, UNKNOWN_ROUND_TRIPS * minRttMs)
  }

  #forget(nowMs: Millis): void {
    if (nowMs - this.#sinceMs < LIFETIME_MS) return
    this.#olderMs = nowMs - this.#sinceMs < 2 * LIFETIME_MS ? this.#latenessMs : 0
    this.#latenessMs = 0
    this.#sinceMs = nowMs
  }
}
