// Timed authentication: a tag that shows us our own words again, so that we need not remember to whom we said them.
// Whoever shows it receives where we sent it, and nobody can make one for other words.

import type { Clock, Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { TIMED_AUTH_BYTES } from '../packet/forwarding/index.js'

/** Makes and checks tags under a secret of this run. A tag is good in its window and the next: for one to two of them. */
export class TimedAuth {
  readonly #secret: Uint8Array

  constructor(
    private readonly clock: Clock,
    private readonly crypto: Pick<Crypto, 'auth' | 'equal' | 'randomFill' | 'wipe'>,
    private readonly windowMs: Millis,
  ) {
    this.#secret = new Uint8Array(TIMED_AUTH_BYTES)
    crypto.randomFill(this.#secret)
  }

  /** The tag of `data` for this window: 32 bytes. */
  of(data: Uint8Array): Uint8Array {
    return this.#of(data, this.#window())
  }

  /** Whether `tag` is that of `data` in this window or the one before. */
  isGood(tag: Uint8Array, data: Uint8Array): boolean {
    const window = this.#window()
    return this.crypto.equal(tag, this.#of(data, window)) || this.crypto.equal(tag, this.#of(data, window - 1))
  }

  /** Overwrites the secret. */
  wipe(): void {
    this.crypto.wipe(this.#secret)
  }

  #window(): number {
    return Math.floor(this.clock.now() / this.windowMs)
  }

  #of(data: Uint8Array, window: number): Uint8Array {
    const message = new Uint8Array(8 + data.length)
    new DataView(message.buffer).setFloat64(0, window)
    message.set(data, 8)
    return this.crypto.auth(message, this.#secret)
  }
}
