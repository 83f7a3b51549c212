// Limits are per source: one address that floods loses its own packets, not those of others.

import { BoundedMap } from './bounded-map.js'
import type { Endpoint } from './endpoint.js'
import type { Clock, Millis } from './env.js'
import { TokenBucket } from './token-bucket.js'

/** Sources that are remembered: 4,096 × about 200 bytes. The least recently seen is forgotten, which only refills its bucket. */
const SOURCES_MAX = 4096

/** A token bucket per address: for IPv4 all ports of it, for IPv6 all of its /64. */
export class SourceLimit {
  readonly #buckets = new BoundedMap<string, TokenBucket>({ capacity: SOURCES_MAX, whenFull: 'evict-oldest' })

  constructor(
    private readonly clock: Clock,
    private readonly limit: { readonly burst: number; readonly refillMs: Millis },
    /** How many times that one source may have. */
    private readonly share = 1,
  ) {}

  /** Sources that are remembered now. */
  get size(): number {
    return this.#buckets.size
  }

  /** Whether `source` may be served once more now. Takes a token. */
  allows(source: Endpoint): boolean {
    const nowMs = this.clock.now()
    const key = source.sourceKey
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = new TokenBucket(Math.max(1, this.limit.burst * this.share), this.limit.refillMs / this.share, nowMs)
      this.#buckets.set(key, bucket)
    }
    return bucket.take(nowMs)
  }
}
