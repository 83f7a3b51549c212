import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { EndpointCache } from '../../src/host/endpoint-cache.js'
import { SendArena } from '../../src/host/send-arena.js'
import { seededRandom } from '../support/env.js'

const TO = Endpoint.parse('10.1.2.3', 33_445)!

/** An arena over a system that takes `willing` packets at a time; `sent` holds the first byte of each. */
function setUp(): { arena: SendArena; sent: number[]; system: { willing: number } } {
  const sent: number[] = []
  const system = { willing: Number.POSITIVE_INFINITY }
  const arena = new SendArena((bytes, rows, first, end) => {
    let at = first
    for (; at < end && system.willing > 0; at++, system.willing--) sent.push(bytes[rows[at * 8]!]!)
    return at
  })
  return { arena, sent, system }
}

describe('SendArena', () => {
  it('keeps in order what the system does not take, and sends it later', () => {
    const { arena, sent, system } = setUp()
    for (let i = 0; i < 5; i++) arena.send(TO, Uint8Array.of(i))
    system.willing = 2
    assert.equal(arena.flush(), false)
    assert.ok(arena.isWaiting)
    arena.send(TO, Uint8Array.of(5))
    system.willing = 1
    assert.equal(arena.flush(), false)
    system.willing = 100
    assert.equal(arena.flush(), true)
    assert.deepEqual(sent, [0, 1, 2, 3, 4, 5])
    assert.equal(arena.flush(), true)
  })

  it('drops and counts what does not fit while the system takes nothing, and recovers', () => {
    const { arena, sent, system } = setUp()
    system.willing = 0
    for (let i = 0; i < 3000; i++) arena.reserve(TO, 2048).fill(i)
    assert.ok(arena.overflow > 2000)
    const kept = 3000 - arena.overflow
    system.willing = Number.POSITIVE_INFINITY
    arena.reserve(TO, 2048).fill(7)
    arena.flush()
    assert.deepEqual(sent, [...Array.from({ length: kept }, (_, i) => i & 255), 7])
  })

  it('never gives two waiting packets the same bytes', () => {
    const { arena } = setUp()
    const places = Array.from({ length: 1000 }, (_, i) => arena.reserve(TO, 1 + (i % 600)))
    const taken = new Set<number>()
    for (const place of places) {
      for (let i = 0; i < place.length; i++) {
        assert.ok(!taken.has(place.byteOffset + i))
        taken.add(place.byteOffset + i)
      }
    }
  })

  it('describes both families as the native twin reads them', () => {
    let seen: Int32Array | undefined
    const arena = new SendArena((_bytes, rows, _first, end) => {
      seen = rows.slice(0, 16)
      return end
    })
    arena.reserve(TO, 100)
    arena.reserve(Endpoint.parse('2001:db8::1', 9)!, 50)
    arena.flush()
    assert.deepEqual([...seen!.subarray(0, 4)], [0, 100, 4, 33_445])
    assert.deepEqual([...seen!.subarray(8, 12)], [100, 50, 6, 9])
    const bytes = new Uint8Array(seen!.buffer)
    assert.deepEqual([...bytes.subarray(16, 20)], [10, 1, 2, 3])
    assert.equal(Buffer.from(bytes.subarray(48, 64)).toString('hex'), '20010db8000000000000000000000001')
  })
})

describe('EndpointCache', () => {
  it('finds what Endpoint.of would make, for any address, however they collide', () => {
    const cache = new EndpointCache()
    const random = seededRandom(7)
    const pool = Array.from({ length: 9000 }, (_, i) => ({
      address: random.bytes(i % 3 === 0 ? 16 : 4),
      port: 1 + random.uniform(65_535),
    }))
    for (let i = 0; i < 30_000; i++) {
      const { address, port } = pool[random.uniform(pool.length)]!
      const words = new Int32Array(4)
      new Uint8Array(words.buffer).set(address)
      const found = cache.find(address.length === 4 ? 4 : 6, port, words[0]!, words[1]!, words[2]!, words[3]!)
      assert.ok(found.equals(Endpoint.of(address, port)))
    }
  })

  it('gives the same object again', () => {
    const cache = new EndpointCache()
    assert.equal(cache.find(4, 5, 6, 0, 0, 0), cache.find(4, 5, 6, 0, 0, 0))
    assert.notEqual(cache.find(4, 5, 6, 0, 0, 0), cache.find(4, 6, 6, 0, 0, 0))
    assert.notEqual(cache.find(4, 5, 6, 0, 0, 0), cache.find(6, 5, 6, 0, 0, 0))
  })
})
