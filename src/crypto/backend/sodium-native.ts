// The backend over sodium-native: libsodium prebuilt for most platforms, so it needs no compiler. It is an optional
// dependency: absent or unloadable is an answer.
//
// The package does not export crypto_box_beforenm, so the shared key is made of its two halves (see hsalsa20.ts).

import { requireNow } from '../../addon/here.cjs'
import type { Crypto } from '../crypto.js'
import type { AnyPublicKey, AnySecretKey, KeyPair, SharedKey } from '../keys.js'
import {
  MAC_BYTES,
  PUBLIC_KEY_BYTES,
  SECRET_KEY_BYTES,
  SHARED_KEY_BYTES,
  SIGN_PUBLIC_KEY_BYTES,
  SIGN_SECRET_KEY_BYTES,
  SIGNATURE_BYTES,
} from '../keys.js'
import { needBox, needBytes, needLength, OPEN_GROWTH, runBatch, SEAL_GROWTH } from './check.js'
import { hsalsa20OfZero } from './hsalsa20.js'
import { PASSWORD_MEMLIMIT_BYTES, PASSWORD_OPSLIMIT, PASSWORD_SALT_BYTES } from './password.js'

/** What we use of the package, which ships no types. */
interface SodiumNative {
  randombytes_buf(target: Uint8Array): void
  sodium_memcmp(a: Uint8Array, b: Uint8Array): boolean
  sodium_memzero(target: Uint8Array): void
  crypto_box_keypair(publicKey: Uint8Array, secretKey: Uint8Array): void
  crypto_scalarmult_base(publicKey: Uint8Array, secretKey: Uint8Array): void
  /** Throws for a low-order point. */
  crypto_scalarmult(shared: Uint8Array, secretKey: Uint8Array, publicKey: Uint8Array): void
  crypto_secretbox_easy(out: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
  crypto_secretbox_open_easy(out: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean
  crypto_sign_keypair(publicKey: Uint8Array, secretKey: Uint8Array): void
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  crypto_hash_sha256(out: Uint8Array, data: Uint8Array): void
  crypto_hash_sha512(out: Uint8Array, data: Uint8Array): void
  crypto_auth(out: Uint8Array, message: Uint8Array, key: Uint8Array): void
  crypto_pwhash_scryptsalsa208sha256(
    out: Uint8Array,
    passphrase: Uint8Array,
    salt: Uint8Array,
    opslimit: number,
    memlimit: number,
  ): void
}

let opened: Crypto | { readonly missing: string } | undefined

/** The backend, or why there is none; a failure is remembered, for the package would be searched again each time. */
export function openSodiumNative(): Crypto | { readonly missing: string } {
  opened ??= load()
  return opened
}

function load(): Crypto | { readonly missing: string } {
  try {
    return new SodiumNativeCrypto(requireNow('sodium-native') as SodiumNative)
  } catch (error) {
    return { missing: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error) }
  }
}

class SodiumNativeCrypto implements Crypto {
  readonly name = 'sodium-native'
  readonly #sodium: SodiumNative

  constructor(sodium: SodiumNative) {
    this.#sodium = sodium
    // The package loads its binary lazily on some platforms: a first use here turns a late crash into an answer.
    sodium.randombytes_buf(new Uint8Array(1))
  }

  randomFill(target: Uint8Array): void {
    needBytes('target', target)
    this.#sodium.randombytes_buf(target)
  }

  keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S> {
    const publicKey = new Uint8Array(PUBLIC_KEY_BYTES)
    const secretKey = new Uint8Array(SECRET_KEY_BYTES)
    this.#sodium.crypto_box_keypair(publicKey, secretKey)
    return { publicKey: publicKey as P, secretKey: secretKey as S }
  }

  publicKeyOf<P extends AnyPublicKey>(secretKey: AnySecretKey): P {
    needLength('secretKey', secretKey, SECRET_KEY_BYTES)
    const publicKey = new Uint8Array(PUBLIC_KEY_BYTES)
    this.#sodium.crypto_scalarmult_base(publicKey, secretKey)
    return publicKey as P
  }

  sharedKey(publicKey: AnyPublicKey, secretKey: AnySecretKey): SharedKey | undefined {
    needLength('publicKey', publicKey, PUBLIC_KEY_BYTES)
    needLength('secretKey', secretKey, SECRET_KEY_BYTES)
    const shared = new Uint8Array(SHARED_KEY_BYTES)
    try {
      this.#sodium.crypto_scalarmult(shared, secretKey, publicKey)
    } catch {
      return undefined // The arguments are right, so libsodium has refused the point: it is of low order.
    }
    hsalsa20OfZero(shared, shared)
    return shared as SharedKey
  }

