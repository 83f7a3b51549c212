import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import type { EphemeralPublicKey, EphemeralSecretKey, Nonce } from '../../src/crypto/keys.js'
import { OnionPath, UdpFirstHop } from '../../src/onion/path.js'
import { Layer1, OnionResponse3 } from '../../src/packet/onion/index.js'
import { type Node, type Peer, World } from './world.js'

/** Records what reaches a host, in place of its own handling. */
function listen(world: World, at: Node): { from: Endpoint; packet: Uint8Array }[] {
  const heard: { from: Endpoint; packet: Uint8Array }[] = []
  const host = world.board.hosts.find(({ endpoint }) => endpoint.equals(at.endpoint))!
  host.router.receive = (from, packet) => heard.push({ from, packet: packet.slice() })
  return heard
}

function pathOf(world: World, sender: Node, hops: readonly [Node, Node, Node]): OnionPath {
  const { env, udp, dht } = sender
  const infos = hops.map((hop) => hop.dht.info)
  const key = dht.sharedKey(hops[0].dht.keyPair.publicKey)!
  const first = new UdpFirstHop(world.crypto, udp, dht.keyPair.publicKey, infos[0]!, key)
  return OnionPath.create(env, world.crypto, 1, first, infos, infos[1]!, infos[2]!)!
}

