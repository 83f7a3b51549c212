import assert from 'node:assert/strict'
import { PacketKind } from '../../src/packet/kinds.js'
import { crypto, established, message, numberOf, type Peer, type Recorded, World } from './pair.js'

const kinds = (world: World, from: Peer): number[] =>
  world.sent.filter((one) => one.from.equals(from.endpoint)).map(({ packet }) => packet[0]!)

const handshakesOf = (world: World, from: Peer): Recorded[] =>
  world.sent.filter((one) => one.from.equals(from.endpoint) && one.packet[0] === PacketKind.CRYPTO_HANDSHAKE)

function meeting(): { world: World; a: Peer; b: Peer } {
  const world = new World()
  world.isRecording = true
  return { world, a: world.peer(), b: world.peer() }
}

describe('net crypto: handshakes', () => {
  it('the packets of a meeting are those of the specification', () => {
    const { world, a, b } = meeting()
    a.connectTo(b)
    world.run(60)
    const { COOKIE_REQUEST, COOKIE_RESPONSE, CRYPTO_HANDSHAKE, CRYPTO_DATA } = PacketKind
    assert.deepEqual(kinds(world, a).slice(0, 4), [COOKIE_REQUEST, CRYPTO_HANDSHAKE, CRYPTO_HANDSHAKE, CRYPTO_DATA])
    assert.deepEqual(kinds(world, b).slice(0, 3), [COOKIE_RESPONSE, CRYPTO_HANDSHAKE, CRYPTO_DATA])
  })

  it('asks eight times, a second apart, then says that there is no answer', () => {
    const { world, a, b } = meeting()
    world.filter = () => false
    a.connectTo(b)
    world.run(7_900)
    assert.equal(kinds(world, a).length, 8)
    assert.equal(a.connection!.state, 'cookie-requesting')
    world.run(200)
    assert.deepEqual(a.log, ['closed no-answer'])
    assert.equal(a.net.size, 0)
    assert.deepEqual(new Set(world.sent.map(({ packet }) => packet.join())).size, 1, 'the same packet each time')
  })

  it('waits without a timer until an endpoint is known, then asks at once', () => {
    const { world, a, b } = meeting()
    a.connectTo(b, null)
    world.run(30_000)
    assert.equal(world.sent.length, 0)
    assert.equal(a.connection!.state, 'cookie-requesting')
    a.connection!.setEndpoint(b.endpoint)
    world.run(60)
    assert.ok(a.isEstablished && b.isEstablished)
  })

  it('ignores whom it does not accept', () => {
    const world = new World()
    const a = world.peer()
    const b = world.peer({ accept: false })
    a.connectTo(b)
    world.run(20_000)
    assert.deepEqual(a.log, ['closed no-answer'])
    assert.ok(b.incoming.length > 0)
    assert.equal(b.net.size, 0)
  })

  it('accepts later, within the same attempt, whom it refused at first', () => {
    const world = new World()
    const a = world.peer()
    const b = world.peer({ accept: false })
    a.connectTo(b)
    world.run(1_500)
    b.accepts = true
    world.run(1_500)
    assert.ok(a.isEstablished && b.isEstablished)
  })

  it('repairs the loss of any one packet of the meeting', () => {
    for (let lost = 0; lost < 8; lost++) {
      const { world, a, b } = meeting()
      let count = 0
      world.filter = () => count++ !== lost
      a.connectTo(b)
      world.run(2_500)
      assert.ok(a.isEstablished && b.isEstablished, `packet ${lost} lost`)
      a.connection!.sendLossless(message(lost))
      world.run(2_000)
      assert.deepEqual(b.received.map(numberOf), [lost])
    }
  })

  it('a handshake played again makes no second connection and disturbs none', () => {
    const { world, a, b } = meeting()
    a.connectTo(b)
    world.run(100)
    const played = handshakesOf(world, a)
    assert.ok(played.length > 0)
    const again = (): void => {
      for (const { from, packet } of played) b.router.receive(from, packet)
      world.run(100)
    }
    again()
    assert.equal(b.connection!.state, 'established')
    a.connection!.kill()
    world.run(20)
    assert.equal(b.net.size, 0)
    again()
    assert.equal(b.net.size, 0, 'a used cookie made a connection')
    assert.equal(b.incoming.length, 1)
  })

  it('a handshake is worth nothing to others: another source, another receiver, late, or with a bit changed', () => {
    const { world, a, b } = meeting()
    const c = world.peer()
    world.filter = ({ packet }) => packet[0] !== PacketKind.CRYPTO_HANDSHAKE
    a.connectTo(b)
    world.run(100)
    const { packet } = handshakesOf(world, a)[0]!
    c.router.receive(a.endpoint, packet)
    assert.equal(c.incoming.length, 0)
    for (let at = 0; at < packet.length; at++) {
      const flipped = packet.slice()
      flipped[at]! ^= 1 << (at & 7)
      b.router.receive(a.endpoint, flipped)
      b.router.receive(a.endpoint, packet.subarray(0, at))
    }
    assert.equal(b.incoming.length, 0)
    world.run(17_000)
    b.router.receive(a.endpoint, packet)
    assert.equal(b.incoming.length, 0, 'a cookie of 15 s ago was taken')
  })

  it('a response to another request is not taken', () => {
    const { world, a, b } = meeting()
    world.filter = ({ packet }) => packet[0] === PacketKind.COOKIE_REQUEST || packet[0] === PacketKind.COOKIE_RESPONSE
    a.connectTo(b)
    world.run(25)
    const response = world.sent.find(({ packet }) => packet[0] === PacketKind.COOKIE_RESPONSE)!.packet
    a.connection!.kill()
    a.connectTo(b)
    a.router.receive(b.endpoint, response)
    assert.equal(a.connection!.state, 'cookie-requesting')
  })

  it('a peer that restarts with a new DHT key replaces its connection at once', () => {
    const { world, a, b } = established()
    const restarted = world.peer({ keys: a.keys })
    restarted.connectTo(b)
    world.run(100)
    assert.ok(restarted.isEstablished)
    assert.deepEqual(b.log.slice(-5), ['dht key new', 'closed replaced', 'accepted', 'established', 'direct true'])
    b.connection!.sendLossless(message(9))
    world.run(50)
    assert.deepEqual(restarted.received.map(numberOf), [9])
    assert.equal(b.net.size, 1)
  })

  it('a peer that lost its session replaces it when the old one fell silent, not before', () => {
    const { world, a, b } = established()
    const old = b.connection
    world.run(2_000)
    // It vanishes without a word and comes back with the same keys at another address.
    world.filter = ({ from }) => !from.equals(a.endpoint)
    const again = world.peer({ keys: a.keys, dhtKeys: a.dhtKeys })
    again.connectTo(b)
    world.run(100)
    assert.equal(b.connection, old, 'replaced while alive')
    world.run(4_000)
    assert.ok(again.isEstablished)
    assert.notEqual(b.connection, old)
  })

  it('both sides restarting at once meet again', () => {
    const { world, a, b } = established()
    a.net.close()
    b.net.close()
    const a2 = world.peer({ keys: a.keys })
    const b2 = world.peer({ keys: b.keys })
    a2.connectTo(b2)
    b2.connectTo(a2)
    world.run(100)
    assert.ok(a2.isEstablished && b2.isEstablished)
  })

  it('an impossible key makes no connection', () => {
    const a = new World().peer()
    const zero = new Uint8Array(32) as never
    assert.equal(a.net.connect(crypto.keyPair().publicKey as never, zero, {}), undefined)
    assert.equal(a.net.size, 0)
  })

  it('connecting again to the same keys gives the same connection; to a newer DHT key a new one', () => {
    const { world, a, b } = established()
    assert.equal(a.net.connect(b.keys.publicKey, b.dhtKeys.publicKey, {}), a.connection)
    const newer = a.net.connect(b.keys.publicKey, crypto.keyPair().publicKey as never, {})
    assert.notEqual(newer, a.connection)
    assert.equal(a.connection!.state, 'killed')
    world.run(20)
    assert.equal(b.log.at(-1), 'closed killed-by-peer')
  })

  it('several peers behind one address and port are told apart by their keys', () => {
    const world = new World()
    const server = world.peer()
    const inside = [world.peer(), world.peer(), world.peer()]
    world.hide(inside)
    for (const peer of inside) peer.connectTo(server)
    world.run(3_000)
    assert.equal(server.net.size, 3)
    inside.forEach((peer, i) => {
      peer.connection!.sendLossless(message(i))
      server.net.get(peer.keys.publicKey)!.sendLossless(message(100 + i))
    })
    world.run(1_000)
    assert.deepEqual(server.received.map(numberOf).sort(), [0, 1, 2])
    assert.deepEqual(
      inside.map((peer) => peer.received.map(numberOf)),
      [[100], [101], [102]],
    )
  })
})
