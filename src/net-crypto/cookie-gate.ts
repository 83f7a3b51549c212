// Decides which cookie requests are worth a key computation (30 µs of X25519, twenty times all the rest of an answer).
// c-toxcore 0.2.18 answers all of them; 0.2.23 answers ten a second over all sources, so that a flood shuts out friends.
// Here each source has its share, and sources that ask rarely come first:
//  - requests under a DHT key that is known already (a friend's, a neighbour's) need X25519 once and have a budget of their own;
//  - of the others, sources with few attempts in this second draw on one budget, busy sources on another and smaller one.
// Sources are counted in a table of fixed size through a keyed hash: no memory grows, and nobody can aim at a neighbour.
// Forged sources without number can still fill the shares of strangers; friends then connect from our side (both ask).

import type { Endpoint, Millis, Random } from '../base/index.js'
import { TokenBucket } from '../base/index.js'

/** 16,384 counters of one byte: a flood from 10,000 addresses leaves most sources a counter of their own. */
const SLOTS = 1 << 14
/** Attempts in one second after which a source counts as busy: a peer asks once a second, some peers share an address. */
const QUIET_ATTEMPTS_MAX = 4
/** Answers a second to one busy source at most, so that one host cannot take the whole budget of the busy. */
const BUSY_ATTEMPTS_MAX = 32
/** Requests under known keys: 10,000 a second cost at most 6 % of a core. */
const KNOWN_PER_SECOND = 10_000
/** Unknown keys, quiet sources: 1,500 a second cost at most 5 % of a core. */
const QUIET_PER_SECOND = 1_500
const BUSY_PER_SECOND = 500

export class CookieGate {
  readonly #attempts = new Uint8Array(SLOTS)
  readonly #hashSeed: number
  readonly #known: TokenBucket
  readonly #quiet: TokenBucket
  readonly #busy: TokenBucket
  #secondStartedMs: Millis

  constructor(random: Random, nowMs: Millis) {
    this.#hashSeed = random.uniform(2 ** 32)
    this.#secondStartedMs = nowMs
    this.#known = perSecond(KNOWN_PER_SECOND, nowMs)
    this.#quiet = perSecond(QUIET_PER_SECOND, nowMs)
    this.#busy = perSecond(BUSY_PER_SECOND, nowMs)
  }

  /**
   * Whether the request of `from` may be opened now; `isKnown`: it shows the key of a peer whom we know. What strangers send
   * through relays (`from` undefined) counts as of one busy source: their keys cost nothing, their addresses are not seen.
   */
  admits(from: Endpoint | undefined, isKnown: boolean, nowMs: Millis): boolean {
    if (from === undefined) return (isKnown ? this.#known : this.#busy).take(nowMs)
    if (nowMs - this.#secondStartedMs >= 1000 || nowMs < this.#secondStartedMs) {
      this.#attempts.fill(0)
      this.#secondStartedMs = nowMs
    }
    const slot = this.#slotOf(from)
    const attempts = Math.min(this.#attempts[slot]! + 1, 255)
    this.#attempts[slot] = attempts
    if (attempts > BUSY_ATTEMPTS_MAX) return false
    if (isKnown) return this.#known.take(nowMs)
    return attempts <= QUIET_ATTEMPTS_MAX ? this.#quiet.take(nowMs) : this.#busy.take(nowMs)
  }

  /** FNV-1a over the address (for IPv6 its /64, the share of one host), seeded so that collisions cannot be planned. */
  #slotOf({ address, family }: Endpoint): number {
    const length = family === 4 ? 4 : 8
    let hash = this.#hashSeed ^ 0x811c9dc5
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ address[i]!, 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), this.#hashSeed | 1)
    return (hash ^ (hash >>> 13)) & (SLOTS - 1)
  }
}

/** A tenth of a second's worth may come at once. */
function perSecond(rate: number, nowMs: Millis): TokenBucket {
  return new TokenBucket(Math.ceil(rate / 10), 1000 / rate, nowMs)
}
