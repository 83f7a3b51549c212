// Sessions through relays: alone, beside the direct way, and from one to the other. The relays are a script.

import assert from 'node:assert/strict'
import { bytesKey, Endpoint } from '../../src/base/index.js'
import { message, numberOf, type Peer, World } from './pair.js'
import { ScriptedPool, ScriptedRelay } from './scripted-relays.js'

class Town {
  readonly world = new World()
  readonly #relays = new Map<string, ScriptedRelay>()
  readonly first: ScriptedRelay
  readonly second: ScriptedRelay
  readonly pools = new Map<Peer, ScriptedPool>()

  constructor() {
    this.first = this.#relay(1)
    this.second = this.#relay(2)
  }

  peer(): Peer {
    const pool = new ScriptedPool(this.#relays)
    const peer = this.world.peer({ relays: pool })
    pool.peerOf = peer
    this.pools.set(peer, pool)
    return peer
  }

  #relay(number: number): ScriptedRelay {
    const relay = new ScriptedRelay(Endpoint.parse(`10.0.0.${number}`, 443)!)
    this.#relays.set(bytesKey(relay.publicKey), relay)
    return relay
  }

  /** A and B with a session through the first relay alone: A knows that B is there, B learns it of A's handshake. */
  relayed(): { a: Peer; b: Peer } {
    const a = this.peer()
    const b = this.peer()
    this.pools.get(b)!.connect(this.first)
    a.connectTo(b, null).addRelay(this.first)
    assert.ok(this.world.until(() => a.isEstablished && b.isEstablished))
    return { a, b }
  }

  /** Both say numbered messages, one in 20 ms, for so long. */
  talk(a: Peer, b: Peer, ms: number, from = 0): number {
    let said = from
    for (let passedMs = 0; passedMs < ms; passedMs += 20) {
      a.connection!.sendLossless(message(said))
      b.connection!.sendLossless(message(said++))
      this.world.run(20)
    }
    return said
  }

  expectAll(peers: readonly Peer[], count: number): void {
    const complete = (): boolean => peers.every(({ received }) => received.length >= count)
    assert.ok(this.world.until(complete, 30_000), `got ${peers.map(({ received }) => received.length)} of ${count}`)
    this.world.run(2_000)
    const numbers = Array.from({ length: count }, (_, i) => i)
    for (const { received } of peers) assert.deepEqual(received.map(numberOf), numbers)
  }
}

