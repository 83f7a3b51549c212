// A host's own clocks. No two machines agree: each counts milliseconds from its own start, and its calendar may be wrong.

import type { Clock, Millis } from '../base/index.js'

/**
 * Wake-ups fall on a grid of 1/1024 ms, and clocks differ by whole milliseconds: sums of such numbers are exact, so that a
 * deadline is never missed by a rounding error.
 */
const GRID_PER_MS = 1024

export class HostClock implements Clock {
  /** What this host's monotonic clock is ahead of the world's. */
  monotonicOffsetMs: Millis
  /** What this host's calendar is ahead of the right time. */
  wallOffsetMs: Millis = 0

  constructor(
    private readonly world: { readonly nowMs: Millis },
    private readonly startUnixSeconds: number,
    monotonicOffsetMs: Millis,
  ) {
    this.monotonicOffsetMs = monotonicOffsetMs
  }

  now(): Millis {
    return this.world.nowMs + this.monotonicOffsetMs
  }

  unixSeconds(): number {
    return this.startUnixSeconds + Math.floor((this.world.nowMs + this.wallOffsetMs) / 1000)
  }

  /** The moment of the world, from now on, at which this clock has reached `ownMs`. */
  worldMoment(ownMs: Millis): Millis {
    const { nowMs } = this.world
    const moment = Math.ceil((ownMs - this.monotonicOffsetMs) * GRID_PER_MS) / GRID_PER_MS
    if (moment > nowMs) return moment
    return ownMs <= this.now() ? nowMs : (Math.floor(nowMs * GRID_PER_MS) + 1) / GRID_PER_MS
  }
}
