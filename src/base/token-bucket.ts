// Rate limits that allow a burst and refill steadily.

import type { Millis } from './env.js'

/** A bucket of `capacity` tokens, refilled by one every `refillMs` milliseconds. Starts full. */
export class TokenBucket {
  #tokens: number
  #filledAtMs: Millis

  constructor(
    private readonly capacity: number,
    private readonly refillMs: Millis,
    nowMs: Millis,
  ) {
    this.#tokens = capacity
    this.#filledAtMs = nowMs
  }

  /** Takes `tokens` (1 unless told); false, and nothing taken, when there are too few. */
  take(nowMs: Millis, tokens = 1): boolean {
    const refilled = Math.max(0, nowMs - this.#filledAtMs) / this.refillMs
    this.#tokens = Math.min(this.capacity, this.#tokens + refilled)
    this.#filledAtMs = nowMs
    if (this.#tokens < tokens) return false
    this.#tokens -= tokens
    return true
  }

  /** Whether it has had time to fill up again, so that forgetting it changes nothing. */
  isFull(nowMs: Millis): boolean {
    return this.#tokens + (nowMs - this.#filledAtMs) / this.refillMs >= this.capacity
  }
}
