import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { bucketNumber } from '../../src/announce/announcement-store.js'
import { ANNOUNCEMENTS_MAX, AnnouncementStore } from '../../src/announce/index.js'
import { lifetimeSeconds } from '../../src/announce/lifetime.js'
import type { DhtPublicKey, EphemeralPublicKey } from '../../src/crypto/keys.js'
import { seededRandom, VirtualTime, virtualEnv } from '../support/env.js'

const OWN = new Uint8Array(32) as DhtPublicKey
const sha256 = (data: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(data).digest())
const DATA = Uint8Array.of(1)

/** A key whose bits are those of `bits`, then zeros and `tail`. */
function key(bits: string, tail = 0): EphemeralPublicKey {
  const bytes = new Uint8Array(32)
  for (const [i, bit] of [...bits].entries()) if (bit === '1') bytes[i >> 3]! |= 0x80 >> (i & 7)
  bytes[31] = tail
  return bytes as EphemeralPublicKey
}

describe('the store of announcements', () => {
  let time: VirtualTime
  let store: AnnouncementStore

  beforeEach(() => {
    time = new VirtualTime()
    store = new AnnouncementStore(virtualEnv(time).clock, OWN, sha256)
  })

  it('spreads keys by the five bits behind the first that differs', () => {
    assert.equal(bucketNumber(OWN, key('1')), 0)
    assert.equal(bucketNumber(OWN, key('110101')), 0b10101)
    assert.equal(bucketNumber(OWN, key('001110101')), 0b11010)
    assert.equal(bucketNumber(OWN, key('00000001111110')), 0b11111)
    const own = key('1111111111111111') as Uint8Array
    assert.equal(bucketNumber(own, key('1111111011100')), 0b00011, 'XOR with the own key')
    const last = new Uint8Array(32)
    last[31] = 1
    assert.equal(bucketNumber(OWN, last), 0, 'past the end of the key there are zeros')
    last[31] = 0b111
    assert.equal(bucketNumber(OWN, last), 0b11000)
    assert.equal(bucketNumber(OWN, OWN), 0)
  })

  it('keeps eight in a bucket, and gives up a farther key for a closer one', () => {
    // All of these share bucket 0; more zeros in front are closer.
    const keys = Array.from({ length: 8 }, (_, i) => key(`${'0'.repeat(10 + i)}1`))
    for (const one of keys) assert.ok(store.put(one, DATA, 1000))
    assert.equal(store.size, 8)
    const farther = key('1')
    assert.ok(!store.wouldTake(farther))
    assert.ok(!store.put(farther, DATA, 1000))
    const asFar = key(`${'0'.repeat(10)}1`, 1)
    assert.ok(!store.wouldTake(asFar), 'equal is not closer')
    const closer = key(`${'0'.repeat(30)}1`)
    assert.ok(store.wouldTake(closer))
    assert.ok(store.put(closer, DATA, 1000))
    assert.equal(store.get(keys[0]!), undefined, 'the farthest went')
    assert.ok(keys.slice(1).every((one) => store.get(one) !== undefined))
    assert.ok(store.put(keys[1]!, Uint8Array.of(2), 1000), 'what is there may always change')
    assert.deepEqual(store.get(keys[1]!)!.data, Uint8Array.of(2))
  })

  it('gives the place of what has expired to anybody', () => {
    for (let i = 0; i < 8; i++) store.put(key(`${'0'.repeat(10 + i)}1`), DATA, i === 3 ? 500 : 1000)
    const far = key('1')
    assert.ok(!store.put(far, DATA, 1000))
    time.nowMs += 500
    assert.equal(store.size, 7)
    assert.ok(store.put(far, DATA, 1000))
    assert.equal(store.size, 8)
  })

  it('never holds more than 256', () => {
    const random = seededRandom(3)
    for (let i = 0; i < 3000; i++) store.put(random.bytes(32) as EphemeralPublicKey, DATA, 1000)
    assert.equal(ANNOUNCEMENTS_MAX, 256)
    assert.ok(store.size > 240 && store.size <= 256, `${store.size}`)
  })

  it('keeps copies', () => {
    const data = Uint8Array.of(1, 2, 3)
    const one = key('1')
    store.put(one, data, 1000)
    data.fill(9)
    assert.deepEqual(store.get(one)!.data, Uint8Array.of(1, 2, 3))
    assert.deepEqual(store.get(one)!.hash, sha256(Uint8Array.of(1, 2, 3)))
  })

  it('promises lifetimes by its own age', () => {
    for (const [requested, uptimeMs, granted] of [
      [900, 0, 10],
      [900, 43_999, 10],
      [900, 44_000, 11],
      [900, 3_600_000, 900],
      [0xffff_ffff, 86_400_000, 900],
      [3, 86_400_000, 3],
      [0, 0, 0],
    ] as const) {
      assert.equal(lifetimeSeconds(requested, uptimeMs), granted, `${requested} s asked, up for ${uptimeMs} ms`)
    }
  })
})
