// Wakes a host when its next deadline is due. Deadlines move all the time; the world's queue hears of the earliest alone.

import { type Deadline, Deadlines, type Millis } from '../base/index.js'
import type { HostClock } from './clock.js'
import { SimEvent } from './event-queue.js'
import type { Scheduler } from './scheduler.js'

/** Wake-ups of one host at one moment before the world stops: a deadline that is set for now again and again. */
const SPIN_MAX = 1_000

class Wake extends SimEvent {
  constructor(
    atMs: Millis,
    private readonly wake: (event: Wake) => void,
  ) {
    super(atMs)
  }

  happen(): void {
    this.wake(this)
  }
}

/** Deadlines that tell when one of them was set. */
export class WatchedDeadlines extends Deadlines {
  constructor(private readonly onPlaced: (deadlines: Deadlines) => void) {
    super()
  }

  /** @internal */
  override place(deadline: Deadline, atMs: Millis): void {
    super.place(deadline, atMs)
    this.onPlaced(this)
  }
}

export class Waker {
  #atMs: Millis = Number.POSITIVE_INFINITY
  #spinAtMs: Millis = -1
  #spins = 0

  constructor(
    private readonly scheduler: Scheduler,
    private readonly clock: HostClock,
    private readonly onWake: () => void,
  ) {}

  /** Wakes the host when `deadlines` are next due, or sooner. */
  watch(deadlines: Deadlines): void {
    const nextMs = deadlines.nextMs()
    if (nextMs === Number.POSITIVE_INFINITY) return
    const atMs = this.clock.worldMoment(nextMs)
    if (atMs >= this.#atMs) return
    this.#atMs = atMs
    this.scheduler.queue.push(new Wake(atMs, this.#happen))
  }

  /** Forgets what it watched: the clock has jumped. */
  reset(): void {
    this.#atMs = Number.POSITIVE_INFINITY
  }

  /** Throws when the host does nothing but wake. */
  checkSpin(name: string, deadlines: Deadlines): void {
    const { nowMs } = this.scheduler
    this.#spins = this.#spinAtMs === nowMs ? this.#spins + 1 : 0
    this.#spinAtMs = nowMs
    if (this.#spins < SPIN_MAX) return
    throw new Error(`${name} spins: '${deadlines.list()[0]?.reason}' is set for the same moment again and again`)
  }

  readonly #happen = (event: Wake): void => {
    if (event.atMs !== this.#atMs) return // overtaken by an earlier one
    this.#atMs = Number.POSITIVE_INFINITY
    this.onWake()
  }
}
