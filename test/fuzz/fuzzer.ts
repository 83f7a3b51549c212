// A small seeded fuzzer of schemas: inputs that decode are kept and mutated further, so that it learns the formats by
// itself. Equal seeds give equal runs; a failure names its seed, its schema and its bytes.

import assert from 'node:assert/strict'
import type { Random } from '../../src/base/index.js'
import { toHex } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import type { NamedSchema } from './schemas.js'

/** Inputs kept for each schema; a newer one replaces a random older one. */
const POOL_MAX = 64
/** No datagram or stream frame of the protocol is longer. */
const LENGTH_MAX = 2048

const INTERESTING = [0, 1, 2, 4, 10, 0x7f, 0x80, 0x81, 0xfe, 0xff]

/**
 * Judges one input: decoding must not throw nor write to its input, and what it accepts must encode and decode to the
 * same. Returns whether the input was accepted.
 */
export function judge({ name, schema }: NamedSchema, bytes: Uint8Array): boolean {
  const before = bytes.slice()
  try {
    const value = decode(schema, bytes)
    if (value === undefined) return false
    const again = encode(schema, value)
    assert.deepEqual(decode(schema, again), value, 'what was decoded does not survive encoding')
    for (let i = 0; i < before.length; i++) if (before[i] !== bytes[i]) assert.fail('decoding wrote to its input')
    return true
  } catch (error) {
    throw new Error(`${name} on ${toHex(before)}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export interface FuzzReport {
  cases: number
  /** How many inputs each schema accepted. */
  accepted: Map<string, number>
}

/** Runs `cases` inputs in all over the schemas; throws at the first that breaks a law. */
export function fuzz(schemas: readonly NamedSchema[], cases: number, seed: number): FuzzReport {
  const random = dice(seed)
  const pools = schemas.map(() => [] as Uint8Array[])
  const accepted = new Map(schemas.map(({ name }) => [name, 0]))
  for (let i = 0; i < cases; i++) {
    const at = i % schemas.length
    const named = schemas[at]!
    const pool = pools[at]!
    const bytes = pool.length > 0 && random.uniform(8) > 0 ? mutant(random, pools, pool) : stranger(random, named)
    let taken: boolean
    try {
      taken = judge(named, bytes)
    } catch (error) {
      throw new Error(`seed ${seed}, case ${i}: ${error instanceof Error ? error.message : String(error)}`)
    }
    if (!taken) continue
    accepted.set(named.name, accepted.get(named.name)! + 1)
    if (pool.length < POOL_MAX) pool.push(bytes)
    else pool[random.uniform(POOL_MAX)] = bytes
  }
  return { cases, accepted }
}

/** mulberry32: small, fast, and its neighbouring draws do not follow each other, on which reaching a kind byte depends. */
function dice(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return (x ^ (x >>> 14)) >>> 0
  }
  const fill = (target: Uint8Array): void => {
    for (let i = 0; i < target.length; i++) target[i] = next()
  }
  return {
    fill,
    bytes: (length) => {
      const bytes = new Uint8Array(length)
      fill(bytes)
      return bytes
    },
    uniform: (limit) => Math.floor((next() / 2 ** 32) * limit),
  }
}

/** Random bytes of a length that the schema might take, often with a small first byte or zeros. */
function stranger(random: Random, { schema }: NamedSchema): Uint8Array {
  const most = Math.min(schema.maxSize, LENGTH_MAX)
  const least = Math.min(schema.minSize, most)
  const length = Math.max(
    0,
    least + random.uniform(most - least + 1) + (random.uniform(8) === 0 ? 1 - random.uniform(3) : 0),
  )
  const bytes = random.uniform(4) === 0 ? new Uint8Array(length) : random.bytes(length)
  if (length > 0)
    bytes[0] = random.uniform(2) === 0 ? random.uniform(256) : INTERESTING[random.uniform(INTERESTING.length)]!
  return bytes
}

function mutant(random: Random, pools: readonly Uint8Array[][], pool: readonly Uint8Array[]): Uint8Array {
  let bytes: Uint8Array = pool[random.uniform(pool.length)]!.slice()
  for (let n = 1 + random.uniform(3); n > 0; n--) bytes = mutate(random, pools, bytes)
  return bytes
}

function mutate(random: Random, pools: readonly Uint8Array[][], bytes: Uint8Array): Uint8Array {
  const at = random.uniform(bytes.length + 1)
  switch (random.uniform(7)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << random.uniform(8)
      return bytes
    case 1:
      if (at < bytes.length) bytes[at] = INTERESTING[random.uniform(INTERESTING.length)]!
      return bytes
    case 2:
      if (at < bytes.length) bytes[at]! += random.uniform(2) === 0 ? 1 : 255
      return bytes
    case 3:
      return bytes.slice(0, at)
    case 4:
      return joined(bytes, random.bytes(1 + random.uniform(40)))
    case 5: {
      // A part of itself once more: what repeats in a list.
      const part = bytes.slice(at, at + 1 + random.uniform(64))
      return joined(joined(bytes.slice(0, at), part), bytes.slice(at))
    }
    default: {
      const other = pools[random.uniform(pools.length)]!
      const tail = other[random.uniform(Math.max(1, other.length))] ?? bytes
      return joined(bytes.slice(0, at), tail.slice(random.uniform(tail.length + 1)))
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.min(a.length + b.length, LENGTH_MAX))
  all.set(a.subarray(0, all.length))
  all.set(b.subarray(0, all.length - Math.min(a.length, all.length)), Math.min(a.length, all.length))
  return all
}
