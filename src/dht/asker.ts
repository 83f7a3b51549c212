// Sends pings and nodes requests of our own, and keeps them within bounds: what strangers tell us about must not make us a
// weapon against a third address, nor may it crowd out what we ask for ourselves.

import { BoundedMap, bytesKey, type Endpoint, type Env, type Millis, SourceLimit, TokenBucket } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { PendingRequests } from './pending.js'
import type { DhtStats } from './stats.js'
import { SAME_QUESTION_MS } from './timing.js'
import type { DhtWire } from './wire.js'

/** Unverified nodes asked per address (whatever its ports): a burst, then 20 a second. */
const TARGET_LIMIT = { burst: 64, refillMs: 1000 / 20 }
/** Unverified nodes asked in all: a burst, then 500 a second (57 KB/s). */
const STRANGERS_BURST = 256
const STRANGERS_REFILL_MS: Millis = 2
const QUESTIONS_MAX = 8192

export interface AskerOptions {
  readonly env: Env
  readonly wire: DhtWire
  readonly stats: DhtStats
  readonly ownPublicKey: DhtPublicKey
  readonly families: { readonly ipv4: boolean; readonly ipv6: boolean }
}

export class Asker {
  readonly pending: PendingRequests
  readonly #targetLimit: SourceLimit
  readonly #strangers: TokenBucket
  /** When which node was last asked about which key. */
  readonly #questions = new BoundedMap<string, Millis>({ capacity: QUESTIONS_MAX, whenFull: 'evict-oldest' })
  readonly #ownKey: string

  constructor(private readonly options: AskerOptions) {
    this.pending = new PendingRequests(options.env.random)
    this.#targetLimit = new SourceLimit(options.env.clock, TARGET_LIMIT)
    this.#strangers = new TokenBucket(STRANGERS_BURST, STRANGERS_REFILL_MS, options.env.clock.now())
    this.#ownKey = bytesKey(options.ownPublicKey)
  }

  /** Whether packets can be sent there at all with the address families that are enabled. */
  canReach(endpoint: Endpoint): boolean {
    const { ipv4, ipv6 } = this.options.families
    return endpoint.isSendable && (endpoint.family === 4 ? ipv4 : ipv6)
  }

  /** Pings a node, with no limit but reachability. */
  ping(to: Endpoint, publicKey: DhtPublicKey): boolean {
    if (!this.canReach(to) || bytesKey(publicKey) === this.#ownKey) return false
    const { env, wire, stats } = this.options
    if (!wire.ping(to, publicKey, this.pending.add('ping', publicKey, to, env.clock.now()))) return false
    stats.pingRequestsSent++
    return true
  }

  /** Asks a node that is known, or that our user named, for nodes near `sought`; not twice in a moment. */
  ask(to: Endpoint, publicKey: DhtPublicKey, sought: DhtPublicKey): boolean {
    if (!this.canReach(to) || bytesKey(publicKey) === this.#ownKey) return false
    const { env, wire, stats } = this.options
    const nowMs = env.clock.now()
    const soughtKey = bytesKey(sought)
    if (!this.#isNewQuestion(to.key + bytesKey(publicKey) + soughtKey, nowMs)) return false
    const requestId = this.pending.add('nodes', publicKey, to, nowMs, soughtKey)
    if (!wire.askNodes(to, publicKey, sought, requestId)) return false
    stats.nodesRequestsSent++
    return true
  }

  /** As `ask`, for a node that somebody merely told us about. */
  askStranger(to: Endpoint, publicKey: DhtPublicKey, sought: DhtPublicKey): boolean {
    if (!this.canReach(to) || !this.#mayMeet(to)) return false
    return this.ask(to, publicKey, sought)
  }

  /** Whether the limits let us send to an address that has not proven itself. Takes a token. */
  #mayMeet(to: Endpoint): boolean {
    const { clock, drops } = this.options.env
    if (this.#targetLimit.allows(to) && this.#strangers.take(clock.now())) return true
    drops.count('dht/stranger not asked: limit')
    return false
  }

  #isNewQuestion(question: string, nowMs: Millis): boolean {
    const askedMs = this.#questions.peek(question)
    if (askedMs !== undefined && Math.abs(nowMs - askedMs) < SAME_QUESTION_MS) return false
    this.#questions.set(question, nowMs)
    return true
  }
}
