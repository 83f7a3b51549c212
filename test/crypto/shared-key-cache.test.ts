import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  type Crypto,
  type DhtPublicKey,
  type DhtSecretKey,
  loadCrypto,
  type SharedKey,
  SharedKeyCache,
} from '../../src/crypto/index.js'
import { branded } from './backends.js'

const secretKey = branded<DhtSecretKey>(new Uint8Array(32).fill(9))

/** A key that looks random, the same for the same number. */
const key = (number: number): DhtPublicKey =>
  branded(Uint8Array.from(createHash('sha256').update(String(number)).digest()))

/** Counts computations and wipes; the "shared key" is the public key with its first byte changed. */
class CountingCrypto implements Pick<Crypto, 'sharedKey' | 'wipe' | 'randomFill'> {
  computed = 0
  readonly wiped: Uint8Array[] = []

  sharedKey(publicKey: Uint8Array): SharedKey | undefined {
    this.computed++
    if (publicKey.every((byte) => byte === 0)) return undefined
    const shared = publicKey.slice()
    shared[0]! ^= 0xff
    return shared as SharedKey
  }

  wipe(secret: Uint8Array): void {
    this.wiped.push(secret.slice())
    secret.fill(0)
  }

  randomFill(target: Uint8Array): void {
    for (let i = 0; i < target.length; i++) target[i] = (i * 73 + 41) & 0xff
  }
}

describe('shared-key cache', () => {
  it('gives the key that the backend computes', async () => {
    const crypto = await loadCrypto()
    const mine = crypto.keyPair<DhtPublicKey, DhtSecretKey>()
    const cache = new SharedKeyCache(crypto, mine.secretKey)
    for (let i = 0; i < 20; i++) {
      const peer = crypto.keyPair<DhtPublicKey, DhtSecretKey>()
      const expected = crypto.sharedKey(peer.publicKey, mine.secretKey)
      assert.deepEqual(cache.get(peer.publicKey), expected)
      assert.deepEqual(cache.get(peer.publicKey.slice() as DhtPublicKey), expected)
    }
    assert.equal(cache.size, 20)
    assert.equal(cache.get(branded(new Uint8Array(32))), undefined, 'a low-order point has no shared key')
    assert.equal(cache.size, 20)
  })

  it('computes each key once while it is remembered, 5,000 of them by default', () => {
    const crypto = new CountingCrypto()
    const cache = new SharedKeyCache(crypto, secretKey)
    for (let round = 0; round < 3; round++) for (let i = 0; i < 5_000; i++) cache.get(key(i))
    assert.equal(crypto.computed, 5_000)
    assert.equal(crypto.wiped.length, 0)
  })

  it('recalls without computing, and what it recalls is young again', () => {
    const crypto = new CountingCrypto()
    const cache = new SharedKeyCache(crypto, secretKey, 2)
    assert.equal(cache.recall(key(1)), undefined)
    assert.equal(crypto.computed, 0)
    const first = cache.get(key(1))
    cache.get(key(2))
    assert.equal(cache.recall(key(1)), first)
    cache.get(key(3))
    assert.deepEqual([cache.recall(key(1)) === first, cache.recall(key(2))], [true, undefined])
    assert.equal(crypto.computed, 3)
  })

  it('forgets and wipes the least recently used', () => {
    const crypto = new CountingCrypto()
    const cache = new SharedKeyCache(crypto, secretKey, 3)
    for (const i of [1, 2, 3]) cache.get(key(i))
    cache.get(key(1))
    const second = cache.get(key(2))
    cache.get(key(1))
    cache.get(key(4)) // Out goes 3.
    assert.deepEqual(
      [1, 2, 3, 4].map((i) => cache.has(key(i))),
      [true, true, false, true],
    )
    const third = key(3)
    third[0]! ^= 0xff
    assert.deepEqual(crypto.wiped, [third])
    cache.get(key(5)) // Out goes 2, and the array that its user still holds is zeros.
    assert.deepEqual(second, new Uint8Array(32))
    assert.equal(cache.has(key(1)), true, '`has` does not make a key younger')
    cache.get(key(6)) // So out goes 1.
    assert.equal(cache.has(key(1)), false)
    assert.equal(cache.size, 3)
  })

  it('behaves as a list of keys by age, whatever the order of use', () => {
    // 300 makes the tables double more than once, the last time to no power of two.
    for (const capacity of [1, 2, 7, 64, 300]) {
      const crypto = new CountingCrypto()
      const cache = new SharedKeyCache(crypto, secretKey, capacity)
      const model: number[] = []
      let state = 12345
      for (let step = 0; step < 5_000; step++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        const number = (state >>> 8) % (2 * capacity + 1)
        const at = model.indexOf(number)
        const before = crypto.computed
        const shared = cache.get(key(number))
        assert.equal(shared?.[0], key(number)[0]! ^ 0xff)
        assert.equal(crypto.computed - before, at === -1 ? 1 : 0)
        if (at !== -1) model.splice(at, 1)
        model.push(number)
        if (model.length > capacity) model.shift()
      }
      assert.equal(cache.size, model.length)
      for (let number = 0; number <= 2 * capacity; number++) {
        assert.equal(cache.has(key(number)), model.includes(number))
      }
    }
  })

  it('takes memory for the keys that it holds, not for those that it may hold', () => {
    const bytes = (): number => process.memoryUsage().arrayBuffers
    const before = bytes()
    const caches = Array.from({ length: 200 }, () => new SharedKeyCache(new CountingCrypto(), secretKey))
    const taken = (bytes() - before) / caches.length
    assert.ok(taken < 8_192, `${taken} bytes each`)
    for (let i = 0; i < 1_000; i++) caches[0]!.get(key(i))
    caches[0]!.clear()
    assert.equal(caches[0]!.has(key(1)), false)
    for (let i = 0; i < 1_000; i++) assert.equal(caches[0]!.get(key(i))?.[0], key(i)[0]! ^ 0xff)
    assert.equal(caches[0]!.size, 1_000)
  })

  it('tells keys apart that differ in one bit anywhere', () => {
    const crypto = new CountingCrypto()
    const cache = new SharedKeyCache(crypto, secretKey, 256)
    for (let bit = 0; bit < 256; bit++) {
      const one = new Uint8Array(32).fill(0x55)
      one[bit >> 3]! ^= 1 << (bit & 7)
      const expected = one.slice()
      expected[0]! ^= 0xff
      assert.deepEqual(cache.get(branded(one)), expected)
    }
    assert.equal(cache.size, 256)
  })

  it('clear wipes all', () => {
    const crypto = new CountingCrypto()
    const cache = new SharedKeyCache(crypto, secretKey, 4)
    const shared = cache.get(key(1))
    for (let i = 2; i < 7; i++) cache.get(key(i))
    cache.clear()
    assert.equal(cache.size, 0)
    assert.equal(crypto.wiped.length, 6)
    assert.deepEqual(shared, new Uint8Array(32))
    assert.equal(cache.has(key(6)), false)
    cache.get(key(6))
    assert.equal(cache.size, 1)
  })

  it('refuses wrong sizes', () => {
    const crypto = new CountingCrypto()
    for (const capacity of [0, -1, 1.5, 65_537, Number.NaN]) {
      assert.throws(() => new SharedKeyCache(crypto, secretKey, capacity), { name: 'RangeError', message: /capacity/ })
    }
    const cache = new SharedKeyCache(crypto, secretKey, 4)
    assert.throws(() => cache.get(branded(new Uint8Array(31))), { name: 'RangeError', message: /publicKey/ })
    assert.equal(cache.has(branded(new Uint8Array(31))), false)
  })
})
