// The backend over libsodium compiled to WebAssembly: works wherever JavaScript does, at a fraction of the speed, for the
// library copies every argument into its own memory. It starts asynchronously.
//
// The wrappers throw for a forged text and for a low-order point alike; arguments are judged before, so that a throw here
// can only mean one of these.

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
import { PASSWORD_MEMLIMIT_BYTES, PASSWORD_OPSLIMIT, PASSWORD_SALT_BYTES } from './password.js'

type Sodium = typeof import('libsodium-wrappers-sumo')

let opened: Crypto | { readonly missing: string } | undefined
let starting: Promise<void> | undefined

/** Compiles the code (some 50 ms), once; `openWasm` then has the backend. Never rejects. */
export function startWasm(): Promise<void> {
  starting ??= start().then((result) => {
    opened = result
  })
  return starting
}

/** The backend, or why there is none. */
export function openWasm(): Crypto | { readonly missing: string } {
  return opened ?? { missing: 'it starts asynchronously and has not been started' }
}

async function start(): Promise<Crypto | { readonly missing: string }> {
  try {
    // Not `import`: the package's ESM file wants globalThis.crypto, which Node 18 does not have.
    const sodium = requireNow('libsodium-wrappers-sumo') as Sodium
    await sodium.ready
    return new WasmCrypto(sodium)
  } catch (error) {
    return { missing: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error) }
  }
}

class WasmCrypto implements Crypto {
  readonly name = 'wasm'
  readonly #sodium: Sodium

  constructor(sodium: Sodium) {
    this.#sodium = sodium
  }

  randomFill(target: Uint8Array): void {
    needBytes('target', target)
    if (target.length > 0) target.set(this.#sodium.randombytes_buf(target.length))
  }

  keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S> {
    const { publicKey, privateKey } = this.#sodium.crypto_box_keypair()
    return { publicKey: publicKey as P, secretKey: privateKey as S }
  }

  publicKeyOf<P extends AnyPublicKey>(secretKey: AnySecretKey): P {
    needLength('secretKey', secretKey, SECRET_KEY_BYTES)
    return this.#sodium.crypto_scalarmult_base(secretKey) as P
  }

  sharedKey(publicKey: AnyPublicKey, secretKey: AnySecretKey): SharedKey | undefined {
    needLength('publicKey', publicKey, PUBLIC_KEY_BYTES)
    needLength('secretKey', secretKey, SECRET_KEY_BYTES)
    try {
      return this.#sodium.crypto_box_beforenm(publicKey, secretKey) as SharedKey
    } catch {
      return undefined
    }
  }

  seal(out: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: SharedKey): void {
    needBox(out, plain, nonce, key, SEAL_GROWTH, 'plain')
    out.set(this.#sodium.crypto_secretbox_easy(plain, nonce, key))
  }

  open(out: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: SharedKey): boolean {
    needBytes('sealed', sealed)
    if (sealed.length < MAC_BYTES) return false
    needBox(out, sealed, nonce, key, OPEN_GROWTH, 'sealed')
    return this.#open(out, sealed, nonce, key)
  }

  sealBatch(arena: Uint8Array, jobs: Int32Array): number {
    return runBatch(arena, jobs, SEAL_GROWTH, (out, plain, nonce, key) => {
      out.set(this.#sodium.crypto_secretbox_easy(plain, nonce, key))
      return true
    })
  }

  openBatch(arena: Uint8Array, jobs: Int32Array): number {
    return runBatch(arena, jobs, OPEN_GROWTH, (out, sealed, nonce, key) => this.#open(out, sealed, nonce, key))
  }

  #open(out: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean {
    try {
      out.set(this.#sodium.crypto_secretbox_open_easy(sealed, nonce, key))
      return true
    } catch {
      return false
    }
  }

  signKeyPair(): { publicKey: Uint8Array; secretKey: Uint8Array } {
    const { publicKey, privateKey } = this.#sodium.crypto_sign_keypair()
    return { publicKey, secretKey: privateKey }
  }

  signKeyPairOfSeed(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array } {
    needLength('seed', seed, SECRET_KEY_BYTES)
    const { publicKey, privateKey } = this.#sodium.crypto_sign_seed_keypair(seed)
    return { publicKey, secretKey: privateKey }
  }

  sign(message: Uint8Array, signSecretKey: Uint8Array): Uint8Array {
    needBytes('message', message)
    needLength('signSecretKey', signSecretKey, SIGN_SECRET_KEY_BYTES)
    return this.#sodium.crypto_sign_detached(message, signSecretKey)
  }

  verify(signature: Uint8Array, message: Uint8Array, signPublicKey: Uint8Array): boolean {
    needLength('signature', signature, SIGNATURE_BYTES)
    needBytes('message', message)
    needLength('signPublicKey', signPublicKey, SIGN_PUBLIC_KEY_BYTES)
    return this.#sodium.crypto_sign_verify_detached(signature, message, signPublicKey)
  }

  sha256(data: Uint8Array): Uint8Array {
    needBytes('data', data)
    return this.#sodium.crypto_hash_sha256(data)
  }

  sha512(data: Uint8Array): Uint8Array {
    needBytes('data', data)
    return this.#sodium.crypto_hash_sha512(data)
  }

  auth(message: Uint8Array, key: Uint8Array): Uint8Array {
    needBytes('message', message)
    needLength('key', key, 32)
    return this.#sodium.crypto_auth(message, key)
  }

  passwordKey(passphrase: Uint8Array, salt: Uint8Array): SharedKey {
    needBytes('passphrase', passphrase)
    needLength('salt', salt, PASSWORD_SALT_BYTES)
    const hash = this.sha256(passphrase)
    const key = this.#sodium.crypto_pwhash_scryptsalsa208sha256(
      SHARED_KEY_BYTES,
      hash,
      salt,
      PASSWORD_OPSLIMIT,
      PASSWORD_MEMLIMIT_BYTES,
    )
    this.wipe(hash)
    return key as SharedKey
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    needBytes('a', a)
    needBytes('b', b)
    return a.length === b.length && this.#sodium.memcmp(a, b)
  }

  wipe(secret: Uint8Array): void {
    needBytes('secret', secret)
    this.#sodium.memzero(secret)
  }
}
