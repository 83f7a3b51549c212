import assert from 'node:assert/strict'
import fc from 'fast-check'
import { fromUtf8, toUtf8, toUtf8In } from '../../src/base/index.js'

describe('UTF-8 written into a buffer', () => {
  it('is that of toUtf8 where it fits, and nothing where it does not', () => {
    const target = new Uint8Array(12)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const bytes = toUtf8(text)
        assert.deepEqual(toUtf8In(target, text), bytes.length > target.length ? undefined : bytes)
      }),
      { numRuns: 200, seed: 1 },
    )
  })

  it('fills the buffer to its last byte', () => {
    const target = new Uint8Array(5)
    assert.equal(fromUtf8(toUtf8In(target, 'aäbc')!), 'aäbc')
    assert.equal(toUtf8In(target, 'abcdef'), undefined)
    assert.equal(toUtf8In(target, 'abc€'), undefined)
    assert.deepEqual(toUtf8In(target, ''), new Uint8Array(0))
  })

  it('replaces half of a surrogate pair, as toUtf8 does', () => {
    assert.deepEqual(toUtf8In(new Uint8Array(3), '\ud800'), toUtf8('\ufffd'))
  })
})
