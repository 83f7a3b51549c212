// Random nonces from a pool: one call to the operating system serves many packets. A nonce is no secret.

import type { Random } from '../base/index.js'
import { NONCE_BYTES } from '../crypto/keys.js'

const POOL_NONCES = 128

export class Nonces {
  readonly #pool = new Uint8Array(POOL_NONCES * NONCE_BYTES)
  #used = POOL_NONCES

  constructor(private readonly random: Random) {}

  /** Writes a fresh nonce at `target[at]`. */
  writeTo(target: Uint8Array, at: number): void {
    if (this.#used === POOL_NONCES) {
      this.random.fill(this.#pool)
      this.#used = 0
    }
    const from = this.#used++ * NONCE_BYTES
    for (let i = 0; i < NONCE_BYTES; i++) target[at + i] = this.#pool[from + i]!
  }
}
