// Passphrase encryption: our own round trips, damage, and files that c-toxcore writes and reads.

import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { toHex, toUtf8 } from '../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import {
  decrypt,
  deriveKey,
  ENCRYPTION_OVERHEAD_BYTES,
  encrypt,
  isEncrypted,
  type PassKey,
  saltOf,
} from '../../src/encryptsave/index.js'
import { encodeSavedata, parseSavedata } from '../../src/tox/savedata.js'
import { richProfile } from '../support/savedata.js'
import { judge, judgeObstacle, pass } from '../support/savedata-judge.js'

const PLAIN = toUtf8('a profile')

describe('encryptsave', () => {
  let crypto: Crypto
  let key: PassKey
  let file: Uint8Array

  before(async () => {
    crypto = await loadCrypto()
    key = deriveKey(crypto, 'correct horse')
    file = key.encrypt(PLAIN)
  })

  it('opens what it has sealed, with the passphrase or with the key', () => {
    assert.equal(file.length, PLAIN.length + ENCRYPTION_OVERHEAD_BYTES)
    assert.ok(isEncrypted(file))
    assert.deepEqual(key.decrypt(file), { ok: true, value: PLAIN })
    assert.deepEqual(decrypt(crypto, 'correct horse', file), { ok: true, value: PLAIN })
    assert.deepEqual(decrypt(crypto, toUtf8('correct horse'), file), { ok: true, value: PLAIN })
    assert.deepEqual(saltOf(file), key.salt)
  })

  it('never seals the same twice, and never with the same salt', () => {
    assert.notDeepEqual(key.encrypt(PLAIN), file)
    assert.notDeepEqual(saltOf(encrypt(crypto, 'correct horse', PLAIN)), key.salt)
  })

  it('makes the same key of the same passphrase and salt', () => {
    const same = deriveKey(crypto, 'correct horse', key.salt)
    assert.deepEqual(same.decrypt(file), { ok: true, value: PLAIN })
  })

  it('tells what is wrong with a file as c-toxcore does', () => {
    assert.deepEqual(decrypt(crypto, 'wrong horse', file), { ok: false, error: 'failed' })
    assert.deepEqual(key.decrypt(file.subarray(0, 80)), { ok: false, error: 'invalid-length' })
    assert.deepEqual(key.decrypt(new Uint8Array(0)), { ok: false, error: 'invalid-length' })
    assert.deepEqual(key.decrypt(new Uint8Array(81)), { ok: false, error: 'bad-format' })
  })

  it('answers every truncation and every flipped bit with an error', () => {
    for (let length = 0; length < file.length; length++) assert.ok(!key.decrypt(file.subarray(0, length)).ok)
    for (let bit = 0; bit < file.length * 8; bit++) {
      // The salt belongs to the passphrase: a key that exists already does not read it.
      if (bit >= 8 * 8 && bit < 40 * 8) continue
      const flipped = Uint8Array.from(file)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      assert.ok(!key.decrypt(flipped).ok, `bit ${bit}`)
    }
    const salted = Uint8Array.from(file)
    salted[8]! ^= 1
    assert.deepEqual(decrypt(crypto, 'correct horse', salted), { ok: false, error: 'failed' })
  })

  it('knows an encrypted file by its first eight bytes alone', () => {
    assert.ok(isEncrypted(toUtf8('toxEsave')))
    assert.ok(!isEncrypted(toUtf8('toxEsav')))
    assert.ok(!isEncrypted(new Uint8Array(0)))
    assert.equal(saltOf(file.subarray(0, 39)), undefined)
    const buffer = Buffer.from(file)
    const salt = saltOf(buffer)
    buffer.fill(0)
    assert.deepEqual(salt, saltOf(file))
  })

  it('refuses a salt of another size', () => {
    assert.throws(() => deriveKey(crypto, 'x', new Uint8Array(31)), RangeError)
  })

  it('shows no key and is useless once wiped', () => {
    const shown = [inspect(key, { showHidden: true, depth: 9 }), JSON.stringify(key), `${key}`].join()
    assert.ok(!shown.includes(toHex(key.salt).slice(0, 8)) && !/\d{2,3}, \d{1,3}/.test(shown), shown)
    const brief = deriveKey(crypto, '')
    brief.wipe()
    assert.throws(() => brief.encrypt(PLAIN), /wiped/)
    assert.throws(() => brief.decrypt(file), /wiped/)
  })

  describe('beside c-toxcore', () => {
    const obstacle = judgeObstacle()
    before(function () {
      if (obstacle === undefined) return
      this.test!.parent!.title += ` [${obstacle}]`
      this.skip()
    })

    const phrase = toUtf8('pässphrase')

    it('opens a profile that c-toxcore encrypted', async () => {
      const profile = richProfile(crypto)
      const { done, data } = await pass('encrypt', encodeSavedata(profile), phrase)
      assert.equal(done, true)
      const opened = decrypt(crypto, 'pässphrase', new Uint8Array(Buffer.from(data, 'hex')))
      assert.ok(opened.ok)
      assert.deepEqual(parseSavedata(opened.value, crypto), { ok: true, value: profile })
    })

    it('encrypts profiles that c-toxcore opens, and only with the passphrase', async () => {
      const sealed = encrypt(crypto, 'pässphrase', PLAIN)
      const right = await pass('decrypt', sealed, phrase)
      assert.deepEqual([right.error, right.data], ['OK', Buffer.from(PLAIN).toString('hex')])
      assert.equal((await pass('decrypt', sealed, toUtf8('wrong'))).error, 'FAILED')
      assert.equal((await pass('decrypt', sealed.subarray(0, 80), phrase)).error, 'INVALID_LENGTH')
    })

    it('is refused as encrypted, by both, where a plain profile belongs', async () => {
      const sealed = encrypt(crypto, 'x', PLAIN)
      assert.equal((await judge([sealed]))[0]!.error, 'LOAD_ENCRYPTED')
      assert.deepEqual(parseSavedata(sealed, crypto), { ok: false, error: 'encrypted' })
    })
  })
})
