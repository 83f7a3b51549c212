// LAN discovery: what is said to everybody, how often and to which ports, and whom greetings make us believe.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey } from '../../src/crypto/index.js'
import { LAN_INTERVAL_MS } from '../../src/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { lanSender } from '../../src/transport/lan.js'
import { seededRandom } from '../support/env.js'
import { RawPeer } from './raw-peer.js'
import { DhtWorld, type Peer } from './support.js'

/** A LAN that only remembers what was said to it. */
class QuietLan {
  readonly rounds: { ports: readonly number[]; packet: Uint8Array }[] = []

  send(ports: readonly number[], packet: Uint8Array): void {
    this.rounds.push({ ports, packet: packet.slice() })
  }
}

const greetingOf = (publicKey: Uint8Array): Uint8Array => Uint8Array.of(PacketKind.LAN_DISCOVERY, ...publicKey)

describe('LAN discovery', () => {
  let world: DhtWorld
  let lan: QuietLan
  let node: Peer
  beforeEach(async () => {
    world = await DhtWorld.create()
    lan = new QuietLan()
    node = world.peer({ lanDiscovery: { lan } })
  })

  it('greets at once and then every ten seconds, on the first port and all others in turn', () => {
    world.run(1)
    assert.deepEqual(lan.rounds[0]!.packet, greetingOf(node.keyPair.publicKey))
    world.run(10 * LAN_INTERVAL_MS)
    assert.equal(lan.rounds.length, 11)
    for (const { ports } of lan.rounds) assert.deepEqual([ports[0], ports.length], [33_445, 11])
    const tried = lan.rounds.slice(0, 10).flatMap(({ ports }) => ports.slice(1))
    assert.deepEqual(
      tried,
      Array.from({ length: 100 }, (_, i) => 33_446 + i),
    )
    assert.deepEqual(lan.rounds[10]!.ports, lan.rounds[0]!.ports)
  })

  it('greets on one port alone where that is told, sooner when the network has changed, and no more once closed', () => {
    const silent = new QuietLan()
    const bootstrapNode = world.peer({ lanDiscovery: { lan: silent, port: 33_500 } })
    bootstrapNode.dht.whereabouts.networkChanged()
    world.run(LAN_INTERVAL_MS - 1)
    assert.deepEqual(
      silent.rounds.map(({ ports }) => ports),
      [[33_500]],
    )
    bootstrapNode.dht.close()
    bootstrapNode.dht.whereabouts.networkChanged()
    world.run(3 * LAN_INTERVAL_MS)
    assert.equal(silent.rounds.length, 1)
  })

  it('says nothing and hears nothing where it is off', () => {
    const deaf = world.peer()
    deaf.router.receive(node.endpoint, greetingOf(node.keyPair.publicKey))
    deaf.dht.whereabouts.networkChanged()
    assert.equal(deaf.dht.stats.nodesRequestsSent, 0)
    assert.equal(deaf.env.drops.get('udp/unknown kind'), 1)
  })

  it('knows who greeted once it has answered, and asks it no more for that', () => {
    const raw = new RawPeer(world)
    node.router.receive(raw.endpoint, greetingOf(raw.keyPair.publicKey))
    world.run(20)
    assert.equal(node.dht.isConnected, false)
    raw.answerNodes(node)
    world.run(20)
    assert.equal(node.dht.isConnected, true)
    world.run(3000)
    const asked = node.dht.stats.nodesRequestsSent
    node.router.receive(raw.endpoint, greetingOf(raw.keyPair.publicKey))
    assert.equal(node.dht.stats.nodesRequestsSent, asked)
  })

  it('believes no address beyond the LAN, no malformed packet and no echo of its own', () => {
    const key = new RawPeer(world).keyPair.publicKey
    for (const ip of ['8.8.8.8', '172.32.0.1', '2001:db8::1', '11.0.0.1']) {
      node.router.receive(Endpoint.parse(ip, 33_445)!, greetingOf(key))
    }
    const near = Endpoint.parse('192.168.1.7', 33_445)!
    for (const length of [1, 2, 32]) node.router.receive(near, greetingOf(key).subarray(0, length))
    node.router.receive(near, Uint8Array.of(...greetingOf(key), 0))
    assert.equal(node.env.drops.get('dht/lan-discovery malformed or not from the LAN'), 8)
    node.router.receive(near, greetingOf(node.keyPair.publicKey))
    assert.equal(node.dht.stats.nodesRequestsSent, 0)
  })

  it('asks whoever greets from a private, link-local or loopback address', () => {
    const dice = seededRandom(7)
    const ips = [
      '10.1.1.1',
      '172.16.9.9',
      '192.168.0.3',
      '169.254.3.3',
      '100.64.0.1',
      '127.0.0.1',
      'fe80::1',
      'fd00::1',
    ]
    for (const ip of ips) node.router.receive(Endpoint.parse(ip, 33_445)!, greetingOf(dice.bytes(32)))
    assert.equal(node.dht.stats.nodesRequestsSent, ips.length)
  })

  it('is no weapon in a LAN: a flood of foreign keys makes few questions', () => {
    const dice = seededRandom(9)
    const victim = Endpoint.parse('192.168.1.99', 33_445)!
    for (let i = 0; i < 1000; i++) node.router.receive(victim, greetingOf(dice.bytes(32) as DhtPublicKey))
    assert.equal(node.dht.stats.nodesRequestsSent, 8)
    // From forged addresses of the whole LAN, for ten seconds.
    for (let ms = 0; ms < 10_000; ms += 10) {
      const source = Endpoint.of(Uint8Array.of(10, 9, dice.uniform(256), dice.uniform(256)), 33_445)
      for (let i = 0; i < 10; i++) node.router.receive(source, greetingOf(dice.bytes(32) as DhtPublicKey))
      world.run(10)
    }
    const asked = node.dht.stats.nodesRequestsSent
    assert.ok(asked <= 64 + 10 * 16 + 1, `${asked} questions`)
    assert.ok(node.env.drops.get('dht/lan-discovery limit') > 9000)
  })

  it('goes by limited broadcast and link-local multicast where nothing better is known', () => {
    const sent: string[] = []
    const udp = { send: (to: Endpoint) => void sent.push(String(to)), reserve: () => new Uint8Array(0) }
    lanSender(udp).send([33_445, 33_446], new Uint8Array(33))
    assert.deepEqual(sent, ['255.255.255.255:33445', '255.255.255.255:33446', '[ff02::1]:33445', '[ff02::1]:33446'])
    sent.length = 0
    lanSender(udp, { ipv6: false }).send([1], new Uint8Array(33))
    assert.deepEqual(sent, ['255.255.255.255:1'])
  })
})
