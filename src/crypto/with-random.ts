// A crypto whose keys and nonces come from given dice instead of the operating system's: packets are sealed and opened as
// always.

import type { Random } from '../base/index.js'
import type { Crypto } from './crypto.js'
import { type AnyPublicKey, type AnySecretKey, type KeyPair, SECRET_KEY_BYTES } from './keys.js'

/** RFC 8032's secret key, from which an Ed25519 key pair follows. */
const SIGN_SEED_BYTES = 32

export function withRandom(crypto: Crypto, random: Random): Crypto {
  return {
    name: crypto.name,
    randomFill: (target) => random.fill(target),
    keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S> {
      const secretKey = random.bytes(SECRET_KEY_BYTES) as AnySecretKey as S
      return { publicKey: crypto.publicKeyOf<P>(secretKey), secretKey }
    },
    signKeyPair: () => crypto.signKeyPairOfSeed(random.bytes(SIGN_SEED_BYTES)),
    publicKeyOf: crypto.publicKeyOf.bind(crypto) as Crypto['publicKeyOf'],
    sharedKey: crypto.sharedKey.bind(crypto),
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
