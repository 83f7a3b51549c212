// Seals return addresses for ourselves. Only we open them, so a forged or altered one is dropped, and a packet cannot be made
// to come back through us to an address of a stranger's choice. Keys are replaced so that paths expire. Spec: Onion.

import type { Env, Millis } from '../base/index.js'
import { encode, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { MAC_BYTES, NONCE_BYTES, type SharedKey } from '../crypto/keys.js'

/** As c-toxcore (KEY_REFRESH_INTERVAL): a path that somebody recorded is of no use later. */
const KEY_LIFETIME_MS: Millis = 2 * 60 * 60 * 1000
/** The key before still opens for so long: announced return addresses are valid for 300 s and would break otherwise. */
const OLD_KEY_LIFETIME_MS: Millis = 300 * 1000

/** Seals and opens return addresses under a key of our own. */
export class ReturnSeal {
  #key: SharedKey
  #madeAtMs: Millis
  #oldKey: SharedKey | undefined

  constructor(
    private readonly env: Env,
    private readonly crypto: Crypto,
  ) {
    this.#key = this.#freshKey()
    this.#madeAtMs = env.clock.now()
  }

  /** `value` as a return address: nonce, tag and text, 40 bytes longer than `value`. */
  seal<T>(schema: Schema<T>, value: T): Uint8Array {
    this.#rotate()
    const plain = encode(schema, value)
    const out = new Uint8Array(NONCE_BYTES + MAC_BYTES + plain.length)
    const nonce = out.subarray(0, NONCE_BYTES)
    this.env.random.fill(nonce)
    this.crypto.seal(out.subarray(NONCE_BYTES), plain, nonce, this.#key)
    return out
  }

  /** What `seal` was given, encoded, or `undefined` when we did not seal it, or did too long ago. */
  open(returnPath: Uint8Array): Uint8Array | undefined {
    this.#rotate()
    const nonce = returnPath.subarray(0, NONCE_BYTES)
    const sealed = returnPath.subarray(NONCE_BYTES)
    const plain = new Uint8Array(sealed.length - MAC_BYTES)
    if (this.crypto.open(plain, sealed, nonce, this.#key)) return plain
    if (this.#oldKey !== undefined && this.crypto.open(plain, sealed, nonce, this.#oldKey)) return plain
    return undefined
  }

  wipe(): void {
    this.crypto.wipe(this.#key)
    this.#forgetOldKey()
  }

  #rotate(): void {
    const age = this.env.clock.now() - this.#madeAtMs
    if (age >= KEY_LIFETIME_MS) {
      this.#forgetOldKey()
      // After a long sleep the key is as old as a replaced one would be.
      if (age < KEY_LIFETIME_MS + OLD_KEY_LIFETIME_MS) this.#oldKey = this.#key
      else this.crypto.wipe(this.#key)
      this.#key = this.#freshKey()
      this.#madeAtMs = this.env.clock.now()
    } else if (age >= OLD_KEY_LIFETIME_MS) {
      this.#forgetOldKey()
    }
  }

  #forgetOldKey(): void {
    if (this.#oldKey !== undefined) this.crypto.wipe(this.#oldKey)
    this.#oldKey = undefined
  }

  #freshKey(): SharedKey {
    return this.env.random.bytes(32) as SharedKey
  }
}
