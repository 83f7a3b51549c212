// A shared key costs 30 µs, opening a small packet 1 µs: a node that answers strangers must remember keys.
// The cache sits on the hottest path of the node (tens of thousands of requests a second), so it makes no string and no
// object per look-up: keys lie packed in arrays, found by a hash table with chains and aged by a linked list of indices.
//
// Attackers choose the keys. The hash is therefore keyed by chance and universal (Lemire and Kaser, "Strongly universal
// string hashing is fast": multilinear over 16-bit characters): two different keys meet in one bucket with probability
// 1 / buckets whatever they are, so no list of keys made in advance is slow. A flood of fresh keys costs its 30 µs each
// and drives out the least recently used entries; nothing grows beyond the capacity. A node that meets few peers pays for few:
// the tables begin small and double, since a process may hold many nodes (and the simulator holds thousands).

import type { Crypto } from './crypto.js'
import { type AnyPublicKey, type AnySecretKey, PUBLIC_KEY_BYTES, type SharedKey } from './keys.js'

/** 2^13: the keys of 5,000 asking nodes stay, at 64 bytes and five indices each: about 0.7 MB when full. */
export const SHARED_KEY_CACHE_CAPACITY = 8_192
/** 65,536: a bucket number is made of 16 of the hash's 17 strongly universal bits. */
const CAPACITY_MAX = 1 << 16
/** Entries that there is room for at first: 1.5 KB. */
const INITIAL_ENTRIES = 32

/** 16-bit characters of a public key. */
const CHARACTERS = PUBLIC_KEY_BYTES / 2
/** Multilinear hashing yields its upper bits: 32 - 16 + 1 of them are strongly universal. */
const HASH_SHIFT = 15
const NONE = -1

/** Shared keys of many peers with one secret key of ours; forgets the least recently used and wipes what it forgets. */
export class SharedKeyCache {
  readonly capacity: number
  readonly #crypto: Pick<Crypto, 'sharedKey' | 'wipe'>
  readonly #secretKey: AnySecretKey
  #size = 0

  readonly #multipliers = new Int32Array(CHARACTERS + 1)
  #bucketMask = 0
  /** First entry of each bucket; entries of one bucket are chained through `#next`. */
  #buckets = new Int32Array(0)
  #next = new Int32Array(0)
  #hashes = new Int32Array(0)
  /** Neighbours in age: `#younger` points to the more recently used one. */
  #older = new Int32Array(0)
  #younger = new Int32Array(0)
  #youngest = NONE
  #oldest = NONE

  #publicKeys = new Uint8Array(0)
  readonly #sharedKeys: (SharedKey | undefined)[] = []

