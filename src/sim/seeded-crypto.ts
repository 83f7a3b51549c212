// Real crypto with seeded dice: packets are sealed and opened as always, but keys and nonces come from the seed, so a run can
// be repeated byte for byte. For simulations alone: whoever knows the seed knows every secret.

import type { Random } from '../base/index.js'
import { type AnyPublicKey, type AnySecretKey, type Crypto, type KeyPair, withRandom } from '../crypto/index.js'
import { SharedSecrets } from './shared-secrets.js'

/**
 * `crypto` with `random` in place of the operating system's randomness. Peers that share `secrets` spare each other half of
 * the key agreements.
 */
export function seededCrypto(crypto: Crypto, random: Random, secrets = new SharedSecrets(crypto)): Crypto {
  const seeded = withRandom(crypto, random)
  return {
    ...seeded,
    keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S> {
      const pair = seeded.keyPair<P, S>()
      secrets.add(pair.publicKey, pair.secretKey)
      return pair
    },
    sharedKey: secrets.sharedKey.bind(secrets),
  }
}
