// Nearest-node selection: one table over the portable code and its native twin.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { loadAddon, whyNoAddon } from '../../src/addon/index.js'
import { type NearestIndices, nearestIndices } from '../../src/base/index.js'

const KEY_BYTES = 32
const addon = loadAddon()
const twins: readonly (readonly [string, NearestIndices | undefined])[] = [
  ['portable', nearestIndices],
  ['native', addon?.nodes.nearestIndices],
]

const distance = (a: Uint8Array, b: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(a.map((byte, i) => byte ^ b[i]!)).toString('hex')}`)

/** What must come out, by big integers. */
function model(target: Uint8Array, keys: readonly Uint8Array[], howMany: number): number[] {
  return keys
    .map((key, index) => ({ index, distance: distance(target, key) }))
    .sort((a, b) => (a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : a.index - b.index))
    .slice(0, howMany)
    .map(({ index }) => index)
}

function run(nearest: NearestIndices, target: Uint8Array, keys: readonly Uint8Array[], howMany: number): number[] {
  const packed = new Uint8Array(KEY_BYTES * keys.length)
  for (const [i, key] of keys.entries()) packed.set(key, KEY_BYTES * i)
  const out = new Int32Array(howMany + 2).fill(-7)
  const written = nearest(target, packed, keys.length, howMany, out)
  assert.ok(
    out.subarray(written).every((index) => index === -7),
    'nothing is written past the last index',
  )
  return [...out.subarray(0, written)]
}

/** Keys with long common prefixes too: random ones differ in their first byte and prove little. */
const key = fc.oneof(
  fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES }),
  fc.tuple(fc.nat({ max: KEY_BYTES - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => {
    const bytes = new Uint8Array(KEY_BYTES)
    bytes[at] = byte
    return bytes
  }),
)

for (const [name, nearest] of twins) {
  describe(`nearest nodes, ${name}`, () => {
    if (nearest === undefined) {
      it.skip(`the addon is missing: ${whyNoAddon()}`)
      return
    }

    it('puts the nearest first, equal keys in their order', () => {
      const target = new Uint8Array(KEY_BYTES)
      const keys = [0x80, 0x01, 0x02, 0x01, 0x00, 0xff].map((byte) => new Uint8Array(KEY_BYTES).fill(byte))
      assert.deepEqual(run(nearest, target, keys, 4), [4, 1, 3, 2])
      assert.deepEqual(run(nearest, new Uint8Array(KEY_BYTES).fill(0xff), keys, 6), [5, 0, 2, 1, 3, 4])
      assert.deepEqual(run(nearest, target, keys, 0), [])
      assert.deepEqual(run(nearest, target, [], 4), [])
    })

    it('agrees with big integers', () => {
      fc.assert(
        fc.property(key, fc.array(key, { maxLength: 60 }), fc.nat({ max: 70 }), (target, keys, howMany) => {
          assert.deepEqual(run(nearest, target, keys, howMany), model(target, keys, howMany))
        }),
        { numRuns: 200 },
      )
    })

    it('selects from thousands and sorts thousands', () => {
      const keys = Array.from({ length: 3_000 }, (_, i) =>
        Uint8Array.from(
          createHash('sha256')
            .update(`${i % 2_900}`)
            .digest(),
        ),
      )
      const target = Uint8Array.from(createHash('sha256').update('target').digest())
      for (const howMany of [1, 4, 8, 16, 17, 3_000]) {
        assert.deepEqual(run(nearest, target, keys, howMany), model(target, keys, howMany))
      }
    })

    it('refuses wrong arguments by name', () => {
      const good = [new Uint8Array(32), new Uint8Array(64), 2, 2, new Int32Array(2)] as const
      const call = (at: number, wrong: unknown): number => {
        const args: unknown[] = [...good]
        args[at] = wrong
        return nearest(...(args as unknown as Parameters<NearestIndices>))
      }
      const table: readonly (readonly [number, unknown, 'TypeError' | 'RangeError', RegExp])[] = [
        [0, undefined, 'TypeError', /^target must be a Uint8Array/],
        [0, 'x'.repeat(32), 'TypeError', /^target must be a Uint8Array/],
        [0, new Uint8Array(31), 'RangeError', /^target must be 32 bytes, not 31/],
        [1, new Int8Array(64), 'TypeError', /^packedKeys must be a Uint8Array/],
        [2, 3, 'RangeError', /^count must be an integer in \[0, 2\]/],
        [2, -1, 'RangeError', /^count must be/],
        [2, 0.5, 'RangeError', /^count must be/],
        [2, Number.NaN, 'RangeError', /^count must be/],
        [2, '1', 'TypeError', /^count must be a number/],
        [2, 1n, 'TypeError', /^count must be a number/],
        [3, 3, 'RangeError', /^howMany must be an integer in \[0, 2\]/],
        [3, Number.POSITIVE_INFINITY, 'RangeError', /^howMany must be/],
        [3, null, 'TypeError', /^howMany must be a number/],
        [4, new Uint32Array(2), 'TypeError', /^out must be an Int32Array/],
        [4, [0, 0], 'TypeError', /^out must be an Int32Array/],
      ]
      assert.equal(call(0, good[0]), 2)
      for (const [at, wrong, name, message] of table) {
        assert.throws(() => call(at, wrong), { name, message }, `argument ${at}: ${String(wrong)}`)
      }
    })
  })
}
