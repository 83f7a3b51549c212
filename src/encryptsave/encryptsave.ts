// Profiles (or any file) under a passphrase, readable by every Tox client. Spec: none; the format is c-toxcore's toxencryptsave:
// "toxEsave", salt[32], nonce[24], then an XSalsa20-Poly1305 box (tag[16], cipher text).
// The key is scrypt over SHA-256 of the passphrase, which makes each guess of a stolen file cost about 100 ms and 16 MiB.
// Nothing in the file is authenticated before the box is opened, and nothing of it is used before that but salt and nonce.

import { concatBytes, fail, ok, type Result, sameBytes, toUtf8 } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { MAC_BYTES, NONCE_BYTES, type SharedKey } from '../crypto/keys.js'

/** Stands at the start of every encrypted file. */
export const ENCRYPTED_MAGIC = toUtf8('toxEsave')
export const SALT_BYTES = 32
/** How much longer the encrypted file is: 80 bytes. */
export const ENCRYPTION_OVERHEAD_BYTES = ENCRYPTED_MAGIC.length + SALT_BYTES + NONCE_BYTES + MAC_BYTES

const SALT_AT = ENCRYPTED_MAGIC.length
const NONCE_AT = SALT_AT + SALT_BYTES
const BOX_AT = NONCE_AT + NONCE_BYTES

/** `TOX_ERR_DECRYPTION_INVALID_LENGTH`, `_BAD_FORMAT`, and `_FAILED`: a wrong passphrase or a damaged file, never told apart. */
export type DecryptError = 'invalid-length' | 'bad-format' | 'failed'

/** Whether these bytes begin as an encrypted file does. Says nothing about the passphrase. */
export function isEncrypted(bytes: Uint8Array): boolean {
  return sameBytes(bytes.subarray(0, ENCRYPTED_MAGIC.length), ENCRYPTED_MAGIC)
}

/** The salt (32 bytes) of an encrypted file, which with the passphrase gives its key; `undefined` when it is no such file. */
export function saltOf(encrypted: Uint8Array): Uint8Array | undefined {
  if (!isEncrypted(encrypted) || encrypted.length < NONCE_AT) return undefined
  return Uint8Array.from(encrypted.subarray(SALT_AT, NONCE_AT))
}

/**
 * A key made once (100 ms) and used for many files: a client that saves every minute keeps it instead of the passphrase.
 * Never show it, and `wipe` it when the profile is closed.
 */
export class PassKey {
  readonly #crypto: Crypto
  readonly #key: SharedKey
  readonly #salt: Uint8Array
  #wiped = false

  /** @internal Made by `deriveKey`. */
  constructor(crypto: Crypto, key: SharedKey, salt: Uint8Array) {
    this.#crypto = crypto
    this.#key = key
    this.#salt = salt
  }

  /** A copy of the salt: 32 bytes, public, stored in every file that this key encrypts. */
  get salt(): Uint8Array {
    return this.#salt.slice()
  }

  /** The encrypted file of `plain`: 80 bytes longer, with a fresh nonce each time. */
  encrypt(plain: Uint8Array): Uint8Array {
    this.#check()
    const nonce = new Uint8Array(NONCE_BYTES)
    this.#crypto.randomFill(nonce)
    const file = concatBytes(ENCRYPTED_MAGIC, this.#salt, nonce, new Uint8Array(MAC_BYTES + plain.length))
    this.#crypto.seal(file.subarray(BOX_AT), plain, nonce, this.#key)
    return file
  }

  /** What `encrypt` was given. The file's salt is not compared: a key of another salt fails as a wrong passphrase does. */
  decrypt(encrypted: Uint8Array): Result<Uint8Array, DecryptError> {
    this.#check()
    const error = malformed(encrypted)
    if (error !== undefined) return fail(error)
    const plain = new Uint8Array(encrypted.length - ENCRYPTION_OVERHEAD_BYTES)
    const opened = this.#crypto.open(plain, encrypted.subarray(BOX_AT), encrypted.subarray(NONCE_AT, BOX_AT), this.#key)
    return opened ? ok(plain) : fail('failed')
  }

  /** Overwrites the key; using it afterwards throws. */
  wipe(): void {
    this.#crypto.wipe(this.#key)
    this.#wiped = true
  }

  /** Says nothing of the key. */
  toString(): string {
    return 'PassKey(hidden)'
  }

  toJSON(): string {
    return this.toString()
  }

  #check(): void {
    if (this.#wiped) throw new Error('this PassKey has been wiped')
  }
}

/**
 * The key of a passphrase (text, or bytes as they are; may be empty) and a salt: a fresh one, or that of a file to be
 * opened (`saltOf`). Takes about 100 ms. Throws RangeError for a salt of another size than 32 bytes.
 */
export function deriveKey(crypto: Crypto, passphrase: string | Uint8Array, salt?: Uint8Array): PassKey {
  const chosen = new Uint8Array(SALT_BYTES)
  if (salt === undefined) crypto.randomFill(chosen)
  else if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes, not ${salt.length}`)
  else chosen.set(salt)
  const phrase = typeof passphrase === 'string' ? toUtf8(passphrase) : passphrase
  const key = crypto.passwordKey(phrase, chosen)
  if (phrase !== passphrase) crypto.wipe(phrase)
  return new PassKey(crypto, key, chosen)
}

/** The encrypted file of `plain` under a passphrase, with a fresh salt and nonce. Takes about 100 ms. */
export function encrypt(crypto: Crypto, passphrase: string | Uint8Array, plain: Uint8Array): Uint8Array {
  return withKey(deriveKey(crypto, passphrase), (key) => key.encrypt(plain))
}

/** What was encrypted under this passphrase, by us or by c-toxcore. Takes about 100 ms unless the file is malformed. */
export function decrypt(
  crypto: Crypto,
  passphrase: string | Uint8Array,
  encrypted: Uint8Array,
): Result<Uint8Array, DecryptError> {
  const error = malformed(encrypted)
  if (error !== undefined) return fail(error)
  return withKey(deriveKey(crypto, passphrase, saltOf(encrypted)), (key) => key.decrypt(encrypted))
}

/** In c-toxcore's order: nothing encrypted is as short as the overhead, for nothing empty is ever encrypted. */
function malformed(encrypted: Uint8Array): 'invalid-length' | 'bad-format' | undefined {
  if (encrypted.length <= ENCRYPTION_OVERHEAD_BYTES) return 'invalid-length'
  return isEncrypted(encrypted) ? undefined : 'bad-format'
}

function withKey<T>(key: PassKey, use: (key: PassKey) => T): T {
  try {
    return use(key)
  } finally {
    key.wipe()
  }
}
