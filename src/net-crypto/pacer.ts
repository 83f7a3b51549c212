// Spreads packets over time: a token bucket that fills at the pace. Several packets leave together every few milliseconds,
// because timers are no finer and each wake-up costs the processor; late wake-ups are made up for.
//
// c-toxcore reads its socket once in up to 50 ms: whole windows sent at once would overrun its receive buffer (about 180
// packets where the system allows 208 KiB). And where nothing arrives for 50 ms, it falls back to one acknowledgement a
// second: bursts with silence between them would stand still.

import type { Millis } from '../base/index.js'

/** c-toxcore sends so many unasked (CRYPTO_MIN_QUEUE_LENGTH), so every path and peer takes them. */
export const FIRST_WINDOW = 64
/** How long the pace makes a packet wait at least: several leave together, and the processor wakes less often. */
const WAIT_MS = 2
/** What the pace allows in so much time may leave at once, and always so many packets. */
const BURST_MS = 8
const BURST_MIN = 8
/** … and after a timer that was late, or with a client's loop that turns once in 50 ms. */
const LATE_MS = 50
/** Turns are not equally long. */
const TURN_MARGIN = 1.5
/** After so long without packets a first window may leave at once again. */
const IDLE_MS = 200
/** So much more is asked of who has packets than may leave now: less than this waits in front of a message. */
const AHEAD_MS = 8

export class Pacer {
  #tokens = FIRST_WINDOW
  #atMs = 0
  /** A packet waits for the pace. */
  #isHeld = false
  /** How long it usually is from one turn to the next. */
  #turnMs = 0

  /** How long the next packet must wait at so many packets a millisecond (`Infinity`: no pace). */
  waitMs(perMs: number, inFlight: number, nowMs: Millis): Millis {
    if (perMs === Number.POSITIVE_INFINITY) return 0
    this.#tokens = this.#tokensAt(perMs, inFlight, nowMs)
    const passedMs = nowMs - this.#atMs
    if (passedMs > 0 && passedMs < IDLE_MS) this.#turnMs += (passedMs - this.#turnMs) / 8
    this.#atMs = nowMs
    this.#isHeld = this.#tokens < 1
    return this.#isHeld ? Math.max(WAIT_MS, (1 - this.#tokens) / perMs) : 0
  }

  /** How many packets more than those `waiting` could leave within the next milliseconds. */
  room(perMs: number, inFlight: number, waiting: number, nowMs: Millis): number {
    if (perMs === Number.POSITIVE_INFINITY) return perMs
    return Math.floor(this.#tokensAt(perMs, inFlight, nowMs) + perMs * AHEAD_MS) + 1 - waiting
  }

  /** Whether a packet could leave at this moment. */
  isOpen(perMs: number, inFlight: number, nowMs: Millis): boolean {
    return perMs === Number.POSITIVE_INFINITY || this.#tokensAt(perMs, inFlight, nowMs) >= 1
  }

  sent(): void {
    if (this.#tokens >= 1) this.#tokens--
  }

  #tokensAt(perMs: number, inFlight: number, nowMs: Millis): number {
    const passedMs = Math.max(0, nowMs - this.#atMs)
    if (inFlight === 0 && passedMs > IDLE_MS) return FIRST_WINDOW
    const burstMs = this.#isHeld ? LATE_MS : Math.min(LATE_MS, Math.max(BURST_MS, TURN_MARGIN * this.#turnMs))
    const most = Math.max(BURST_MIN, perMs * burstMs, this.#tokens)
    return Math.min(most, this.#tokens + passedMs * perMs)
  }
}
