import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../src/crypto/keys.js'
import {
  CONNECTION_TIMEOUT_MS,
  DHT_KEY_TIMEOUT_MS,
  type FriendConnection,
  RECONNECT_MIN_MS,
} from '../../src/friend/index.js'
import { PacketId } from '../../src/packet/friend/packet-id.js'
import { ShareRelays } from '../../src/packet/friend/share-relays.js'
import { type FakeHost, FakeWorld, keyOf, LATENCY_MS } from './fake-world.js'

interface Pair {
  world: FakeWorld
  a: FakeHost
  b: FakeHost
  ab: FriendConnection
  ba: FriendConnection
}

/** Two hosts that know each other's long-term key and are connected. */
function friends(): Pair {
  const world = new FakeWorld()
  const a = world.host(1)
  const b = world.host(2)
  const ab = a.connections.open(b.publicKey)
  const ba = b.connections.open(a.publicKey)
  world.runUntil(() => ab.isConnected && ba.isConnected, 5_000)
  return { world, a, b, ab, ba }
}

function statusLog(host: FakeHost): boolean[] {
  const log: boolean[] = []
  host.connections.listen({ onStatus: (_, connected) => void log.push(connected) })
  return log
}

describe('friend connections', () => {
  it('lead from two long-term keys to one session, and the onion hears of it', () => {
    const { world, a, b, ab } = friends()
    assert.equal(a.sessionList.length, 1)
    assert.equal(b.sessionList.length, 1)
    assert.deepEqual([...a.onlineSet.values()], [true])
    assert.equal(ab.path, 'udp')
    assert.deepEqual(ab.dhtPublicKey, b.dhtPublicKey)
    world.run(5 * 60_000)
    assert.ok(ab.isConnected, 'Alive packets keep it')
    assert.equal(a.connects + b.connects <= 2, true)
  })

  it('seek a friend who says nothing for some seconds, and stop when they speak again', () => {
    const { a, ab } = friends()
    const { handlers } = a.sessionList[0]!
    handlers.onSilence(true)
    assert.deepEqual([...a.onlineSet.values()], [false])
    assert.ok(ab.isConnected, 'nobody is given up for that')
    handlers.onSilence(false)
    assert.deepEqual([...a.onlineSet.values()], [true])
  })

  it('take no session from a stranger', () => {
    const world = new FakeWorld()
    const a = world.host(1)
    const b = world.host(2)
    const ab = a.connections.open(b.publicKey)
    b.connections.open(keyOf<LongTermPublicKey>(3))
    // a learns b's key by other means and knocks at b's door
    const handlers = [...a.onionFriends.values()][0]!
    handlers.onDhtKey(b.dhtPublicKey, [], [])
    world.run(30_000)
    assert.equal(ab.isConnected, false)
    assert.ok(b.env.drops.get('friend/session of a stranger') > 0)
  })

  it('report a friend who vanishes within 32 seconds, then forget their DHT key after 122', () => {
    const { world, a, b, ab } = friends()
    const log = statusLog(a)
    world.run(20_123)
    b.vanish()
    const ms = world.runUntil(() => !ab.isConnected)
    assert.ok(ms <= CONNECTION_TIMEOUT_MS, `${ms} ms`)
    assert.ok(ms > CONNECTION_TIMEOUT_MS - 8_100, `${ms} ms`)
    assert.deepEqual(log, [false])
    assert.deepEqual([...a.onlineSet.values()], [false])
    world.run(DHT_KEY_TIMEOUT_MS - 1_000)
    assert.notEqual(ab.dhtPublicKey, undefined)
    assert.equal(a.searches, 1)
    world.run(2_000)
    assert.equal(ab.dhtPublicKey, undefined)
    assert.equal(a.searches, 0)
    const { connects } = a
    world.run(60_000)
    assert.equal(a.connects, connects, 'no more attempts without a key')
    assert.equal(a.env.deadlines.size, 0, 'nothing waits')
  })

  it('ride out a break of 20 seconds', () => {
    const { world, a, ab } = friends()
    const log = statusLog(a)
    world.linked = () => false
    world.run(20_000)
    world.linked = () => true
    world.run(60_000)
    assert.ok(ab.isConnected)
    assert.deepEqual(log, [])
  })

  it('connect again at once when the friend closes the session, but not faster than twice a second', () => {
    const { world, a, b, ba } = friends()
    world.run(5_000)
    b.sessionList[0]!.kill()
    b.sessionList.length = 0
    ba.onClosed()
    const log = statusLog(a)
    assert.ok(world.runUntil(() => log.length === 2 && ba.isConnected) < 100)
    assert.deepEqual(log, [false, true])

    const { connects } = a
    world.linked = () => true
    for (let i = 0; i < 100; i++) {
      a.sessionList[0]?.close()
      world.run(50)
    }
    assert.ok(a.connects - connects <= 5_000 / RECONNECT_MIN_MS + 1, `${a.connects - connects} attempts in 5 s`)
  })

  it('try again by themselves, when neither onion nor DHT says anything new', () => {
    const { world, a, b, ab } = friends()
    a.onionTells = false
    b.vanish()
    const { connects } = a
    world.runUntil(() => !ab.isConnected)
    world.run(1)
    assert.equal(a.connects, connects + 1, 'at once after the timeout')
    a.sessionList[0]!.close()
    a.sessionList[0]?.close()
    world.run(RECONNECT_MIN_MS)
    assert.equal(a.connects, connects + 2, 'soon after a quick refusal')
    world.run(60_000)
    assert.ok(a.connects >= connects + 8, 'and again whenever an attempt times out')
  })

  it('take a handshake of a friend whose session we still hold, or nothing when that ends the friendship', () => {
    for (const isGivenUp of [false, true]) {
      const { world, a, b, ab } = friends()
      const log = statusLog(a)
      if (isGivenUp) a.connections.listen({ onStatus: (connection) => a.connections.release(connection) })
      const session = b.sessionList[0]!
      let accepted = 0
      const { publicKey, dhtPublicKey, endpoint } = b
      const accept = (): typeof session => {
        accepted++
        return session
      }
      ab.accept({ longTermPublicKey: publicKey, dhtPublicKey, endpoint, accept })
      assert.equal(accepted, isGivenUp ? 0 : 1)
      assert.deepEqual(log, [false])
      world.run(1)
    }
  })

  it('remember after hours where the friend was, should the DHT have forgotten', () => {
    const { world, a, b, ab, ba } = friends()
    world.run(3 * 60 * 60_000)
    const log = statusLog(a)
    a.dhtFinds = false
    b.dhtFinds = false
    world.run(2_000)
    b.sessionList[0]!.kill()
    ba.onClosed()
    assert.ok(world.runUntil(() => log.length === 2 && ab.isConnected && ba.isConnected) < 1_000)
  })

  it('find a friend who restarts with another DHT key and port in two seconds', () => {
    const { world, a, b, ab } = friends()
    world.run(12_345)
    const reborn = b.restart()
    const ba = reborn.connections.open(a.publicKey)
    const ms = world.runUntil(() => ba.isConnected && ab.isConnected && ab.dhtPublicKey === reborn.dhtPublicKey)
    assert.ok(ms <= 2_000, `${ms} ms`)
  })

  it('leave a session whose friend proves another DHT key', () => {
    const { world, a, ab } = friends()
    const log = statusLog(a)
    const key = keyOf<DhtPublicKey>(77)
    ab.onDhtKey(key)
    assert.equal(ab.isConnected, false)
    assert.deepEqual(log, [false])
    assert.deepEqual(a.toldDhtKeys.at(-1), key)
    assert.equal(a.searches, 1)
    world.run(60_000)
    assert.ok(ab.isConnected, 'the onion tells the right one again')
  })

  it('give up a connection when its last user does', () => {
    const { world, a, b, ab, ba } = friends()
    assert.equal(a.connections.open(b.publicKey), ab)
    a.connections.release(ab)
    world.run(1_000)
    assert.ok(ab.isConnected)
    a.connections.release(ab)
    world.run(LATENCY_MS + 1)
    assert.equal(ba.isConnected, false, 'the friend sees it at once')
    assert.equal(a.onionFriends.size, 0)
    assert.equal(a.searches, 0)
    world.run(20_000)
    assert.equal(a.env.deadlines.size, 0)
    assert.equal(a.sessionList.length, 0)
  })

  it('let a listener give the connection up in the middle', () => {
    const { world, a, b, ab } = friends()
    a.connections.listen({
      onStatus: (connection, connected) => {
        if (!connected) a.connections.release(connection)
      },
    })
    const reborn = b.restart()
    reborn.connections.open(a.publicKey)
    world.run(200_000)
    assert.equal(ab.isConnected, false)
    assert.equal(a.sessionList.length, 0)
    assert.equal(a.searches, 0)
    assert.equal(a.env.deadlines.size, 0)
  })

  it('tell friends when the instance closes', () => {
    const { world, a, ba } = friends()
    a.connections.close()
    world.run(LATENCY_MS + 1)
    assert.equal(ba.isConnected, false)
    assert.equal(a.connections.get(ba.publicKey), undefined)
  })

  it('hand packets to the one handler of their id, and count what nobody handles', () => {
    const { world, b, ab } = friends()
    const got: number[][] = []
    b.connections.onPacket(96, (_, packet) => void got.push([...packet]))
    b.connections.onPacket(199, (_, packet) => void got.push([...packet]))
    assert.throws(() => b.connections.onPacket(96, () => {}), /handler already/)
    assert.throws(() => b.connections.onPacket(15, () => {}), RangeError)
    assert.throws(() => b.connections.onPacket(255, () => {}), RangeError)
    ab.sendLossless(Uint8Array.of(96, 1, 2))
    ab.sendLossy(Uint8Array.of(199, 3))
    ab.sendLossless(Uint8Array.of(111))
    ab.sendLossy(Uint8Array.of(250))
    world.run(100)
    assert.deepEqual(got, [
      [96, 1, 2],
      [199, 3],
    ])
    assert.equal(b.env.drops.get('friend/unknown lossless packet'), 1)
    assert.equal(b.env.drops.get('friend/unknown lossy packet'), 1)
  })

  it('hand up relays, from the friend and from the onion', () => {
    const { world, a, b, ab } = friends()
    const relays: string[] = []
    b.connections.listen({ onRelays: (_, list) => void relays.push(...list.map(({ relay }) => relay.toString())) })
    const endpoint = Endpoint.parse('10.1.2.3', 3389)!
    const publicKey = keyOf<DhtPublicKey>(9)
    const nodes = [
      { address: { protocol: 'tcp' as const, endpoint }, publicKey },
      { address: { protocol: 'udp' as const, endpoint: endpoint.withPort(1) }, publicKey },
    ]
    ab.sendLossless(encode(ShareRelays, { id: PacketId.SHARE_RELAYS, relays: nodes }))
    ab.sendLossless(Uint8Array.of(PacketId.SHARE_RELAYS, 130, 1))
    world.run(100)
    assert.deepEqual(relays, ['10.1.2.3:3389'])
    assert.equal(b.env.drops.get('friend/share-relays malformed'), 1)
    const node = { endpoint, publicKey }
    ;[...b.onionFriends.values()][0]!.onDhtKey(a.dhtPublicKey, [node], [{ relay: endpoint.withPort(443), publicKey }])
    assert.deepEqual(relays, ['10.1.2.3:3389', '10.1.2.3:443'])
    assert.deepEqual(b.candidates, [node])
  })

  it('tell the DHT of nodes near the friend once it searches there', () => {
    const world = new FakeWorld()
    const a = world.host(1)
    a.connections.open(keyOf<LongTermPublicKey>(2))
    const node = { endpoint: Endpoint.parse('10.1.2.3', 33_445)!, publicKey: keyOf<DhtPublicKey>(9) }
    ;[...a.onionFriends.values()][0]!.onDhtKey(keyOf<DhtPublicKey>(77), [node], [])
    assert.deepEqual(a.candidates, [node])
  })

  it('show the friend where we are, at the address that the session followed them to', () => {
    const { a, b, ab } = friends()
    const moved = { endpoint: Endpoint.parse('10.1.2.3', 33_445)!, publicKey: b.dhtPublicKey }
    a.sessionList[0]!.endpoint = moved.endpoint
    a.connections.networkChanged()
    assert.deepEqual(a.candidates, [moved], 'our address has changed')
    ab.onQuiet()
    assert.deepEqual(a.candidates, [moved, moved], 'they say nothing')
  })

  it('report a path through relays only when there is a relay', () => {
    const { a, ab } = friends()
    const paths: string[] = []
    a.connections.listen({ onPath: (_, path) => void paths.push(path) })
    ab.onDirectPath(false)
    a.sessionList[0]!.relayCount = 1
    ab.onDirectPath(false)
    ab.onDirectPath(false)
    ab.onDirectPath(true)
    assert.deepEqual(paths, ['tcp', 'udp'])
  })

  it('try an Alive packet again when the send window is full', () => {
    const { world, a, ab, ba } = friends()
    world.run(10_000)
    a.window = 0
    world.run(20_000)
    a.window = 100
    world.run(40_000)
    assert.ok(ab.isConnected && ba.isConnected)
  })

  it('ping all friends in the same turns', () => {
    const world = new FakeWorld()
    const a = world.host(1)
    const others = Array.from({ length: 20 }, (_, i) => world.host(10 + i))
    others.forEach((other, i) => {
      world.run(i * 37)
      a.connections.open(other.publicKey)
      other.connections.open(a.publicKey)
    })
    world.run(10_000)
    const turns = new Set<number>()
    for (const other of others) {
      const { handlers } = other.sessionList[0]!
      const onLossless = handlers.onLossless.bind(handlers)
      handlers.onLossless = (packet) => {
        turns.add(world.time.nowMs)
        onLossless(packet)
      }
    }
    world.run(80_000)
    assert.equal(turns.size, 10)
  })
})