describe('net crypto: sessions through relays', () => {
  it('begin with a relay alone, by cookie request and handshake out of band', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    assert.equal(a.connection!.hasDirectPath, false)
    assert.equal(a.connection!.relayCount, 1)
    assert.equal(b.connection!.relayCount, 1)
    assert.equal(b.incoming[0]!.from, undefined)
    assert.ok(a.log.includes('relays 1'))
    town.expectAll([a, b], town.talk(a, b, 500))
  })

  it('begin when a relay is named, where there was no way before', () => {
    const town = new Town()
    const a = town.peer()
    const b = town.peer()
    town.pools.get(b)!.connect(town.first)
    const connection = a.connectTo(b, null)
    town.world.run(20_000)
    assert.equal(connection.state, 'cookie-requesting')
    connection.addRelay(town.first)
    assert.ok(town.world.until(() => a.isEstablished && b.isEstablished, 1_000))
  })

  it('go directly as soon as that works, and then let relays sleep', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    a.connection!.setEndpoint(b.endpoint)
    b.connection!.setEndpoint(a.endpoint)
    assert.ok(town.world.until(() => a.connection!.hasDirectPath && b.connection!.hasDirectPath, 5_000))
    for (const peer of [a, b]) assert.deepEqual(town.pools.get(peer)!.rests, [true])
    assert.ok(a.log.includes('direct true'))
    town.expectAll([a, b], town.talk(a, b, 500))
  })

  it('tell which way carries them, and when it is another one', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    town.world.run(2_000)
    const path = () => a.net.pathTo(b.keys.publicKey)
    assert.deepEqual([path()?.kind, path()?.relay?.publicKey], ['relay', town.first.publicKey])
    assert.ok(path()!.sendRate > 0 && path()!.receiveRate > 0)
    a.connection!.setEndpoint(b.endpoint)
    b.connection!.setEndpoint(a.endpoint)
    assert.ok(town.world.until(() => path()?.kind === 'udp', 5_000))
    assert.ok(path()!.endpoint!.equals(b.endpoint) && path()!.relay === undefined)
    const sinceMs = path()!.sinceMs
    assert.ok(town.world.nowMs - sinceMs <= 1_000)
    assert.deepEqual(a.paths, ['relay', 'udp'])
    b.connection!.kill()
    assert.ok(town.world.until(() => path() === undefined, 5_000))
  })

  it('lose and repeat nothing when UDP dies and comes back', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    a.connection!.setEndpoint(b.endpoint)
    b.connection!.setEndpoint(a.endpoint)
    town.world.until(() => a.connection!.hasDirectPath && b.connection!.hasDirectPath, 5_000)
    let said = town.talk(a, b, 500)
    town.world.filter = () => false
    said = town.talk(a, b, 6_000, said)
    assert.ok(!a.connection!.hasDirectPath && !b.connection!.hasDirectPath)
    // What was said in the dark has arrived by relay.
    assert.ok(a.received.length > said - 20 && b.received.length > said - 20)
    town.world.filter = () => true
    said = town.talk(a, b, 6_000, said)
    assert.ok(a.connection!.hasDirectPath && b.connection!.hasDirectPath)
    assert.deepEqual(town.pools.get(a)!.rests, [true, false, true])
    town.expectAll([a, b], said)
  })

  it('carry on through another relay when one dies', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    for (const { connection } of [a, b]) connection!.addRelay(town.second)
    assert.equal(a.connection!.relayCount, 2)
    let said = town.talk(a, b, 500)
    town.first.down = true
    assert.equal(a.connection!.relayCount, 1)
    said = town.talk(a, b, 2_000, said)
    assert.ok(a.log.includes('relays 1') && a.log.includes('relays 2'))
    town.expectAll([a, b], said)
  })

  it('carry on through another relay when one swallows what it is given', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    for (const { connection } of [a, b]) connection!.addRelay(town.second)
    let said = town.talk(a, b, 500)
    town.first.swallows = true
    said = town.talk(a, b, 4_000, said)
    assert.ok(a.received.length > said - 60 && b.received.length > said - 60, `${a.received.length} of ${said}`)
    town.expectAll([a, b], said)
  })

  it('never give a peer who reads rarely more than it can', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    let lastMs = 0
    // As c-toxcore: at most one acknowledgement in 50 ms.
    town.pools.get(b)!.mayLeave = () => {
      if (town.world.nowMs - lastMs < 50) return false
      lastMs = town.world.nowMs
      return true
    }
    for (let i = 0; i < 2_000; i++) a.connection!.sendLossless(message(i, 1_373))
    let most = 0
    const done = (): boolean => {
      most = Math.max(most, a.connection!.stats!.inFlight)
      return b.received.length === 2_000
    }
    assert.ok(town.world.until(done, 30_000))
    assert.ok(most <= 64, `${most} packets under way`)
  })

  it('fill a relay that takes only so much, without waste', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    const count = 20_000
    for (let i = 0; i < count; i++) assert.notEqual(a.connection!.sendLossless(message(i, 1_373)), undefined)
    // 256 packets in 40 ms are 6,400 a second.
    const beganMs = town.world.nowMs
    assert.ok(town.world.until(() => b.received.length === count, 30_000))
    assert.ok(town.world.nowMs - beganMs < 6_000, `took ${town.world.nowMs - beganMs} ms`)
    assert.ok(a.connection!.stats!.resent < count / 50, `resent ${a.connection!.stats!.resent}`)
  })

  it('are not taken from a friend by another who claims their DHT key', () => {
    const town = new Town()
    const { a, b } = town.relayed()
    const thief = town.world.peer().keys.publicKey
    const claimed = a.net.connect(thief, b.dhtKeys.publicKey, {})!
    claimed.addRelay(town.first)
    town.expectAll([a, b], town.talk(a, b, 500))
    claimed.kill()
    assert.equal(a.connection!.relayCount, 1)
  })
})
