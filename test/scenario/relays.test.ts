// Friends through TCP relays: where UDP never works, where it dies and comes back, where relays do.

import assert from 'node:assert/strict'
import type { Crypto } from '../../src/crypto/index.js'
import type { MessengerEvents } from '../../src/messenger/index.js'
import {
  type LinkConditions,
  relayNode,
  type SimHost,
  type SimNode,
  type SimTox,
  toxPeer,
  World,
} from '../../src/sim/index.js'
import { filesOf, type Place, Shipping } from './shipping.js'
import { story } from './town.js'

const RELAY_PORT = 33_446
const NODES = 4
const FILE_BYTES = 400_000
const WARM_UP_MS = 2_000
const FILE_HEAD = { kind: 0, size: BigInt(FILE_BYTES), name: new Uint8Array(0) } as const

interface PersonOptions {
  readonly events?: Partial<MessengerEvents>
  readonly udp?: boolean
  /** How many of the nodes it uses as relays. */
  readonly relays?: number
  readonly savedata?: Uint8Array
}

interface RelayTownOptions {
  readonly link?: Partial<LinkConditions>
  /** How often the relays look at what has come; at once unless told. */
  readonly lookEveryMs?: number
}

const UNEASY = { loss: 0.01, jitterMs: 10 }

/** Nodes that are relays as well, and people. */
class RelayTown {
  readonly world: World
  readonly nodes: SimHost<SimNode>[]
  readonly #parcels = new Map<string, Parcel>()

  constructor(crypto: Crypto, seed: string, { link = UNEASY, lookEveryMs }: RelayTownOptions = {}) {
    this.world = new World({ seed, crypto, link })
    const engine = relayNode(RELAY_PORT, lookEveryMs === undefined ? {} : { lookEveryMs })
    this.nodes = Array.from({ length: NODES }, (_, i) => this.world.addPeer(`node ${i}`, { engine }))
    for (const node of this.nodes.slice(1)) node.engine.bootstrap(this.nodes[0]!)
    this.world.run(15_000)
  }

  person(name: string, { udp = false, relays = NODES, savedata, events }: PersonOptions = {}): SimHost<SimTox> {
    const parcel = new Parcel()
    this.#parcels.set(name, parcel)
    const saved = savedata === undefined ? {} : { savedata }
    const host: SimHost<SimTox> = this.world.addPeer(name, {
      engine: toxPeer({ udp, tcp: true, events: events ?? parcel.eventsOf(() => host), ...saved }),
    })
    for (const node of savedata === undefined ? this.nodes : []) host.engine.bootstrap(node)
    for (const node of this.nodes.slice(0, relays)) host.engine.addRelay(node, RELAY_PORT)
    return host
  }

  befriend(a: SimHost<SimTox>, b: SimHost<SimTox>): void {
    a.engine.addFriend(b.engine.toxId)
    this.expectOnline(a, b)
  }

  expectOnline(a: SimHost<SimTox>, b: SimHost<SimTox>, limitMs = 60_000): void {
    this.world.expect('they see each other', () => a.engine.sees(0) && b.engine.sees(0), limitMs)
  }

  expectWay(way: 'tcp' | 'udp', hosts: readonly SimHost<SimTox>[], limitMs = 20_000): void {
    const have = (): boolean => hosts.every(({ engine }) => engine.connections.get(0) === way)
    this.world.expect(`both are connected by ${way}`, have, limitMs)
  }

  /** A message each way every 50 ms for so long; its numbers go on from `from`. */
  talk(hosts: readonly SimHost<SimTox>[], ms: number, from = 0): number {
    let said = from
    for (let passedMs = 0; passedMs < ms; passedMs += 50) {
      for (const { engine } of hosts) engine.say(0, String(said))
      said++
      this.world.run(50)
    }
    return said
  }

  /** All that was said was heard, once and in order. */
  expectHeard(hosts: readonly SimHost<SimTox>[], count: number): void {
    this.world.expect('all is heard', () => hosts.every(({ engine }) => engine.heard.length >= count), 60_000)
    this.world.run(3_000)
    const numbers = Array.from({ length: count }, (_, i) => String(i))
    for (const { engine } of hosts)
      assert.deepEqual(
        engine.heard.map(({ text }) => text),
        numbers,
      )
  }

  sendFile(from: SimHost<SimTox>): void {
    assert.ok(filesOf(from).send(0, FILE_HEAD).ok)
  }

  expectFile(at: SimHost<SimTox>): void {
    const parcel = this.#parcels.get(at.name)!
    this.world.expect('the file is whole', () => parcel.isWhole, 120_000)
  }

  /** UDP alone; TCP goes on. */
  setUdp(works: boolean): void {
    this.world.setFilter(works ? undefined : () => false)
  }
}

/** One file on its way: each byte is checked as it comes. */
class Parcel {
  isWhole = false
  #at = 0n

  eventsOf(host: () => SimHost<SimTox>): Partial<MessengerEvents> {
    const files = (): ReturnType<typeof filesOf> => filesOf(host())
    return {
      fileOffer: (friend, file) => void files().control(friend, file, 'resume'),
      fileChunkRequest: (friend, file, position, length) => {
        if (length > 0) files().sendChunk(friend, file, position, piece(position, length))
      },
      fileChunk: (_friend, _file, position, data) => {
        assert.equal(position, this.#at)
        assert.deepEqual(data, piece(position, data.length))
        this.#at += BigInt(data.length)
        this.isWhole = this.#at === BigInt(FILE_BYTES)
      },
    }
  }
}

function piece(position: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Number(position) + i) % 251)
}

