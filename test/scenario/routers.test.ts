// Friends behind routers. All pairs of kinds find a way but one: two symmetric routers show each peer another port, so that
// neither side can know where to knock; they need a relay. Without one they must at least be modest.

import assert from 'node:assert/strict'
import { type NatKind, relayNode, type SimHost, type SimTox, toxPeer } from '../../src/sim/index.js'
import { townStory } from './town.js'

const RELAY_PORT = 3389
const KINDS: readonly NatKind[] = ['full-cone', 'restricted', 'port-restricted', 'symmetric']

/**
 * 48 pings and 8 NAT pings each 3 s are what c-toxcore sends to punch a hole, twice that when it tries low ports too. The rest
 * is the upkeep of a node that has nobody else to talk to.
 */
const HOPELESS_PACKETS_PER_SECOND = 40

describe('friends behind routers', () => {
  KINDS.forEach((one, i) => {
    for (const other of KINDS.slice(i)) {
      if (one === 'symmetric') continue
      townStory(`${one} and ${other}`, { nodes: 6 }, (town) => {
        const alice = town.person('alice', { router: town.world.addRouter({ kind: one }) })
        const bob = town.person('bob', { router: town.world.addRouter({ kind: other }) })
        town.befriend(alice, bob)
        town.expectTalk(alice, bob, 'through the wall')
      })
    }
  })

  // Who lets in an address whatever its port does not mind that the other side's ports cannot be guessed.
  for (const other of ['full-cone', 'restricted'] as const) {
    townStory(`symmetric by chance and ${other}`, { nodes: 6 }, (town) => {
      const alice = town.person('alice', { router: town.world.addRouter({ kind: 'symmetric', ports: 'random' }) })
      const bob = town.person('bob', { router: town.world.addRouter({ kind: other }) })
      town.befriend(alice, bob)
      town.expectTalk(alice, bob, 'wherever you are')
    })
  }

  townStory('port-restricted and symmetric, but neither punches holes: no way', { nodes: 6 }, (town) => {
    const [alice, bob] = (['port-restricted', 'symmetric'] as const).map((kind) =>
      town.world.addPeer(kind, { router: town.world.addRouter({ kind }), engine: toxPeer({ holePunching: false }) }),
    ) as [SimHost<SimTox>, SimHost<SimTox>]
    for (const one of [alice, bob]) town.join(one)
    alice.engine.addFriend(bob.engine.toxId)
    town.world.run(120_000)
    assert.deepEqual([alice.engine.sees(0), bob.engine.sees(0)], [false, false])
  })

  townStory('two neighbours behind one router that leads back inside', { nodes: 6 }, (town) => {
    const router = town.world.addRouter({ kind: 'port-restricted', hairpin: true })
    const [alice, bob] = [town.person('alice', { router }), town.person('bob', { router, port: 33_446 })]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'through the floor')
  })

  townStory('a router restarts under a friendship', { nodes: 6 }, (town) => {
    const router = town.world.addRouter({ kind: 'port-restricted', ports: 'random' })
    const [alice, bob] = [town.person('alice', { router }), town.person('bob')]
    town.befriend(alice, bob)
    router.nat.reboot()
    town.world.run(60_000)
    town.expectOnline(alice, bob)
    town.expectTalk(alice, bob, 'power cut')
  })

  for (const [kind, way] of [
    ['symmetric', 'tcp'],
    ['port-restricted', 'udp'],
  ] as const) {
    townStory(`two ${kind} routers, and relays besides: by ${way} in the end`, { nodes: 6 }, (town) => {
      const relays = [0, 1, 2].map((n) => town.world.addPeer(`relay ${n}`, { engine: relayNode(RELAY_PORT) }))
      for (const relay of relays) relay.engine.bootstrap(town.nodes[0]!)
      const [alice, bob] = ['alice', 'bob'].map((name) => {
        const router = town.world.addRouter({ kind })
        const host = town.world.addPeer(name, { router, engine: toxPeer({ tcp: true }) })
        town.join(host)
        for (const relay of relays) host.engine.addRelay(relay, RELAY_PORT)
        return host
      }) as [SimHost<SimTox>, SimHost<SimTox>]
      town.befriend(alice, bob)
      const isSo = (): boolean => [alice, bob].every(({ engine }) => engine.connections.get(0) === way)
      town.world.expect(`both by ${way}`, isSo, 120_000)
      town.expectTalk(alice, bob, 'one way or another')
      town.world.run(30_000)
      assert.ok(isSo(), 'and it stays so')
    })
  }

  townStory('two symmetric routers: no way, and no flood', { nodes: 6 }, (town) => {
    const [alice, bob] = ['alice', 'bob'].map((name) =>
      town.person(name, { router: town.world.addRouter({ kind: 'symmetric' }) }),
    ) as [ReturnType<typeof town.person>, ReturnType<typeof town.person>]
    alice.engine.addFriend(bob.engine.toxId)
    town.world.run(60_000)
    for (const host of [alice, bob]) {
      host.traffic.reset()
      let busiest = 0
      for (let minute = 0; minute < 3; minute++) {
        const before = host.traffic.sent().packets
        town.world.run(60_000)
        busiest = Math.max(busiest, (host.traffic.sent().packets - before) / 60)
      }
      assert.ok(busiest < HOPELESS_PACKETS_PER_SECOND, `${host.name}: ${busiest} packets a second`)
      assert.equal(host.engine.sees(0), false, 'if they meet, move this pair to the others and rejoice')
    }
  })
})
