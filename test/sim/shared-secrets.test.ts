import assert from 'node:assert/strict'
import { type AnyPublicKey, type AnySecretKey, type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { SeededRandom } from '../../src/sim/index.js'
import { seededCrypto } from '../../src/sim/seeded-crypto.js'
import { SharedSecrets } from '../../src/sim/shared-secrets.js'

describe('shared secrets of a world', () => {
  let crypto: Crypto
  let computed = 0
  const counting = (): SharedSecrets =>
    new SharedSecrets({
      sharedKey(publicKey, secretKey) {
        computed++
        return crypto.sharedKey(publicKey, secretKey)
      },
    })

  before(async () => {
    crypto = await loadCrypto()
  })

  const pair = (side: Crypto) => side.keyPair<AnyPublicKey, AnySecretKey>()

  it('are computed once for both sides, and each side owns its copy', () => {
    const secrets = counting()
    const [alice, bob] = ['alice', 'bob'].map((name) => seededCrypto(crypto, new SeededRandom(name), secrets))
    const [a, b] = [pair(alice!), pair(bob!)]
    computed = 0
    const atAlice = alice!.sharedKey(b.publicKey, a.secretKey)!
    const expected = atAlice.slice()
    alice!.wipe(atAlice)
    assert.deepEqual(bob!.sharedKey(a.publicKey, b.secretKey)!.slice(), expected)
    assert.equal(computed, 1)
    assert.deepEqual(alice!.sharedKey(b.publicKey, a.secretKey)!.slice(), expected, 'and again, for whoever forgot it')
  })

  it('are right for keys that the world has not made, and for bad ones', () => {
    const [stranger, mine] = [pair(crypto), pair(seededCrypto(crypto, new SeededRandom('mine')))]
    const secrets = new SharedSecrets(crypto)
    const shared = secrets.sharedKey(stranger.publicKey, mine.secretKey)
    assert.deepEqual(secrets.sharedKey(mine.publicKey, stranger.secretKey), shared)
    secrets.add(mine.publicKey, mine.secretKey)
    assert.equal(secrets.sharedKey(new Uint8Array(32) as AnyPublicKey, mine.secretKey), undefined)
  })
})