function relayStory(title: string, tell: (town: RelayTown) => void, options: RelayTownOptions = {}): void {
  story(title, (seed, crypto) => tell(new RelayTown(crypto, seed, options)))
}

/** How much of an endless file comes through one relay within a second, when it has gone on for a while. */
function fileRate(town: RelayTown): number {
  const person: Place['person'] = (name, options) => town.person(name, { ...options, relays: 1 })
  const shipping = new Shipping({ world: town.world, person }, 1)
  shipping.send(0)
  town.world.run(WARM_UP_MS)
  return shipping.received(1_000)[0]!
}

describe('friends through relays', function () {
  this.timeout(60_000)

  relayStory('two without UDP meet by a request through the onion, talk, and one says goodbye', (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.world.expect('TCP', () => alice.engine.tox.connection === 'tcp', 20_000)
    town.befriend(alice, bob)
    assert.deepEqual(alice.engine.connections.get(0), 'tcp')
    town.sendFile(alice)
    town.expectHeard([alice, bob], town.talk([alice, bob], 3_000))
    town.expectFile(bob)
    assert.equal(alice.traffic.sent().packets, 0, 'not one datagram')
    bob.stop()
    town.world.expect('the goodbye', () => !alice.engine.sees(0), 2_000)
  })

  relayStory('two without UDP share one relay alone', (town) => {
    const [alice, bob] = [town.person('alice', { relays: 1 }), town.person('bob', { relays: 1 })]
    town.befriend(alice, bob)
    town.expectHeard([alice, bob], town.talk([alice, bob], 2_000))
  })

  relayStory('relays are learnt from a friend: each knows but one, and not the same', (town) => {
    const alice = town.person('alice', { relays: 1 })
    const bob = town.person('bob', { relays: 0 })
    bob.engine.addRelay(town.nodes[1]!, RELAY_PORT)
    town.befriend(alice, bob)
    town.expectHeard([alice, bob], town.talk([alice, bob], 2_000))
    const known = (host: SimHost<SimTox>): number => host.engine.tox.relays!.list.length
    town.world.expect('both know both relays', () => known(alice) === 2 && known(bob) === 2, 10_000)
  })

  relayStory('UDP dies and comes back while they talk and a file runs', (town) => {
    const both = [town.person('alice', { udp: true }), town.person('bob', { udp: true })] as const
    const [alice, bob] = both
    town.befriend(alice, bob)
    town.expectWay('udp', both)
    let said = town.talk(both, 2_000)
    town.sendFile(alice)
    said = town.talk(both, 200, said)
    town.setUdp(false)
    said = town.talk(both, 15_000, said)
    town.expectWay('tcp', both, 0)
    town.expectFile(bob)
    town.sendFile(bob)
    said = town.talk(both, 100, said)
    town.setUdp(true)
    said = town.talk(both, 15_000, said)
    town.expectWay('udp', both)
    town.expectFile(alice)
    town.expectHeard(both, said)
  })

  relayStory('UDP works on one side only', (town) => {
    const both = [town.person('alice', { udp: true }), town.person('bob')] as const
    town.befriend(...both)
    town.expectWay('tcp', both, 0)
    town.expectHeard(both, town.talk(both, 2_000))
  })

  relayStory('one relay after the other dies, until the last carries them', (town) => {
    const both = [town.person('alice', { relays: 3 }), town.person('bob', { relays: 3 })] as const
    town.befriend(...both)
    let said = town.talk(both, 3_000)
    for (const node of town.nodes.slice(0, 2)) {
      node.kill()
      said = town.talk(both, 5_000, said)
    }
    town.expectHeard(both, said)
    assert.ok(both.every(({ engine }) => engine.sees(0)))
  })

  relayStory('one starts anew with nothing but what was saved', (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    town.world.run(20_000)
    const { savedata } = bob.engine
    bob.stop()
    town.world.expect('bob is gone', () => !alice.engine.sees(0), 5_000)
    const again = town.person('bob again', { relays: 0, savedata })
    town.expectOnline(alice, again)
    assert.ok(again.engine.tox.relays!.list.length > 0)
  })

  // c-toxcore's relay looks every 30 ms.
  for (const [name, latencyMs, lookEveryMs, least] of [
    ['near', 1, 30, 12_000_000],
    ['20 ms away', 20, 30, 6_000_000],
  ] as const) {
    relayStory(
      `a file fills a relay that looks every 30 ms, ${name}`,
      (town) => {
        const rate = fileRate(town)
        assert.ok(rate > least, `${rate} bytes a second`)
      },
      { link: { latencyMs }, lookEveryMs },
    )
  }

  relayStory(
    'a file through a relay that reads at once is as fast as the way is long',
    (town) => {
      const rate = fileRate(town)
      assert.ok(rate > 10_000_000, `${rate} bytes a second`)
    },
    { link: { latencyMs: 20 } },
  )
})
