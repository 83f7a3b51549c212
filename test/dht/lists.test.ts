// The lists by themselves: packed selection, k-buckets, search lists, pending requests.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { bytesKey, Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey } from '../../src/crypto/index.js'
import { CloseList } from '../../src/dht/close-list.js'
import { compareDistance, sharedPrefixBits } from '../../src/dht/distance.js'
import { BAD_AFTER_MS, BUCKET_NODES_MAX } from '../../src/dht/index.js'
import { DhtNode } from '../../src/dht/node.js'
import { NodeTable } from '../../src/dht/node-table.js'
import { PendingRequests } from '../../src/dht/pending.js'
import { Search } from '../../src/dht/search.js'
import { bytesOf } from '../laws/schema-laws.js'
import { seededRandom } from '../support/env.js'

const NOW = 1_000_000
const keys = bytesOf<DhtPublicKey>(32)
const at = (n: number): Endpoint => Endpoint.of(Uint8Array.of(1, n >> 16, (n >> 8) & 255, n & 255), 33_445)

function goodNode(publicKey: DhtPublicKey, n: number, seenMs = NOW): DhtNode {
  const node = new DhtNode(publicKey)
  node.answeredFrom(at(n), seenMs)
  return node
}

describe('XOR distance', () => {
  it('is a metric: zero to itself alone, symmetric, one key at each distance', () => {
    fc.assert(
      fc.property(keys, keys, keys, (base, a, b) => {
        assert.equal(compareDistance(base, a, a), 0)
        assert.equal(Math.sign(compareDistance(base, a, b)), -Math.sign(compareDistance(base, b, a)))
        assert.equal(compareDistance(base, a, b) === 0, bytesKey(a) === bytesKey(b))
        assert.ok(compareDistance(base, base, a) <= 0)
      }),
      { seed: 1 },
    )
  })

  it('counts shared leading bits', () => {
    const zero = new Uint8Array(32)
    for (let bit = 0; bit < 256; bit++) {
      const other = new Uint8Array(32)
      other[bit >> 3] = 0x80 >> (bit & 7)
      assert.equal(sharedPrefixBits(zero, other), bit)
    }
    assert.equal(sharedPrefixBits(zero, zero), 256)
  })
})

describe('the selection of the nearest nodes', () => {
  it('is what sorting gives, whatever the keys, and ignores bad nodes', () => {
    // Keys that often share their first bytes, so that equal heads occur.
    const crowded = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }), keys)
      .map(([first, last, key]) => {
        const near = new Uint8Array(32) as DhtPublicKey
        near[0] = first * 0x55
        near[31] = last
        return key[0]! < 128 ? near : key
      })
    fc.assert(
      fc.property(
        fc.uniqueArray(crowded, { selector: bytesKey, maxLength: 60 }),
        keys,
        fc.nat(8),
        (all, target, count) => {
          const table = new NodeTable()
          all.forEach((key, i) => void table.add(goodNode(key, i, i % 5 === 0 ? NOW - BAD_AFTER_MS : NOW)))
          const { count: found, nodes } = table.nearest(target, count, NOW)
          const expected = all
            .filter((_, i) => i % 5 !== 0)
            .sort((a, b) => compareDistance(target, a, b))
            .slice(0, count)
          assert.deepEqual(
            nodes.slice(0, found).map((node) => bytesKey(node!.publicKey)),
            expected.map(bytesKey),
          )
        },
      ),
      { seed: 2 },
    )
  })

  it('survives nodes coming and going', () => {
    const random = seededRandom(5)
    const table = new NodeTable()
    const nodes = Array.from({ length: 200 }, (_, i) => goodNode(random.bytes(32) as DhtPublicKey, i))
    for (const node of nodes) table.add(node)
    for (const node of nodes.slice(0, 150)) table.remove(node)
    assert.equal(table.size, 50)
    for (const node of nodes.slice(150)) {
      assert.equal(table.get(node.publicKey), node)
      assert.equal(table.nearest(node.publicKey, 1, NOW).nodes[0], node)
      assert.equal(table.ofEndpoint(node.v4!.endpoint), node)
    }
    assert.equal(table.get(nodes[0]!.publicKey), undefined)
  })
})

