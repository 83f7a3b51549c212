// HSalsa20 (Bernstein, "Extending the Salsa20 nonce", section 2) over a zero input: the last step of
// crypto_box_beforenm, for a libsodium binding that does not export it.

const ROUNDS = 20
/** "expand 32-byte k" as four little-endian words. */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const

/** Overwrites `out` (32 bytes) with HSalsa20 of `key` (32 bytes) and sixteen zero bytes. They may be one array. */
export function hsalsa20OfZero(out: Uint8Array, key: Uint8Array): void {
  const x = new Uint32Array(16)
  const keyView = new DataView(key.buffer, key.byteOffset, 32)
  for (let i = 0; i < 4; i++) {
    x[5 * i] = SIGMA[i]!
    x[1 + i] = keyView.getUint32(4 * i, true)
    x[11 + i] = keyView.getUint32(16 + 4 * i, true)
  }
  for (let round = 0; round < ROUNDS; round += 2) {
    quarter(x, 0, 4, 8, 12)
    quarter(x, 5, 9, 13, 1)
    quarter(x, 10, 14, 2, 6)
    quarter(x, 15, 3, 7, 11)
    quarter(x, 0, 1, 2, 3)
    quarter(x, 5, 6, 7, 4)
    quarter(x, 10, 11, 8, 9)
    quarter(x, 15, 12, 13, 14)
  }
  const outView = new DataView(out.buffer, out.byteOffset, 32)
  for (let i = 0; i < 4; i++) {
    outView.setUint32(4 * i, x[5 * i]!, true)
    outView.setUint32(16 + 4 * i, x[6 + i]!, true)
  }
  x.fill(0)
}

function quarter(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  x[b]! ^= rotate(x[a]! + x[d]!, 7)
  x[c]! ^= rotate(x[b]! + x[a]!, 9)
  x[d]! ^= rotate(x[c]! + x[b]!, 13)
  x[a]! ^= rotate(x[d]! + x[c]!, 18)
}

function rotate(sum: number, bits: number): number {
  return (sum << bits) | (sum >>> (32 - bits))
}
