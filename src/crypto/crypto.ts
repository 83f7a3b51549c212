// What every crypto backend offers. The engine is given one and never asks which.

import type { AnyPublicKey, AnySecretKey, KeyPair, Nonce, SharedKey } from './keys.js'

export type CryptoName = 'native' | 'sodium-native' | 'wasm'

/**
 * The primitives of Tox (spec: Crypto), all of libsodium/NaCl. Sizes are checked by each method: a wrong size is our own
 * mistake and throws RangeError naming the argument; a wrong key or a forged text is an answer (`false`, `undefined`).
 * Output arrays may be views into an arena; input and output of one call must not overlap.
 */
export interface Crypto {
  readonly name: CryptoName

  /** Overwrites `target` with random bytes of the operating system. */
  randomFill(target: Uint8Array): void
  /** A fresh X25519 key pair. */
  keyPair<P extends AnyPublicKey, S extends AnySecretKey>(): KeyPair<P, S>
  /** The public key of a secret key. */
  publicKeyOf<P extends AnyPublicKey>(secretKey: AnySecretKey): P
  /** crypto_box_beforenm: the shared key of a peer's public key and our secret key; `undefined` for a low-order point. */
  sharedKey(publicKey: AnyPublicKey, secretKey: AnySecretKey): SharedKey | undefined

  /** XSalsa20-Poly1305: writes tag and cipher text; `out.length` must be `plain.length + MAC_BYTES`. */
  seal(out: Uint8Array, plain: Uint8Array, nonce: Nonce | Uint8Array, key: SharedKey): void
  /** Opens into `out` (`sealed.length - MAC_BYTES`); false when forged or too short, and `out` is then unspecified. */
  open(out: Uint8Array, sealed: Uint8Array, nonce: Nonce | Uint8Array, key: SharedKey): boolean

  /**
   * Seals `jobs.length / BATCH_JOB_FIELDS` texts inside one arena in one crossing. A job is six numbers, all offsets into
   * `arena`: plain offset, plain length, nonce offset, key offset, out offset, and 0 (set to 1 when done, else 0).
   * Returns how many succeeded.
   */
  sealBatch(arena: Uint8Array, jobs: Int32Array): number
  /** As `sealBatch`, opening: plain offset and length are those of the sealed text. A failed job's flag stays 0. */
  openBatch(arena: Uint8Array, jobs: Int32Array): number

  /** A fresh Ed25519 key pair: 32 and 64 bytes. */
  signKeyPair(): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  /** The Ed25519 key pair of a 32-byte seed (RFC 8032's secret key). */
  signKeyPairOfSeed(seed: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  /** The 64-byte detached signature of `message`. */
  sign(message: Uint8Array, signSecretKey: Uint8Array): Uint8Array
  verify(signature: Uint8Array, message: Uint8Array, signPublicKey: Uint8Array): boolean

  /** SHA-256: 32 bytes. */
  sha256(data: Uint8Array): Uint8Array
  /** SHA-512: 64 bytes. */
  sha512(data: Uint8Array): Uint8Array
  /** HMAC-SHA-512/256 as crypto_auth: 32 bytes, key 32 bytes. */
  auth(message: Uint8Array, key: Uint8Array): Uint8Array
  /**
   * The password hash of toxencryptsave: scrypt over SHA-256(passphrase) and a 32-byte salt, opslimit 524,288 × 2 and
   * memlimit 16 MiB (crypto_pwhash_scryptsalsa208sha256, as c-toxcore calls it): a 32-byte key. Takes about 100 ms.
   */
  passwordKey(passphrase: Uint8Array, salt: Uint8Array): SharedKey

  /** Whether two secrets are equal, in constant time for equal lengths. */
  equal(a: Uint8Array, b: Uint8Array): boolean
  /** Overwrites a secret with zeros in a way that is not optimised away. */
  wipe(secret: Uint8Array): void
}

/** Numbers that describe one job of a batch. */
export const BATCH_JOB_FIELDS = 6
