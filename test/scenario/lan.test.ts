// People on one local network, by LAN discovery: without any node, and behind a router that does not lead back inside.

import assert from 'node:assert/strict'
import type { Endpoint } from '../../src/base/index.js'
import { LAN_INTERVAL_MS } from '../../src/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { type HostOptions, type SimHost, type SimTox, toxPeer, World } from '../../src/sim/index.js'
import { story, townStory } from './town.js'

const onLan = (world: World, name: string, options: HostOptions, localDiscovery = true): SimHost<SimTox> =>
  world.addPeer(name, { ...options, engine: toxPeer({ localDiscovery }) })

const see = (a: SimHost<SimTox>, b: SimHost<SimTox>) => (): boolean => a.engine.sees(0) && b.engine.sees(0)

function expectTalk(world: World, a: SimHost<SimTox>, b: SimHost<SimTox>): void {
  a.engine.say(0, 'over the fence')
  world.expect('the neighbour hears it', () => b.engine.heard.at(-1)?.text === 'over the fence', 10_000)
}

describe('friends on one local network', () => {
  const families = { IPv4: {}, IPv6: { ipv4: false, ipv6: true }, 'both families': { ipv6: true } }
  for (const [name, family] of Object.entries(families)) {
    story(`two over ${name}, no node anywhere: they find each other`, (seed, crypto) => {
      const world = new World({ seed, crypto })
      const router = world.addRouter({ kind: 'symmetric' })
      const [alice, bob] = [onLan(world, 'alice', { router, ...family }), onLan(world, 'bob', { router, ...family })]
      alice.engine.addFriend(bob.engine.toxId)
      world.expect('they see each other', see(alice, bob), 60_000)
      expectTalk(world, alice, bob)
    })
  }

  story('two on different ports', (seed, crypto) => {
    const world = new World({ seed, crypto })
    const router = world.addRouter({ kind: 'symmetric' })
    const alice = onLan(world, 'alice', { router, port: 33_452 })
    const bob = onLan(world, 'bob', { router, port: 33_480 })
    alice.engine.addFriend(bob.engine.toxId)
    world.expect('they see each other', see(alice, bob), 120_000)
  })

  story('one of them wants none of it: they do not meet, and nothing is broadcast by that one', (seed, crypto) => {
    const world = new World({ seed, crypto })
    const router = world.addRouter({ kind: 'full-cone' })
    const [alice, bob] = [onLan(world, 'alice', { router }), onLan(world, 'bob', { router }, false)]
    const greeters = new Set<string>()
    world.setFilter(({ sender, packet }) => {
      if (packet[0] === PacketKind.LAN_DISCOVERY) greeters.add(sender.name)
      return true
    })
    alice.engine.addFriend(bob.engine.toxId)
    world.run(5 * LAN_INTERVAL_MS)
    assert.deepEqual([...greeters], ['alice'])
    assert.equal(see(alice, bob)(), false)
  })

  townStory('two behind one router that does not lead back inside, in the wide world', { nodes: 6 }, (town) => {
    const router = town.world.addRouter({ kind: 'port-restricted', hairpin: false })
    const alice = onLan(town.world, 'alice', { router })
    const bob = onLan(town.world, 'bob', { router, port: 33_446 })
    for (const one of [alice, bob]) town.join(one)
    const outside: Endpoint[] = []
    town.befriend(alice, bob)
    town.world.setFilter(({ sender, to, packet }) => {
      if ((sender === alice || sender === bob) && packet[0] === PacketKind.CRYPTO_DATA && !to.isLan) outside.push(to)
      return true
    })
    town.expectTalk(alice, bob, 'over the fence')
    assert.deepEqual(outside, [], 'the session stays on the LAN')
  })
})
