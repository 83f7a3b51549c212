// The backend over our own addon: one crossing a call, every argument judged in C++, seals straight into arenas.

import { type AddonCrypto, loadAddon, whyNoAddon } from '../../addon/index.js'
import type { Crypto } from '../crypto.js'
import type { AnyPublicKey, AnySecretKey, KeyPair, SharedKey } from '../keys.js'
import {
  PUBLIC_KEY_BYTES,
  SECRET_KEY_BYTES,
  SHARED_KEY_BYTES,
  SIGN_PUBLIC_KEY_BYTES,
  SIGN_SECRET_KEY_BYTES,
  SIGNATURE_BYTES,
} from '../keys.js'

let opened: NativeCrypto | undefined

/** The backend, or why there is none. The addon is asked each time: it can be switched off. */
export function openNative(): Crypto | { readonly missing: string } {
  const addon = loadAddon()
  if (addon === undefined) return { missing: whyNoAddon() }
  if (addon.crypto === undefined) return { missing: addon.cryptoMissing ?? 'the addon has no crypto' }
  opened ??= new NativeCrypto(addon.crypto)
  return opened
}

class NativeCrypto implements Crypto {
  readonly name = 'native'
  readonly #addon: AddonCrypto
  // The packet path goes to the addon itself, with no frame of ours between.
  readonly seal: Crypto['seal']
  readonly open: Crypto['open']
  readonly sealBatch: Crypto['sealBatch']
  readonly openBatch: Crypto['openBatch']

  constructor(addon: AddonCrypto) {
    this.#addon = addon
    this.seal = addon.seal
    this.open = addon.open
    this.sealBatch = addon.sealBatch
    this.openBatch = addon.openBatch
  }

  randomFill(target: Uint8Array): void {
    this.#addon.randomFill(target)
  }

  keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S> {
    const publicKey = new Uint8Array(PUBLIC_KEY_BYTES)
    const secretKey = new Uint8Array(SECRET_KEY_BYTES)
    this.#addon.keyPair(publicKey, secretKey)
    return { publicKey: publicKey as P, secretKey: secretKey as S }
  }

  publicKeyOf<P extends AnyPublicKey>(secretKey: AnySecretKey): P {
    const publicKey = new Uint8Array(PUBLIC_KEY_BYTES)
    this.#addon.publicKeyOf(publicKey, secretKey)
    return publicKey as P
  }

  sharedKey(publicKey: AnyPublicKey, secretKey: AnySecretKey): SharedKey | undefined {
    const shared = new Uint8Array(SHARED_KEY_BYTES)
    return this.#addon.sharedKey(shared, publicKey, secretKey) ? (shared as SharedKey) : undefined
  }

  signKeyPair(): { publicKey: Uint8Array; secretKey: Uint8Array } {
    const publicKey = new Uint8Array(SIGN_PUBLIC_KEY_BYTES)
    const secretKey = new Uint8Array(SIGN_SECRET_KEY_BYTES)
    this.#addon.signKeyPair(publicKey, secretKey)
    return { publicKey, secretKey }
  }

  signKeyPairOfSeed(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
    const publicKey = new Uint8Array(SIGN_PUBLIC_KEY_BYTES)
    const secretKey = new Uint8Array(SIGN_SECRET_KEY_BYTES)
    this.#addon.signKeyPairOfSeed(publicKey, secretKey, seed)
    return { publicKey, secretKey }
  }

  sign(message: Uint8Array, signSecretKey: Uint8Array): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_BYTES)
    this.#addon.sign(signature, message, signSecretKey)
    return signature
  }

  verify(signature: Uint8Array, message: Uint8Array, signPublicKey: Uint8Array): boolean {
    return this.#addon.verify(signature, message, signPublicKey)
  }

  sha256(data: Uint8Array): Uint8Array {
    const hash = new Uint8Array(32)
    this.#addon.sha256(hash, data)
    return hash
  }

  sha512(data: Uint8Array): Uint8Array {
    const hash = new Uint8Array(64)
    this.#addon.sha512(hash, data)
    return hash
  }

  auth(message: Uint8Array, key: Uint8Array): Uint8Array {
    const tag = new Uint8Array(32)
    this.#addon.auth(tag, message, key)
    return tag
  }

  passwordKey(passphrase: Uint8Array, salt: Uint8Array): SharedKey {
    const key = new Uint8Array(SHARED_KEY_BYTES)
    if (!this.#addon.passwordKey(key, passphrase, salt)) throw new Error('scrypt: 16 MiB of memory cannot be had')
    return key as SharedKey
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return this.#addon.equal(a, b)
  }

  wipe(secret: Uint8Array): void {
    this.#addon.wipe(secret)
  }
}
