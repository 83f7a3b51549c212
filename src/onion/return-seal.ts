// Seals return addresses for ourselves. Only we open them, so a forged or altered one is dropped, and a packet cannot be made
// to come back through us to an address of a stranger's choice. Keys are replaced so that paths expire. Spec: Onion.
// Each key is the hash of the one before: the workers of a node begin with one key and replace it alike without a word, and
// whoever finds a key later finds none of those before it.

import type { Env, Millis } from '../base/index.js'
import { encode, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { MAC_BYTES, NONCE_BYTES, type SharedKey } from '../crypto/keys.js'

/** As c-toxcore (KEY_REFRESH_INTERVAL): a path that somebody recorded is of no use later. */
const KEY_LIFETIME_MS: Millis = 2 * 60 * 60 * 1000
/** The key before still opens for so long: announced return addresses are valid for 300 s and would break otherwise. */
const OLD_KEY_LIFETIME_MS: Millis = 300 * 1000

/** What a worker begins with, so that it and its node open what any of them sealed. Both clocks must tell the same time. */
export interface ReturnKey {
  readonly key: SharedKey
  readonly madeAtMs: Millis
}

/** Seals and opens return addresses under a key of our own. */
export class ReturnSeal {
  #key: SharedKey
  #madeAtMs: Millis
  #oldKey: SharedKey | undefined

  constructor(
    private readonly env: Env,
    private readonly crypto: Crypto,
    shared?: ReturnKey,
  ) {
    this.#key = (shared?.key.slice() ?? env.random.bytes(32)) as SharedKey
    this.#madeAtMs = shared?.madeAtMs ?? env.clock.now()
  }

  /** The key of now, for another thread. */
  get shared(): ReturnKey {
    this.#rotate()
    return { key: this.#key.slice() as SharedKey, madeAtMs: this.#madeAtMs }
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
    const nowMs = this.env.clock.now()
    while (nowMs - this.#madeAtMs >= KEY_LIFETIME_MS) {
      this.#forgetOldKey()
      this.#oldKey = this.#key
      this.#key = this.crypto.sha256(this.#oldKey) as SharedKey
      this.#madeAtMs += KEY_LIFETIME_MS
    }
    if (nowMs - this.#madeAtMs >= OLD_KEY_LIFETIME_MS) this.#forgetOldKey()
  }

  #forgetOldKey(): void {
    if (this.#oldKey !== undefined) this.crypto.wipe(this.#oldKey)
    this.#oldKey = undefined
  }
}
