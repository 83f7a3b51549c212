// What happens next: a binary heap over virtual time. Events of one moment happen in the order in which they were added.

import type { Millis } from '../base/index.js'

/** Something that happens at a moment of the world. */
export abstract class SimEvent {
  /** @internal Breaks ties. */
  order = 0

  constructor(readonly atMs: Millis) {}

  abstract happen(): void
}

export class EventQueue {
  readonly #heap: SimEvent[] = []
  #orders = 0

  get size(): number {
    return this.#heap.length
  }

  /** The moment of the next event, `Infinity` when there is none. */
  get nextMs(): Millis {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : this.#heap[0]!.atMs
  }

  push(event: SimEvent): void {
    event.order = this.#orders++
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]!
      if (!isBefore(event, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = event
  }

  pop(): SimEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    const length = heap.length
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= length) break
      if (below + 1 < length && isBefore(heap[below + 1]!, heap[below]!)) below++
      const child = heap[below]!
      if (!isBefore(child, last)) break
      heap[at] = child
      at = below
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
