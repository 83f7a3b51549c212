// Bytes a second, over the last three whole seconds: what people want to see of a path, at the cost of an addition a packet.

import type { Millis } from '../base/index.js'

const SECOND_MS: Millis = 1_000
const SECONDS = 3
/** One more for the second that runs, and a power of two. */
const BUCKETS = SECONDS + 1

export class RateMeter {
  readonly #buckets = new Float64Array(BUCKETS)
  #second = 0

  add(bytes: number, nowMs: Millis): void {
    this.#moveTo(nowMs)
    this.#buckets[this.#second % BUCKETS]! += bytes
  }

  /** Bytes a second. */
  rate(nowMs: Millis): number {
    this.#moveTo(nowMs)
    let sum = -this.#buckets[this.#second % BUCKETS]!
    for (const bytes of this.#buckets) sum += bytes
    return sum / SECONDS
  }

  #moveTo(nowMs: Millis): void {
    const second = Math.floor(nowMs / SECOND_MS)
    if (second === this.#second) return
    if (second >= this.#second + BUCKETS || second < this.#second) this.#buckets.fill(0)
    else for (let one = this.#second + 1; one <= second; one++) this.#buckets[one % BUCKETS] = 0
    this.#second = second
  }
}
