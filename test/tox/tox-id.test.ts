// Tox IDs as text: what is printed is read, and each mistake has its own name.

import assert from 'node:assert/strict'
import { formatToxId, parseToxId } from '../../src/tox/tox-id.js'

/** Tox ID of the profile that c-toxcore's own tests save (nospam 4C762C7D). */
const ID = 'E776E9A993EE3CAE04F5946D9AC66FBBAA8C63A95A94B41942353C6DC1739B4B4C762C7DA7B9'

describe('Tox ID', () => {
  const errorOf = (text: string): string | undefined => {
    const result = parseToxId(text)
    return result.ok ? undefined : result.error
  }

  it('is read and printed', () => {
    const result = parseToxId(ID)
    assert.ok(result.ok)
    assert.equal(Buffer.from(result.value.nospam).toString('hex'), '4c762c7d')
    assert.equal(Buffer.from(result.value.publicKey).toString('hex').toUpperCase(), ID.slice(0, 64))
    assert.equal(formatToxId(result.value), ID)
  })

  it('is read in lower case, printed in upper case', () => {
    const result = parseToxId(ID.toLowerCase())
    assert.ok(result.ok && formatToxId(result.value) === ID)
  })

  it('tells mistakes apart', () => {
    assert.equal(errorOf(''), 'bad-length')
    assert.equal(errorOf(ID.slice(1)), 'bad-length')
    assert.equal(errorOf(`${ID}0`), 'bad-length')
    assert.equal(errorOf(ID.slice(0, 64)), 'bad-length')
    assert.equal(errorOf(ID.replace('E', 'G')), 'bad-hex')
    assert.equal(errorOf(`${ID.slice(0, 75)}\n`), 'bad-hex')
    assert.equal(errorOf(`0${ID.slice(1)}`), 'bad-checksum')
  })

  it('notices every single mistyped digit', () => {
    for (let at = 0; at < ID.length; at++) {
      const digit = ID[at] === '0' ? '1' : '0'
      assert.equal(errorOf(ID.slice(0, at) + digit + ID.slice(at + 1)), 'bad-checksum', `digit ${at}`)
    }
  })

  it('refuses a public key that no X25519 key can be', () => {
    const key = new Uint8Array(32).fill(0xff) as Parameters<typeof formatToxId>[0]['publicKey']
    assert.equal(errorOf(formatToxId({ publicKey: key, nospam: new Uint8Array(4) })), 'bad-checksum')
  })
})
