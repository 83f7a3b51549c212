// Schemas made of schemas.

import type { Of, Reader, Schema } from './schema.js'

// biome-ignore lint/complexity/noBannedTypes: an empty struct is a value too
type Fields = { readonly [name: string]: Schema<never> } | {}
type StructOf<F> = { readonly [Name in keyof F]: Of<F[Name]> }

/** Fields behind one another, in the order of declaration. */
export function struct<const F extends Fields>(fields: F, doc = 'struct'): Schema<StructOf<F>> {
  const list = Object.entries(fields) as [string, Schema<unknown>][]
  const fixedSize = list.every(([, schema]) => schema.minSize === schema.maxSize)
  const minSize = list.reduce((sum, [, schema]) => sum + schema.minSize, 0)
  return {
    doc,
    fields: list,
    minSize,
    maxSize: list.reduce((sum, [, schema]) => sum + schema.maxSize, 0),
    size(value) {
      if (fixedSize) return minSize
      let sum = 0
      for (const [name, schema] of list) sum += schema.size(value[name as keyof F])
      return sum
    },
    write(writer, value) {
      for (const [name, schema] of list) schema.write(writer, value[name as keyof F])
    },
    read(reader) {
      const value: Record<string, unknown> = {}
      for (const [name, schema] of list) {
        value[name] = schema.read(reader)
        if (reader.failed) break
      }
      return value as StructOf<F>
    },
  }
}

/** A count (by `prefix`), then so many items, at least `min` and at most `max`. */
export function counted<T>(prefix: Schema<number>, item: Schema<T>, max: number, min = 0): Schema<readonly T[]> {
  return {
    doc: `count as ${prefix.doc} (${min}..${max}), then so many of: ${item.doc}`,
    minSize: prefix.minSize + min * item.minSize,
    maxSize: prefix.maxSize + max * item.maxSize,
    size: (items) => prefix.maxSize + sumOfSizes(item, items),
    write(writer, items) {
      if (items.length > max || items.length < min) throw new RangeError(`counted: ${items.length} items`)
      prefix.write(writer, items.length)
      for (const one of items) item.write(writer, one)
    },
    read(reader) {
      const count = prefix.read(reader)
      if (count > max || count < min) reader.fail()
      const items: T[] = []
      while (!reader.failed && items.length < count) items.push(item.read(reader))
      return items
    },
  }
}

/** Items up to the end of the input, at least `min` and at most `max`. */
export function many<T>(item: Schema<T>, max = Number.POSITIVE_INFINITY, min = 0): Schema<readonly T[]> {
  return {
    doc: `up to the end (${min}..${max === Number.POSITIVE_INFINITY ? '' : max}): ${item.doc}`,
    minSize: min * item.minSize,
    maxSize: max * item.maxSize,
    size: (items) => sumOfSizes(item, items),
    write(writer, items) {
      if (items.length > max || items.length < min) throw new RangeError(`many: ${items.length} items`)
      for (const one of items) item.write(writer, one)
    },
    read(reader) {
      const items: T[] = []
      while (!reader.failed && reader.left > 0) {
        if (items.length === max) reader.fail()
        else items.push(item.read(reader))
      }
      if (items.length < min) reader.fail()
      return items
    },
  }
}

/** Values of another type on top of a schema. `from` returns `undefined` for values that may not be on the wire. */
export function mapped<T, U>(
  inner: Schema<T>,
  to: (value: U) => T,
  from: (value: T) => U | undefined,
  doc = inner.doc,
): Schema<U> {
  return {
    doc,
    ...(inner.fields === undefined ? {} : { fields: inner.fields }),
    minSize: inner.minSize,
    maxSize: inner.maxSize,
    size: (value) => inner.size(to(value)),
    write: (writer, value) => inner.write(writer, to(value)),
    read(reader: Reader) {
      const raw = inner.read(reader)
      if (reader.failed) return undefined as U
      const value = from(raw)
      if (value === undefined) reader.fail()
      return value as U
    },
  }
}

function sumOfSizes<T>(item: Schema<T>, items: readonly T[]): number {
  let sum = 0
  for (const one of items) sum += item.size(one)
  return sum
}
