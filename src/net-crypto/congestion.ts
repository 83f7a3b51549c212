// How many packets may be in the air, and how fast they leave. The wire leaves this to the sender; c-toxcore derives a rate
// from its queue every 50 ms and starts at 64 packets. Here: slow start from 64, then CUBIC (RFC 9438), which fills a fast
// path within round trips and yields when packets are lost, or when a full window only lengthens the path's queue.
// Packets are paced over the round trip, because c-toxcore reads its socket once in up to 50 ms and acknowledges as rarely:
// whole windows sent at once would overrun its receive buffer (about 180 packets where the system allows 208 KiB). And where
// nothing arrives for 50 ms, it falls back to one acknowledgement a second: bursts with silence between them would stand still.

import type { Millis } from '../base/index.js'
import type { RoundTrip } from './round-trip.js'
import { WINDOW_PACKETS } from './send-window.js'

/** c-toxcore sends so many unasked (CRYPTO_MIN_QUEUE_LENGTH), so every path and peer takes them. */
const FIRST_WINDOW = 64
/** 22 KiB of the longest packets: a quarter of what c-toxcore always allows itself. */
export const WINDOW_MIN = 16
/** CUBIC's scale and what is left after a loss. */
const CUBIC_C = 0.4
const CUBIC_BETA = 0.7
/** Growth of the window of a Reno flow that yields like CUBIC (RFC 9438, 4.3). */
const RENO_GROWTH = (3 * (1 - CUBIC_BETA)) / (1 + CUBIC_BETA)
/** Packets may leave faster than window / round trip, or the window would never be full. */
const PACE_SLOW_START = 2
const PACE_AVOIDANCE = 1.25
/** Below this round trip the window alone paces: timers are no finer. */
const UNPACED_RTT_MS = 4
/** How long the pace makes a packet wait at least: several leave together, and the processor wakes less often. */
const PACE_WAIT_MS = 2
/** What the pace allows in so much time may leave at once, after a late timer; and always so many packets. */
const PACE_BURST_MS = 4
const BURST_MIN = 8
/** After so long without packets a first window may leave at once again. */
const IDLE_MS = 200
/** c-toxcore acknowledges this often when loaded and iterated every 50 ms; longer ones come from idle times. */
const LOADED_ACK_MS = 100
/**
 * A queue on the path that delays a full window by more than this (or by a whole bare round trip) is congestion. The rarer
 * acknowledgements of c-toxcore, which look the same, stay below.
 */
const QUEUE_DELAY_MAX_MS = 200
const DELAY_BETA = 0.85

export class Congestion {
  readonly #rtt: RoundTrip
  #window = FIRST_WINDOW
  #slowStartEnd = Number.POSITIVE_INFINITY
  /** Losses of packets sent until then belong to a congestion that was answered. */
  #answeredUntilMs = -1
  #isWindowUsed = false

  #cubicMax = 0
  #cubicStartMs = -1
  #cubicK = 0
  #renoWindow = 0

  #tokens = FIRST_WINDOW
  #tokensAtMs = 0

  constructor(rtt: RoundTrip) {
    this.#rtt = rtt
  }

