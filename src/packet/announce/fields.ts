// Fields that the packets of DHT announcements share. Facts as c-toxcore's announce.c; the spec describes another design.

import { bytes, type Schema } from '../../codec/index.js'
import { type EphemeralPublicKey, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'

/** SHA-256 of what is stored, or of a whole search answer. */
export const HASH_BYTES = 32
/** The most that can be stored under one key (c-toxcore: MAX_ANNOUNCEMENT_SIZE). */
export const ANNOUNCEMENT_MAX_BYTES = 512
/** The request id at the end of every plain text. */
export const REQUEST_ID_BYTES = 8

/** The key under which something is stored: made for this announcement alone. */
export const dataPublicKey = bytes<EphemeralPublicKey>(PUBLIC_KEY_BYTES)
export const hash = bytes(HASH_BYTES)

/** A field that is there when more than the last `after` bytes are left. */
export function ifMoreThan<T>(after: number, inner: Schema<T>): Schema<T | undefined> {
  return {
    doc: `nothing, or: ${inner.doc}`,
    minSize: 0,
    maxSize: inner.maxSize,
    size: (value) => (value === undefined ? 0 : inner.size(value)),
    write(writer, value) {
      if (value !== undefined) inner.write(writer, value)
    },
    read: (reader) => (reader.left > after ? inner.read(reader) : undefined),
  }
}

/** A byte that is 0, or 1 with the field behind it. */
export function flagged<T>(inner: Schema<T>): Schema<T | undefined> {
  return {
    doc: `uint8: 0 no, 1 yes and then ${inner.doc}`,
    minSize: 1,
    maxSize: 1 + inner.maxSize,
    size: (value) => 1 + (value === undefined ? 0 : inner.size(value)),
    write(writer, value) {
      writer.bytes[writer.at++] = value === undefined ? 0 : 1
      if (value !== undefined) inner.write(writer, value)
    },
    read(reader) {
      const at = reader.skip(1)
      const byte = at < 0 ? 0 : reader.bytes[at]!
      if (byte > 1) reader.fail()
      return byte === 1 ? inner.read(reader) : undefined
    },
  }
}
