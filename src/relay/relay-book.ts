// The relays that we know, and how many of them: those that the user named, and those that friends told us.

import { bytesKey, type Random } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { PooledRelay } from './pooled-relay.js'

/** When there are as many, one that is idle makes room, learnt ones first; when none is, no more are taken. */
const RELAYS_MAX = 256
/** Learnt relays that no friend uses any more: a reserve for when all others fail. The oldest makes room. */
const RESERVE_MAX = 8

export class RelayBook {
  readonly #byKey = new Map<string, PooledRelay>()

  constructor(private readonly random: Random) {}

  get(publicKey: DhtPublicKey): PooledRelay | undefined {
    return this.#byKey.get(bytesKey(publicKey))
  }

  get all(): PooledRelay[] {
    return [...this.#byKey.values()]
  }

  get connected(): PooledRelay[] {
    return this.all.filter(({ state }) => state === 'connected')
  }

  count(test: (relay: PooledRelay) => boolean): number {
    let count = 0
    for (const relay of this.#byKey.values()) if (test(relay)) count++
    return count
  }

  /** Takes one in; false when there is no room. */
  add(relay: PooledRelay): boolean {
    if (this.#byKey.size >= RELAYS_MAX) {
      const idle = this.all.filter((one) => isIdle(one) && one.ties.size === 0)
      const leaving = idle.find(({ isKept }) => !isKept) ?? idle[0]
      if (leaving === undefined) return false
      this.remove(leaving)
    }
    this.#byKey.set(relay.key, relay)
    return true
  }

  remove(relay: PooledRelay): void {
    this.#byKey.delete(relay.key)
  }

  /** Forgets learnt relays that nobody uses, but for a few. */
  tidy(): void {
    const unused = this.all.filter((relay) => !relay.isKept && isIdle(relay) && relay.ties.size === 0)
    for (const relay of unused.slice(0, Math.max(0, unused.length - RESERVE_MAX))) this.remove(relay)
  }

  clear(): void {
    this.#byKey.clear()
  }

  /** One of `relays` by chance. */
  any(relays: readonly PooledRelay[]): PooledRelay | undefined {
    return relays.length === 0 ? undefined : relays[this.random.uniform(relays.length)]
  }

  /** `relays` in an order by chance; shuffles in place (Fisher and Yates). */
  shuffled(relays: PooledRelay[]): PooledRelay[] {
    for (let i = relays.length - 1; i > 0; i--) {
      const j = this.random.uniform(i + 1)
      const relay = relays[i]!
      relays[i] = relays[j]!
      relays[j] = relay
    }
    return relays
  }
}

function isIdle({ state }: PooledRelay): boolean {
  return state === 'resting' || state === 'waiting'
}
