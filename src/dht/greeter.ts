// Nodes that asked us something may be worth knowing, but their address is only a claim: they are pinged back, and the
// answer proves it. A flood of made-up askers must not make us ping the world: 32 every two seconds, as c-toxcore does, the
// nearest to our key first, and few from one address.

import {
  BoundedMap,
  bytesKey,
  type Deadline,
  type Endpoint,
  type Env,
  type Millis,
  SourceLimit,
  TokenBucket,
} from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { compareDistance } from './distance.js'

/** c-toxcore: MAX_TO_PING nodes every TIME_TO_PING seconds. */
const GREETINGS_BURST = 32
const GREETINGS_REFILL_MS: Millis = 2000 / 32
/** The list is emptied in gulps of at least this many tokens, not by a timer each 62 ms. */
const GULP = 8
/** Pings back to one address, whatever its ports and keys: a burst, then 4 a second. */
const SOURCE_LIMIT = { burst: 16, refillMs: 250 }
const GREETED_MAX = 2048
const GREETING_INTERVAL_MS: Millis = 2000

interface Waiting {
  readonly publicKey: DhtPublicKey
  /** Public key and endpoint. */
  readonly key: string
  readonly endpoint: Endpoint
}

export class Greeter {
  readonly #waiting: Waiting[] = []
  readonly #waitingKeys = new Set<string>()
  /** Index of the one that waits farthest from our own key; -1 while not looked for. */
  #farthest = -1
  readonly #tokens: TokenBucket
  readonly #sourceLimit: SourceLimit
  /** Whom we pinged a moment ago: an asker is not pinged again while its answer is under way. */
  readonly #greeted = new BoundedMap<string, Millis>({ capacity: GREETED_MAX, whenFull: 'evict-oldest' })
  readonly #deadline: Deadline

  constructor(
    private readonly env: Env,
    private readonly asker: { ping(endpoint: Endpoint, publicKey: DhtPublicKey): void },
    private readonly ownPublicKey: DhtPublicKey,
    /** Asked again before a ping leaves: the bucket may have filled meanwhile. */
    private readonly isWanted: (publicKey: DhtPublicKey) => boolean,
  ) {
    this.#sourceLimit = new SourceLimit(env.clock, SOURCE_LIMIT)
    this.#tokens = new TokenBucket(GREETINGS_BURST, GREETINGS_REFILL_MS, env.clock.now())
    this.#deadline = env.deadlines.create('dht greetings', () => this.#drain())
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /**
   * Pings `endpoint` back, at once where the limits allow, else later or never; one that we seek does not wait.
   * `publicKey` may be a view.
   */
  greet(publicKey: DhtPublicKey, endpoint: Endpoint, isSought: boolean): void {
    // First of all, because under a flood this is how nearly every call ends.
    if (!isSought && this.#isCrowdedOut(publicKey)) return this.env.drops.count('dht/not pinged back: list full')
    const nowMs = this.env.clock.now()
    const key = bytesKey(publicKey) + endpoint.key
    const greetedMs = this.#greeted.peek(key)
    if (greetedMs !== undefined && Math.abs(nowMs - greetedMs) < GREETING_INTERVAL_MS) return
    if (isSought) return this.#ping(publicKey, key, endpoint, nowMs)
    if (this.#waitingKeys.has(key)) return
    if (!this.#sourceLimit.allows(endpoint)) return this.env.drops.count('dht/not pinged back: source limit')
    if (this.#waiting.length === 0 && this.#tokens.take(nowMs)) return this.#ping(publicKey, key, endpoint, nowMs)
    this.#enqueue({ publicKey: publicKey.slice() as DhtPublicKey, key, endpoint })
    this.#deadline.setSooner(nowMs + GULP * GREETINGS_REFILL_MS)
  }

  stop(): void {
    this.#deadline.clear()
  }

  #ping(publicKey: DhtPublicKey, key: string, endpoint: Endpoint, nowMs: Millis): void {
    this.#greeted.set(key, nowMs)
    this.asker.ping(endpoint, publicKey)
  }

  /** A full list keeps the nearest to our own key. */
  #isCrowdedOut(publicKey: DhtPublicKey): boolean {
    if (this.#waiting.length < GREETINGS_BURST) return false
    if (this.#farthest < 0) {
      this.#farthest = 0
      for (let i = 1; i < this.#waiting.length; i++) {
        const farthest = this.#waiting[this.#farthest]!.publicKey
        if (compareDistance(this.ownPublicKey, this.#waiting[i]!.publicKey, farthest) > 0) this.#farthest = i
      }
    }
    return compareDistance(this.ownPublicKey, publicKey, this.#waiting[this.#farthest]!.publicKey) >= 0
  }

  /** Adds one that is not crowded out. */
  #enqueue(one: Waiting): void {
    if (this.#waiting.length < GREETINGS_BURST) {
      this.#waiting.push(one)
    } else {
      this.env.drops.count('dht/not pinged back: list full')
      this.#waitingKeys.delete(this.#waiting[this.#farthest]!.key)
      this.#waiting[this.#farthest] = one
    }
    this.#waitingKeys.add(one.key)
    this.#farthest = -1
  }

  #drain(): void {
    const nowMs = this.env.clock.now()
    while (this.#waiting.length > 0 && this.#tokens.take(nowMs)) {
      const { publicKey, key, endpoint } = this.#waiting.shift()!
      this.#waitingKeys.delete(key)
      this.#farthest = -1
      if (this.isWanted(publicKey)) this.#ping(publicKey, key, endpoint, nowMs)
    }
    if (this.#waiting.length > 0) this.#deadline.set(nowMs + GULP * GREETINGS_REFILL_MS)
  }
}
