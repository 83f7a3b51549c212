import assert from 'node:assert/strict'
import { fromHex, toHex } from '../../../src/base/index.js'
import type { LongTermPublicKey } from '../../../src/crypto/keys.js'
import { decodeToxId, encodeToxId, isPublicKey } from '../../../src/packet/messenger/tox-id.js'

describe('Tox ID', () => {
  const publicKey = new Uint8Array(32).map((_, i) => i) as LongTermPublicKey

  it('is key, nospam and the XOR of all pairs', () => {
    const toxId = encodeToxId(publicKey, Uint8Array.of(0xde, 0xad, 0xbe, 0xef))
    // 0 ^ 2 ^ … ^ 30 = 0 and 1 ^ 3 ^ … ^ 31 = 0; 0xde ^ 0xbe = 0x60, 0xad ^ 0xef = 0x42
    assert.equal(toHex(toxId), `${toHex(publicKey)}DEADBEEF6042`)
    const id = decodeToxId(toxId)!
    assert.deepEqual(id.publicKey, publicKey)
    assert.deepEqual(id.nospam, fromHex('DEADBEEF'))
  })

  it('is refused with any bit flipped', () => {
    const toxId = encodeToxId(publicKey, new Uint8Array(4))
    for (let bit = 0; bit < 8 * toxId.length; bit++) {
      const flipped = toxId.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(decodeToxId(flipped), undefined, `bit ${bit}`)
    }
  })

  it('is refused in any other size', () => {
    const toxId = encodeToxId(publicKey, new Uint8Array(4))
    for (let size = 0; size < 38; size++) assert.equal(decodeToxId(toxId.subarray(0, size)), undefined)
    assert.equal(decodeToxId(Uint8Array.of(...toxId, 0)), undefined)
  })

  it('is refused when its key is none, even with a true checksum', () => {
    const key = publicKey.slice() as LongTermPublicKey
    key[31] = 0x80
    assert.equal(isPublicKey(key), false)
    assert.equal(decodeToxId(encodeToxId(key, new Uint8Array(4))), undefined)
  })
})