  /** Packets that may be in the air. */
  get window(): number {
    return Math.floor(this.#window)
  }

  /**
   * Whether a packet may leave now: 0 yes; Infinity: not before something is acknowledged; else how many milliseconds its
   * pace asks to wait. A lost packet that is sent again takes its own place in the window as it was before the loss.
   */
  delayMs(inFlight: number, isLost: boolean, nowMs: Millis): Millis {
    if (inFlight >= (isLost ? this.window / CUBIC_BETA + WINDOW_MIN : this.window)) {
      this.#isWindowUsed = true
      return Number.POSITIVE_INFINITY
    }
    // The youngest acknowledged packet measures less than the time over which a window has to be spread.
    const cycleMs = Math.max(this.#rtt.middleMs, this.#rtt.ackIntervalMs)
    const rtt = Math.min(cycleMs, Math.max(1.5 * this.#rtt.minMs, LOADED_ACK_MS))
    if (!this.#rtt.isKnown || rtt < UNPACED_RTT_MS) return 0
    const gain = this.#window < this.#slowStartEnd ? PACE_SLOW_START : PACE_AVOIDANCE
    const perMs = (gain * this.#window) / rtt
    const passedMs = Math.max(0, nowMs - this.#tokensAtMs)
    if (inFlight === 0 && passedMs > IDLE_MS) this.#tokens = FIRST_WINDOW
    else {
      const burst = Math.max(BURST_MIN, perMs * PACE_BURST_MS, this.#tokens)
      this.#tokens = Math.min(burst, this.#tokens + passedMs * perMs)
    }
    this.#tokensAtMs = nowMs
    return this.#tokens >= 1 ? 0 : Math.max(PACE_WAIT_MS, 1 / perMs)
  }

  /** Notes that one packet left, the last of `inFlight`. */
  sent(inFlight: number): void {
    if (this.#tokens >= 1) this.#tokens--
    // Also when whoever sends asks first what fits, and so never meets the limit.
    if (inFlight >= this.window) this.#isWindowUsed = true
  }

  /** `count` packets arrived; their round trip is noted already. */
  arrived(count: number, inFlight: number, nowMs: Millis): void {
    // A window that is not used is not known to fit the path: it must not grow.
    if (!this.#isWindowUsed) return
    if (inFlight < this.#window / 2) this.#isWindowUsed = false
    const recentMs = this.#rtt.recentMs
    if (recentMs - this.#rtt.minMs > Math.max(QUEUE_DELAY_MAX_MS, this.#rtt.minMs)) {
      if (nowMs - recentMs > this.#answeredUntilMs) this.#shrink(DELAY_BETA, nowMs)
      return
    }
    if (this.#window < this.#slowStartEnd) this.#window += count
    else this.#growCubic(count, nowMs)
    this.#window = Math.min(this.#window, WINDOW_PACKETS)
  }

  /** Packets were lost; the youngest of them was sent at `youngestSentMs`. One answer a round trip. */
  lost(youngestSentMs: Millis, nowMs: Millis): void {
    if (youngestSentMs <= this.#answeredUntilMs) return
    this.#shrink(CUBIC_BETA, nowMs)
  }

  /** Nothing was heard for several probes: the path is gone or choked; start again gently when it returns. */
  stalled(nowMs: Millis): void {
    this.#slowStartEnd = Math.max(this.#window * CUBIC_BETA, WINDOW_MIN)
    this.#window = WINDOW_MIN
    this.#cubicStartMs = -1
    this.#answeredUntilMs = nowMs
  }

  #shrink(beta: number, nowMs: Millis): void {
    this.#answeredUntilMs = nowMs
    // Fast convergence: a flow that lost twice on its way up leaves room to others.
    this.#cubicMax = this.#window < this.#cubicMax ? (this.#window * (1 + beta)) / 2 : this.#window
    this.#window = Math.max(this.#window * beta, WINDOW_MIN)
    this.#slowStartEnd = this.#window
    this.#cubicStartMs = -1
  }

  #growCubic(count: number, nowMs: Millis): void {
    if (this.#cubicStartMs < 0) {
      this.#cubicStartMs = nowMs
      this.#cubicMax = Math.max(this.#cubicMax, this.#window)
      this.#cubicK = Math.cbrt((this.#cubicMax - this.#window) / CUBIC_C)
      this.#renoWindow = this.#window
    }
    const seconds = (nowMs - this.#cubicStartMs + this.#rtt.minMs) / 1000
    const target = Math.min(CUBIC_C * (seconds - this.#cubicK) ** 3 + this.#cubicMax, 1.5 * this.#window)
    this.#renoWindow += (RENO_GROWTH * count) / this.#window
    if (target > this.#window) this.#window += ((target - this.#window) / this.#window) * count
    if (this.#renoWindow > this.#window) this.#window = this.#renoWindow
  }
}
