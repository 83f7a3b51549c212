// The one budget of all searches for friends.

import { type Clock, type Millis, TokenBucket } from '../base/index.js'

/** A token bucket that says when it is spent, so that the rest of a turn need not ask. */
export class Budget {
  readonly #bucket: TokenBucket
  #spentMs: Millis = Number.NEGATIVE_INFINITY

  constructor(
    private readonly clock: Clock,
    rate: { readonly burst: number; readonly refillMs: Millis },
  ) {
    this.#bucket = new TokenBucket(rate.burst, rate.refillMs, clock.now())
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    const nowMs = this.clock.now()
    if (this.#bucket.take(nowMs)) return true
    this.#spentMs = nowMs
    return false
  }

  /** Whether a token was refused in this turn. */
  get isSpent(): boolean {
    return this.#spentMs === this.clock.now()
  }
}
