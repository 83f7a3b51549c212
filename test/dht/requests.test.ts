// DHT requests and hole punching.

import assert from 'node:assert/strict'
import { Endpoint, type Millis } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import type { DhtPublicKey } from '../../src/crypto/index.js'
import { HolePuncher } from '../../src/dht/hole-punching.js'
import { DhtNode } from '../../src/dht/node.js'
import { Search } from '../../src/dht/search.js'
import { dhtRequestPacket, type NatPing } from '../../src/packet/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { VirtualTime, virtualEnv } from '../support/env.js'
import { DhtWorld, type Peer } from './support.js'

describe('DHT requests', () => {
  it('reach a node directly, and one that only others can reach through them', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(8)
    const [a, b] = [peers[3]!, peers[6]!]
    const heard: { from: DhtPublicKey; text: string; via: Endpoint }[] = []
    b.dht.onDhtRequest(200, (from, data, via) => heard.push({ from, text: new TextDecoder().decode(data), via }))
    world.run(3000)
    a.dht.search(b.keyPair.publicKey)
    world.run(1000)
    const text = new TextEncoder().encode('hello')
    assert.equal(a.dht.sendDhtRequest(b.keyPair.publicKey, 200, text), 1)
    world.run(20)
    assert.deepEqual(heard, [{ from: a.keyPair.publicKey, text: 'hello', via: a.endpoint }])

    // From here on nothing passes between the two themselves, and a forgets b's address.
    world.filter = (from, to) =>
      !(from.equals(a.endpoint) && to.equals(b.endpoint)) && !(from.equals(b.endpoint) && to.equals(a.endpoint))
    world.run(130_000)
    const sent = a.dht.sendDhtRequest(b.keyPair.publicKey, 200, text)
    assert.ok(sent >= 2, `${sent} nodes`)
    world.run(50)
    assert.equal(heard.length, 1 + sent)
    assert.ok(!heard[1]!.via.equals(a.endpoint))
    assert.deepEqual(heard[1]!.from, a.keyPair.publicKey)
  })

  it('are refused at every malformed length, forged, or without content', async () => {
    const world = await DhtWorld.create()
    const [a, b] = world.network(2) as [Peer, Peer]
    let calls = 0
    b.dht.onDhtRequest(1, () => calls++)
    world.run(100)
    let packet = new Uint8Array(0)
    world.filter = (_from, _to, sent) => {
      if (sent[0] === PacketKind.DHT_REQUEST) packet = sent.slice()
      return true
    }
    a.dht.sendDhtRequest(b.keyPair.publicKey, 1, Uint8Array.of(7))
    world.run(20)
    assert.equal(calls, 1)
    assert.equal(packet.length, 1 + 32 + 32 + 24 + 16 + 2)
    for (let length = 1; length < packet.length; length++) b.router.receive(a.endpoint, packet.subarray(0, length))
    b.router.receive(a.endpoint, Uint8Array.of(...packet, 0))
    for (let byte = 33; byte < packet.length; byte++) {
      const forged = packet.slice()
      forged[byte]! ^= 1
      b.router.receive(a.endpoint, forged)
    }
    assert.equal(calls, 1)
    assert.throws(() => a.dht.sendDhtRequest(b.keyPair.publicKey, 1, new Uint8Array(919)), RangeError)
    a.dht.sendDhtRequest(b.keyPair.publicKey, 1, new Uint8Array(918))
    a.dht.sendDhtRequest(b.keyPair.publicKey, 99, Uint8Array.of(1))
    world.run(20)
    assert.equal(calls, 2)
    assert.equal(b.env.drops.get('dht/request of unknown kind'), 1)
  })

  it('are forwarded to known nodes only, never back, and in bounds for each source', async () => {
    const world = await DhtWorld.create()
    const [a, b] = world.network(2) as [Peer, Peer]
    world.run(100)
    const packet = encode(dhtRequestPacket, {
      kind: 0x20,
      recipient: a.keyPair.publicKey,
      sender: new Uint8Array(32) as DhtPublicKey,
      nonce: new Uint8Array(24) as never,
      box: new Uint8Array(17),
    })
    b.router.receive(a.endpoint, packet)
    assert.equal(b.dht.stats.dhtRequestsForwarded, 0)
    const stranger = Endpoint.parse('10.99.0.1', 1)!
    for (let i = 0; i < 1000; i++) b.router.receive(stranger.withPort(1 + i), packet)
    assert.equal(b.dht.stats.dhtRequestsForwarded, 64)
    b.router.receive(Endpoint.parse('10.99.0.2', 1)!, packet)
    assert.equal(b.dht.stats.dhtRequestsForwarded, 65)
    const unknown = packet.slice()
    unknown[1]! ^= 1
    b.router.receive(Endpoint.parse('10.99.0.2', 1)!, unknown)
    assert.equal(b.dht.stats.dhtRequestsForwarded, 65)
    assert.ok(decode(dhtRequestPacket, packet))
  })
})

