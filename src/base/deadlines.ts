// Waiting is data: every deadline of an instance stands in one table (a binary heap), each with its reason.
// The host asks `nextMs()` when to wake the engine and calls `run(now)` then; nobody owns a timer of the system.

import type { Millis } from './env.js'

const NOT_SET = -1
/** Taken from the heap by a run, not yet fired: clearing or setting it again in the same run keeps it from firing. */
const DUE = -2

/** One reason to wait. Made once by `Deadlines.create`, then set and cleared as often as needed. */
export class Deadline {
  /** @internal Position in the heap, or NOT_SET, or DUE. */
  slot = NOT_SET
  /** @internal */
  dueMs: Millis = 0
  /** @internal Breaks ties: equal moments fire in the order in which they were set. */
  order = 0

  /** @internal Made by `Deadlines.create`. */
  constructor(
    /** What is waited for, for people who debug: `'dht ping'`. */
    readonly reason: string,
    private readonly table: Deadlines,
    /** @internal */
    readonly action: () => void,
  ) {}

  /** Whether it waits now. */
  get isSet(): boolean {
    return this.slot >= 0
  }

  /** The moment at which it fires, `Infinity` while not set. */
  get atMs(): Millis {
    return this.isSet ? this.dueMs : Number.POSITIVE_INFINITY
  }

  /** Fires once at `atMs` (or in the next run when that is past); replaces an earlier setting. */
  set(atMs: Millis): void {
    this.table.place(this, atMs)
  }

  /** As `set`, but never later than it already stands. */
  setSooner(atMs: Millis): void {
    if (atMs < this.atMs) this.set(atMs)
  }

  /** Stops waiting; harmless when it does not wait. */
  clear(): void {
    this.table.remove(this)
  }
}

/** The table of all deadlines of one instance. */
export class Deadlines {
  readonly #heap: Deadline[] = []
  #orders = 0

  /** A new deadline, not yet set; `action` runs when it fires and may set it again. */
  create(reason: string, action: () => void): Deadline {
    return new Deadline(reason, this, action)
  }

  /** The earliest moment that is waited for, `Infinity` when nothing waits. */
  nextMs(): Millis {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : this.#heap[0]!.dueMs
  }

  /** How many deadlines wait. */
  get size(): number {
    return this.#heap.length
  }

  /** Fires all that is due at `nowMs`. What an action sets for a moment that is due already waits for the next run. */
  run(nowMs: Millis): void {
    const due: Deadline[] = []
    while (this.nextMs() <= nowMs) {
      const first = this.#heap[0]!
      this.remove(first)
      first.slot = DUE
      due.push(first)
    }
    for (const deadline of due) {
      if (deadline.slot !== DUE) continue
      deadline.slot = NOT_SET
      deadline.action()
    }
  }

  /** What is waited for, soonest first: for debugging and tests. */
  list(): { reason: string; atMs: Millis }[] {
    return this.#heap.map(({ reason, atMs }) => ({ reason, atMs })).sort((a, b) => a.atMs - b.atMs)
  }

  /** @internal */
  place(deadline: Deadline, atMs: Millis): void {
    if (Number.isNaN(atMs)) throw new RangeError(`deadline '${deadline.reason}' set to NaN`)
    deadline.dueMs = atMs
    deadline.order = this.#orders++
    if (deadline.slot < 0) {
      deadline.slot = this.#heap.length
      this.#heap.push(deadline)
    }
    this.#settle(deadline)
  }

  /** @internal */
  remove(deadline: Deadline): void {
    const at = deadline.slot
    deadline.slot = NOT_SET
    if (at < 0) return
    const last = this.#heap.pop()!
    if (last === deadline) return
    this.#heap[at] = last
    last.slot = at
    this.#settle(last)
  }

  /** Moves a deadline whose moment changed to where it belongs. */
  #settle(moved: Deadline): void {
    const heap = this.#heap
    let at = moved.slot
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(moved, heap[above]!)) break
      this.#put(heap[above]!, at)
      at = above
    }
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++
      if (!isBefore(heap[below]!, moved)) break
      this.#put(heap[below]!, at)
      at = below
    }
    this.#put(moved, at)
  }

  #put(deadline: Deadline, at: number): void {
    this.#heap[at] = deadline
    deadline.slot = at
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
}
