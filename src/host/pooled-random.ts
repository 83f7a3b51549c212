// Random bytes for the engine from a source that is costly to ask. Small draws come from a pool that is filled in one call,
// because a call into node:crypto costs some microseconds; what was drawn is wiped from the pool, so it holds no key that is
// in use.

import type { Random } from '../base/index.js'

const POOL_BYTES = 4096 // one page
/** Larger draws go past the pool. */
const SMALL_BYTES = 256

/** Takes its bytes from `fillFrom`, which overwrites all of its target. */
export class PooledRandom implements Random {
  readonly #pool = new Uint8Array(POOL_BYTES)
  readonly #view = new DataView(this.#pool.buffer)
  #at = POOL_BYTES

  constructor(private readonly fillFrom: (target: Uint8Array) => void) {}

  fill(target: Uint8Array): void {
    const size = target.length
    if (size > SMALL_BYTES) {
      this.fillFrom(target)
      return
    }
    const at = this.#take(size)
    target.set(this.#pool.subarray(at, at + size))
    this.#pool.fill(0, at, at + size)
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    this.fill(bytes)
    return bytes
  }

  /** Without bias: draws beyond the largest multiple of `limit` are drawn again. Throws RangeError on an impossible limit. */
  uniform(limit: number): number {
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= 2 ** 32)) throw new RangeError(`no limit: ${limit}`)
    const fair = 2 ** 32 - (2 ** 32 % limit)
    for (;;) {
      const at = this.#take(4)
      const drawn = this.#view.getUint32(at)
      this.#view.setUint32(at, 0)
      if (drawn < fair) return drawn % limit
    }
  }

  /** The place of `size` fresh bytes in the pool. */
  #take(size: number): number {
    if (this.#at + size > POOL_BYTES) {
      this.fillFrom(this.#pool)
      this.#at = 0
    }
    const at = this.#at
    this.#at += size
    return at
  }
}