describe('the close list', () => {
  it('keeps eight nodes a bucket, and never drops a good one for another', () => {
    const own = new Uint8Array(32) as DhtPublicKey
    const list = new CloseList(own)
    const far = (n: number) => Uint8Array.of(0x80, n, ...new Uint8Array(30)) as DhtPublicKey
    const nodes = Array.from({ length: 8 }, (_, i) => goodNode(far(i), i, NOW + i))
    for (const node of nodes) assert.equal(list.add(node, NOW), true)
    const newcomer = goodNode(far(8), 8, NOW + BAD_AFTER_MS)
    assert.equal(list.hasRoomFor(newcomer.publicKey, NOW), false)
    assert.equal(list.add(newcomer, NOW), false)
    assert.equal(list.size, BUCKET_NODES_MAX)
    // The first one goes bad and gives way.
    assert.equal(list.add(newcomer, NOW + BAD_AFTER_MS), nodes[0])
    assert.equal(list.size, BUCKET_NODES_MAX)
    assert.equal(nodes[0]!.bucket, -1)
    // Other buckets are not touched by a full one.
    assert.equal(list.add(goodNode(Uint8Array.of(0x40, ...new Uint8Array(31)) as DhtPublicKey, 9), NOW), true)
  })

  it('puts keys that share 127 bits and more into the last bucket', () => {
    const own = new Uint8Array(32) as DhtPublicKey
    const list = new CloseList(own)
    const twin = new Uint8Array(32)
    twin[31] = 1
    assert.equal(list.bucketOf(twin), 127)
    assert.equal(list.bucketOf(own), 127)
  })
})

describe('a search list', () => {
  it('holds the eight nearest of all good nodes that come by', () => {
    const random = seededRandom(9)
    const sought = random.bytes(32) as DhtPublicKey
    const search = new Search(sought, bytesKey(sought))
    const nodes = Array.from({ length: 100 }, (_, i) => goodNode(random.bytes(32) as DhtPublicKey, i))
    for (const node of nodes) search.add(node, NOW)
    const expected = nodes.sort((a, b) => compareDistance(sought, a.publicKey, b.publicKey)).slice(0, 8)
    assert.deepEqual(
      search.entries.map(({ node }) => node),
      expected,
    )
    assert.ok(nodes.slice(8).every(({ searches }) => searches.length === 0))
  })

  it('gives up bad nodes first, takes the sought one always, and tells its freshest address first', () => {
    const random = seededRandom(10)
    const sought = random.bytes(32) as DhtPublicKey
    const search = new Search(sought, bytesKey(sought))
    const old = Array.from({ length: 8 }, (_, i) => goodNode(random.bytes(32) as DhtPublicKey, i, NOW - i))
    for (const node of old) search.add(node, NOW)
    const later = NOW + BAD_AFTER_MS
    const farthest = goodNode(Uint8Array.from(sought, (byte) => byte ^ 0xff) as DhtPublicKey, 20, later)
    assert.equal(search.wants(farthest.publicKey, NOW - 8), false)
    assert.equal(search.wants(farthest.publicKey, later), true)
    const friend = goodNode(sought, 30, later)
    assert.equal(search.add(friend, later).added, true)
    assert.equal(search.add(friend, later).added, false)
    friend.answeredFrom(Endpoint.parse('2001:db8::7', 1)!, later + 5)
    assert.deepEqual(
      search.endpoints(later + 5).map(({ family }) => family),
      [6, 4],
    )
    assert.deepEqual(
      search.endpoints(later + BAD_AFTER_MS + 1).map(({ family }) => family),
      [6],
    )
  })
})

describe('a node', () => {
  it('keeps a public address that works when it is also heard on the LAN', () => {
    const node = goodNode(new Uint8Array(32).fill(1) as DhtPublicKey, 1)
    const lan = Endpoint.parse('192.168.0.2', 1)!
    assert.equal(node.answeredFrom(lan, NOW + 1), false)
    assert.ok(node.v4!.endpoint.equals(at(1)))
    assert.equal(node.answeredFrom(lan, NOW + BAD_AFTER_MS), true)
    assert.ok(node.v4!.endpoint.equals(lan))
    assert.equal(node.freshest(NOW + BAD_AFTER_MS, false), undefined)
    assert.equal(node.answeredFrom(at(2), NOW + BAD_AFTER_MS), true)
  })
})

describe('pending requests', () => {
  it('are bounded, and forgotten when late', () => {
    const pending = new PendingRequests(seededRandom(1))
    const key = new Uint8Array(32) as DhtPublicKey
    const ids = Array.from({ length: 5000 }, () => pending.add('ping', key, at(1), NOW))
    assert.equal(pending.size, 4096)
    assert.equal(pending.take('ping', ids[0]!, key, at(1), NOW), undefined)
    assert.ok(pending.take('ping', ids[4999]!, key, at(1), NOW + 4999))
    assert.equal(pending.take('ping', ids[4998]!, key, at(1), NOW + 5000), undefined)
    pending.add('ping', key, at(1), NOW + 5000)
    assert.equal(pending.size, 1)
  })
})
