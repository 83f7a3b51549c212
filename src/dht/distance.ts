// The XOR metric: the distance of two keys is their XOR, read as a big-endian number. Spec: DHT, Distance.

import { PUBLIC_KEY_BYTES } from '../crypto/keys.js'

/** The first 32 bits of a key as a signed number: what the packed searches compare. */
export function headOf(key: Uint8Array): number {
  return (key[0]! << 24) | (key[1]! << 16) | (key[2]! << 8) | key[3]!
}

/** XOR a head with this and the key's head, and signed comparison orders by distance. */
export function targetHead(key: Uint8Array): number {
  return headOf(key) ^ 0x80000000
}

/** Negative, zero or positive as `a` is closer to `base` than `b`, equally far, or farther. */
export function compareDistance(base: Uint8Array, a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < PUBLIC_KEY_BYTES; i++) {
    const difference = (base[i]! ^ a[i]!) - (base[i]! ^ b[i]!)
    if (difference !== 0) return difference
  }
  return 0
}

/** How many leading bits two keys share: 0 to 256. */
export function sharedPrefixBits(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < PUBLIC_KEY_BYTES; i++) {
    const difference = a[i]! ^ b[i]!
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24
  }
  return 8 * PUBLIC_KEY_BYTES
}
