// Makes and judges cookies. Spec: Net crypto, Cookies. A cookie is sealed with a secret of this run, so strangers cost no
// memory; it is bound to both keys of its bearer and lives 15 s.

import type { Clock } from '../base/index.js'
import { decode, encode, encodeInto } from '../codec/index.js'
import { type Crypto, NONCE_BYTES, SHARED_KEY_BYTES, type SharedKey } from '../crypto/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/keys.js'
import { MAC_BYTES } from '../crypto/keys.js'
import { COOKIE_BYTES, Cookie, CookieContents } from '../packet/net-crypto/index.js'

/** c-toxcore: COOKIE_TIMEOUT. */
export const COOKIE_LIFETIME_SECONDS = 15

/** Whom a cookie was made for. */
export interface CookieBearer {
  readonly longTermPublicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
}

export class CookieJar {
  readonly #crypto: Crypto
  readonly #clock: Clock
  readonly #key: SharedKey
  readonly #plain = new Uint8Array(COOKIE_BYTES - NONCE_BYTES - MAC_BYTES)

  constructor(crypto: Crypto, clock: Clock) {
    this.#crypto = crypto
    this.#clock = clock
    this.#key = new Uint8Array(SHARED_KEY_BYTES) as SharedKey
    crypto.randomFill(this.#key)
  }

  /** A fresh cookie of 112 bytes for the holder of these keys. */
  make(bearer: CookieBearer): Uint8Array {
    const madeAtSeconds = BigInt(this.#nowSeconds())
    encodeInto(CookieContents, { madeAtSeconds, ...bearer }, this.#plain)
    const nonce = new Uint8Array(NONCE_BYTES)
    this.#crypto.randomFill(nonce)
    const sealed = new Uint8Array(this.#plain.length + MAC_BYTES)
    this.#crypto.seal(sealed, this.#plain, nonce, this.#key)
    return encode(Cookie, { nonce, sealed })
  }

  /** Whom `cookie` was made for; `undefined` when it is not ours or older than 15 s. */
  open(cookie: Uint8Array): CookieBearer | undefined {
    const outer = decode(Cookie, cookie)
    if (outer === undefined || !this.#crypto.open(this.#plain, outer.sealed, outer.nonce, this.#key)) return undefined
    const contents = decode(CookieContents, this.#plain)
    if (contents === undefined) return undefined
    const age = this.#nowSeconds() - Number(contents.madeAtSeconds)
    return age < 0 || age > COOKIE_LIFETIME_SECONDS ? undefined : contents
  }

  /** Overwrites the secret: every cookie of this jar is void. */
  wipe(): void {
    this.#crypto.wipe(this.#key)
    this.#crypto.randomFill(this.#key)
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000)
  }
}
