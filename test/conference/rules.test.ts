// The small rules of conferences by themselves: which messages are new, and who is whose neighbour.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isNeighbour, NEIGHBOURS_MAX, neighbours, ringDistance, ringPosition } from '../../src/conference/ring.js'
import { SeenLossy } from '../../src/conference/seen-lossy.js'
import { SeenMessages } from '../../src/conference/seen-messages.js'
import { ConferenceMessageKind } from '../../src/packet/conference/index.js'

const { TEXT, NAME, TITLE, PING } = ConferenceMessageKind

describe('seen messages', () => {
  const seenOf = (...numbers: number[]): SeenMessages => {
    const seen = new SeenMessages()
    for (const number of numbers) assert.equal(seen.accept(number, TEXT), true, `${number}`)
    return seen
  }

  it('takes each number once, in any order, as long as it is among the 8 greatest', () => {
    const seen = seenOf(5, 9, 6, 8, 7, 1, 2, 3)
    for (const number of [1, 2, 3, 5, 6, 7, 8, 9]) assert.equal(seen.accept(number, TEXT), false, `${number} again`)
    assert.equal(seen.accept(4, TEXT), true, 'among the greatest, for 1 falls out')
    assert.equal(seen.accept(1, TEXT), false)
    for (let number = 10; number < 18; number++) assert.equal(seen.accept(number, TEXT), true)
    assert.equal(seen.accept(9, TEXT), false, 'older than the 8 greatest')
  })

  it('counts on past 2^32, and takes what is far behind for old', () => {
    const top = 2 ** 32 - 1
    const seen = seenOf(top - 1, top, 0, 1)
    for (const number of [top - 1, top, 0, 1]) assert.equal(seen.accept(number, TEXT), false)
    assert.equal(seen.accept(2, TEXT), true)
    const full = seenOf(...Array.from({ length: 8 }, (_, i) => 2 ** 31 + i))
    assert.equal(full.accept(2 ** 31 - 1, TEXT), false, 'behind')
    assert.equal(full.accept(0, TEXT), true, '2^31 - 7 ahead')
  })

  it('takes of names and titles only newer ones', () => {
    const seen = new SeenMessages()
    assert.equal(seen.accept(10, NAME), true)
    assert.equal(seen.accept(9, NAME), false)
    assert.equal(seen.accept(8, TITLE), true)
    assert.equal(seen.accept(7, TITLE), false)
    assert.equal(seen.accept(6, PING), true)
    assert.equal(seen.accept(11, NAME), true)
  })

  it('never takes a number twice, whatever comes', () => {
    const kinds = fc.constantFrom(TEXT, NAME, TITLE, PING)
    const messages = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), kinds), { maxLength: 200 })
    fc.assert(
      fc.property(messages, (all) => {
        const seen = new SeenMessages()
        const taken = all.filter(([number, kind]) => seen.accept(number, kind)).map(([number]) => number)
        assert.equal(new Set(taken).size, taken.length)
      }),
      { numRuns: 200, seed: 1 },
    )
  })

  it('takes everything that comes in order', () => {
    const seen = new SeenMessages()
    for (let number = 1; number < 2_000; number++) assert.equal(seen.accept(number, TEXT), true)
  })
})

describe('seen lossy packets', () => {
  it('takes each number once, while it is among the last 256', () => {
    const seen = new SeenLossy()
    for (const number of [300, 299, 298, 310, 305]) {
      assert.equal(seen.accept(number), true, `${number}`)
      assert.equal(seen.accept(number), false, `${number} again`)
    }
    assert.equal(seen.accept(310 - 255), true)
    assert.equal(seen.accept(310 - 256), false, 'too old')
    assert.equal(seen.accept(310 + 256), true)
    assert.equal(seen.accept(310 + 10), true, 'between the old top and the new one')
    assert.equal(seen.accept(310), false)
  })

  it('counts on past 2^16', () => {
    const seen = new SeenLossy()
    for (let i = 0; i < 70_000; i++) assert.equal(seen.accept(i & 0xffff), true, `${i}`)
    assert.equal(seen.accept((70_000 - 10) & 0xffff), false)
  })

  it('begins with any number', () => {
    for (const first of [0, 1, 255, 256, 65_535]) {
      const seen = new SeenLossy()
      assert.equal(seen.accept(first), true)
      assert.equal(seen.accept(first), false)
      assert.equal(seen.accept((first - 1) & 0xffff), true)
      assert.equal(seen.accept((first + 1) & 0xffff), true)
    }
  })
})

describe('the ring', () => {
  const at = (ringPosition: bigint) => ({ ringPosition })
  const positions = fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 2, maxLength: 40 })

  it('goes by the first 8 bytes of a key', () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i + 1) as never
    assert.equal(ringPosition(key), 0x0102030405060708n)
    assert.equal(ringDistance(5n, 3n), 2n)
    assert.equal(ringDistance(3n, 5n), 2n ** 64n - 2n)
  })

  it('links everybody with everybody while there are few', () => {
    const others = [1n, 2n, 3n, 4n].map(at)
    assert.deepEqual(neighbours(0n, others), others)
  })

  it('links the two before and the two behind', () => {
    const others = [10n, 20n, 30n, 40n, 50n, 60n].map(at)
    const of = (own: bigint): bigint[] =>
      neighbours(own, others)
        .map(({ ringPosition: place }) => place)
        .sort((a, b) => (a < b ? -1 : 1))
    assert.deepEqual(of(35n), [20n, 30n, 40n, 50n])
    assert.deepEqual(of(5n), [10n, 20n, 50n, 60n], 'around the end')
    assert.deepEqual(of(65n), [10n, 20n, 50n, 60n])
  })

  it('is agreed upon by both ends of every link, and holds all together', () => {
    fc.assert(
      fc.property(positions, (all) => {
        const links = all.map((own) => {
          const others = all.filter((one) => one !== own).map(at)
          return new Set(neighbours(own, others).map(({ ringPosition: place }) => place))
        })
        for (const [i, linked] of links.entries()) {
          assert.ok(linked.size <= NEIGHBOURS_MAX && linked.size >= Math.min(NEIGHBOURS_MAX, all.length - 1))
          for (const other of linked) assert.ok(links[all.indexOf(other)]!.has(all[i]!), 'both ends')
        }
        const reached = new Set([all[0]!])
        for (const one of reached) for (const other of links[all.indexOf(one)]!) reached.add(other)
        assert.equal(reached.size, all.length)
      }),
      { numRuns: 100, seed: 1 },
    )
  })

  it('knows from its neighbours alone whether a newcomer becomes one', () => {
    fc.assert(
      fc.property(positions, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (all, own) => {
        const [newcomer, ...others] = all.filter((one) => one !== own).map(at)
        if (newcomer === undefined) return
        const before = neighbours(own, others)
        const after = neighbours(own, [...others, newcomer])
        assert.equal(isNeighbour(own, before, newcomer), after.includes(newcomer))
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})
