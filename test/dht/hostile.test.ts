// What strangers may send, and what it must not do to us.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import type { DhtPublicKey } from '../../src/crypto/index.js'
import {
  bootstrapInfoResponse,
  nodesRequest,
  nodesResponse,
  pingRequest,
  pingResponse,
} from '../../src/packet/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { seededRandom } from '../support/env.js'
import { RawPeer } from './raw-peer.js'
import { DhtWorld, type Peer } from './support.js'

const { PING_REQUEST, PING_RESPONSE, NODES_REQUEST, NODES_RESPONSE } = PacketKind

/** Every packet that `peer` sends from now on. */
function outbox(world: DhtWorld, peer: Peer): { to: Endpoint; packet: Uint8Array }[] {
  const sent: { to: Endpoint; packet: Uint8Array }[] = []
  const before = world.filter
  world.filter = (from, to, packet) => {
    if (from.equals(peer.endpoint)) sent.push({ to, packet })
    return before(from, to, packet)
  }
  return sent
}

describe('DHT: pings', () => {
  it('answers in the turn that reads the request, with its id', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    const sent = outbox(world, node)
    node.router.receive(
      raw.endpoint,
      raw.seal(node.keyPair.publicKey, 0, encode(pingRequest, { kind: 0, requestId: 77n })),
    )
    assert.equal(sent[0]!.packet[0], PING_RESPONSE)
    assert.equal(decode(pingResponse, raw.open(sent[0]!.packet))!.requestId, 77n)
  })

  it('pings a stranger back and knows it only after its answer', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    raw.ping(node)
    world.run(25)
    assert.equal(raw.of(PING_REQUEST).length, 1)
    assert.equal(node.dht.isConnected, false)
    raw.answerPing(node)
    world.run(25)
    assert.equal(node.dht.isConnected, true)
    assert.ok(node.dht.endpointsOf(raw.keyPair.publicKey)[0]!.equals(raw.endpoint))
    // Known by now: asked for nodes, not pinged again.
    raw.ping(node)
    world.run(3000)
    assert.equal(raw.of(PING_REQUEST).length, 1)
    assert.ok(raw.of(NODES_REQUEST).length >= 1)
  })

  it('refuses every other length, forged boxes, its own key, and requests echoed as responses', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    const good = raw.seal(node.keyPair.publicKey, 0, encode(pingRequest, { kind: 0, requestId: 5n }))
    const sent = outbox(world, node)
    for (let length = 1; length < good.length; length++) node.router.receive(raw.endpoint, good.subarray(0, length))
    node.router.receive(raw.endpoint, Uint8Array.of(...good, 0))
    for (let byte = 1; byte < good.length; byte++) {
      const forged = good.slice()
      forged[byte]! ^= 1
      node.router.receive(raw.endpoint, forged)
    }
    const self = new RawPeer(world, node.keyPair)
    const other = raw.seal(node.keyPair.publicKey, 0, encode(pingResponse, { kind: 1, requestId: 5n }))
    node.router.receive(raw.endpoint, other)
    node.router.receive(
      raw.endpoint,
      self.seal(raw.keyPair.publicKey, 0, encode(pingRequest, { kind: 0, requestId: 5n })),
    )
    assert.equal(sent.length, 0)

    // A request of the node's own, sent back to it as a response.
    node.dht.addCandidate({ endpoint: raw.endpoint, publicKey: raw.keyPair.publicKey })
    world.run(20)
    assert.equal(raw.of(NODES_REQUEST).length, 1)
    node.router.receive(raw.endpoint, sent.at(-1)!.packet)
    assert.equal(node.dht.isConnected, false)
  })

  it('believes an answer once, from the node and the address that were asked, and in time', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    raw.ping(node)
    world.run(25)
    const { requestId } = decode(pingRequest, raw.of(PING_REQUEST)[0]!.plain)!
    const answer = (peer: RawPeer, id: bigint) =>
      peer.seal(node.keyPair.publicKey, PING_RESPONSE, encode(pingResponse, { kind: 1, requestId: id }))
    const elsewhere = raw.endpoint.withPort(1)
    const thief = new RawPeer(world)
    node.router.receive(elsewhere, answer(raw, requestId))
    node.router.receive(raw.endpoint, answer(thief, requestId))
    node.router.receive(raw.endpoint, answer(raw, requestId + 1n))
    // A ping's id is no nodes request's id.
    const nodes = encode(nodesResponse, { nodes: [], requestId })
    node.router.receive(raw.endpoint, raw.seal(node.keyPair.publicKey, NODES_RESPONSE, nodes))
    assert.equal(node.dht.isConnected, false)
    assert.equal(node.env.drops.get('dht/ping-response unexpected'), 3)
    const late = answer(raw, requestId)
    world.run(5001)
    node.router.receive(raw.endpoint, late)
    assert.equal(node.dht.isConnected, false)
    raw.ping(node)
    world.run(25)
    const fresh = decode(pingRequest, raw.of(PING_REQUEST).at(-1)!.plain)!.requestId
    node.router.receive(raw.endpoint, answer(raw, fresh))
    assert.equal(node.dht.isConnected, true)
    node.router.receive(raw.endpoint, answer(raw, fresh))
    assert.equal(node.env.drops.get('dht/ping-response unexpected'), 5)
  })

  it('pings few back in a flood from 10,000 addresses, and still serves an honest peer', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const honest = new RawPeer(world)
    const flooder = new RawPeer(world)
    const sent = outbox(world, node)
    for (let i = 0; i < 10_000; i++) {
      const key = i % 100 === 0 ? new RawPeer(world, world.keyPair()) : flooder
      if (key !== flooder) world.hosts.pop()
      const packet = key.seal(node.keyPair.publicKey, 0, encode(pingRequest, { kind: 0, requestId: 1n }))
      node.router.receive(Endpoint.of(Uint8Array.of(9, 1, i >> 8, i & 255), 1), packet)
      if (i % 1000 === 0) world.run(100)
    }
    const backs = sent.filter(({ packet }) => packet[0] === PING_REQUEST).length
    assert.ok(backs <= 32 + 16 + 1, `${backs} pings back in a second`)
    honest.askNodes(node)
    world.run(25)
    assert.equal(honest.of(NODES_RESPONSE).length, 1)
    assert.equal(node.dht.size.nodes, 0)
  })

  it('pings one address back only so often, whatever keys it shows', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const sent = outbox(world, node)
    const base = new RawPeer(world)
    for (let i = 0; i < 100; i++) {
      const liar = new RawPeer(world)
      world.hosts.pop()
      const packet = liar.seal(node.keyPair.publicKey, 0, encode(pingRequest, { kind: 0, requestId: 1n }))
      node.router.receive(base.endpoint.withPort(1000 + i), packet)
    }
    assert.equal(sent.filter(({ packet }) => packet[0] === PING_REQUEST).length, 16)
  })
})