  /** `secretKey` is borrowed, not copied: its owner wipes it, and then this cache too. */
  constructor(
    crypto: Pick<Crypto, 'sharedKey' | 'wipe' | 'randomFill'>,
    secretKey: AnySecretKey,
    capacity: number = SHARED_KEY_CACHE_CAPACITY,
  ) {
    if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= CAPACITY_MAX)) {
      throw new RangeError(`capacity must be an integer in [1, ${CAPACITY_MAX}]`)
    }
    this.capacity = capacity
    this.#crypto = crypto
    this.#secretKey = secretKey
    crypto.randomFill(new Uint8Array(this.#multipliers.buffer))
    this.#resize(Math.min(capacity, INITIAL_ENTRIES))
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#size
  }

  /**
   * The shared key with `publicKey` (32 bytes), remembered or computed; `undefined` for a low-order point, which is not
   * remembered. The array belongs to the cache: use it within this turn and do not keep it, for it is wiped when
   * `capacity` other keys have been used since.
   */
  get(publicKey: AnyPublicKey): SharedKey | undefined {
    const remembered = this.recall(publicKey)
    if (remembered !== undefined) return remembered
    const shared = this.#crypto.sharedKey(publicKey, this.#secretKey)
    if (shared !== undefined) this.#insert(publicKey, this.#hash(publicKey), shared)
    return shared
  }

  /** As `get`, but computes nothing: `undefined` for a key that is not remembered. */
  recall(publicKey: AnyPublicKey): SharedKey | undefined {
    if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError(`publicKey must be ${PUBLIC_KEY_BYTES} bytes`)
    const found = this.#find(publicKey, this.#hash(publicKey))
    if (found === NONE) return undefined
    this.#touch(found)
    return this.#sharedKeys[found]
  }

  /** Whether `publicKey` is remembered, without making it younger. */
  has(publicKey: AnyPublicKey): boolean {
    return publicKey.length === PUBLIC_KEY_BYTES && this.#find(publicKey, this.#hash(publicKey)) !== NONE
  }

  /** Wipes and forgets every shared key. */
  clear(): void {
    for (const shared of this.#sharedKeys) if (shared !== undefined) this.#crypto.wipe(shared)
    this.#sharedKeys.length = 0
    this.#youngest = NONE
    this.#oldest = NONE
    this.#size = 0
    this.#resize(Math.min(this.capacity, INITIAL_ENTRIES))
  }

  #hash(key: Uint8Array): number {
    const multipliers = this.#multipliers
    let sum = multipliers[CHARACTERS]!
    for (let i = 0; i < CHARACTERS; i++) {
      sum = (sum + Math.imul(multipliers[i]!, key[2 * i]! | (key[2 * i + 1]! << 8))) | 0
    }
    return sum >>> HASH_SHIFT
  }

  #find(key: Uint8Array, hash: number): number {
    const hashes = this.#hashes
    for (let entry = this.#buckets[hash & this.#bucketMask]!; entry !== NONE; entry = this.#next[entry]!) {
      if (hashes[entry] === hash && this.#isKeyOf(entry, key)) return entry
    }
    return NONE
  }

  #isKeyOf(entry: number, key: Uint8Array): boolean {
    const keys = this.#publicKeys
    const at = entry * PUBLIC_KEY_BYTES
    for (let i = 0; i < PUBLIC_KEY_BYTES; i++) if (keys[at + i] !== key[i]) return false
    return true
  }

  #insert(publicKey: Uint8Array, hash: number, shared: SharedKey): void {
    const entry = this.#size < this.capacity ? this.#fresh() : this.#evictOldest()
    this.#publicKeys.set(publicKey, entry * PUBLIC_KEY_BYTES)
    this.#sharedKeys[entry] = shared
    this.#hashes[entry] = hash
    this.#chain(entry)
    this.#linkYoungest(entry)
  }

  #fresh(): number {
    if (this.#size === this.#next.length) this.#resize(Math.min(2 * this.#size, this.capacity))
    return this.#size++
  }

  /** Makes room for `entries` entries, at least as many as there are. */
  #resize(entries: number): void {
    this.#next = new Int32Array(entries)
    this.#hashes = resized(this.#hashes, this.#size, entries)
    this.#older = resized(this.#older, this.#size, entries)
    this.#younger = resized(this.#younger, this.#size, entries)
    const publicKeys = new Uint8Array(entries * PUBLIC_KEY_BYTES)
    publicKeys.set(this.#publicKeys.subarray(0, this.#size * PUBLIC_KEY_BYTES))
    this.#publicKeys = publicKeys
    const buckets = 2 ** Math.ceil(Math.log2(entries))
    this.#bucketMask = buckets - 1
    this.#buckets = new Int32Array(buckets).fill(NONE)
    for (let entry = 0; entry < this.#size; entry++) this.#chain(entry)
  }

  /** Hangs an entry into the bucket of its hash. */
  #chain(entry: number): void {
    const bucket = this.#hashes[entry]! & this.#bucketMask
    this.#next[entry] = this.#buckets[bucket]!
    this.#buckets[bucket] = entry
  }

  #evictOldest(): number {
    const entry = this.#oldest
    const bucket = this.#hashes[entry]! & this.#bucketMask
    if (this.#buckets[bucket] === entry) {
      this.#buckets[bucket] = this.#next[entry]!
    } else {
      let before = this.#buckets[bucket]!
      while (this.#next[before] !== entry) before = this.#next[before]!
      this.#next[before] = this.#next[entry]!
    }
    this.#unlink(entry)
    this.#crypto.wipe(this.#sharedKeys[entry]!)
    return entry
  }

  #touch(entry: number): void {
    if (entry === this.#youngest) return
    this.#unlink(entry)
    this.#linkYoungest(entry)
  }

  #unlink(entry: number): void {
    const older = this.#older[entry]!
    const younger = this.#younger[entry]!
    if (older === NONE) this.#oldest = younger
    else this.#younger[older] = younger
    if (younger === NONE) this.#youngest = older
    else this.#older[younger] = older
  }

  #linkYoungest(entry: number): void {
    this.#older[entry] = this.#youngest
    this.#younger[entry] = NONE
    if (this.#youngest === NONE) this.#oldest = entry
    else this.#younger[this.#youngest] = entry
    this.#youngest = entry
  }
}

function resized(indices: Int32Array, used: number, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length)
  copy.set(indices.subarray(0, used))
  return copy
}
