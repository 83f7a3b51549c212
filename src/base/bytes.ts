// Byte helpers shared by every floor. Buffers are plain Uint8Arrays: the engine must also run where Buffer is not.

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0').toUpperCase(),
)

/** Upper-case hexadecimal digits of `bytes`, two a byte, as Tox IDs are written. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]!]
  return text
}

/** Bytes of a hexadecimal text of either case; `undefined` when a digit is wrong or the count is odd. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** Whether two byte strings are equal. NOT constant in time: for public data only; secrets use `Crypto.equal`. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Negative, zero or positive as `a` sorts before, with or after `b`, byte by byte, then by length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

/** One new array with all `parts` behind one another. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Whether every byte is zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false
  return true
}

/** A compact map key for bytes (Latin-1 text, one character a byte): equal bytes give equal keys. */
export function bytesKey(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[])
}

const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function toUtf8(text: string): Uint8Array {
  return utf8Encoder.encode(text)
}

/**
 * Writes the UTF-8 bytes of a text into `target` and returns them as a view; `undefined` when they do not fit. Five times as
 * fast as `toUtf8` for a message: the buffer of each new array lies outside of the JavaScript heap.
 */
export function toUtf8In(target: Uint8Array, text: string): Uint8Array | undefined {
  const { read, written } = utf8Encoder.encodeInto(text, target)
  return read === text.length ? target.subarray(0, written) : undefined
}

/** Text of UTF-8 bytes; malformed sequences from a peer become U+FFFD instead of an error. */
export function fromUtf8(bytes: Uint8Array): string {
  return utf8Decoder.decode(bytes)
}
