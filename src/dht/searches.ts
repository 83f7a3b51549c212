// All searches, with packed heads: each node that we hear of is held against every search, and there may be thousands.

import type { Millis } from '../base/index.js'
import type { Search } from './search.js'

export class Searches {
  readonly #byKey = new Map<string, Search>()
  readonly #all: Search[] = []
  #heads = new Int32Array(16)
  #worst = new Int32Array(16)

  get size(): number {
    return this.#all.length
  }

  get(key: string): Search | undefined {
    return this.#byKey.get(key)
  }

  at(slot: number): Search {
    return this.#all[slot]!
  }

  add(search: Search): void {
    search.slot = this.#all.length
    this.#all.push(search)
    this.#byKey.set(search.key, search)
    if (this.#all.length > this.#heads.length) {
      this.#heads = grown(this.#heads)
      this.#worst = grown(this.#worst)
    }
    // The sign is flipped here once, so that the comparison in `wanting` is a signed one.
    this.#heads[search.slot] = search.head ^ 0x80000000
    this.#worst[search.slot] = 0x7fffffff
  }

  remove(search: Search): void {
    if (search.slot < 0) return
    const last = this.#all.pop()!
    if (last !== search) {
      this.#all[search.slot] = last
      this.#heads[search.slot] = this.#heads[last.slot]!
      this.#worst[search.slot] = this.#worst[last.slot]!
      last.slot = search.slot
    }
    search.slot = -1
    this.#byKey.delete(search.key)
  }

  /** To be called when the list of `search` changed, or the goodness of its nodes may have. */
  refresh(search: Search, nowMs: Millis): void {
    if (search.slot >= 0) this.#worst[search.slot] = search.worstDistance(nowMs)
  }

  /** Calls `visit` for the searches that would take in the node with this key, until it returns false. */
  forEachWanting(publicKey: Uint8Array, head: number, nowMs: Millis, visit: (search: Search) => boolean): void {
    const count = this.#all.length
    for (let slot = 0; slot < count; slot++) {
      if ((this.#heads[slot]! ^ head) > this.#worst[slot]!) continue
      const search = this.#all[slot]!
      if (search.wants(publicKey, nowMs) && !visit(search)) return
    }
  }

  [Symbol.iterator](): IterableIterator<Search> {
    return this.#all[Symbol.iterator]()
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length)
  larger.set(array)
  return larger
}
