import assert from 'node:assert/strict'
import fc from 'fast-check'
import { incrementNonce, NONCE_BYTES, randomNonce } from '../../src/crypto/index.js'
import { backends, hex } from './backends.js'

const toNumber = (nonce: Uint8Array): bigint => BigInt(`0x${Buffer.from(nonce).toString('hex')}`)

describe('nonce', () => {
  it('counts as one big-endian number', () => {
    const table: readonly (readonly [before: string, by: number, after: string])[] = [
      ['00'.repeat(24), 1, `${'00'.repeat(23)}01`],
      [`${'00'.repeat(23)}ff`, 1, `${'00'.repeat(22)}0100`],
      ['ff'.repeat(24), 1, '00'.repeat(24)],
      ['ff'.repeat(24), 0, 'ff'.repeat(24)],
      ['00'.repeat(24), 0xffff_ffff, `${'00'.repeat(20)}ffffffff`],
      [`${'00'.repeat(20)}ffffffff`, 0xffff_ffff, `${'00'.repeat(19)}01fffffffe`],
      ['ff'.repeat(24), 0xffff_ffff, `${'00'.repeat(20)}fffffffe`],
    ]
    for (const [before, by, after] of table) {
      const nonce = hex(before)
      incrementNonce(nonce, by)
      assert.deepEqual(nonce, hex(after), `${before} + ${by}`)
    }
    const nonce = new Uint8Array(NONCE_BYTES)
    incrementNonce(nonce)
    assert.equal(toNumber(nonce), 1n)
  })

  it('agrees with big integers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), fc.nat({ max: 0xffff_ffff }), (nonce, by) => {
        const expected = (toNumber(nonce) + BigInt(by)) % (1n << 192n)
        incrementNonce(nonce, by)
        assert.equal(toNumber(nonce), expected)
      }),
    )
  })

  it('refuses wrong sizes and steps', () => {
    assert.throws(() => incrementNonce(new Uint8Array(23)), { name: 'RangeError', message: /nonce must be 24 bytes/ })
    for (const by of [-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => incrementNonce(new Uint8Array(24), by), RangeError)
    }
  })

  it('is random when asked to be', () => {
    for (const crypto of backends) {
      const [a, b] = [randomNonce(crypto), randomNonce(crypto)]
      assert.equal(a.length, NONCE_BYTES)
      assert.notDeepEqual(a, b)
    }
  })
})
