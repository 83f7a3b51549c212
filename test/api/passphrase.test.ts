// Profiles under a passphrase: made, opened, refused, read by c-toxcore and read from it.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProfileSeal } from '../../src/api/profile-seal.js'
import { toHex, toUtf8 } from '../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { decrypt, isEncrypted, saltOf } from '../../src/encryptsave/index.js'
import { Tox, ToxError } from '../../src/index.js'
import { encodeSavedata, parseSavedata } from '../../src/tox/savedata.js'
import { richProfile } from '../support/savedata.js'
import { judge, judgeObstacle, pass } from '../support/savedata-judge.js'
import { shown, writtenForms } from '../support/secrets.js'

const loopback = { bindAddress: '127.0.0.1', ipv6: false, port: 0 } as const
const PHRASE = 'pässphrase'

describe('Tox, with a passphrase', function () {
  this.timeout(20_000)
  let crypto: Crypto
  let dir: string
  let path: string

  before(async () => {
    crypto = await loadCrypto()
  })
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    path = join(dir, 'me.tox')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const open = (options: { passphrase?: string | Uint8Array } = {}): Promise<Tox> =>
    Tox.create({ ...loopback, profile: path, ...options })
  const opened = (bytes: Uint8Array): Uint8Array => {
    const plain = decrypt(crypto, PHRASE, bytes)
    assert.ok(plain.ok)
    return plain.value
  }
  const refuses = async (code: string, options: { passphrase?: string } = {}): Promise<void> => {
    const error = await open(options).then(
      () => assert.fail('it was opened'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof ToxError)
    assert.equal(error.code, code)
    assert.equal(existsSync(`${path}.lock`), false, 'the lock is given back')
  }
  /** A profile that has been saved at least twice, so that its backup exists; its Tox ID. */
  const made = async (): Promise<string> => {
    const tox = await open({ passphrase: PHRASE })
    tox.name = 'Kerstin'
    await tox.close()
    return tox.address
  }

  it('keeps the profile encrypted, its backup too, with one salt and never the same bytes', async () => {
    const id = await made()
    const [main, backup] = [readFileSync(path), readFileSync(`${path}.bak`)]
    assert.ok(isEncrypted(main) && isEncrypted(backup))
    assert.deepEqual(saltOf(main), saltOf(backup))
    const profile = parseSavedata(opened(main), crypto)
    assert.ok(profile.ok)
    assert.equal(toHex(profile.value.longTerm.publicKey), id.slice(0, 64))

    const again = await open({ passphrase: toUtf8(PHRASE) })
    assert.deepEqual([again.address, again.name], [id, 'Kerstin'])
    assert.deepEqual(saltOf(again.savedata()), saltOf(main), 'savedata() is encrypted as well')
    assert.deepEqual(parseSavedata(opened(again.savedata()), crypto), profile)
    await again.close()
    assert.deepEqual(saltOf(readFileSync(path)), saltOf(main))
    assert.notDeepEqual(readFileSync(path), main)
  })

  it('refuses a missing and a wrong passphrase, and leaves the files as they are', async () => {
    await made()
    const before = [readFileSync(path), readFileSync(`${path}.bak`)]
    await refuses('TOX_ERR_NEW_LOAD_ENCRYPTED')
    await refuses('TOX_ERR_NEW_LOAD_DECRYPTION_FAILED', { passphrase: 'passphrase' })
    await refuses('TOX_ERR_NEW_LOAD_DECRYPTION_FAILED', { passphrase: '' })
    assert.deepEqual([readFileSync(path), readFileSync(`${path}.bak`)], before)
    assert.equal(existsSync(`${path}.damaged`), false)
  })

  it('encrypts a profile that was plain, and leaves no plain backup', async () => {
    const plain = await Tox.create({ ...loopback, profile: path, name: 'Plain' })
    await plain.close()
    assert.equal(isEncrypted(readFileSync(path)), false)
    const sealed = await open({ passphrase: PHRASE })
    assert.equal(sealed.address, plain.address)
    assert.ok(isEncrypted(readFileSync(path)) && isEncrypted(readFileSync(`${path}.bak`)))
    await sealed.close()
  })

  it('opens the backup of a damaged profile, and no plain backup with a wrong passphrase', async () => {
    const id = await made()
    const main = readFileSync(path)
    main[main.length - 1]! ^= 1
    writeFileSync(path, main)
    const tox = await open({ passphrase: PHRASE })
    assert.equal(tox.address, id)
    await tox.close()
    assert.deepEqual(readFileSync(`${path}.damaged`), main, 'the damaged one is kept aside')

    writeFileSync(`${path}.bak`, encodeSavedata(richProfile(crypto)))
    await refuses('TOX_ERR_NEW_LOAD_DECRYPTION_FAILED', { passphrase: 'wrong' })
  })

  it('takes savedata that is encrypted', async () => {
    await made()
    const savedata = readFileSync(path)
    await using tox = await Tox.create({ ...loopback, savedata, passphrase: PHRASE })
    assert.equal(tox.name, 'Kerstin')
    await assert.rejects(Tox.create({ ...loopback, savedata }), { code: 'TOX_ERR_NEW_LOAD_ENCRYPTED' })
  })

  it('shows neither passphrase nor key, and forgets both', () => {
    const phrase = toUtf8('long enough to be looked for in two halves')
    const seal = new ProfileSeal(crypto, phrase)
    const sealed = seal.seal(toUtf8('x'))
    const secrets = [phrase, crypto.passwordKey(phrase, saltOf(sealed)!)]
    for (const form of secrets.flatMap(writtenForms)) assert.equal(shown(seal).includes(form), false)
    seal.settle()
    assert.deepEqual(seal.seal(toUtf8('y')).length, sealed.length)
    seal.wipe()
    assert.throws(() => seal.seal(toUtf8('x')), /forgotten/)
    assert.throws(() => seal.open(sealed), /forgotten/)
  })

  describe('beside c-toxcore', () => {
    before(function () {
      const obstacle = judgeObstacle()
      if (obstacle === undefined) return
      this.test!.parent!.title += ` [${obstacle}]`
      this.skip()
    })

    it('writes files that c-toxcore decrypts and loads', async () => {
      const id = await made()
      const { error, data } = await pass('decrypt', readFileSync(path), toUtf8(PHRASE))
      assert.equal(error, 'OK')
      const [verdict] = await judge([Buffer.from(data, 'hex')])
      assert.deepEqual([verdict!.error, verdict!.toxId.toUpperCase()], ['OK', id])
      assert.equal((await pass('decrypt', readFileSync(path), toUtf8('wrong'))).error, 'FAILED')
    })

    it('runs a profile that c-toxcore encrypted', async () => {
      const profile = richProfile(crypto)
      const { data } = await pass('encrypt', encodeSavedata(profile), toUtf8(PHRASE))
      writeFileSync(path, Buffer.from(data, 'hex'))
      await using tox = await open({ passphrase: PHRASE })
      assert.equal(tox.publicKey, toHex(profile.longTerm.publicKey))
      assert.equal(tox.friends.length, profile.friends.length)
    })
  })
})