  seal(out: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: SharedKey): void {
    needBox(out, plain, nonce, key, SEAL_GROWTH, 'plain')
    this.#sodium.crypto_secretbox_easy(out, plain, nonce, key)
  }

  open(out: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: SharedKey): boolean {
    needBytes('sealed', sealed)
    if (sealed.length < MAC_BYTES) return false
    needBox(out, sealed, nonce, key, OPEN_GROWTH, 'sealed')
    return this.#sodium.crypto_secretbox_open_easy(out, sealed, nonce, key)
  }

  sealBatch(arena: Uint8Array, jobs: Int32Array): number {
    return runBatch(arena, jobs, SEAL_GROWTH, (out, plain, nonce, key) => {
      this.#sodium.crypto_secretbox_easy(out, plain, nonce, key)
      return true
    })
  }

  openBatch(arena: Uint8Array, jobs: Int32Array): number {
    return runBatch(arena, jobs, OPEN_GROWTH, (out, sealed, nonce, key) =>
      this.#sodium.crypto_secretbox_open_easy(out, sealed, nonce, key),
    )
  }

  signKeyPair(): { publicKey: Uint8Array; secretKey: Uint8Array } {
    const publicKey = new Uint8Array(SIGN_PUBLIC_KEY_BYTES)
    const secretKey = new Uint8Array(SIGN_SECRET_KEY_BYTES)
    this.#sodium.crypto_sign_keypair(publicKey, secretKey)
    return { publicKey, secretKey }
  }

  signKeyPairOfSeed(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
    needLength('seed', seed, SECRET_KEY_BYTES)
    const publicKey = new Uint8Array(SIGN_PUBLIC_KEY_BYTES)
    const secretKey = new Uint8Array(SIGN_SECRET_KEY_BYTES)
    this.#sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed)
    return { publicKey, secretKey }
  }

  sign(message: Uint8Array, signSecretKey: Uint8Array): Uint8Array {
    needBytes('message', message)
    needLength('signSecretKey', signSecretKey, SIGN_SECRET_KEY_BYTES)
    const signature = new Uint8Array(SIGNATURE_BYTES)
    this.#sodium.crypto_sign_detached(signature, message, signSecretKey)
    return signature
  }

  verify(signature: Uint8Array, message: Uint8Array, signPublicKey: Uint8Array): boolean {
    needLength('signature', signature, SIGNATURE_BYTES)
    needBytes('message', message)
    needLength('signPublicKey', signPublicKey, SIGN_PUBLIC_KEY_BYTES)
    return this.#sodium.crypto_sign_verify_detached(signature, message, signPublicKey)
  }

  sha256(data: Uint8Array): Uint8Array {
    needBytes('data', data)
    const hash = new Uint8Array(32)
    this.#sodium.crypto_hash_sha256(hash, data)
    return hash
  }

  sha512(data: Uint8Array): Uint8Array {
    needBytes('data', data)
    const hash = new Uint8Array(64)
    this.#sodium.crypto_hash_sha512(hash, data)
    return hash
  }

  auth(message: Uint8Array, key: Uint8Array): Uint8Array {
    needBytes('message', message)
    needLength('key', key, 32)
    const tag = new Uint8Array(32)
    this.#sodium.crypto_auth(tag, message, key)
    return tag
  }

  passwordKey(passphrase: Uint8Array, salt: Uint8Array): SharedKey {
    needBytes('passphrase', passphrase)
    needLength('salt', salt, PASSWORD_SALT_BYTES)
    const hash = this.sha256(passphrase)
    const key = new Uint8Array(SHARED_KEY_BYTES)
    this.#sodium.crypto_pwhash_scryptsalsa208sha256(key, hash, salt, PASSWORD_OPSLIMIT, PASSWORD_MEMLIMIT_BYTES)
    this.#sodium.sodium_memzero(hash)
    return key as SharedKey
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    needBytes('a', a)
    needBytes('b', b)
    return a.length === b.length && this.#sodium.sodium_memcmp(a, b)
  }

  wipe(secret: Uint8Array): void {
    needBytes('secret', secret)
    this.#sodium.sodium_memzero(secret)
  }
}