describe('DHT: nodes requests', () => {
  it('answers with the four nearest, as the schema lays them out', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(20)
    world.run(3000)
    const raw = new RawPeer(world)
    const sought = raw.host.env.random.bytes(32) as DhtPublicKey
    raw.askNodes(peers[0]!, sought, 0xfedcba9876543210n)
    world.run(25)
    const { plain } = raw.of(NODES_RESPONSE)[0]!
    const response = decode(nodesResponse, plain)!
    assert.equal(response.requestId, 0xfedcba9876543210n)
    assert.deepEqual(encode(nodesResponse, response), plain)
    const distance = (key: Uint8Array) => Buffer.from(key.map((byte, i) => byte ^ sought[i]!)).toString('hex')
    const nearest = peers
      .slice(1)
      .filter(({ keyPair }) => peers[0]!.dht.endpointsOf(keyPair.publicKey).length > 0)
      .sort((a, b) => (distance(a.keyPair.publicKey) < distance(b.keyPair.publicKey) ? -1 : 1))
      .slice(0, 4)
    assert.deepEqual(
      response.nodes.map(({ endpoint }) => endpoint.toString()),
      nearest.map(({ endpoint }) => endpoint.toString()),
    )
  })

  it('tells nothing about the LAN to an asker from beyond it', async () => {
    const world = await DhtWorld.create()
    const [node] = world.network(4) as [Peer]
    world.run(1000)
    const raw = new RawPeer(world)
    const packet = raw.seal(
      node.keyPair.publicKey,
      NODES_REQUEST,
      encode(nodesRequest, { sought: raw.keyPair.publicKey, requestId: 1n }),
    )
    const sent = outbox(world, node)
    node.router.receive(Endpoint.parse('8.8.8.8', 33_445)!, packet)
    assert.deepEqual(decode(nodesResponse, raw.open(sent[0]!.packet))!.nodes, [])
    node.router.receive(Endpoint.parse('192.168.1.1', 33_445)!, packet)
    const local = sent.filter((one) => one.packet[0] === NODES_RESPONSE)[1]!
    assert.equal(decode(nodesResponse, raw.open(local.packet))!.nodes.length, 3)
  })

  it('refuses every other length and forged boxes', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    const plain = encode(nodesRequest, { sought: raw.keyPair.publicKey, requestId: 1n })
    const good = raw.seal(node.keyPair.publicKey, NODES_REQUEST, plain)
    const sent = outbox(world, node)
    for (let length = 1; length < good.length; length++) node.router.receive(raw.endpoint, good.subarray(0, length))
    node.router.receive(raw.endpoint, Uint8Array.of(...good, 0))
    for (let byte = 1; byte < good.length; byte++) {
      const forged = good.slice()
      // X25519 ignores the highest bit of a key, so that one is left alone.
      forged[byte]! ^= 0x40
      node.router.receive(raw.endpoint, forged)
    }
    assert.equal(sent.length, 0)
    assert.equal(node.env.drops.get('dht/nodes-request malformed'), good.length)
  })
})