describe('hole punching', () => {
  it('brings two nodes together behind NATs that let in only whom they have spoken to', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(12)
    world.run(3000)
    const [a, b] = [world.peer(), world.peer()]
    const behindNat = new Set([a.endpoint.key, b.endpoint.key])
    const spokenTo = new Set<string>()
    world.filter = (from, to) => {
      if (behindNat.has(from.key)) spokenTo.add(from.key + to.key)
      return !behindNat.has(to.key) || spokenTo.has(to.key + from.key)
    }
    for (const peer of [a, b]) peer.dht.bootstrap(peers[0]!.endpoint, peers[0]!.keyPair.publicKey)
    const one = a.dht.search(b.keyPair.publicKey)
    const other = b.dht.search(a.keyPair.publicKey)
    assert.ok(world.runUntil(() => one.endpoints.length > 0 && other.endpoints.length > 0, 20_000, 50))
  })

  const NOW: Millis = 1_000_000

  function puncher(ports: readonly number[]) {
    const time = new VirtualTime()
    const env = virtualEnv(time)
    const pinged: number[] = []
    const sent: NatPing[] = []
    const holes = new HolePuncher({
      env,
      ping: (to) => pinged.push(to.port),
      send: (_search, ping) => sent.push(ping),
    })
    const search = new Search(new Uint8Array(32).fill(9) as DhtPublicKey, 'sought')
    ports.forEach((port, i) => {
      const node = new DhtNode(new Uint8Array(32).fill(i + 10) as DhtPublicKey)
      node.answeredFrom(Endpoint.of(Uint8Array.of(5, 5, 5, i), 1), NOW)
      search.add(node, NOW)
      search.told(node, Endpoint.of(Uint8Array.of(80, 80, 80, 80), port), NOW)
    })
    const round = () => {
      pinged.length = 0
      holes.upkeep(search, time.nowMs)
      holes.receive(search, { isResponse: false, requestId: 1n })
      const request = sent.filter(({ isResponse }) => !isResponse).at(-1)!
      holes.receive(search, { isResponse: true, requestId: request.requestId })
      holes.upkeep(search, time.nowMs)
      time.nowMs += 3000
      return [...pinged]
    }
    return { holes, search, sent, pinged, round, time, env }
  }

  it('tries the one port that a friendly NAT shows', () => {
    assert.deepEqual(puncher([4000, 4000, 4000, 4000]).round(), [4000])
  })

  it('tries ports around those that a symmetric NAT shows, then the low ones', () => {
    const { round } = puncher([4000, 5000])
    const first = round()
    assert.equal(first.length, 48 - 2, 'each port itself is named once, not twice')
    assert.ok([4000, 5000, 3999, 4999].every((port) => first.includes(port)))
    for (let i = 0; i < 5; i++) assert.ok(round().every((port) => port > 3000))
    assert.ok(round().includes(1024))
    assert.ok(round().includes(1024 + 24 + 47))
  })

  it('does nothing before the friend answers, for a single teller, or for an answer to something else', () => {
    const alone = puncher([4000])
    assert.equal(alone.holes.upkeep(alone.search, alone.time.nowMs), Number.POSITIVE_INFINITY)
    const { holes, search, sent, pinged, time, env } = puncher([4000, 4000])
    holes.upkeep(search, time.nowMs)
    assert.equal(sent.length, 1)
    holes.receive(search, { isResponse: true, requestId: sent[0]!.requestId + 1n })
    holes.receive(search, { isResponse: false, requestId: 3n })
    assert.deepEqual(sent.at(-1), { isResponse: true, requestId: 3n })
    holes.upkeep(search, time.nowMs)
    assert.deepEqual(pinged, [])
    assert.equal(env.drops.get('dht/nat-ping unexpected'), 1)
  })
})
