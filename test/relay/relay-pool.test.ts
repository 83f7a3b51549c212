// Which relays are used, shared, left and replaced: clients and relays in virtual time.

import assert from 'node:assert/strict'
import { Endpoint, sameBytes } from '../../src/base/index.js'
import type { DhtPublicKey, Nonce } from '../../src/crypto/keys.js'
import { infoOf, PoolWorld, RELAY_PORT, targetOf, Way } from './pool-world.js'

describe('relay pool', () => {
  it('keeps three of many relays, chosen by chance, and tries as many more when some fail', async () => {
    const used = new Set<string>()
    for (const seed of [1, 2, 3]) {
      const pool = await PoolWorld.create(seed)
      const relays = pool.relays(9)
      for (const relay of relays.slice(0, 3)) relay.kill()
      const client = pool.client()
      for (const relay of relays) client.engine.pool.add(targetOf(relay))
      pool.world.expect('connected', () => client.engine.pool.connectedCount >= 3, 5_000)
      pool.world.run(20_000)
      assert.equal(client.engine.pool.connectedCount, 3)
      for (const { publicKey, state } of client.engine.pool.list) if (state === 'connected') used.add(`${publicKey}`)
      assert.ok(client.engine.news > 0)
    }
    assert.ok(used.size > 3)
  })

  it('takes another relay for one that goes, and comes back to the only one there is', async () => {
    const pool = await PoolWorld.create(4)
    const relays = pool.relays(4)
    const client = pool.client()
    for (const relay of relays) client.engine.pool.add(targetOf(relay))
    pool.world.run(20_000)
    const left = relays.find((relay) => client.engine.snapshot(relay)!.state === 'connected')!
    left.stop()
    pool.world.expect('noticed', () => client.engine.pool.connectedCount < 3, 1_000)
    pool.world.expect('replaced', () => client.engine.pool.connectedCount === 3, 2_000)
    assert.equal(client.engine.snapshot(left)!.failure!.code, 'closed')

    const alone = pool.client()
    const only = pool.relay()
    alone.engine.pool.add(targetOf(only))
    pool.world.run(90_000)
    only.kill()
    pool.world.run(10_000)
    assert.equal(alone.engine.snapshot(only)!.failure!.code, 'refused')
    only.restart()
    pool.world.expect('back', () => alone.engine.pool.connectedCount === 1, 15_000)
    assert.equal(alone.engine.snapshot(only)!.failure, undefined)
  })

  it('waits longer and longer for a relay that does not answer, up to five minutes', async () => {
    const pool = await PoolWorld.create(5)
    const relay = pool.relay()
    const client = pool.client()
    client.engine.pool.add(targetOf(relay))
    relay.kill()
    const dialsIn = (ms: number): number => {
      const before = client.engine.dials
      pool.world.run(ms)
      return client.engine.dials - before
    }
    const counts = [60_000, 3_600_000].map(dialsIn)
    assert.ok(counts[0]! >= 5 && counts[0]! <= 8, `${counts[0]} in the first minute`)
    assert.ok(counts[1]! >= 10 && counts[1]! <= 20, `${counts[1]} in the next hour`)
    assert.equal(client.engine.snapshot(relay)!.state, 'waiting')
    assert.equal(client.engine.snapshot(relay)!.failure!.code, 'refused')
  })

  it('tries the ports of one relay in turn, and names that the dialer resolves', async () => {
    const pool = await PoolWorld.create(6)
    const [relay, named] = pool.relays(2)
    const client = pool.client()
    const { publicKey } = targetOf(relay!)
    for (const port of [443, 33_445, RELAY_PORT]) {
      client.engine.pool.add({ target: relay!.endpoint.withPort(port), publicKey })
    }
    client.engine.pool.add({
      target: { host: named!.name, port: RELAY_PORT },
      publicKey: targetOf(named!).publicKey,
    })
    pool.world.expect('both', () => client.engine.pool.connectedCount === 2, 6_000)
    // Its address is known from the connection: friends can be told.
    assert.equal(client.engine.pool.connected(8).length, 2)
    assert.ok(client.engine.pool.saved().some(({ relay: at }) => at.equals(infoOf(named!).relay)))
  })

  it('brings two clients together who know the same relay, and carries data between them', async () => {
    const pool = await PoolWorld.create(7)
    const relay = pool.relay()
    const [a, b] = [pool.client(), pool.client()]
    const [toB, toA] = pool.ways(a, b, [relay])
    pool.world.expect('joined', () => toB.peer.relayCount === 1 && toA.peer.relayCount === 1, 3_000)
    assert.ok(toB.send(1, 2, 3))
    assert.ok(toB.send(4))
    pool.world.run(200)
    assert.deepEqual(toA.heard, [[1, 2, 3], [4]])
    assert.deepEqual(toB.peer.relays, [infoOf(relay)])
    assert.equal(toB.peer.best!.peers, 1)
    assert.ok(toB.peer.best!.rttMs! >= 50)
    toA.peer.close()
    pool.world.expect('told', () => toB.peer.relayCount === 0, 1_000)
    assert.ok(!toB.send(1))
    assert.ok(toB.changes >= 3 && toA.changes >= 2)
  })

  it('reaches a peer who waits nowhere by OOB, and strangers too', async () => {
    const pool = await PoolWorld.create(8)
    const relay = pool.relay()
    const [a, b] = [pool.client(), pool.client()]
    const toB = new Way(a, b)
    toB.peer.addRelay(infoOf(relay))
    b.engine.pool.add(targetOf(relay))
    pool.world.run(1_000)
    assert.ok(!toB.send(9))
    assert.ok(toB.peer.sendOob(Uint8Array.of(7, 7)))
    pool.world.run(200)
    const [first] = b.engine.oob
    assert.deepEqual(first!.packet, [7, 7])
    assert.deepEqual([...first!.sender], [...a.engine.keyPair.publicKey])
    // The answer comes to the peer's handlers, for the peer is known on this relay.
    assert.ok(first!.relay.sendOob(first!.sender, Uint8Array.of(8)))
    const toA = new Way(b, a)
    assert.ok(toA.peer.addOobRelay(first!.relay))
    pool.world.run(300)
    assert.deepEqual(toB.heard, [[8]])
    assert.equal(toB.peer.relayCount, 1)
  })

  it('uses three relays for a peer at first, six at most, and no more when they work', async () => {
    const pool = await PoolWorld.create(9)
    const relays = pool.relays(10)
    const [a, b] = [pool.client(), pool.client()]
    const [toB, toA] = pool.ways(a, b, relays.slice(0, 3))
    pool.world.expect('all three', () => toB.peer.relayCount === 3, 3_000)
    assert.ok(!toB.peer.addRelay(infoOf(relays[0]!)))
    assert.ok(!toB.peer.addRelay(infoOf(relays[3]!)))
    const c = pool.client()
    const [toC] = pool.ways(a, c, [])
    const added = relays.map((relay) => toC.peer.addRelay(infoOf(relay)))
    assert.deepEqual(added, [true, true, true, true, true, true, false, false, false, false])
    // Whoever does not come is not waited for beyond three relays.
    pool.world.run(30_000)
    assert.equal(a.engine.pool.connectedCount, 3)
    assert.equal(toB.peer.relayCount + toA.peer.relayCount, 6)
  })

  it('goes on over the other relays when one goes, and says which carry', async () => {
    const pool = await PoolWorld.create(10)
    const relays = pool.relays(3)
    const [a, b] = [pool.client(), pool.client()]
    const [toB, toA] = pool.ways(a, b, relays)
    pool.world.expect('all three', () => toB.peer.relayCount === 3 && toA.peer.relayCount === 3, 3_000)
    const carrier = () => relays.find((relay) => sameBytes(targetOf(relay).publicKey, toB.peer.best!.publicKey))!
    carrier().kill()
    pool.world.expect('two left', () => toB.peer.relayCount === 2, 1_000)
    assert.ok(toB.send(5))
    pool.world.run(200)
    assert.deepEqual(toA.heard, [[5]])
    // One that went silent is only found out by asking.
    carrier().unplug()
    toB.peer.suspect()
    assert.ok(toB.send(6))
    pool.world.run(1_600)
    assert.deepEqual(toA.heard.at(-1), [6])
    assert.equal(toB.peer.relayCount, 1)
  })

  it('lets relays rest while direct paths work, and wakes them at once', async () => {
    const pool = await PoolWorld.create(11)
    const relays = pool.relays(2)
    const [a, b] = [pool.client(), pool.client()]
    const [toB, toA] = pool.ways(a, b, relays)
    pool.world.expect('joined', () => toB.peer.relayCount === 2, 3_000)
    toB.peer.setDirect(true)
    toA.peer.setDirect(true)
    pool.world.run(11_000)
    assert.equal(a.engine.count('resting') + b.engine.count('resting'), 4)
    assert.equal(toB.peer.relayCount, 0)
    pool.world.run(60_000)
    assert.equal(a.engine.pool.connectedCount, 0)
    toB.peer.setDirect(false)
    toA.peer.setDirect(false)
    pool.world.expect('woken', () => toB.peer.relayCount === 2 && toA.peer.relayCount === 2, 500)
  })

  it('keeps three for onion packets, and brings the answers', async () => {
    const pool = await PoolWorld.create(12)
    const relays = pool.relays(4)
    const client = pool.client()
    assert.equal(client.engine.pool.random(), undefined)
    client.engine.pool.setOnion(true)
    for (const relay of relays) client.engine.pool.add(targetOf(relay))
    pool.world.run(20_000)
    assert.equal(client.engine.pool.connectedCount, 3)
    const keys = new Set<string>()
    for (let i = 0; i < 40; i++) {
      const hop = client.engine.pool.random()!
      keys.add(hop.key)
      hop.send(new Uint8Array(24) as Nonce, new Uint8Array(200))
    }
    pool.world.run(200)
    assert.equal(keys.size, 3)
    assert.deepEqual(client.engine.onion, new Array(40).fill([1, 2, 3]))
    assert.ok(client.engine.pool.forward(Endpoint.parse('192.0.2.1', 33_445)!, Uint8Array.of(1)))
    pool.world.run(200)
    assert.deepEqual(client.engine.forwarding, [[4, 5]])
  })

  it('forgets a relay that a friend told when it never answers, and makes room for others', async () => {
    const pool = await PoolWorld.create(13)
    const relays = pool.relays(7)
    const [a, b] = [pool.client(), pool.client()]
    const way = new Way(a, b)
    const dead = relays.slice(0, 6)
    const infos = dead.map(infoOf)
    for (const relay of dead) relay.kill()
    for (const info of infos) assert.ok(way.peer.addRelay(info))
    pool.world.run(200)
    assert.ok(way.peer.addRelay(infoOf(relays[6]!)))
    pool.world.run(30_000)
    assert.equal(a.engine.pool.list.length, 1)
    assert.deepEqual(way.peer.relays, [infoOf(relays[6]!)])
  })

  it('does not let friends change what the user said', async () => {
    const pool = await PoolWorld.create(14)
    const [relay, trap] = pool.relays(2)
    const [a, b] = [pool.client(), pool.client()]
    a.engine.pool.add(targetOf(relay!))
    relay!.unplug()
    pool.world.run(11_000)
    const way = new Way(a, b)
    way.peer.addRelay({ ...infoOf(relay!), relay: trap!.endpoint.withPort(RELAY_PORT) })
    pool.world.run(120_000)
    assert.equal(trap!.engine.server.connectionCount, 0)
    relay!.plug()
    pool.world.expect('connected', () => a.engine.pool.connectedCount === 1, 120_000)
  })

  it('holds at most 256 relays, and lets idle ones go', async () => {
    const pool = await PoolWorld.create(15)
    const relay = pool.relay()
    const client = pool.client()
    client.engine.pool.add(targetOf(relay))
    pool.world.run(1_000)
    for (let n = 0; n < 600; n++) {
      client.engine.pool.add({ target: Endpoint.parse('192.0.2.1', 1 + n)!, publicKey: numbered(n) })
    }
    assert.equal(client.engine.pool.list.length, 256)
    assert.equal(client.engine.snapshot(relay)!.state, 'connected')
  })

  it('bounds what is reached at once: not all that is known is dialled', async () => {
    const pool = await PoolWorld.create(16)
    const client = pool.client()
    for (let n = 0; n < 100; n++) {
      client.engine.pool.add({ target: Endpoint.parse('192.0.2.1', 1 + n)!, publicKey: numbered(n) })
    }
    pool.world.run(5_000)
    assert.equal(client.engine.count('connecting'), 6)
    assert.equal(client.engine.dials, 6)
  })

  it('is back within three seconds when the network changes', async () => {
    const pool = await PoolWorld.create(17)
    const relays = pool.relays(2)
    const [a, b] = [pool.client(), pool.client()]
    const [toB, toA] = pool.ways(a, b, relays)
    pool.world.run(20_000)
    a.moveTo(undefined, { isTold: true })
    pool.world.expect('noticed', () => toB.peer.relayCount === 0, 2_000)
    pool.world.expect('back', () => toB.peer.relayCount === 2 && toA.peer.relayCount === 2, 1_000)
  })

  it('saves eight: connected ones first, then those that worked', async () => {
    const pool = await PoolWorld.create(18)
    const relays = pool.relays(10)
    const client = pool.client()
    for (const relay of relays) client.engine.pool.add(targetOf(relay))
    client.engine.pool.add({ target: { host: 'nobody', port: 1 }, publicKey: numbered(1) })
    pool.world.run(20_000)
    const saved = client.engine.pool.saved()
    assert.equal(saved.length, 8)
    const connected = relays.filter((relay) => client.engine.snapshot(relay)!.state === 'connected').map(infoOf)
    for (const info of connected) assert.ok(saved.slice(0, 3).some(({ relay }) => relay.equals(info.relay)))
  })

  it('tells when there is room again', async () => {
    const pool = await PoolWorld.create(19)
    const relay = pool.relay()
    const [a, b] = [pool.client({ line: { upBytesPerSecond: 200_000 } }), pool.client()]
    const [toB, toA] = pool.ways(a, b, [relay])
    pool.world.expect('joined', () => toB.peer.relayCount === 1, 3_000)
    let sent = 0
    while (toB.send(...new Array<number>(1_000).fill(1))) sent++
    assert.ok(sent > 40 && sent < 60, `${sent} packets`)
    pool.world.expect('room', () => toB.writable === 1, 1_000)
    assert.ok(toB.send(1))
    pool.world.run(5_000)
    assert.equal(toA.heard.length, sent + 1)
  })

  it('lets less go to a relay that has stood still', async () => {
    const pool = await PoolWorld.create(21)
    const relay = pool.relay()
    const [toB] = pool.ways(pool.client(), pool.client(), [relay])
    const packet = new Array<number>(1_000).fill(1)
    /** The most packets that leave at once, after as many tries as it takes to grow. */
    const most = (): number => {
      const counts = Array.from({ length: 60 }, () => {
        let sent = 0
        while (toB.send(...packet)) sent++
        pool.world.run(200)
        return sent
      })
      return Math.max(...counts)
    }
    pool.world.expect('joined', () => toB.peer.relayCount === 1, 3_000)
    assert.ok(most() > 200)
    relay.engine.isDeaf = true
    most()
    pool.world.expect('given up', () => toB.peer.relayCount === 0, 60_000)
    relay.engine.isDeaf = false
    pool.world.expect('joined again', () => toB.peer.relayCount === 1, 60_000)
    const packets = most()
    assert.ok(packets > 50 && packets < 100, `${packets} packets`)
  })

  it('ends all connections when it is closed, and leaves nothing to wait for', async () => {
    const pool = await PoolWorld.create(20)
    const relays = pool.relays(3)
    const [a, b] = [pool.client(), pool.client()]
    const [toB, toA] = pool.ways(a, b, relays)
    pool.world.run(5_000)
    const { env } = a
    assert.ok(toB.send(3))
    a.engine.pool.close()
    assert.equal(env.deadlines.size, 0)
    assert.equal(toB.peer.relayCount, 0)
    toB.peer.close()
    a.engine.pool.add(targetOf(relays[0]!))
    assert.equal(a.engine.pool.list.length, 0)
    pool.world.run(1_000)
    assert.deepEqual(toA.heard, [[3]])
    assert.ok(relays.every(({ engine }) => engine.server.clientCount === 1))
  })
})

function numbered(n: number): DhtPublicKey {
  const key = new Uint8Array(32).fill(7)
  key[0] = n & 0xff
  key[1] = n >> 8
  return key as DhtPublicKey
}
