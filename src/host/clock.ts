// The clock of a real machine. Engines see monotonic time only, so a jump of the wall clock in either direction changes
// nothing; it is frozen while a turn runs, so that one turn is one time. Linux stops this clock while the machine is
// suspended: after a long sleep no deadline is late, and the silence of peers tells the rest.

import type { Clock, Millis } from '../base/index.js'

/** What a driver needs of the clock that its engine reads. */
export interface TurnClock {
  now(): Millis
  /** Freezes time until the matching `endTurn`; turns nest, and the outermost one counts. Returns the moment. */
  beginTurn(): Millis
  endTurn(): void
  /** Never frozen: the machine's own milliseconds, to measure how long work takes. */
  machineMs(): Millis
}

/** Moments begin here instead of at 0, so that a moment of 0 always means "long ago". */
const ORIGIN_MS = 1_000_000_000

export class HostClock implements Clock, TurnClock {
  /** What is added to the machine's clock; grows by whatever that one goes back. */
  #originMs: Millis
  #latestMs: Millis = 0
  #turns = 0
  #frozenMs: Millis = 0

  /** `likeMs`: what another thread's clock tells now; unless given, a time of its own. */
  constructor(likeMs?: Millis) {
    this.#originMs = likeMs === undefined ? ORIGIN_MS : likeMs - this.machineMs()
  }

  now(): Millis {
    return this.#turns > 0 ? this.#frozenMs : this.#read()
  }

  unixSeconds(): number {
    return Math.floor(Date.now() / 1000)
  }

  beginTurn(): Millis {
    if (this.#turns === 0) this.#frozenMs = this.#read()
    this.#turns++
    return this.#frozenMs
  }

  endTurn(): void {
    if (this.#turns > 0) this.#turns--
  }

  machineMs(): Millis {
    return performance.now()
  }

  /** Clocks of virtual machines have gone back when they were moved: then time stands still for a moment and goes on. */
  #read(): Millis {
    const machineMs = this.machineMs()
    if (this.#originMs + machineMs < this.#latestMs) this.#originMs = this.#latestMs - machineMs
    this.#latestMs = this.#originMs + machineMs
    return this.#latestMs
  }
}
