// Many at once: nodes that find each other, keys that are found among them, and friends who never come.

import assert from 'node:assert/strict'
import type { Endpoint } from '../../src/base/index.js'
import type { Crypto, LongTermPublicKey } from '../../src/crypto/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { bareNode, type LinkConditions, type SimHost, type SimNode, World } from '../../src/sim/index.js'
import { story, townStory } from './town.js'

/** The whole crowd in the long lane; most of what it can show in the short one. */
const CROWD = process.env.TOXCORE_TS_LONG === undefined ? 300 : 1_000
const MINUTE_MS = 60_000

/** A minute: some 80 nodes asked once each, as many questions answered; c-toxcore does the same. */
const QUIET_PACKETS_PER_SECOND = 4
/** Announce requests of all friends together: 400 at once, then 40 a second; those of our own announcement come on top. */
const FIRST_SECOND_MAX = 400 + 40 + 64
const STEADY_PACKETS_PER_SECOND = 40 + 10

/** Nodes of which each is told of two of the first four, as people are. */
class Crowd {
  readonly world: World<SimNode>
  readonly nodes: readonly SimHost<SimNode>[]

  constructor(crypto: Crypto, seed: string, size: number, link: Partial<LinkConditions>) {
    this.world = new World({ seed, crypto, link, engine: bareNode })
    this.nodes = Array.from({ length: size }, (_, i) => this.world.addPeer(`node ${i}`))
    for (const [i, node] of this.nodes.entries()) {
      for (const first of [i + 1, i + 2]) node.engine.bootstrap(this.nodes[first % 4]!)
    }
  }

  /** A node of the crowd by chance. */
  any(): SimHost<SimNode> {
    return this.nodes[this.world.random.uniform(this.nodes.length)]!
  }

  /** The share of nodes to which a neighbour of theirs, asked about them, tells their address. */
  shareKnownToNearest(): number {
    const known = this.nodes.filter((node) => {
      const key = node.engine.dhtPublicKey
      const nearest = this.nodes.filter((other) => other !== node).reduce((a, b) => (nearer(key, a, b) ? a : b))
      const [first] = nearest.engine.node.dht.closest(key, 1, { lanAllowed: false })
      return first?.endpoint.equals(node.endpoint)
    })
    return known.length / this.nodes.length
  }

  /** Packets a second that one node sends, on average. */
  rate(durationMs: number): number {
    for (const { traffic } of this.nodes) traffic.reset()
    this.world.run(durationMs)
    const packets = this.nodes.reduce((sum, { traffic }) => sum + traffic.sent().packets, 0)
    return packets / this.nodes.length / (durationMs / 1000)
  }

  /** One node looks for the key of another, until it answers. */
  expectFound(seeker: SimHost<SimNode>, sought: SimHost<SimNode>, limitMs: number): void {
    let found: Endpoint | undefined
    const search = seeker.engine.node.dht.search(sought.engine.dhtPublicKey, (endpoint) => {
      found = endpoint
    })
    found ??= search.endpoints[0]
    this.world.expect(`${seeker.name} finds ${sought.name}`, () => found !== undefined, limitMs)
    assert.ok(found?.equals(sought.endpoint), `${seeker.name} finds ${sought.name} at ${found}`)
    search.stop()
  }
}

/** Whether the key of A is nearer to `key` than that of B, by XOR. */
function nearer(key: Uint8Array, a: SimHost<SimNode>, b: SimHost<SimNode>): boolean {
  const [one, other] = [a.engine.dhtPublicKey, b.engine.dhtPublicKey]
  const at = one.findIndex((byte, i) => byte !== other[i])
  return at >= 0 && (key[at]! ^ one[at]!) < (key[at]! ^ other[at]!)
}

describe('crowds', () => {
  story('200 nodes find each other while a packet in twenty is lost', (seed, crypto) => {
    const crowd = new Crowd(crypto, seed, 200, { loss: 0.05, jitterMs: 20 })
    const all = (): boolean => crowd.nodes.every(({ engine }) => engine.node.dht.isConnected)
    crowd.world.expect('everybody is connected', all, 20_000)
    // Whoever lost the packets of its first seconds asks again a minute later.
    crowd.world.run(80_000)
    assert.equal(crowd.shareKnownToNearest(), 1)
    for (let i = 0; i < 20; i++) crowd.expectFound(crowd.any(), crowd.any(), 20_000)
  })

  story('one lost packet makes no island of those who came later', (seed, crypto) => {
    const crowd = new Crowd(crypto, seed, 0, {})
    const [old, young, late] = ['old', 'young', 'late'].map((name) => crowd.world.addPeer(name))
    crowd.world.setFilter(({ to }) => crowd.world.nowMs > 2_000 || !to.equals(old!.endpoint))
    young!.engine.bootstrap(old!)
    late!.engine.bootstrap(young!)
    crowd.world.run(1_000)
    assert.equal(young!.engine.node.dht.isConnected, true, 'late has come to young')
    crowd.expectFound(late!, old!, 30_000)
  })

  story(`of ${CROWD} nodes, any finds any other, and idle ones are quiet`, (seed, crypto) => {
    const crowd = new Crowd(crypto, seed, CROWD, {})
    crowd.world.run(20_000)
    // One in a thousand is met only at the next round of questions, a minute later.
    const share = crowd.shareKnownToNearest()
    assert.ok(share >= 0.99, `${share} are known to their nearest`)
    for (let i = 0; i < 50; i++) crowd.expectFound(crowd.any(), crowd.any(), 5_000)
    const perSecond = crowd.rate(MINUTE_MS)
    assert.ok(perSecond < QUIET_PACKETS_PER_SECOND, `${perSecond} packets a second`)
  })

  townStory('1,400 offline friends stay cheap, and the one who comes is seen', { nodes: 12, link: {} }, (town) => {
    const alice = town.person('alice')
    for (let i = 0; i < 1_400; i++) {
      alice.engine.tox.messenger.addFriendWithoutRequest(town.world.random.bytes(32) as LongTermPublicKey)
    }
    /** Packets by kind that alice sends in the next `seconds`, on average in one of them. */
    const rates = (seconds: number): { onion: number; dht: number; all: number } => {
      alice.traffic.reset()
      town.world.run(seconds * 1_000)
      const rate = (kind?: number): number => alice.traffic.sent(kind).packets / seconds
      const dht = rate(PacketKind.NODES_REQUEST) + rate(PacketKind.PING_REQUEST)
      return { onion: rate(PacketKind.ONION_INITIAL), dht, all: rate() }
    }
    const first = rates(1)
    assert.ok(first.onion < FIRST_SECOND_MAX && first.all < FIRST_SECOND_MAX + 100, JSON.stringify(first))
    for (const [when, seconds] of [
      ['at the start', 29],
      ['after half a minute', 60],
    ] as const) {
      const { onion, dht, all } = rates(seconds)
      assert.ok(onion < STEADY_PACKETS_PER_SECOND && dht < 3, `${when}: ${onion} onion and ${dht} DHT packets a second`)
      assert.ok(all < onion + 5, `${when}: ${all} packets a second of all kinds`)
    }
    // One of them comes, as if their profiles had been friends for long.
    const bob = town.person('bob')
    const number = alice.engine.tox.messenger.addFriendWithoutRequest(bob.engine.tox.longTermKeys.publicKey)
    bob.engine.tox.messenger.addFriendWithoutRequest(alice.engine.tox.longTermKeys.publicKey)
    assert.ok(number.ok)
    town.world.expect('alice sees bob', () => alice.engine.sees(number.value) && bob.engine.sees(0), 30_000)
  })
})
