// Which relays friends name, take and use.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../src/crypto/keys.js'
import type { FriendConnection } from '../../src/friend/index.js'
import type { RelayInfo } from '../../src/packet/node-info.js'
import { type FakeHost, FakeWorld, keyOf } from './fake-world.js'

const relayAt = (ip: string, seed: number): RelayInfo => ({
  relay: Endpoint.parse(ip, 443)!,
  publicKey: keyOf<DhtPublicKey>(seed),
})
const FIRST = relayAt('203.0.113.1', 11)
const SECOND = relayAt('203.0.113.2', 12)

interface Pair {
  readonly world: FakeWorld
  readonly a: FakeHost
  readonly b: FakeHost
  readonly ab: FriendConnection
  readonly ba: FriendConnection
}

function friends(ownRelays: readonly RelayInfo[] = []): Pair {
  const world = new FakeWorld()
  const a = world.host(1)
  const b = world.host(2)
  a.ownRelays.push(...ownRelays)
  const ab = a.connections.open(b.publicKey)
  const ba = b.connections.open(a.publicKey)
  world.runUntil(() => ab.isConnected && ba.isConnected, 5_000)
  return { world, a, b, ab, ba }
}

const names = (host: FakeHost): string[] => host.sessionList[0]!.relays.map(({ relay }) => relay.toString())

describe('friends and relays', () => {
  it('name theirs as soon as they are connected, and every five minutes, and use them for the session', () => {
    const { world, a, b } = friends([FIRST])
    world.run(100)
    assert.deepEqual(names(a), ['203.0.113.1:443'])
    assert.deepEqual(names(b), ['203.0.113.1:443'])
    a.ownRelays.unshift(SECOND)
    world.run(4 * 60_000)
    assert.equal(names(b).length, 1)
    world.run(70_000)
    assert.deepEqual(new Set(names(b)), new Set(['203.0.113.1:443', '203.0.113.2:443']))
  })

  it('name a relay when it is connected, where there was none', () => {
    const { world, a, b } = friends()
    world.run(20_000)
    a.ownRelays.push(FIRST)
    a.connections.relaysChanged()
    world.run(100)
    assert.deepEqual(names(b), ['203.0.113.1:443'])
    a.connections.relaysChanged()
    world.run(100)
    assert.equal(names(b).length, 1)
  })

  it('begin a session with a relay alone', () => {
    const world = new FakeWorld()
    const a = world.host(1)
    a.dhtFinds = false
    a.connections.open(keyOf<LongTermPublicKey>(2))
    const [onion] = [...a.onionFriends.values()]
    onion!.onDhtKey(keyOf<DhtPublicKey>(77), [], [])
    assert.equal(a.connects, 0)
    onion!.onDhtKey(keyOf<DhtPublicKey>(77), [], [FIRST])
    assert.equal(a.connects, 1)
    assert.deepEqual(names(a), ['203.0.113.1:443'])
  })

  it('begin the next session with the three that were named last', () => {
    const { world, ba, b } = friends()
    const many = Array.from({ length: 30 }, (_, i) => relayAt(`203.0.113.${i + 1}`, 40 + i))
    ba.learnRelays(many)
    ba.learnRelays([many[28]!])
    b.sessionList[0]!.close()
    world.run(1_000)
    assert.deepEqual(names(b), ['203.0.113.29:443', '203.0.113.30:443', '203.0.113.28:443'])
  })

  it('are found at their own address when they are relays themselves', () => {
    const { a, ba, b } = friends()
    const own = { relay: Endpoint.parse('127.0.0.1', 3389)!, publicKey: a.dhtPublicKey }
    ba.learnRelays([own])
    assert.deepEqual(names(b), [a.endpoint.withPort(3389).toString()])
  })

  it('cannot have us knock at doors of our own network', () => {
    const { a, b, ba } = friends()
    b.sessionList[0]!.endpoint = Endpoint.parse('198.51.100.7', 33_445)
    ba.learnRelays([relayAt('127.0.0.1', 21), relayAt('192.168.1.1', 22), relayAt('0.0.0.0', 23), relayAt('::1', 24)])
    assert.deepEqual(names(b), [])
    ba.learnRelays([FIRST])
    assert.deepEqual(names(b), ['203.0.113.1:443'])
    assert.ok(a.sessionList.length === 1)
  })

  it('are reported as reached by TCP only while relays alone carry the session', () => {
    const { a, ab } = friends()
    const paths: string[] = []
    a.connections.listen({ onPath: (_, path) => void paths.push(path) })
    ab.onDirectPath(false)
    assert.deepEqual(paths, [])
    a.sessionList[0]!.relayCount = 1
    ab.onRelays()
    ab.onRelays()
    a.sessionList[0]!.relayCount = 0
    ab.onRelays()
    assert.deepEqual(paths, ['tcp'])
    ab.onDirectPath(true)
    assert.deepEqual(paths, ['tcp', 'udp'])
  })
})
