// The choice of a backend, by what is there and by TOXCORE_TS_CRYPTO.

import assert from 'node:assert/strict'
import { CRYPTO_NAMES, loadCrypto, loadCryptoSync, openCrypto } from '../../src/crypto/index.js'
import { backends } from './backends.js'

describe('choice of a crypto backend', () => {
  const VARIABLES = ['TOXCORE_TS_CRYPTO', 'TOXCORE_TS_ADDON'] as const
  let before: (string | undefined)[]

  beforeEach(() => {
    before = VARIABLES.map((name) => process.env[name])
    for (const name of VARIABLES) delete process.env[name]
  })

  afterEach(() => {
    for (const [i, name] of VARIABLES.entries()) {
      if (before[i] === undefined) delete process.env[name]
      else process.env[name] = before[i]
    }
  })

  it('takes the best one that is there, the same object every time', async () => {
    const crypto = await loadCrypto()
    assert.equal(crypto.name, backends[0]?.name)
    assert.equal(await loadCrypto(), crypto)
    assert.equal(loadCryptoSync(), crypto)
  })

  it('takes the one that TOXCORE_TS_CRYPTO names', async () => {
    for (const backend of backends) {
      process.env['TOXCORE_TS_CRYPTO'] = backend.name
      assert.equal((await loadCrypto()).name, backend.name)
      assert.equal(loadCryptoSync().name, backend.name)
    }
  })

  it('a name that is none is an error that lists the names', async () => {
    process.env['TOXCORE_TS_CRYPTO'] = 'rot13'
    const message = 'TOXCORE_TS_CRYPTO must be one of native, sodium-native, wasm, not rot13'
    await assert.rejects(loadCrypto(), { message })
    assert.throws(() => loadCryptoSync(), { message })
  })

  it('a forced one that is missing is an error that says why, and nothing else serves', async () => {
    process.env['TOXCORE_TS_CRYPTO'] = 'native'
    process.env['TOXCORE_TS_ADDON'] = 'off'
    const message = 'no crypto backend: native: TOXCORE_TS_ADDON is off'
    await assert.rejects(loadCrypto(), { message })
    assert.throws(() => loadCryptoSync(), { message })
  })

  it('falls to the next where the addon is switched off', async function () {
    const next = backends.find((backend) => backend.name !== 'native')
    if (next === undefined) this.skip()
    process.env['TOXCORE_TS_ADDON'] = 'off'
    assert.equal((await loadCrypto()).name, next.name)
  })

  it('opens each by its name', async () => {
    for (const name of CRYPTO_NAMES) {
      const opened = await openCrypto(name)
      if ('missing' in opened) assert.notEqual(opened.missing, '')
      else assert.equal(opened.name, name)
    }
  })
})
