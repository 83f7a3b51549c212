// The key file of a node: our form and tox-bootstrapd's.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readKeyFile } from '../../../src/api/node/key-file.js'
import { toHex } from '../../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../../src/crypto/index.js'
import { ToxError } from '../../../src/index.js'

describe('key file of a node', () => {
  let crypto: Crypto
  let dir: string
  before(async () => {
    crypto = await loadCrypto()
  })
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  for (const format of ['hex', 'binary'] as const) {
    it(`is made ${format} for its owner alone, and read again`, () => {
      const path = join(dir, 'keys')
      const made = readKeyFile(path, crypto, { format })
      const bytes = readFileSync(path)
      assert.equal(bytes.length, format === 'hex' ? 65 : 64)
      if (format === 'binary') assert.deepEqual([...bytes], [...made.publicKey, ...made.secretKey])
      assert.equal(statSync(path).mode & 0o777, 0o600)
      assert.deepEqual(readdirSync(dir), ['keys'])
      const warnings: string[] = []
      assert.deepEqual(readKeyFile(path, crypto, { onWarning: (text) => warnings.push(text) }), made)
      assert.deepEqual(warnings, [])
    })
  }

  it('tells that others may read it', () => {
    const path = join(dir, 'keys')
    readKeyFile(path, crypto)
    chmodSync(path, 0o644)
    const warnings: string[] = []
    readKeyFile(path, crypto, { onWarning: (text) => warnings.push(text) })
    assert.match(warnings.join('\n'), /can be read by others \(mode 644\): chmod 600 /)
  })

  const odd: [string, (crypto: Crypto) => Uint8Array | string, RegExp][] = [
    ['nothing', () => '', /has 0 bytes/],
    ['63 bytes', () => new Uint8Array(63), /has 63 bytes/],
    ['65 bytes', () => new Uint8Array(65).fill(200), /has 65 bytes/],
    ['a megabyte', () => new Uint8Array(2 ** 20), /has more than 66 bytes/],
    ['62 digits', () => 'ab'.repeat(31), /has 62 bytes/],
    ['a wrong digit', () => `${'ab'.repeat(31)}xy`, /public key does not belong to its secret key/],
    [
      'keys of two pairs',
      (crypto) => Buffer.concat([crypto.keyPair().publicKey, crypto.keyPair().secretKey]),
      /public key does not belong to its secret key/,
    ],
  ]
  for (const [name, content, says] of odd) {
    it(`refuses ${name} and leaves it alone`, () => {
      const path = join(dir, 'keys')
      const bytes = content(crypto)
      writeFileSync(path, bytes, { mode: 0o600 })
      assert.throws(
        () => readKeyFile(path, crypto),
        (error) =>
          error instanceof ToxError && error.code === 'TOX_ERR_TS_PROFILE_UNUSABLE' && says.test(error.message),
      )
      assert.deepEqual(readFileSync(path), Buffer.from(bytes))
    })
  }

  it('takes digits of either case, with any line end or none', () => {
    const { secretKey, publicKey } = crypto.keyPair()
    for (const text of [toHex(secretKey), `${toHex(secretKey).toLowerCase()}\r\n`]) {
      const path = join(dir, 'keys')
      writeFileSync(path, text, { mode: 0o600 })
      assert.deepEqual(readKeyFile(path, crypto).publicKey, publicKey)
    }
  })

  it('names what the system refuses', () => {
    assert.throws(() => readKeyFile(join(dir, 'no', 'keys'), crypto), /its folder does not exist/)
    mkdirSync(join(dir, 'folder'))
    assert.throws(() => readKeyFile(join(dir, 'folder'), crypto), /it is a folder/)
  })
})