describe('onion router', () => {
  let world: World
  let hops: [Node, Node, Node]
  let target: Node
  let sender: Node

  beforeEach(async () => {
    world = await World.create(5)
    const [a, b, c, d, e] = world.nodes as [Node, Node, Node, Node, Node]
    hops = [a, b, c]
    target = d
    sender = e
  })

  it('carries a request through three hops and the answer back, and shows each hop its neighbours only', () => {
    const atTarget = listen(world, target)
    const atSender = listen(world, sender)
    const request = new Uint8Array(120).fill(0x83)
    pathOf(world, sender, hops).send(target.endpoint, request)
    world.run(100)
    assert.equal(atTarget.length, 1)
    const { from, packet } = atTarget[0]!
    assert.ok(from.equals(hops[2].endpoint))
    assert.deepEqual(packet.subarray(0, 120), request)
    assert.equal(packet.length, 120 + 177)

    const data = Uint8Array.of(0x84, 1, 2, 3)
    target.udp.send(from, encode(OnionResponse3, { kind: 0x8c, returnPath: packet.subarray(120), data }))
    world.run(100)
    assert.equal(atSender.length, 1)
    assert.ok(atSender[0]!.from.equals(hops[0].endpoint))
    assert.deepEqual(atSender[0]!.packet, data)
  })

  it('carries 1,174 bytes and no more', () => {
    const atTarget = listen(world, target)
    const path = pathOf(world, sender, hops)
    path.send(target.endpoint, new Uint8Array(1174).fill(0x85))
    world.run(100)
    assert.equal(atTarget[0]?.packet.length, 1174 + 177)
    assert.throws(() => path.send(target.endpoint, new Uint8Array(1175)), RangeError)
  })

  it('lets one node be all three hops and the destination', () => {
    const [a] = hops
    const atSender = listen(world, sender)
    // An announce request that does not open is dropped, so ask for what is answered: nothing. Watch the exit instead.
    const before = a.env.drops.get('onion/announce-request does not open')
    pathOf(world, sender, [a, a, a]).send(a.endpoint, new Uint8Array(177).fill(0x83))
    world.run(100)
    assert.equal(a.env.drops.get('onion/announce-request does not open'), before + 1)
    assert.equal(atSender.length, 0)
  })

  it('exits with announce and data requests alone (CVE-2018-25022)', () => {
    const atTarget = listen(world, target)
    const path = pathOf(world, sender, hops)
    for (let kind = 0; kind < 256; kind++) path.send(target.endpoint, new Uint8Array(200).fill(kind))
    world.run(100)
    const kinds = atTarget.map(({ packet }) => packet[0])
    assert.deepEqual(kinds, [0x83, 0x85, 0x87])
    assert.equal(hops[2].env.drops.get('onion/exit refuses kind'), 253)
  })

  it('brings back answers of the onion alone, at each hop', () => {
    const atTarget = listen(world, target)
    const atSender = listen(world, sender)
    pathOf(world, sender, hops).send(target.endpoint, new Uint8Array(120).fill(0x83))
    world.run(100)
    const returnPath = atTarget[0]!.packet.subarray(120)
    for (let kind = 0; kind < 256; kind++) {
      const data = Uint8Array.of(kind, 1)
      target.udp.send(hops[2].endpoint, encode(OnionResponse3, { kind: 0x8c, returnPath, data }))
    }
    world.run(100)
    assert.deepEqual(
      atSender.map(({ packet }) => packet[0]),
      [0x84, 0x86, 0x88],
    )
  })

  it('drops a return address that it did not seal', () => {
    const atTarget = listen(world, target)
    const atSender = listen(world, sender)
    pathOf(world, sender, hops).send(target.endpoint, new Uint8Array(120).fill(0x83))
    world.run(100)
    const returnPath = atTarget[0]!.packet.slice(120)
    const data = Uint8Array.of(0x84)
    for (let i = 0; i < returnPath.length; i += 7) {
      const forged = returnPath.slice()
      forged[i]! ^= 1
      target.udp.send(hops[2].endpoint, encode(OnionResponse3, { kind: 0x8c, returnPath: forged, data }))
    }
    world.run(100)
    assert.equal(atSender.length, 0)
    assert.equal(hops[2].env.drops.get('onion/return address is not ours'), Math.ceil(177 / 7))
  })

  it('lets return addresses expire: good for the 300 s of an announcement, gone after two key changes', () => {
    const atTarget = listen(world, target)
    const atSender = listen(world, sender)
    const answer = (): void => {
      const returnPath = atTarget[atTarget.length - 1]!.packet.subarray(120)
      target.udp.send(hops[2].endpoint, encode(OnionResponse3, { kind: 0x8c, returnPath, data: Uint8Array.of(0x84) }))
      world.run(100)
    }
    world.run(2 * 3_600_000 - 150_000)
    pathOf(world, sender, hops).send(target.endpoint, new Uint8Array(120).fill(0x83))
    world.run(100)
    // The key changes in between.
    world.run(300_000)
    answer()
    assert.equal(atSender.length, 1)
    world.run(301_000)
    answer()
    assert.equal(atSender.length, 1)
  })

  it('sends nothing to addresses that are none', () => {
    const path = pathOf(world, sender, hops)
    for (const to of [
      Endpoint.parse('0.0.0.0', 33_445)!,
      Endpoint.parse('224.0.0.1', 5353)!,
      target.endpoint.withPort(0),
    ]) {
      path.send(to, new Uint8Array(120).fill(0x83))
    }
    world.run(100)
    assert.equal(hops[2].env.drops.get('onion/next hop is no address'), 3)
  })

  it('serves relay clients: their mark comes back with the answer', () => {
    const [a, b, c] = hops
    const atTarget = listen(world, target)
    const heard: { mark: Uint8Array; data: Uint8Array }[] = []
    a.onion.onRelayResponse = (mark, data) => heard.push({ mark: mark.slice(), data: data.slice() })
    const mark = new Uint8Array(18).fill(9)
    const relay = {
      key: 'relay',
      send: (nonce: Nonce, layer: Uint8Array) => a.onion.forwardFromRelay(nonce, layer, mark),
    }
    const path = OnionPath.create(sender.env, world.crypto, 1, relay, [b.dht.info, c.dht.info], b.dht.info, c.dht.info)!
    path.send(target.endpoint, new Uint8Array(120).fill(0x83))
    world.run(100)
    const returnPath = atTarget[0]!.packet.subarray(120)
    target.udp.send(c.endpoint, encode(OnionResponse3, { kind: 0x8c, returnPath, data: Uint8Array.of(0x84, 5) }))
    world.run(100)
    assert.deepEqual(heard, [{ mark, data: Uint8Array.of(0x84, 5) }])
  })

  it('survives truncations and flipped bits of every packet on the way', () => {
    const seen: { at: Node; from: Endpoint; packet: Uint8Array }[] = []
    for (const node of world.nodes) {
      const host = world.board.hosts.find(({ endpoint }) => endpoint.equals(node.endpoint))!
      const receive = host.router.receive.bind(host.router)
      host.router.receive = (from, packet) => {
        seen.push({ at: node, from, packet: packet.slice() })
        receive(from, packet)
      }
    }
    const peer: Peer = world.peer()
    world.run(1000)
    const kinds = new Map(seen.map((one) => [one.packet[0]!, one]))
    assert.ok(kinds.size >= 7)
    for (const { at, from, packet } of kinds.values()) {
      for (let length = 0; length < packet.length; length++) at.router.receive(from, packet.subarray(0, length))
      for (let bit = 0; bit < packet.length * 8; bit += 5) {
        const flipped = packet.slice()
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        at.router.receive(from, flipped)
      }
    }
    world.run(1000)
    assert.ok(peer.client.isConnected)
  })

  it('drops what one source floods, and serves another', () => {
    const [a] = hops
    const flood = Endpoint.parse('10.9.9.9', 1)!
    const junk = new Uint8Array(300).fill(7)
    junk[0] = 0x80
    for (let i = 0; i < 6000; i++) a.router.receive(flood, junk)
    assert.ok(a.env.drops.get('onion/source floods') >= 1500)
    const atTarget = listen(world, target)
    pathOf(world, sender, hops).send(target.endpoint, new Uint8Array(120).fill(0x83))
    world.run(100)
    assert.equal(atTarget.length, 1)
  })
})

describe('onion layer 1', () => {
  it('is refused when it is too short for the layers inside', async () => {
    const world = await World.create(1)
    const [node] = world.nodes as [Node]
    const { publicKey } = world.crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>()
    const layer = encode(Layer1, { to: node.endpoint, publicKey, sealed: new Uint8Array(103) })
    node.onion.forwardFromRelay(new Uint8Array(24) as Nonce, layer.subarray(0, layer.length - 1), new Uint8Array(18))
    assert.equal(node.env.drops.get('onion/layer 1 malformed'), 1)
  })
})
