// How many connections there are, in all and from each address: one address that opens many leaves room for others.

import type { Endpoint } from '../base/index.js'

export class Crowd {
  /** By address; as many as there are connections. */
  readonly #bySource = new Map<string, number>()
  #size = 0

  constructor(
    private max: number,
    private maxPerSource: number,
  ) {}

  /** From now on; who is there already stays. */
  limit(max: number, maxPerSource: number): void {
    this.max = max
    this.maxPerSource = maxPerSource
  }

  get size(): number {
    return this.#size
  }

  /** Counts one more; false, and nothing counted, when there is no room. */
  enter(from: Endpoint): boolean {
    const already = this.#bySource.get(from.sourceKey) ?? 0
    if (this.#size >= this.max || already >= this.maxPerSource) return false
    this.#bySource.set(from.sourceKey, already + 1)
    this.#size++
    return true
  }

  leave(from: Endpoint): void {
    const left = this.#bySource.get(from.sourceKey)! - 1
    if (left === 0) this.#bySource.delete(from.sourceKey)
    else this.#bySource.set(from.sourceKey, left)
    this.#size--
  }
}
