// Fresh keys of strangers cost a computation each: how many one source may bring, and what answers nobody asked for cost.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import type { DhtPublicKey } from '../../src/crypto/index.js'
import { Dht } from '../../src/dht/index.js'
import { FRESH_KEYS_PER_SOURCE } from '../../src/dht/stranger-keys.js'
import { NODES_REQUEST_BYTES, nodesRequest, PING_PACKET_BYTES } from '../../src/packet/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { countedCrypto } from '../support/counted-crypto.js'
import { seededRandom } from '../support/env.js'
import { RawPeer } from './raw-peer.js'
import { DhtWorld, type Peer } from './support.js'

/** A node whose X25519 computations are counted. */
async function counted(): Promise<{ world: DhtWorld; node: Peer; computed: () => number }> {
  const world = await DhtWorld.create()
  const counter = countedCrypto(world.crypto)
  const keyPair = world.keyPair()
  const host = world.host()
  const node = { ...host, keyPair, dht: new Dht({ ...host, crypto: counter.crypto, keyPair }) }
  return { world, node, computed: () => counter.computed }
}

function junk(kind: number, size: number, dice = seededRandom(kind + 1)): () => Uint8Array {
  const packet = dice.bytes(size)
  packet[0] = kind
  return () => {
    new DataView(packet.buffer).setUint32(1, dice.uniform(2 ** 32))
    return packet
  }
}

const FLOODER = Endpoint.parse('9.9.9.9', 33_445)!

describe('DHT: fresh keys of strangers', () => {
  it('are computed for one source up to its share, and for another one still', async () => {
    const { world, node, computed } = await counted()
    const honest = new RawPeer(world)
    const next = junk(PacketKind.NODES_REQUEST, NODES_REQUEST_BYTES)
    for (let i = 0; i < 15_000; i++) node.router.receive(FLOODER.withPort(1 + (i % 60_000)), next())
    assert.equal(computed(), FRESH_KEYS_PER_SOURCE.burst)
    assert.equal(node.env.drops.get('dht/fresh keys: source limit'), 15_000 - FRESH_KEYS_PER_SOURCE.burst)
    honest.askNodes(node)
    world.run(25)
    assert.equal(honest.of(PacketKind.NODES_RESPONSE).length, 1)
    world.run(975)
    const before = computed()
    for (let i = 0; i < 5000; i++) node.router.receive(FLOODER, next())
    assert.equal(computed() - before, 2000)
  })

  it('do not keep remembered keys of the same source from being served', async () => {
    const { world, node } = await counted()
    const neighbour = new RawPeer(world)
    neighbour.askNodes(node)
    world.run(25)
    const next = junk(PacketKind.PING_REQUEST, PING_PACKET_BYTES)
    // Fewer fresh keys pass than the cache remembers between two words of the neighbour.
    for (let i = 0; i < 20_000; i++) {
      node.router.receive(neighbour.endpoint, next())
      if (i % 5000 === 0) neighbour.askNodes(node)
      if (i % 5000 === 0) world.run(25)
    }
    assert.equal(neighbour.of(PacketKind.NODES_RESPONSE).length, 5)
  })

  it('are computed for 5,000 askers behind one address', async () => {
    const { world, node, computed } = await counted()
    const sent: Uint8Array[] = []
    world.filter = (_, __, packet) => {
      // Sealed in place after this: look later.
      sent.push(packet)
      return false
    }
    for (let i = 0; i < 5000; i++) {
      const asker = new RawPeer(world)
      world.hosts.pop()
      const plain = encode(nodesRequest, { sought: asker.keyPair.publicKey as DhtPublicKey, requestId: 1n })
      node.router.receive(FLOODER.withPort(1 + i), asker.seal(node.keyPair.publicKey, PacketKind.NODES_REQUEST, plain))
    }
    assert.equal(sent.filter(([kind]) => kind === PacketKind.NODES_RESPONSE).length, 5000)
    assert.ok(computed() >= 5000)
  })

  it('are not computed for responses that were not asked for', async () => {
    const { node, computed } = await counted()
    const answers = [
      junk(PacketKind.PING_RESPONSE, PING_PACKET_BYTES),
      junk(PacketKind.NODES_RESPONSE, 89 + 39),
      junk(PacketKind.NODES_RESPONSE, 89 + 4 * 51),
    ]
    const before = computed()
    for (let i = 0; i < 10_000; i++) {
      const from = Endpoint.of(Uint8Array.of(9, 1, i >> 8, i & 255), 33_445)
      node.router.receive(from, answers[i % 3]!())
    }
    assert.equal(computed(), before)
    const { drops } = node.env
    assert.equal(drops.get('dht/ping-response unexpected') + drops.get('dht/nodes-response unexpected'), 10_000)
  })

  it('are computed for a DHT request as for any other packet', async () => {
    const { node, computed } = await counted()
    const next = junk(PacketKind.DHT_REQUEST, 200)
    for (let i = 0; i < 12_000; i++) {
      const packet = next()
      const swapped = Uint8Array.of(PacketKind.DHT_REQUEST, ...node.keyPair.publicKey, ...packet.subarray(1))
      node.router.receive(FLOODER, swapped)
    }
    assert.equal(computed(), FRESH_KEYS_PER_SOURCE.burst)
  })
})

describe('DHT: whom a node knows', () => {
  it('are the nodes of its lists and those it seeks, not those who asked', async () => {
    const { world, node } = await counted()
    const raw = new RawPeer(world)
    const { publicKey } = raw.keyPair
    raw.askNodes(node)
    world.run(25)
    assert.equal(node.dht.knows(publicKey), false)
    const search = node.dht.search(publicKey)
    assert.equal(node.dht.knows(publicKey), true)
    search.stop()
    assert.equal(node.dht.knows(publicKey), false)
    raw.answerPing(node)
    world.run(25)
    assert.equal(node.dht.knows(publicKey), true)
  })
})
