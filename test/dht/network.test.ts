// Stories of whole networks in virtual time.

import assert from 'node:assert/strict'
import { Endpoint, sameBytes } from '../../src/base/index.js'
import { BAD_AFTER_MS, PING_INTERVAL_MS } from '../../src/dht/index.js'
import { seededRandom } from '../support/env.js'
import { DhtWorld, type Peer } from './support.js'

const isKnownTo = (peer: Peer, other: Peer): boolean => peer.dht.endpointsOf(other.keyPair.publicKey).length > 0

describe('a DHT network', () => {
  it('lets two nodes know each other within a few round trips', async () => {
    const world = await DhtWorld.create()
    const a = world.peer()
    const b = world.peer()
    const seen: boolean[] = []
    a.dht.events.on('connection', (connected) => seen.push(connected))
    a.dht.bootstrap(b.endpoint, b.keyPair.publicKey)
    assert.ok(world.runUntil(() => a.dht.isConnected && b.dht.isConnected, 100))
    assert.deepEqual(seen, [true])
    assert.ok(isKnownTo(a, b) && isKnownTo(b, a))
    assert.equal(a.dht.isNonLanConnected, false, '10.0.0.0/8 is a LAN')
  })

  it('tells which nodes answers named, and which neighbours answer', async () => {
    const world = await DhtWorld.create()
    const [node, a, b] = world.network(3) as [Peer, Peer, Peer]
    let isNamed = false
    a.dht.events.on('named', ({ endpoint, publicKey }) => {
      if (endpoint.equals(b.endpoint) && sameBytes(publicKey, b.keyPair.publicKey)) isNamed = true
    })
    world.run(5000)
    assert.ok(isNamed)
    assert.equal(a.dht.goodNeighbours().length, 2)
    world.unplug(node, b)
    world.run(BAD_AFTER_MS)
    assert.deepEqual(a.dht.goodNeighbours(), [])
  })

  it('lets two fresh peers on one bootstrap node find each other in half a second', async () => {
    const world = await DhtWorld.create()
    const node = world.peer()
    const a = world.peer()
    const b = world.peer()
    a.dht.bootstrap(node.endpoint, node.keyPair.publicKey)
    b.dht.bootstrap(node.endpoint, node.keyPair.publicKey)
    let told: Endpoint | undefined
    const search = a.dht.search(b.keyPair.publicKey, (endpoint) => {
      told = endpoint
    })
    assert.ok(world.runUntil(() => search.endpoints.length > 0, 500))
    assert.ok(told?.equals(b.endpoint))
    assert.ok(search.endpoints[0]!.equals(b.endpoint))
    assert.ok(sameBytes(search.nodes[0]!.publicKey, b.keyPair.publicKey))
  })

  it('connects 60 nodes under 5 % loss, and any finds any', async () => {
    const world = await DhtWorld.create()
    const dice = seededRandom(7)
    world.filter = () => dice.uniform(100) >= 5
    const peers = world.network(60)
    assert.ok(world.runUntil(() => peers.every(({ dht }) => dht.isConnected), 10_000, 100))
    const searches = peers.map(({ dht }, i) => dht.search(peers[(i + 29) % 60]!.keyPair.publicKey))
    assert.ok(world.runUntil(() => searches.every(({ endpoints }) => endpoints.length > 0), 15_000, 100))
  })

  it('asks a bootstrap node again until it is there', async () => {
    const world = await DhtWorld.create()
    const a = world.peer()
    const b = world.peer()
    const plug = world.unplug(b)
    a.dht.bootstrap(b.endpoint, b.keyPair.publicKey)
    world.run(60_000)
    // At once, then after 0.5, 1, 2, 4, 8 and 16 s.
    assert.equal(a.dht.stats.nodesRequestsSent, 7)
    plug()
    assert.ok(world.runUntil(() => a.dht.isConnected, 30_100, 100))
  })

  it('notices that the last node went silent, and comes back by itself', async () => {
    const world = await DhtWorld.create()
    const [a, b, c] = world.network(3) as [Peer, Peer, Peer]
    world.run(5000)
    const events: boolean[] = []
    c.dht.events.on('connection', (connected) => events.push(connected))
    const plug = world.unplug(a, b)
    assert.ok(world.runUntil(() => !c.dht.isConnected, BAD_AFTER_MS + 2000, 500))
    assert.deepEqual(c.dht.closest(a.keyPair.publicKey, 4, { lanAllowed: true }), [])
    world.run(300_000)
    plug()
    assert.ok(world.runUntil(() => c.dht.isConnected, 31_000, 100))
    assert.deepEqual(events, [false, true])
  })

  it('survives an hour of sleep and is back in a second', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(8)
    world.run(30_000)
    const sleeper = peers[7]!
    // Only the sleeper's clock stands still; the packets of that hour are lost.
    const plug = world.unplug(sleeper)
    const { env } = sleeper
    const deadlines = env.deadlines
    const { nextMs } = deadlines
    deadlines.nextMs = () => Number.POSITIVE_INFINITY
    const run = deadlines.run
    deadlines.run = () => undefined
    world.run(3_600_000)
    deadlines.nextMs = nextMs
    deadlines.run = run
    plug()
    const before = sleeper.dht.stats.nodesRequestsSent
    assert.ok(world.runUntil(() => sleeper.dht.isConnected, 1000))
    world.run(1000)
    assert.ok(sleeper.dht.stats.nodesRequestsSent - before < 100, 'it shouted')
    assert.ok(peers.slice(0, 7).every((peer) => isKnownTo(sleeper, peer)))
  })

  it('gives an address to the node that answers there now', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(6)
    const [a, b] = peers as [Peer, Peer]
    world.run(5000)
    const search = a.dht.search(b.keyPair.publicKey)
    world.run(1000)
    assert.ok(search.endpoints[0]!.equals(b.endpoint))
    // b restarts with a new key: the old one is gone from that address.
    const heir = world.restart(b)
    a.dht.addCandidate({ endpoint: b.endpoint, publicKey: heir.keyPair.publicKey })
    world.run(1000)
    assert.ok(isKnownTo(a, heir))
    assert.deepEqual(a.dht.endpointsOf(b.keyPair.publicKey), [])
  })

  it('keeps quiet when idle: about one request per neighbour and minute, few wake-ups', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(10)
    world.run(120_000)
    const { dht, env } = peers[4]!
    const before = dht.stats.nodesRequestsSent
    let wakes = 0
    const { run } = env.deadlines
    env.deadlines.run = (nowMs) => {
      if (env.deadlines.nextMs() <= nowMs) wakes++
      run.call(env.deadlines, nowMs)
    }
    world.run(600_000)
    const perMinute = (dht.stats.nodesRequestsSent - before) / 10
    // 9 neighbours, twice 8 nodes of random searches, three random requests of each list.
    assert.ok(perMinute <= 9 + 16 + 9 + 1, `${perMinute} requests a minute`)
    assert.ok(perMinute >= 9)
    assert.ok(wakes / 600 <= 1, `${wakes} wake-ups in 600 s`)
  })

  it('loads the nodes of the last run, and saves those that it knows', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(12)
    world.run(3000)
    const saved = peers[3]!.dht.savedNodes()
    assert.equal(saved.length, 11)
    const fresh = world.peer()
    fresh.dht.load(saved)
    assert.equal(fresh.dht.savedNodes().length, 11, 'nothing is lost before they answer')
    assert.ok(world.runUntil(() => fresh.dht.isConnected, 100))
    assert.ok(world.runUntil(() => fresh.dht.size.close >= 8, 5000))
  })

  it('drops nodes that are gone, and tells nobody about them', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(6)
    world.run(5000)
    const gone = peers[5]!
    world.unplug(gone)
    world.run(BAD_AFTER_MS + 1000)
    const closest = peers[1]!.dht.closest(gone.keyPair.publicKey, 4, { lanAllowed: true })
    assert.ok(closest.every(({ publicKey }) => !sameBytes(publicKey, gone.keyPair.publicKey)))
    assert.equal(peers[1]!.dht.size.close, 5)
    world.run(2 * PING_INTERVAL_MS)
    assert.equal(peers[1]!.dht.size.close, 4)
  })

  it('stays cheap with 1,400 searches for nodes that are offline', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(20)
    world.run(2000)
    const { dht, env } = peers[2]!
    const handles = Array.from({ length: 1400 }, () => dht.search(env.random.bytes(32) as never))
    world.run(30_000)
    const before = dht.stats.nodesRequestsSent
    world.run(60_000)
    const perSecond = (dht.stats.nodesRequestsSent - before) / 60
    // 1,400 × 8 nodes a minute and 1,400 random requests each 20 s.
    assert.ok(perSecond <= 1400 * (8 / 60 + 1 / 20) + 5, `${perSecond} requests a second`)
    for (const handle of handles) handle.stop()
    assert.equal(dht.size.searches, 2)
    assert.ok(dht.size.nodes <= 20)
  })

  it('speaks only the address families that are enabled', async () => {
    const world = await DhtWorld.create()
    const a = world.peer({ ipv4: false })
    const b = world.peer()
    a.dht.bootstrap(b.endpoint, b.keyPair.publicKey)
    a.dht.bootstrap(Endpoint.parse('::1', 1)!, b.keyPair.publicKey)
    assert.equal(a.dht.stats.nodesRequestsSent, 1)
  })

  it('gives random nodes and path nodes without doubles', async () => {
    const world = await DhtWorld.create()
    const peers = world.network(20)
    world.run(3000)
    for (const nodes of [peers[0]!.dht.randomNodes(10), peers[0]!.dht.randomPathNodes(10)]) {
      assert.equal(new Set(nodes.map(({ endpoint }) => endpoint.key)).size, 10)
    }
  })
})
