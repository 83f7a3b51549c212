// Named event counts. Names come from our own code, never from the network, so their number is bounded.

/** Counts by name; used for dropped packets (`'dht/ping-request malformed'`) and traffic. */
export class Counters {
  readonly #counts = new Map<string, number>()

  /** Adds `by` (1 unless told) to the count of `name`. */
  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  /** The count of `name`, 0 when it never happened. */
  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  /** All counts as a plain object, sorted by name. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
