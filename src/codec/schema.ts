// Packet formats as values: a schema is declared once; encoder, decoder, TypeScript type and documentation follow from it.
// Decoding never throws (a throw costs 60 times a returned `undefined`): the reader fails stickily and says so at the end.

/** One wire format for values of type `T`. Sizes are in bytes. */
export interface Schema<T> {
  /** How `doc/wire.md` shows the type of this field: `'uint16 (big endian)'`. */
  readonly doc: string
  /** Fields, for structs: `doc/wire.md` prints them as rows. */
  readonly fields?: readonly (readonly [name: string, schema: Schema<unknown>])[]
  /** The least and most bytes that a value takes (`Infinity` when only the datagram bounds it). */
  readonly minSize: number
  readonly maxSize: number
  /** Bytes that `value` takes. */
  size(value: T): number
  write(writer: Writer, value: T): void
  /** Reads a value; after `reader.fail()` the returned value is meaningless and the caller drops it. */
  read(reader: Reader): T
}

/** The TypeScript type of a schema's values. */
export type Of<S> = S extends Schema<infer T> ? T : never

/** Writes forward into a buffer that is known to be large enough. */
export class Writer {
  at = 0
  readonly view: DataView
  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

/** Reads forward; the first failure sticks. */
export class Reader {
  at = 0
  failed = false
  readonly view: DataView
  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.bytes.length - this.at
  }

  /** Marks the input as malformed. */
  fail(): void {
    this.failed = true
  }

  /** Advances by `count` and returns the old position; fails, returning -1, when too little is left. */
  skip(count: number): number {
    const at = this.at
    if (this.failed || count > this.bytes.length - at) {
      this.failed = true
      return -1
    }
    this.at = at + count
    return at
  }
}

/** `value` in a new array. */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  const bytes = new Uint8Array(schema.size(value))
  schema.write(new Writer(bytes), value)
  return bytes
}

/** Writes `value` at the start of `target` and returns its size. Throws RangeError when it does not fit: our own mistake. */
export function encodeInto<T>(schema: Schema<T>, value: T, target: Uint8Array): number {
  const writer = new Writer(target)
  schema.write(writer, value)
  return writer.at
}

/**
 * The value that `bytes` hold, or `undefined` when they are too short, malformed, or have trailing bytes.
 * Fixed-size byte fields are copied; fields of varying length (`rest`, `sized`) are views that live as long as `bytes`.
 */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array): T | undefined {
  if (bytes.length < schema.minSize || bytes.length > schema.maxSize) return undefined
  const reader = new Reader(bytes)
  const value = schema.read(reader)
  return reader.failed || reader.at !== bytes.length ? undefined : value
}

/** As `decode`, but trailing bytes are allowed; also tells where the value ended. */
export function decodePrefix<T>(schema: Schema<T>, bytes: Uint8Array): { value: T; size: number } | undefined {
  const reader = new Reader(bytes)
  const value = schema.read(reader)
  return reader.failed ? undefined : { value, size: reader.at }
}