describe('DHT: nodes responses', () => {
  it('asks only nodes that can be reached, none twice, and never itself', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    node.dht.addCandidate({ endpoint: raw.endpoint, publicKey: raw.keyPair.publicKey })
    world.run(20)
    const sent = outbox(world, node)
    const key = (byte: number) => new Uint8Array(32).fill(byte) as DhtPublicKey
    raw.answerNodes(node, [
      { endpoint: Endpoint.parse('10.9.9.9', 0)!, publicKey: key(1) },
      { endpoint: Endpoint.parse('224.0.0.1', 5)!, publicKey: key(2) },
      { endpoint: Endpoint.parse('10.9.9.9', 7)!, publicKey: node.keyPair.publicKey },
      { endpoint: Endpoint.parse('10.9.9.9', 6)!, publicKey: key(0) },
    ])
    world.run(100)
    assert.deepEqual(
      sent.filter(({ to }) => !to.equals(raw.endpoint)),
      [],
    )
    assert.ok(node.dht.ownEndpoints[0]!.equals(Endpoint.parse('10.9.9.9', 7)!))
  })

  it('is ignored when nobody asked, or malformed inside', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const raw = new RawPeer(world)
    raw.send(node, NODES_RESPONSE, encode(nodesResponse, { nodes: [], requestId: 9n }))
    world.run(20)
    assert.equal(node.env.drops.get('dht/nodes-response unexpected'), 1)
    node.dht.addCandidate({ endpoint: raw.endpoint, publicKey: raw.keyPair.publicKey })
    world.run(20)
    const { requestId } = decode(nodesRequest, raw.of(NODES_REQUEST)[0]!.plain)!
    const good = encode(nodesResponse, {
      nodes: [{ endpoint: raw.endpoint, publicKey: raw.keyPair.publicKey }],
      requestId,
    })
    for (const count of [0, 2, 4, 5, 255]) raw.send(node, NODES_RESPONSE, Uint8Array.of(count, ...good.subarray(1)))
    for (const type of [0, 10, 130, 138, 255]) {
      const bad = good.slice()
      bad[1] = type
      raw.send(node, NODES_RESPONSE, bad)
    }
    for (let length = 0; length < good.length; length++) raw.send(node, NODES_RESPONSE, good.subarray(0, length))
    world.run(20)
    assert.equal(node.dht.isConnected, false)
    raw.send(node, NODES_RESPONSE, good)
    world.run(20)
    assert.equal(node.dht.isConnected, true)
  })

  it('cannot make the node flood an address that somebody names', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const sent = outbox(world, node)
    const victim = Endpoint.parse('10.200.0.1', 1)!
    for (let i = 0; i < 1000; i++) {
      node.dht.addCandidate({
        endpoint: victim.withPort(1 + i),
        publicKey: world.keyPair().publicKey,
      })
    }
    assert.ok(sent.length <= 64, `${sent.length} packets at once`)
    world.run(1000)
    assert.ok(sent.length <= 64 + 20)
  })
})

describe('DHT: other packets', () => {
  it('answers a bootstrap info request of 78 bytes and no other', async () => {
    const world = await DhtWorld.create()
    const motd = new TextEncoder().encode('hello')
    const node = world.peer({ bootstrapInfo: { version: 2_024_010_100, motd } })
    const sent = outbox(world, node)
    const from = Endpoint.parse('10.7.7.7', 1)!
    for (const size of [1, 5, 77, 79, 200]) {
      const packet = new Uint8Array(size)
      packet[0] = PacketKind.BOOTSTRAP_INFO
      node.router.receive(from, packet)
    }
    assert.equal(sent.length, 0)
    const packet = new Uint8Array(78)
    packet[0] = PacketKind.BOOTSTRAP_INFO
    node.router.receive(from, packet)
    assert.deepEqual(decode(bootstrapInfoResponse, sent[0]!.packet), { kind: 0xf0, version: 2_024_010_100, motd })
  })

  it('survives junk of every kind and length without a word', async () => {
    const world = await DhtWorld.create()
    const node = world.peer({
      lanDiscovery: { lan: { send() {} } },
      bootstrapInfo: { version: 1, motd: new Uint8Array(0) },
    })
    const sent = outbox(world, node)
    const dice = seededRandom(3)
    const from = Endpoint.parse('8.1.2.3', 4)!
    for (let i = 0; i < 20_000; i++) {
      const packet = dice.bytes(dice.uniform(400))
      packet[0] = [0, 1, 2, 4, 0x20, 0x21, 0xf0][dice.uniform(7)]!
      if (packet.length !== 78) node.router.receive(from, packet)
    }
    assert.equal(sent.length, 0)
    assert.equal(node.dht.size.nodes, 0)
  })
})
