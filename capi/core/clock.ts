// Time as the program tells it: each call brings the moment of its instance's clock, which may be the machine's or a test's
// that jumps. The wall clock is read once, at the birth of the instance, and goes on with the program's clock, as in c-toxcore.

import type { Clock, Millis } from '../../src/base/index.js'
import type { TurnClock } from '../../src/host/clock.js'

/** Moments begin here instead of at 0, so that a moment of 0 always means "long ago". */
const ORIGIN_MS = 1_000_000_000

/** A hundred years. After a leap of 2^64 ms, which can be told, a double would count no single milliseconds any more. */
const LEAP_MAX_MS = 100 * 365 * 24 * 3_600_000

export class CallerClock implements Clock, TurnClock {
  /** What is added to the program's clock; grows by whatever that one goes back. */
  #offsetMs: Millis
  #nowMs: Millis = ORIGIN_MS
  readonly #unixMs: number

  constructor(callerMs: Millis, unixMs: number) {
    this.#offsetMs = ORIGIN_MS - callerMs
    this.#unixMs = unixMs
  }

  /** A call has come, at this moment of the program's clock. */
  set(callerMs: Millis): void {
    const nowMs = this.#offsetMs + callerMs
    // Told nonsense or gone back: time stands still and goes on from here.
    if (nowMs >= this.#nowMs && nowMs - this.#nowMs <= LEAP_MAX_MS) this.#nowMs = nowMs
    else if (Number.isFinite(callerMs)) this.#offsetMs = this.#nowMs - callerMs
  }

  /** The program's word for one of our moments. */
  callerMs(atMs: Millis): Millis {
    return atMs - this.#offsetMs
  }

  now(): Millis {
    return this.#nowMs
  }

  unixSeconds(): number {
    return Math.floor((this.#unixMs + this.#nowMs - ORIGIN_MS) / 1000)
  }

  /** Between two calls time stands still anyway. */
  beginTurn(): Millis {
    return this.#nowMs
  }

  endTurn(): void {}

  machineMs(): Millis {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  }
}
