// Backends agree on random input: what one seals the others open, byte for byte.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Crypto, MAC_BYTES, type SharedKey } from '../../src/crypto/index.js'
import { backends, branded } from './backends.js'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const anyText = fc.uint8Array({ maxLength: 1500 })
const RUNS = { numRuns: 40 }

describe('crypto backends agree', () => {
  const [first, ...others] = backends

  /** Runs `work` on every backend and compares the answers with the first one's. */
  function same(work: (crypto: Crypto) => unknown): void {
    assert.ok(first)
    const expected = work(first)
    for (const other of others) assert.deepEqual(work(other), expected, `${other.name} differs from ${first.name}`)
  }

  it('there is more than one to compare', function () {
    if (others.length === 0) this.skip()
  })

  it('on public and shared keys', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), (a, b) => {
        same((crypto) => crypto.publicKeyOf(branded(a)))
        same((crypto) => crypto.sharedKey(branded(a), branded(b)))
      }),
      RUNS,
    )
  })

  it('on sealed texts, one by one and in batches', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 4 }), bytes(24), bytes(32), (texts, nonce, key) => {
        same((crypto) =>
          texts.map((plain) => {
            const sealed = new Uint8Array(plain.length + MAC_BYTES)
            crypto.seal(sealed, plain, nonce, key as SharedKey)
            return sealed
          }),
        )
        same((crypto) => sealedInArena(crypto, texts, nonce, key))
      }),
      RUNS,
    )
  })

  it('on what opens', () => {
    fc.assert(
      fc.property(anyText, bytes(24), bytes(32), fc.nat(), (plain, nonce, key, where) => {
        assert.ok(first)
        const sealed = new Uint8Array(plain.length + MAC_BYTES)
        first.seal(sealed, plain, nonce, key as SharedKey)
        for (const crypto of backends) {
          const out = new Uint8Array(plain.length)
          assert.equal(crypto.open(out, sealed, nonce, key as SharedKey), true)
          assert.deepEqual(out, plain)
        }
        sealed[where % sealed.length]! ^= 1 << (where % 8)
        same((crypto) => crypto.open(new Uint8Array(plain.length), sealed, nonce, key as SharedKey))
      }),
      RUNS,
    )
  })

  it('on signatures, hashes and authenticators', () => {
    fc.assert(
      fc.property(anyText, bytes(32), (text, seed) => {
        same((crypto) => crypto.signKeyPairOfSeed(seed))
        same((crypto) => crypto.sign(text, crypto.signKeyPairOfSeed(seed).secretKey))
        same((crypto) => crypto.sha256(text))
        same((crypto) => crypto.sha512(text))
        same((crypto) => crypto.auth(text, seed))
        same((crypto) => crypto.equal(text, seed))
      }),
      RUNS,
    )
  })
})

/** The arena after sealing `texts` in one batch: nonce, key, texts, sealed texts. */
function sealedInArena(
  crypto: Crypto,
  texts: readonly Uint8Array[],
  nonce: Uint8Array,
  key: Uint8Array,
): readonly [Uint8Array, Int32Array, number] {
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  const arena = new Uint8Array(24 + 32 + 2 * total + MAC_BYTES * texts.length)
  arena.set(nonce, 0)
  arena.set(key, 24)
  const jobs: number[] = []
  let plainAt = 56
  let outAt = 56 + total
  for (const text of texts) {
    arena.set(text, plainAt)
    jobs.push(plainAt, text.length, 0, 24, outAt, 0)
    plainAt += text.length
    outAt += text.length + MAC_BYTES
  }
  const fields = Int32Array.from(jobs)
  return [arena, fields, crypto.sealBatch(arena, fields)]
}
