// Secrets print as nothing: a key pair that may lie in a field of an object that somebody logs, inspects or turns into JSON.

import type { AnyPublicKey, AnySecretKey, KeyPair } from './keys.js'

/** A key pair that shows its public key alone, unless asked for `secretKey`. Both arrays are those it was given. */
export class GuardedKeyPair<P extends AnyPublicKey, S extends AnySecretKey> implements KeyPair<P, S> {
  readonly publicKey: P
  readonly #secretKey: S

  constructor({ publicKey, secretKey }: KeyPair<P, S>) {
    this.publicKey = publicKey
    this.#secretKey = secretKey
  }

  get secretKey(): S {
    return this.#secretKey
  }
}
