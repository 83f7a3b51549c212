// Packets of a known peer make no new Endpoint: the last endpoint of each hash value is kept (a direct-mapped cache).
// It is bounded by its table, needs no upkeep, and a stranger who collides on purpose costs an allocation, no more.

import { Endpoint } from '../base/index.js'

const SLOTS = 4096 // 2^12: more peers than a busy node talks to within seconds

/** Finds the Endpoint of an address that stands as four 32-bit words in machine order, as native/udp.cc writes them. */
export class EndpointCache {
  readonly #endpoints: (Endpoint | undefined)[] = new Array(SLOTS).fill(undefined)
  /** Five words for each slot: port, then the address (IPv4 in the first, the rest zero, and the family in the port's upper half). */
  readonly #words = new Int32Array(SLOTS * 5)
  readonly #scratch = new Int32Array(4)
  readonly #scratchBytes = new Uint8Array(this.#scratch.buffer)

  /** The endpoint of `family` (4 or 6), `port` and the address words `a` to `d`. */
  find(family: number, port: number, a: number, b: number, c: number, d: number): Endpoint {
    const head = (family << 16) | port
    let hash = Math.imul(a ^ Math.imul(head, 0x9e3779b1), 0x85ebca6b)
    if (family === 6)
      hash = Math.imul(hash ^ Math.imul(b ^ Math.imul(c ^ Math.imul(d, 0x27d4eb2f), 31), 0xc2b2ae35), 33)
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const at = slot * 5
    const words = this.#words
    const known = this.#endpoints[slot]
    if (
      known !== undefined &&
      words[at] === head &&
      words[at + 1] === a &&
      words[at + 2] === b &&
      words[at + 3] === c &&
      words[at + 4] === d
    ) {
      return known
    }
    const scratch = this.#scratch
    scratch[0] = a
    scratch[1] = b
    scratch[2] = c
    scratch[3] = d
    const endpoint = Endpoint.of(this.#scratchBytes.subarray(0, family === 4 ? 4 : 16), port)
    words[at] = head
    words[at + 1] = a
    words[at + 2] = b
    words[at + 3] = c
    words[at + 4] = d
    this.#endpoints[slot] = endpoint
    return endpoint
  }
}
