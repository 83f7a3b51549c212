// The laws every wire format obeys, stated once: one call per schema.
// A stranger chooses the bytes, so decoding must answer anything with a value or `undefined`, never with an exception.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decode, encode, type Schema } from '../../src/codec/index.js'

export interface SchemaLawOptions {
  /** Whether each value has one encoding only, so that whatever decodes encodes to the same bytes again. True unless told. */
  readonly canonical?: boolean
  /** Cases of each property; long packets may want fewer. */
  readonly runs?: number
  /** Seed of the cases: equal seeds give equal runs. */
  readonly seed?: number
}

/**
 * Describes `schema` under the name `name`: round trip of the values of `arbitrary`, sizes as declared, every truncation and
 * every trailing byte refused (or, where the format has a part of varying length, decoded as another value that encodes to
 * just those bytes), single-bit flips and random bytes never throwing.
 */
export function schemaLaws<T>(
  name: string,
  schema: Schema<T>,
  arbitrary: fc.Arbitrary<T>,
  { canonical = true, runs = 50, seed = 1 }: SchemaLawOptions = {},
): void {
  const values = arbitrary.map(ordinary)
  const check = (law: (value: T, bytes: Uint8Array) => void): void =>
    fc.assert(
      fc.property(values, (value) => law(value, encode(schema, value))),
      { numRuns: runs, seed },
    )

  /** Decoding gives nothing, or a value that encodes to what was read. */
  const refusedOrFaithful = (bytes: Uint8Array): T | undefined => {
    const before = bytes.slice()
    const value = decode(schema, bytes)
    assert.deepEqual(bytes, before, 'decoding wrote to its input')
    if (value !== undefined) {
      const again = encode(schema, value)
      if (canonical) assert.deepEqual(again, before, 'decoded bytes encode to something else')
      else assert.deepEqual(decode(schema, again), value)
    }
    return value
  }

  describe(`laws of ${name}`, () => {
    it('decodes what it encodes', () => {
      check((value, bytes) => assert.deepEqual(decode(schema, bytes), value))
    })

    it('keeps the sizes that it declares', () => {
      check((value, bytes) => {
        assert.equal(bytes.length, schema.size(value))
        assert.ok(bytes.length >= schema.minSize && bytes.length <= schema.maxSize)
      })
    })

    it('reads inside its view alone, wherever the view starts', () => {
      check((value, bytes) => {
        const arena = new Uint8Array(bytes.length + 64).fill(0xa5)
        arena.set(bytes, 13)
        assert.deepEqual(decode(schema, arena.subarray(13, 13 + bytes.length)), value)
      })
    })

    it('refuses every truncation, or reads another value', () => {
      check((value, bytes) => {
        for (let length = 0; length < bytes.length; length++) {
          const cut = refusedOrFaithful(bytes.subarray(0, length))
          if (schema.minSize === schema.maxSize) assert.equal(cut, undefined, `${length} of ${bytes.length} bytes`)
          else if (cut !== undefined) assert.notDeepEqual(cut, value, `${length} of ${bytes.length} bytes`)
        }
      })
    })

    it('refuses trailing bytes, or reads another value', () => {
      check((value, bytes) => {
        for (const extra of [1, 2, 7, 32]) {
          const longer = new Uint8Array(bytes.length + extra)
          longer.set(bytes)
          const read = refusedOrFaithful(longer)
          if (schema.minSize === schema.maxSize) assert.equal(read, undefined, `${extra} trailing bytes`)
          else if (read !== undefined) assert.notDeepEqual(read, value, `${extra} trailing bytes`)
        }
      })
    })

    it('never throws on a flipped bit', () => {
      fc.assert(
        fc.property(values, fc.nat(), (value, where) => {
          const bytes = encode(schema, value)
          // All bits of the head, where lengths and kinds stand, and 64 more from a random place on.
          const bits = bytes.length * 8
          for (let i = 0; i < Math.min(bits, 192); i++) flip(bytes, i < 128 ? i : (where + i) % bits)
        }),
        { numRuns: runs, seed },
      )
    })

    it('never throws on random bytes', () => {
      const maxLength = Math.min(schema.maxSize + 16, 2048)
      const random = fc.uint8Array({ maxLength, size: 'max' })
      fc.assert(
        fc.property(random, (bytes) => void refusedOrFaithful(bytes)),
        { numRuns: 4 * runs, seed },
      )
      if (schema.minSize > maxLength) return
      const fitting = fc.uint8Array({ minLength: schema.minSize, maxLength, size: 'max' })
      fc.assert(
        fc.property(fitting, (bytes) => void refusedOrFaithful(bytes)),
        { numRuns: 4 * runs, seed },
      )
    })

    function flip(bytes: Uint8Array, bit: number): void {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      refusedOrFaithful(bytes)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  })
}

/** Arbitrary byte strings of exactly `length` bytes, branded as the schema wants them. */
export function bytesOf<B extends Uint8Array = Uint8Array>(length: number): fc.Arbitrary<B> {
  return fc.uint8Array({ minLength: length, maxLength: length }) as unknown as fc.Arbitrary<B>
}

/** Arbitrary byte strings of `min` to `max` bytes, for `rest` and `sized` fields. */
export function bytesBetween(min: number, max: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: min, maxLength: max, size: 'max' }) as unknown as fc.Arbitrary<Uint8Array>
}

/** fast-check's records have no prototype, decoded ones have: the same value, all plain objects ordinary. */
function ordinary<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(ordinary) as T
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, ordinary(field)])) as T
}
