// Ping ids: proof that who announces itself receives answers where its request came from, without remembering anything about
// who only asked. Spec: Onion.

import type { Clock, Endpoint, Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { AnyPublicKey } from '../crypto/keys.js'

/** A ping id is good in its window and the next: for 300 to 600 seconds. */
export const PING_ID_WINDOW_MS: Millis = 300 * 1000

/** Makes and checks ping ids under a secret of this run. */
export class PingIds {
  readonly #secret: Uint8Array

  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
  ) {
    this.#secret = new Uint8Array(32)
    crypto.randomFill(this.#secret)
  }

  /** The ping id of the asking key at the return address `from` (the path's exit), for this window. 32 bytes. */
  of(publicKey: AnyPublicKey, from: Endpoint): Uint8Array {
    return this.#of(publicKey, from, this.#window())
  }

  /** Whether `pingId` is the one of this window or of the one before. */
  isGood(pingId: Uint8Array, publicKey: AnyPublicKey, from: Endpoint): boolean {
    const window = this.#window()
    const { crypto } = this
    return (
      crypto.equal(pingId, this.#of(publicKey, from, window)) ||
      crypto.equal(pingId, this.#of(publicKey, from, window - 1))
    )
  }

  wipe(): void {
    this.crypto.wipe(this.#secret)
  }

  #window(): number {
    return Math.floor(this.clock.now() / PING_ID_WINDOW_MS)
  }

  #of(publicKey: AnyPublicKey, from: Endpoint, window: number): Uint8Array {
    const { address, port } = from
    const message = new Uint8Array(8 + 32 + address.length + 2)
    const view = new DataView(message.buffer)
    view.setFloat64(0, window)
    message.set(publicKey, 8)
    message.set(address, 40)
    view.setUint16(40 + address.length, port)
    return this.crypto.auth(message, this.#secret)
  }
}
