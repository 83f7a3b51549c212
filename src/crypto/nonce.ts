// Nonces: 24 bytes, never used twice with one key (spec: Crypto, Nonce).

import type { Crypto } from './crypto.js'
import { NONCE_BYTES, type Nonce } from './keys.js'

/** A fresh random nonce: with 192 bits two equal ones do not happen. */
export function randomNonce(crypto: Pick<Crypto, 'randomFill'>): Nonce {
  const nonce = new Uint8Array(NONCE_BYTES)
  crypto.randomFill(nonce)
  return nonce as Nonce
}

/**
 * Adds `by` (an integer in [0, 2^32)) to `nonce` in place, as one big-endian number that wraps around at 2^192.
 * All 24 bytes are visited whatever the carry, so the time tells nothing about the counter.
 */
export function incrementNonce(nonce: Uint8Array, by = 1): void {
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`nonce must be ${NONCE_BYTES} bytes, not ${nonce.length}`)
  if (!(Number.isInteger(by) && by >= 0 && by < 2 ** 32)) throw new RangeError('by must be an integer in [0, 2^32)')
  let carry = by
  for (let i = NONCE_BYTES - 1; i >= 0 && carry > 0; i--) {
    carry += nonce[i]!
    nonce[i] = carry & 0xff
    // Division, not a shift: the sum of 2^32 - 1 and a byte does not fit 32 bits.
    carry = Math.floor(carry / 0x100)
  }
}
