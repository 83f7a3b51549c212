// The dice of the simulator: one seed, and from it a stream of its own for each name, so that adding a host changes nothing
// for the others. Equal seeds give equal runs. Never use this where a secret is made for real.

import type { Random } from '../base/index.js'

/** xoshiro128** (Blackman and Vigna), seeded through splitmix32. */
export class SeededRandom implements Random {
  readonly #seed: number
  #a: number
  #b: number
  #c: number
  #d: number

  /** A stream for `seed`: any number or text. */
  constructor(seed: number | string) {
    this.#seed = hash32(typeof seed === 'number' ? `#${seed}` : seed, 0)
    let state = this.#seed
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let x = state ^ (state >>> 16)
      x = Math.imul(x, 0x21f0aaad)
      x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
      return x ^ (x >>> 15)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() | 1
  }

  /** Another stream that depends on this one's seed and `name` alone, not on what has been drawn from it. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${name}`)
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    const result = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = rotl(this.#d, 11)
    return result
  }

  /** A uniform number in [0, 1). */
  share(): number {
    return this.uint32() / 2 ** 32
  }

  fill(target: Uint8Array): void {
    let at = 0
    for (; at + 4 <= target.length; at += 4) {
      const word = this.uint32()
      target[at] = word
      target[at + 1] = word >>> 8
      target[at + 2] = word >>> 16
      target[at + 3] = word >>> 24
    }
    if (at === target.length) return
    for (let word = this.uint32(); at < target.length; at++, word >>>= 8) target[at] = word
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    this.fill(bytes)
    return bytes
  }

  uniform(limit: number): number {
    return Math.floor(this.share() * limit)
  }
}

function rotl(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}

/** FNV-1a with a final mix: good enough to tell names apart. */
function hash32(text: string, start: number): number {
  let hash = 0x811c9dc5 ^ start
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
