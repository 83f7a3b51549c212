// A profile under a passphrase: opened once, and sealed again for each save with the key that was made then, for making it
// costs about 100 ms. A wrong passphrase and a damaged file look the same; whether a backup opens tells them apart.

import { toHex, toUtf8 } from '../base/index.js'
import type { Crypto } from '../crypto/index.js'
import { deriveKey, type PassKey, saltOf } from '../encryptsave/index.js'

export class ProfileSeal {
  readonly #crypto: Crypto
  readonly #passphrase: Uint8Array
  /** By salt: the file's, and where it differs its backup's. */
  readonly #keys = new Map<string, PassKey>()
  /** That of what was opened last. */
  #current: PassKey | undefined
  #isSettled = false

  constructor(crypto: Crypto, passphrase: string | Uint8Array) {
    this.#crypto = crypto
    this.#passphrase = typeof passphrase === 'string' ? toUtf8(passphrase) : Uint8Array.from(passphrase)
  }

  /** What is inside, a copy; `undefined` for bytes that are not encrypted, damaged, or sealed with another passphrase. */
  open(bytes: Uint8Array): Uint8Array | undefined {
    const salt = saltOf(bytes)
    if (salt === undefined) return undefined
    const key = this.#keyOf(salt)
    const opened = key.decrypt(bytes)
    if (!opened.ok) return undefined
    this.#current = key
    return opened.value
  }

  /** The encrypted file of `plain`, with the salt of the file that was opened last, else a fresh one. */
  seal(plain: Uint8Array): Uint8Array {
    this.#current ??= this.#keyOf()
    return this.#current.encrypt(plain)
  }

  /** Nothing more is to be opened: keeps only the key that `seal` uses, not the passphrase. */
  settle(): void {
    this.#current ??= this.#keyOf()
    this.#forget(this.#current)
  }

  /** Overwrites the passphrase and its keys; using it afterwards throws. */
  wipe(): void {
    this.#forget()
    this.#current?.wipe()
    this.#current = undefined
  }

  #forget(except?: PassKey): void {
    for (const key of this.#keys.values()) if (key !== except) key.wipe()
    this.#keys.clear()
    this.#crypto.wipe(this.#passphrase)
    this.#isSettled = true
  }

  #keyOf(salt?: Uint8Array): PassKey {
    if (this.#isSettled) throw new Error('the passphrase has been forgotten')
    const known = salt === undefined ? undefined : this.#keys.get(toHex(salt))
    if (known !== undefined) return known
    const key = deriveKey(this.#crypto, this.#passphrase, salt)
    this.#keys.set(toHex(key.salt), key)
    return key
  }
}
