// What others announced at this node, by data public key. As c-toxcore's announce.c.

import { type Clock, type Millis, sameBytes } from '../base/index.js'
import type { DhtPublicKey, EphemeralPublicKey } from '../crypto/keys.js'
import { sharedPrefixBits } from '../dht/distance.js'
import { ANNOUNCEMENT_MAX_BYTES } from '../packet/announce/index.js'

/** Keys are spread over the buckets by five bits, those behind the first in which they differ from our DHT key. */
const BUCKET_BITS = 5
const BUCKETS = 2 ** BUCKET_BITS
/** As c-toxcore (ANNOUNCE_BUCKET_SIZE). A full bucket takes a key only for one that is farther from ours. */
const BUCKET_ENTRIES_MAX = 8
/** 32 × 8 = 256 announcements of at most 512 bytes: 128 KB. */
export const ANNOUNCEMENTS_MAX = BUCKETS * BUCKET_ENTRIES_MAX

export interface StoredAnnouncement {
  readonly dataPublicKey: EphemeralPublicKey
  readonly data: Uint8Array
  /** SHA-256 of `data`. */
  readonly hash: Uint8Array
  /** From when on it counts as gone. */
  readonly untilMs: Millis
}

/** At most 256 announcements, each for as long as its announcer was told. */
export class AnnouncementStore {
  readonly #buckets: StoredAnnouncement[][] = Array.from({ length: BUCKETS }, () => [])

  constructor(
    private readonly clock: Clock,
    private readonly ownKey: DhtPublicKey,
    private readonly sha256: (data: Uint8Array) => Uint8Array,
  ) {}

  /** Announcements that have not expired. */
  get size(): number {
    return this.#buckets.reduce((sum, bucket) => sum + bucket.filter((entry) => this.#isLive(entry)).length, 0)
  }

  /** The live announcement under this key. */
  get(dataPublicKey: EphemeralPublicKey): StoredAnnouncement | undefined {
    const entry = this.#bucketOf(dataPublicKey).find((one) => sameBytes(one.dataPublicKey, dataPublicKey))
    return entry !== undefined && this.#isLive(entry) ? entry : undefined
  }

  /** Whether `put` would take this key now. */
  wouldTake(dataPublicKey: EphemeralPublicKey): boolean {
    return this.#placeFor(dataPublicKey) >= 0
  }

  /** Stores copies, in place of what was there under this key; false when the key's bucket is full of closer ones. */
  put(dataPublicKey: EphemeralPublicKey, data: Uint8Array, lifetimeMs: Millis): boolean {
    if (data.length > ANNOUNCEMENT_MAX_BYTES) throw new RangeError(`announcement of ${data.length} bytes`)
    const place = this.#placeFor(dataPublicKey)
    if (place < 0) return false
    this.#bucketOf(dataPublicKey)[place] = {
      dataPublicKey: dataPublicKey.slice() as EphemeralPublicKey,
      data: data.slice(),
      hash: this.sha256(data),
      untilMs: this.clock.now() + lifetimeMs,
    }
    return true
  }

  /** Keeps what is stored for `lifetimeMs` from now. */
  renew(stored: StoredAnnouncement, lifetimeMs: Millis): void {
    const bucket = this.#bucketOf(stored.dataPublicKey)
    bucket[bucket.indexOf(stored)] = { ...stored, untilMs: this.clock.now() + lifetimeMs }
  }

  delete(stored: StoredAnnouncement): void {
    const bucket = this.#bucketOf(stored.dataPublicKey)
    bucket.splice(bucket.indexOf(stored), 1)
  }

  /** Forgets everything. */
  clear(): void {
    for (const bucket of this.#buckets) bucket.length = 0
  }

  /** Where this key goes in its bucket: its old place, one that is free or expired, or that of the farthest key; else -1. */
  #placeFor(dataPublicKey: EphemeralPublicKey): number {
    const bucket = this.#bucketOf(dataPublicKey)
    const own = bucket.findIndex((one) => sameBytes(one.dataPublicKey, dataPublicKey))
    if (own >= 0) return own
    const expired = bucket.findIndex((one) => !this.#isLive(one))
    if (expired >= 0) return expired
    if (bucket.length < BUCKET_ENTRIES_MAX) return bucket.length
    let place = -1
    let shared = sharedPrefixBits(this.ownKey, dataPublicKey)
    for (const [i, { dataPublicKey: key }] of bucket.entries()) {
      const bits = sharedPrefixBits(this.ownKey, key)
      if (bits >= shared) continue
      place = i
      shared = bits
    }
    return place
  }

  #bucketOf(dataPublicKey: EphemeralPublicKey): StoredAnnouncement[] {
    return this.#buckets[bucketNumber(this.ownKey, dataPublicKey)]!
  }

  #isLive({ untilMs }: StoredAnnouncement): boolean {
    return this.clock.now() < untilMs
  }
}

/** The XOR of the five bits of both keys that follow the first bit in which they differ; bits past the end are 0. */
export function bucketNumber(ownKey: Uint8Array, key: Uint8Array): number {
  const first = sharedPrefixBits(ownKey, key) + 1
  let number = 0
  for (let bit = first; bit < first + BUCKET_BITS; bit++) {
    const at = bit >> 3
    const difference = (ownKey[at] ?? 0) ^ (key[at] ?? 0)
    number = 2 * number + ((difference >> (7 - (bit & 7))) & 1)
  }
  return number
}
