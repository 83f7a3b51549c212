import assert from 'node:assert/strict'
import { bytesKey, sameBytes } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import type { LearnedDhtKey, OnionFriend } from '../../src/onion/index.js'
import { type Peer, World } from './world.js'

function learnedBy(peer: Peer): LearnedDhtKey[] {
  const learned: LearnedDhtKey[] = []
  peer.client.events.on('friend-dht-key', (_: OnionFriend, what) => learned.push(what))
  return learned
}

describe('onion client', () => {
  for (const count of [1, 2, 3, 8, 40]) {
    it(`two friends find each other over ${count} node(s) within 1 s`, async () => {
      const world = await World.create(count)
      const alice = world.peer()
      const bob = world.peer()
      const alices = learnedBy(alice)
      const bobs = learnedBy(bob)
      const bobOfAlice = alice.client.addFriend(bob.keyPair.publicKey)
      bob.client.addFriend(alice.keyPair.publicKey)
      assert.ok(
        world.until(() => alices.length > 0 && bobs.length > 0, 1500),
        JSON.stringify([alice.env.drops, bob.env.drops]),
      )
      assert.ok(alice.client.isConnected && bob.client.isConnected)
      assert.ok(sameBytes(alices[0]!.dhtPublicKey, bob.dht.keyPair.publicKey))
      assert.ok(sameBytes(bobs[0]!.dhtPublicKey, alice.dht.keyPair.publicKey))
      assert.ok(sameBytes(bobOfAlice.dhtPublicKey!, bob.dht.keyPair.publicKey))
      assert.equal(alices[0]!.nodes.length, Math.min(count, 4))
    })
  }

  it('sends data through three hops, and the handler learns who sent it', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    const bob = world.peer()
    const kinds = new Set<number>()
    const heard: { sender: LongTermPublicKey; text: Uint8Array }[] = []
    for (const { router } of world.board.hosts) {
      const receive = router.receive.bind(router)
      router.receive = (from, packet) => {
        kinds.add(packet[0]!)
        receive(from, packet)
      }
    }
    bob.client.onData(0x20, (sender, plain) => heard.push({ sender, text: plain.slice(1) }))
    const friend = alice.client.addFriend(bob.keyPair.publicKey)
    assert.equal(alice.client.sendData(friend, Uint8Array.of(0x20)), 0)
    assert.ok(!friend.isReachable)
    // Bob does not know Alice: this is how a friend request travels.
    assert.ok(world.until(() => friend.isReachable, 3000))
    assert.ok(alice.client.sendData(friend, Uint8Array.of(0x20, 1, 2, 3)) >= 1)
    assert.ok(alice.client.sendData(friend, new Uint8Array(948).fill(0x20)) >= 1)
    assert.throws(() => alice.client.sendData(friend, new Uint8Array(949)), RangeError)
    assert.ok(world.until(() => heard.some(({ text }) => text.length === 947), 1000))
    assert.ok(heard.every(({ sender }) => sameBytes(sender, alice.keyPair.publicKey)))
    assert.deepEqual([...heard[0]!.text], [1, 2, 3])
    for (const kind of [0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x8c, 0x8d, 0x8e])
      assert.ok(kinds.has(kind), `${kind}`)
  })

  it('stays announced for an hour, sending little', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    let sent = 0
    let changes = 0
    world.board.filter = (from) => {
      if (from.equals(alice.endpoint)) sent++
      return true
    }
    world.run(5000)
    assert.ok(alice.client.isConnected)
    alice.client.events.on('connection', () => changes++)
    world.run(300_000)
    sent = 0
    world.run(3_600_000)
    assert.equal(changes, 0)
    const storing = world.nodes.filter(({ announces }) => announces.store.get(alice.keyPair.publicKey) !== undefined)
    assert.equal(storing.length, 8)
    assert.ok(sent < 800, `${sent} packets in an hour`)
  })

  it('says when the network is gone and when it is back', async () => {
    const world = await World.create(5)
    const alice = world.peer()
    const changes: boolean[] = []
    alice.client.events.on('connection', (connected) => changes.push(connected))
    world.run(60_000)
    for (const node of world.nodes) world.unplug(node)
    assert.ok(world.until(() => !alice.client.isConnected, 120_000))
    for (const node of world.nodes) world.plug(node)
    assert.ok(world.until(() => alice.client.isConnected, 35_000))
    assert.deepEqual(changes, [true, false, true])
  })

  it('hears a friend that has started anew, with a new DHT key, and drops what comes again', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    const bob = world.peer()
    const alices = learnedBy(alice)
    const friend = alice.client.addFriend(bob.keyPair.publicKey)
    bob.client.addFriend(alice.keyPair.publicKey)
    assert.ok(world.until(() => alices.length > 0))
    world.unplug(bob)
    bob.client.close()
    world.run(10_000)
    const again = world.peer({ keyPair: bob.keyPair })
    again.client.addFriend(alice.keyPair.publicKey)
    assert.ok(world.until(() => sameBytes(friend.dhtPublicKey!, again.dht.keyPair.publicKey), 3000))
    assert.ok(alices[alices.length - 1]!.isNew)
  })

  it('sends nothing about a friend that is online, and seeks again at once when it goes', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    const bob = world.peer()
    const friend = alice.client.addFriend(bob.keyPair.publicKey)
    bob.client.addFriend(alice.keyPair.publicKey).setOnline(true)
    const bobs = learnedBy(bob)
    assert.ok(world.until(() => bobs.length > 0))
    friend.setOnline(true)
    world.run(1000)
    bobs.length = 0
    world.run(120_000)
    assert.equal(bobs.length, 0)
    friend.setOnline(false)
    assert.ok(world.until(() => bobs.length > 0, 500))
  })

  it('finds everything again soon after an hour of sleep', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    const bob = world.peer()
    const alices = learnedBy(alice)
    const friend = alice.client.addFriend(bob.keyPair.publicKey)
    bob.client.addFriend(alice.keyPair.publicKey)
    world.run(60_000)
    // Time passes and nobody is woken.
    world.board.time.nowMs += 3_600_000
    world.run(2000)
    assert.ok(alice.client.isConnected)
    assert.ok(friend.isReachable)
    const storing = world.nodes.filter(({ announces }) => announces.store.get(alice.keyPair.publicKey) !== undefined)
    assert.ok(storing.length >= 6, `${storing.length}`)
    alices.length = 0
    assert.ok(world.until(() => alices.length > 0, 21_000))
  })

  it('seeks 1,400 offline friends at a bounded rate: the last seen first, and none forgotten', async () => {
    const world = await World.create(1)
    const [node] = world.nodes
    const sought: string[] = []
    const { closest } = node!.dht
    node!.dht.closest = (key, count) => {
      sought.push(bytesKey(key))
      return closest.call(node!.dht, key, count)
    }
    const alice = world.peer()
    const seenAt = new Map<string, number>()
    for (let i = 0; i < 1400; i++) {
      const key = alice.env.random.bytes(32) as LongTermPublicKey
      seenAt.set(bytesKey(key), i)
      alice.client.addFriend(key, i)
    }
    let sent = 0
    world.board.filter = (from) => {
      if (from.equals(alice.endpoint)) sent++
      return true
    }
    world.run(1000)
    const first = new Set(sought.filter((key) => seenAt.has(key)).slice(0, 300))
    assert.equal(first.size, 300)
    for (const key of first) assert.ok(seenAt.get(key)! >= 1100)
    assert.ok(sent <= 400 + 40 + 10, `${sent} packets in the first second`)
    sent = 0
    world.run(90_000)
    assert.ok(sent <= 90 * 41 && sent >= 90 * 35, `${sent} packets in 90 s`)
    assert.equal(new Set(sought.filter((key) => seenAt.has(key))).size, 1400)
  })

  it('wakes seldom while idle', async () => {
    const world = await World.create(3)
    const alice = world.peer()
    for (let i = 0; i < 100; i++) alice.client.addFriend(world.crypto.keyPair().publicKey as LongTermPublicKey)
    world.run(600_000)
    let wakes = 0
    let sent = 0
    world.board.filter = (from) => {
      if (from.equals(alice.endpoint)) sent++
      return true
    }
    const { deadlines } = alice.env
    const run = deadlines.run.bind(deadlines)
    deadlines.run = (nowMs) => {
      if (deadlines.nextMs() <= nowMs) wakes++
      run(nowMs)
    }
    world.run(60_000)
    assert.ok(wakes <= 60, `${wakes} wakes`)
    assert.ok(sent <= 200, `${sent} packets`)
  })

  it('keeps path nodes for the next run and starts from them', async () => {
    const world = await World.create(6)
    const alice = world.peer()
    world.run(3000)
    const saved = alice.client.savedPathNodes()
    assert.equal(saved.length, 6)
    const next = world.peer({ keyPair: alice.keyPair })
    next.dht.randomPathNodes = () => []
    next.client.load(saved)
    assert.ok(world.until(() => next.client.isConnected, 1500))
  })

  it('takes nothing from strangers and survives junk', async () => {
    const world = await World.create(4)
    const alice = world.peer()
    const bob = world.peer()
    const alices = learnedBy(alice)
    // Bob seeks Alice, who does not know him.
    bob.client.addFriend(alice.keyPair.publicKey)
    world.run(5000)
    assert.equal(alices.length, 0)
    assert.ok(alice.env.drops.get('onion/dht-public-key of a stranger') > 0)
    const { random } = bob.env
    for (let i = 0; i < 3000; i++) {
      const packet = random.bytes(1 + random.uniform(1400))
      packet[0] = 0x80 + random.uniform(16)
      alice.router.receive(bob.endpoint, packet)
      world.nodes[0]!.router.receive(bob.endpoint, packet)
    }
    world.run(5000)
    assert.ok(alice.client.isConnected)
  })

  it('copes with one packet in ten lost', async () => {
    const world = await World.create(3)
    const alice = world.peer()
    const bob = world.peer()
    const lost = bob.env.random
    world.board.filter = () => lost.uniform(10) > 0
    const learned = [learnedBy(alice), learnedBy(bob)]
    alice.client.addFriend(bob.keyPair.publicKey)
    bob.client.addFriend(alice.keyPair.publicKey)
    assert.ok(world.until(() => learned.every(({ length }) => length > 0), 60_000))
    world.run(300_000)
    assert.ok(alice.client.isConnected && bob.client.isConnected)
  })

  it('notices by the wall clock that the machine slept while its own clock stood still', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    let jumpSeconds = 0
    const { clock } = alice.env
    const unixSeconds = clock.unixSeconds.bind(clock)
    clock.unixSeconds = () => unixSeconds() + jumpSeconds
    world.run(400_000)
    let sent = 0
    world.board.filter = (from) => {
      if (from.equals(alice.endpoint)) sent++
      return true
    }
    jumpSeconds = 3600
    world.run(31_000)
    // Every node is asked, and once more with its ping id.
    assert.ok(sent >= 16, `${sent} packets`)
    jumpSeconds = 0
    sent = 0
    world.run(31_000)
    assert.ok(sent <= 24, `${sent} packets after the clock went back`)
  })

  it('tells when a friend is found, and stops when it is removed in that very turn', async () => {
    const world = await World.create(8)
    const alice = world.peer()
    const bob = world.peer()
    const friend = alice.client.addFriend(bob.keyPair.publicKey)
    let found = 0
    alice.client.events.on('friend-found', (who) => {
      found++
      who.remove()
    })
    assert.ok(world.until(() => found > 0, 3000))
    world.run(30_000)
    assert.equal(found, 1)
    assert.equal(alice.client.sendData(friend, Uint8Array.of(0x20)), 0)
  })

  it('may be closed by the listener of its own event', async () => {
    const world = await World.create(2)
    const alice = world.peer()
    alice.client.events.on('connection', () => alice.client.close())
    world.run(3000)
    assert.equal(alice.env.deadlines.size, 0)
  })
})
