// Floods against whole instances: memory stays bounded, friends are still served, counters say why the rest was dropped, and
// nothing throws. TOXCORE_TS_LONG=1 runs them at full length.

import assert from 'node:assert/strict'
import { Connection } from '../../src/net-crypto/connection.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { seededRandom } from '../support/env.js'
import { Attacker } from './attacker.js'
import { expectNoGrowth, isLong, Siege, stranger } from './siege.js'

const MiB = 2 ** 20
const KINDS = Object.values(PacketKind)

/** A town in which Alice bootstraps while `work` is done to it, and how long she took until she was connected. */
async function bootstrapped(work: (siege: Siege) => void): Promise<{ siege: Siege; bootstrapMs: number }> {
  const siege = await Siege.begin('bootstrap')
  const { alice, nodes, world } = siege
  const begunMs = world.nowMs
  alice.engine.bootstrap(nodes[0]!)
  work(siege)
  world.expect('she is connected', () => alice.engine.tox.dht.isConnected, 30_000)
  return { siege, bootstrapMs: world.nowMs - begunMs }
}

describe('floods', function () {
  if (isLong) this.timeout(600_000)

  it(`of junk: ${isLong ? 'a million' : '200,000'} packets of every kind and length`, async () => {
    const siege = await Siege.begin('junk')
    siege.befriend()
    const { alice } = siege
    const dice = seededRandom(9)
    const junk = Array.from({ length: 3000 }, (_, i) => {
      const packet = dice.bytes(dice.uniform(i % 10 === 0 ? 2100 : 500))
      // Most begin as some packet of ours does, else they would not get far.
      if (i % 20 !== 0 && packet.length > 0) packet[0] = KINDS[i % KINDS.length]!
      return packet
    })
    let computed = 0
    expectNoGrowth(8 * MiB, () => {
      computed = siege.computedBy(() => {
        for (let lot = 0; lot < 10; lot++) {
          siege.flood(alice, isLong ? 100_000 : 20_000, 1000, (i) => ({
            from: stranger((lot * 31 + i) % 10_000),
            packet: junk[(i * 7 + lot) % junk.length]!,
          }))
          siege.expectTalk()
        }
      })
    })
    assert.ok(siege.areTogether)
    assert.ok(alice.engine.tox.dht.size.nodes < 20)
    // The 3,000 have their 3,000 keys, and those are remembered, but for cookie requests: 2,000 a second, for ten seconds.
    assert.ok(computed < 6000 + 10 * 2200, `${computed} computations`)
    const drops = alice.env.drops.toJSON()
    for (const why of [
      'udp/unknown kind',
      'udp/bad size',
      'dht/ping-request malformed',
      'net-crypto/handshake refused',
    ]) {
      assert.ok((drops[why] ?? 0) > 0, `${why}: ${JSON.stringify(drops)}`)
    }
  })

  it('of cookie requests: 100,000 a second from many addresses, while two friends meet', async () => {
    const siege = await Siege.begin('cookies')
    const { alice, world } = siege
    const attackers = siege.attackers(1000)
    const target = alice.engine.dhtPublicKey
    const requests = attackers.map((one) => one.cookieRequest(target))
    let answered = 0
    world.setFilter(({ sender, packet }) => {
      if (sender === alice && packet[0] === PacketKind.COOKIE_RESPONSE) answered++
      return true
    })
    const next = (i: number) => ({ from: stranger(i % 60_000), packet: requests[i % 1000]! })
    expectNoGrowth(12 * MiB, () => {
      siege.introduce()
      const spentMs = siege.flood(alice, 100_000, 10_000, next, () => siege.areTogether)
      assert.ok(siege.areTogether, `not within ${spentMs} ms`)
      assert.ok(spentMs <= 6000, `the friends needed ${spentMs} ms`)
      siege.flood(alice, 100_000, 200, next)
      siege.expectTalk()
      assert.ok(answered <= 2200 * (spentMs / 1000 + 1), `${answered} answers in ${spentMs} ms`)
    })
    assert.ok(answered >= 1000)
    assert.ok(alice.env.drops.get('net-crypto/cookie request over limit') > 50_000)
  })

  it('of announcements: the store stays at 160, and one exit displaces only its own', async () => {
    const siege = await Siege.begin('announcements')
    siege.befriend()
    const { world, nodes } = siege
    const node = nodes[1]!
    const { store } = node.engine.node.announceServer
    const friends = store.size
    assert.ok(friends > 0, 'the friends are announced here')
    const attackers = siege.attackers(400)
    const key = node.engine.dhtPublicKey
    /** Asks for a ping id, then announces with it. */
    const announce = (one: Attacker, exit = stranger(1)): void => {
      let answer: Uint8Array | undefined
      world.setFilter(({ sender, packet }) => {
        if (sender === node) answer = packet.slice()
        return false
      })
      node.deliver(exit, one.announce(key))
      world.setFilter(undefined)
      // Kind, return path of 177, then kind, request id of 8, nonce of 24, sealed.
      const pingId = one.open(key, answer!.subarray(187, 211), answer!.subarray(211))!.slice(1, 33)
      node.deliver(exit, one.announce(key, pingId))
    }
    expectNoGrowth(6 * MiB, () => {
      for (const one of attackers) announce(one)
      assert.equal(store.size, 160)
      for (const person of [siege.alice, siege.bob]) {
        // Room was there when the first 160 came, but none was taken from those who had it.
        assert.ok(store.get(person.engine.tox.longTermKeys.publicKey) !== undefined, person.name)
      }
      const burst = attackers[0]!.announce(key)
      siege.flood(node, 20_000, 500, () => ({ from: stranger(1), packet: burst }))
      assert.ok(node.env.drops.get('onion/source floods') > 1000)
      for (const [i, one] of attackers.entries()) announce(one, stranger(100 + i))
      assert.equal(store.size, 160)
    })
    siege.expectTalk()
  })

  it('of onion packets with fresh keys: each source has its share, and paths of others still work', async () => {
    const siege = await Siege.begin('onion')
    const { nodes } = siege
    const hop = (i: number) => ({ endpoint: nodes[i]!.endpoint, publicKey: nodes[i]!.engine.dhtPublicKey })
    const hops = [hop(0), hop(1), hop(2)] as const
    const good = new Attacker(siege.counter.crypto).onion(hops, hop(3).endpoint, Uint8Array.of(PacketKind.PING_REQUEST))
    const dice = seededRandom(4)
    const fresh = good.slice()
    const next = () => {
      // The public key stands behind kind and nonce: another one each time.
      new DataView(fresh.buffer).setUint32(30, dice.uniform(2 ** 32))
      return { from: stranger(7), packet: fresh }
    }
    expectNoGrowth(6 * MiB, () => {
      const computed = siege.computedBy(() => void siege.flood(nodes[0]!, 10_000, 1000, next))
      assert.ok(computed <= 6000 + 200, `${computed} computations for 10,000 packets`)
      assert.ok(nodes[0]!.env.drops.get('onion/source floods') >= 3900)
      assert.ok(nodes[0]!.env.drops.get('onion/layer does not open') > 5000)
      siege.introduce()
      siege.flood(nodes[0]!, 4000, 20_000, next, () => siege.areTogether)
      assert.ok(siege.areTogether)
    })
    nodes[0]!.deliver(stranger(9), good)
    siege.world.run(200)
    assert.equal(nodes[2]!.env.drops.get('onion/exit refuses kind'), 1)
  })

  it('of nodes requests with fresh keys: an honest asker is answered', async () => {
    const siege = await Siege.begin('nodes requests')
    siege.befriend()
    const { alice, world } = siege
    const key = alice.engine.dhtPublicKey
    const request = new Attacker(siege.counter.crypto).askNodes(key)
    const honest = new Attacker(siege.counter.crypto)
    const dice = seededRandom(5)
    const next = () => {
      new DataView(request.buffer).setUint32(5, dice.uniform(2 ** 32))
      return { from: stranger(3), packet: request }
    }
    let answers = 0
    world.setFilter(({ sender, to, packet }) => {
      if (sender === alice && to.equals(stranger(4)) && packet[0] === PacketKind.NODES_RESPONSE) answers++
      return true
    })
    // The cache of shared keys fills first: it is the one thing that may grow.
    const first = siege.computedBy(() => void siege.flood(alice, 10_000, 1000, next))
    assert.ok(first <= 10_000 + 100, `${first} computations`)
    expectNoGrowth(6 * MiB, () => {
      const computed = siege.computedBy(() => {
        for (let second = 0; second < 4; second++) {
          siege.flood(alice, 10_000, 1000, next)
          alice.deliver(stranger(4), honest.askNodes(key, honest.publicKey, BigInt(second + 1)))
        }
      })
      assert.ok(computed < 5 * 2000 + 500, `${computed} computations for 40,000 packets`)
    })
    assert.equal(answers, 4)
    siege.expectTalk()
  })

  it('of good nodes requests from one address: it has its share, and a client bootstraps meanwhile', async () => {
    const { siege, bootstrapMs: quietMs } = await bootstrapped(() => {})
    const [target] = siege.nodes
    const request = siege.attackers(1)[0]!.askNodes(target!.engine.dhtPublicKey)
    let answers = 0
    siege.world.setFilter(({ to, packet }) => {
      if (to.address[0] === 60 && packet[0] === PacketKind.NODES_RESPONSE) answers++
      return true
    })
    siege.flood(target!, 30_000, 1000, (i) => ({ from: stranger(1, 1_024 + (i % 5_000)), packet: request }))
    // 20,000 at once, and 4,000 a second, whatever the ports.
    assert.ok(answers <= 24_000, `${answers} answers`)
    assert.ok(target!.env.drops.get('dht/source floods') >= 6_000)
    const { bootstrapMs } = await bootstrapped((other) => {
      const [flooded] = other.nodes
      const packet = other.attackers(1)[0]!.askNodes(flooded!.engine.dhtPublicKey)
      other.flood(
        flooded!,
        60_000,
        1000,
        (i) => ({ from: stranger(i % 2), packet }),
        () => other.alice.engine.tox.dht.isConnected,
      )
    })
    assert.ok(bootstrapMs <= 2 * quietMs, `${bootstrapMs} ms, ${quietMs} without a flood`)
  })

  it('of handshakes, recorded and played again: the session stands, and no other begins', async () => {
    const siege = await Siege.begin('replay')
    const { alice, bob, world } = siege
    const recorded: { to: typeof alice; packet: Uint8Array }[] = []
    world.setFilter(({ sender, to, packet }) => {
      const kinds: number[] = [PacketKind.CRYPTO_HANDSHAKE, PacketKind.COOKIE_RESPONSE, PacketKind.CRYPTO_DATA]
      const receiver = [alice, bob].find(({ endpoint }) => endpoint.equals(to))
      if (receiver !== undefined && [alice, bob].includes(sender as typeof alice) && kinds.includes(packet[0]!)) {
        if (recorded.length < 200) recorded.push({ to: receiver, packet: packet.slice() })
      }
      return true
    })
    siege.introduce()
    world.expect('the friends meet', () => siege.areTogether, 30_000)
    world.setFilter(undefined)
    assert.ok(recorded.some(({ packet: [kind] }) => kind === PacketKind.CRYPTO_HANDSHAKE))
    const talks = alice.engine.heard.length
    expectNoGrowth(6 * MiB, () => {
      const computed = siege.computedBy(() => {
        for (let round = 0; round < 200; round++) {
          for (const { to, packet } of recorded) {
            const other = to === alice ? bob : alice
            to.deliver(round % 2 === 0 ? other.endpoint : stranger(round), packet)
          }
          world.run(100)
          if (round % 50 === 0) siege.expectTalk()
        }
      })
      assert.ok(computed < 1000, `${computed} computations for ${200 * recorded.length} packets`)
    })
    assert.ok(siege.areTogether)
    assert.equal(alice.engine.heard.length, talks + 4, 'nothing is heard twice')
  })

  it('of forged pings and nodes responses from 10,000 addresses: nobody is believed', async () => {
    const siege = await Siege.begin('pings')
    siege.befriend()
    const { alice } = siege
    const key = alice.engine.dhtPublicKey
    const attackers = siege.attackers(500)
    const before = alice.engine.tox.dht.size.nodes
    const sent = alice.traffic.sent().packets
    // Responses to nothing: a count, then addresses that would be told to others.
    const told = Uint8Array.of(1, 2, 60, 0, 0, 1, 130, 165, ...attackers[0]!.publicKey, 0, 0, 0, 0, 0, 0, 0, 1)
    const forged = attackers.flatMap((one) => [
      one.ping(key),
      one.dht(key, PacketKind.PING_RESPONSE, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1)),
      one.dht(key, PacketKind.NODES_RESPONSE, told),
    ])
    expectNoGrowth(8 * MiB, () => {
      const next = (i: number) => ({ from: stranger(i % 10_000), packet: forged[i % forged.length]! })
      siege.flood(alice, 10_000, 3000, next)
      siege.expectTalk()
    })
    assert.ok(alice.engine.tox.dht.size.nodes <= before)
    assert.equal(alice.env.drops.get('dht/ping-response unexpected'), 10_000)
    assert.equal(alice.env.drops.get('dht/nodes-response unexpected'), 10_000)
    assert.ok(alice.env.drops.get('dht/not pinged back: list full') > 1000)
    // Ten thousand pings are answered; hardly anybody is pinged back.
    const pinged = alice.traffic.sent().packets - sent - 10_000
    assert.ok(pinged < 400, `${pinged} packets beside the answers`)
  })

  it('of friend requests from thousands of keys: few computations, and a friend is still heard', async () => {
    const siege = await Siege.begin('requests')
    siege.introduce()
    const { alice, bob, nodes, world } = siege
    world.run(10_000)
    const { longTermKeys, messenger } = bob.engine.tox
    const entry = nodes.map(({ engine }) => engine.node.announceServer.store.get(longTermKeys.publicKey)).find(Boolean)
    assert.ok(entry !== undefined, 'bob is announced')
    const requests = siege
      .attackers(2500)
      .map((one, i) =>
        one.friendRequest(
          longTermKeys.publicKey,
          entry.dataPublicKey,
          i % 5 === 0 ? messenger.nospam : new Uint8Array(4),
        ),
      )
    const before = bob.engine.requests.length
    expectNoGrowth(12 * MiB, () => {
      const computed = siege.computedBy(
        () => void siege.flood(bob, 2500, 1000, (i) => ({ from: stranger(1), packet: requests[i % requests.length]! })),
      )
      assert.ok(computed < 2 * 1500 + 500 * 4, `${computed} computations`)
    })
    assert.ok(bob.env.drops.get('onion/data source floods') >= 900)
    assert.ok(bob.env.drops.get('friend/request with another nospam') > 500)
    assert.ok(bob.engine.requests.length - before <= 350)
    world.expect('alice is there', () => alice.engine.sees(0), 30_000)
    siege.expectTalk()
  })

  it('of a friend: lossless packets, unknown ids, names and typing without end', async () => {
    const siege = await Siege.begin('friend')
    siege.befriend()
    const { alice, bob, world } = siege
    const connection = connectionOf(() => bob.engine.say(0, 'catch me'))
    world.run(200)
    const { messenger } = bob.engine.tox
    const text = new TextEncoder()
    expectNoGrowth(16 * MiB, () => {
      let unknown = 0
      for (let i = 0; i < (isLong ? 50_000 : 10_000); i++) {
        // Ids that nobody handles, ids of files, conferences and groups, which come later, and known ids with junk.
        for (const id of [16 + (i % 8), 17, 65 + (i % 40), 80, 99, 160 + (i % 32), 24, 48, 49, 50, 51, 64]) {
          if (connection.sendLossless(Uint8Array.of(id, i & 255, i >> 8)) !== undefined) unknown++
        }
        connection.sendLossy(Uint8Array.of(192 + (i % 63), 1))
        messenger.setTyping(0, i % 2 === 0)
        messenger.setName(text.encode(`bob ${i}`))
        messenger.setStatusMessage(text.encode(`busy ${i}`))
        if (i % 100 === 0) world.run(20)
      }
      assert.ok(unknown > 10_000)
      world.run(10_000)
    })
    assert.ok(siege.areTogether)
    const drops = alice.env.drops.toJSON()
    assert.ok(
      Object.keys(drops).some((why) => /unknown|no handler|unhandled/.test(why)),
      JSON.stringify(drops),
    )
    siege.expectTalk()
  })

  it('of a friend who leaves a gap: what waits behind it is bounded by the window', async () => {
    const siege = await Siege.begin('gap')
    siege.befriend()
    const { alice, bob, world } = siege
    const connection = connectionOf(() => bob.engine.say(0, 'catch me'))
    world.run(200)
    // The first of the packets never arrives, however often it is sent again: it alone is so long.
    world.setFilter(({ packet }) => packet[0] !== PacketKind.CRYPTO_DATA || packet.length < 1200)
    const payload = new Uint8Array(1200).fill(160)
    connection.sendLossless(payload)
    expectNoGrowth(96 * MiB, () => {
      for (let i = 0; i < 40_000; i++) {
        connection.sendLossless(payload.subarray(0, 1100 + (i % 64)))
        if (i % 50 === 0) world.run(10)
      }
      world.run(3000)
    })
    world.setFilter(undefined)
    world.run(3000)
    assert.ok(siege.areTogether)
    siege.expectTalk(60_000)
    assert.equal(alice.engine.tox.messenger.friends().length, 1)
  })
})

/** The connection over which `act` sends. */
function connectionOf(act: () => void): Connection {
  const original = Connection.prototype.sendLossless
  let caught: Connection | undefined
  Connection.prototype.sendLossless = function (data) {
    caught = this
    return original.call(this, data)
  }
  try {
    act()
  } finally {
    Connection.prototype.sendLossless = original
  }
  assert.ok(caught !== undefined)
  return caught
}
