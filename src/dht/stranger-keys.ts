// Shared keys for what strangers send. A key that is not remembered costs 30 µs of X25519, thirty times the rest of an answer,
// and whoever sends a packet under a made-up key makes us pay: so each source may bring so many fresh keys and no more.
// A packet under a remembered key is not limited, and no source is limited for what another one does.

import { type Endpoint, type Env, SourceLimit } from '../base/index.js'
import type { DhtPublicKey, SharedKey } from '../crypto/keys.js'
import type { SharedKeys } from './wire.js'

/**
 * Thousands of peers may share one address (a provider's NAT) and meet us at once after a restart of ours: 10,000, then 2,000/s,
 * which is 6 % of a core.
 */
export const FRESH_KEYS_PER_SOURCE = { burst: 10_000, refillMs: 1000 / 2000 }

export class StrangerKeys {
  readonly #limit: SourceLimit

  constructor(
    private readonly env: Env,
    private readonly sharedKeys: SharedKeys,
  ) {
    this.#limit = new SourceLimit(env.clock, FRESH_KEYS_PER_SOURCE, env.sourceShare)
  }

  /** The shared key with the sender of a packet; `undefined` for a bad key, and for one fresh key too many `from` there. */
  get(publicKey: DhtPublicKey, from: Endpoint): SharedKey | undefined {
    const remembered = this.sharedKeys.recall(publicKey)
    if (remembered !== undefined) return remembered
    if (this.#limit.allows(from)) return this.sharedKeys.get(publicKey)
    this.env.drops.count('dht/fresh keys: source limit')
    return undefined
  }
}
