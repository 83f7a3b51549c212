// Numbers, flags and byte strings. The network speaks big endian; savedata speaks little endian.

import type { Reader, Schema, Writer } from './schema.js'

function number(
  doc: string,
  size: number,
  get: (view: DataView, at: number) => number,
  set: (view: DataView, at: number, value: number) => void,
): Schema<number> {
  return {
    doc,
    minSize: size,
    maxSize: size,
    size: () => size,
    write(writer, value) {
      set(writer.view, writer.at, value)
      writer.at += size
    },
    read(reader) {
      const at = reader.skip(size)
      return at < 0 ? 0 : get(reader.view, at)
    },
  }
}

function bigNumber(doc: string, littleEndian: boolean): Schema<bigint> {
  return {
    doc,
    minSize: 8,
    maxSize: 8,
    size: () => 8,
    write(writer, value) {
      writer.view.setBigUint64(writer.at, value, littleEndian)
      writer.at += 8
    },
    read(reader) {
      const at = reader.skip(8)
      return at < 0 ? 0n : reader.view.getBigUint64(at, littleEndian)
    },
  }
}

export const u8 = number(
  'uint8',
  1,
  (v, at) => v.getUint8(at),
  (v, at, x) => v.setUint8(at, x),
)
export const u16 = number(
  'uint16 (big endian)',
  2,
  (v, at) => v.getUint16(at),
  (v, at, x) => v.setUint16(at, x),
)
export const u32 = number(
  'uint32 (big endian)',
  4,
  (v, at) => v.getUint32(at),
  (v, at, x) => v.setUint32(at, x),
)
export const u64 = bigNumber('uint64 (big endian)', false)
export const u16le = number(
  'uint16 (little endian)',
  2,
  (v, at) => v.getUint16(at, true),
  (v, at, x) => v.setUint16(at, x, true),
)
export const u32le = number(
  'uint32 (little endian)',
  4,
  (v, at) => v.getUint32(at, true),
  (v, at, x) => v.setUint32(at, x, true),
)
export const u64le = bigNumber('uint64 (little endian)', true)

/** One byte that is 0 or 1; anything else is malformed. */
export const flag: Schema<boolean> = {
  doc: 'bool',
  minSize: 1,
  maxSize: 1,
  size: () => 1,
  write(writer, value) {
    writer.bytes[writer.at++] = value ? 1 : 0
  },
  read(reader) {
    const at = reader.skip(1)
    const byte = at < 0 ? 0 : reader.bytes[at]!
    if (byte > 1) reader.fail()
    return byte === 1
  },
}

/** A byte that must have this value, such as a packet kind. */
export function literal<const N extends number>(value: N, name?: string): Schema<N> {
  const hex = `0x${value.toString(16).padStart(2, '0')}`
  return {
    doc: name === undefined ? `uint8, ${hex}` : `uint8, ${hex} (${name})`,
    minSize: 1,
    maxSize: 1,
    size: () => 1,
    write(writer) {
      writer.bytes[writer.at++] = value
    },
    read(reader) {
      const at = reader.skip(1)
      if (at >= 0 && reader.bytes[at] !== value) reader.fail()
      return value
    },
  }
}

function writeBytes(writer: Writer, value: Uint8Array): void {
  writer.bytes.set(value, writer.at)
  writer.at += value.length
}

// Two signatures, for one alone would let the compiler infer `never` from the place where unbranded bytes stand.
/** Exactly `length` bytes, copied when decoded. `B` brands them: `bytes<DhtPublicKey>(32)`. */
export function bytes(length: number, doc?: string): Schema<Uint8Array>
export function bytes<B extends Uint8Array>(length: number, doc?: string): Schema<B>
export function bytes<B extends Uint8Array = Uint8Array>(length: number, doc = `bytes[${length}]`): Schema<B> {
  return {
    doc,
    minSize: length,
    maxSize: length,
    size: () => length,
    write(writer, value) {
      if (value.length !== length) throw new RangeError(`${doc}: got ${value.length} bytes, want ${length}`)
      writeBytes(writer, value)
    },
    read(reader) {
      const at = reader.skip(length)
      return (at < 0 ? EMPTY : reader.bytes.slice(at, at + length)) as B
    },
  }
}

/** All bytes to the end, at least `min` and at most `max`: a view into the input. */
export function rest(min = 0, max = Number.POSITIVE_INFINITY, doc = restDoc(min, max)): Schema<Uint8Array> {
  return {
    doc,
    minSize: min,
    maxSize: max,
    size: (value) => value.length,
    write(writer, value) {
      if (value.length < min || value.length > max) throw new RangeError(`${doc}: got ${value.length} bytes`)
      writeBytes(writer, value)
    },
    read(reader) {
      const length = reader.left
      if (length < min || length > max) reader.fail()
      const at = reader.skip(length)
      return at < 0 ? EMPTY : reader.bytes.subarray(at, at + length)
    },
  }
}

function restDoc(min: number, max: number): string {
  return max === Number.POSITIVE_INFINITY ? `bytes[${min}..]` : `bytes[${min}..${max}]`
}

/** A length (by `prefix`), then so many bytes, at most `max`: a view into the input. */
export function sized(prefix: Schema<number>, max: number): Schema<Uint8Array> {
  return {
    doc: `length as ${prefix.doc}, then bytes[0..${max}]`,
    minSize: prefix.minSize,
    maxSize: prefix.maxSize + max,
    size: (value) => prefix.maxSize + value.length,
    write(writer, value) {
      if (value.length > max) throw new RangeError(`sized bytes: got ${value.length} bytes, at most ${max}`)
      prefix.write(writer, value.length)
      writeBytes(writer, value)
    },
    read(reader: Reader) {
      const length = prefix.read(reader)
      if (length > max) reader.fail()
      const at = reader.skip(length)
      return at < 0 ? EMPTY : reader.bytes.subarray(at, at + length)
    },
  }
}

const EMPTY = new Uint8Array(0)
