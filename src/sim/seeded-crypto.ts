// Real crypto with seeded dice: packets are sealed and opened as always, but keys and nonces come from the seed, so a run can
// be repeated byte for byte. For simulations alone: whoever knows the seed knows every secret.

import type { Random } from '../base/index.js'
import { type AnyPublicKey, type AnySecretKey, type Crypto, type KeyPair, SECRET_KEY_BYTES } from '../crypto/index.js'
import { SharedSecrets } from './shared-secrets.js'

/** RFC 8032's secret key, from which an Ed25519 key pair follows. */
const SIGN_SEED_BYTES = 32

/**
 * `crypto` with `random` in place of the operating system's randomness. Peers that share `secrets` spare each other half of
 * the key agreements.
 */
export function seededCrypto(crypto: Crypto, random: Random, secrets = new SharedSecrets(crypto)): Crypto {
  return {
    name: crypto.name,
    randomFill: (target) => random.fill(target),
    keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S> {
      const secretKey = random.bytes(SECRET_KEY_BYTES) as AnySecretKey as S
      const publicKey = crypto.publicKeyOf<P>(secretKey)
      secrets.add(publicKey, secretKey)
      return { publicKey, secretKey }
    },
    signKeyPair: () => crypto.signKeyPairOfSeed(random.bytes(SIGN_SEED_BYTES)),
    publicKeyOf: crypto.publicKeyOf.bind(crypto) as Crypto['publicKeyOf'],
    sharedKey: secrets.sharedKey.bind(secrets),
    seal: crypto.seal.bind(crypto),
    open: crypto.open.bind(crypto),
    sealBatch: crypto.sealBatch.bind(crypto),
    openBatch: crypto.openBatch.bind(crypto),
    signKeyPairOfSeed: crypto.signKeyPairOfSeed.bind(crypto),
    sign: crypto.sign.bind(crypto),
    verify: crypto.verify.bind(crypto),
    sha256: crypto.sha256.bind(crypto),
    sha512: crypto.sha512.bind(crypto),
    auth: crypto.auth.bind(crypto),
    passwordKey: crypto.passwordKey.bind(crypto),
    equal: crypto.equal.bind(crypto),
    wipe: crypto.wipe.bind(crypto),
  }
}
