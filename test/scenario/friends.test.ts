// What happens between two friends while the world is unkind.

import assert from 'node:assert/strict'
import { toxPeer } from '../../src/sim/index.js'
import { story, Town, townStory } from './town.js'

const HOUR_MS = 60 * 60_000

describe('friends', () => {
  townStory('two friends meet and talk', {}, (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'hello')
    assert.deepEqual(
      bob.engine.requests.map(({ text }) => text),
      ['Let us be friends'],
    )
  })

  townStory('two friends meet with nobody else in the world', { nodes: 0 }, (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    bob.engine.bootstrap(alice)
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'just we two')
  })

  story('the same seed is the same story, packet by packet', (seed, crypto) => {
    const tell = (one: string): string => {
      const town = new Town(crypto, one, { nodes: 4 })
      const [alice, bob] = [town.person('alice'), town.person('bob')]
      town.befriend(alice, bob)
      return JSON.stringify([town.world.nowMs, town.world.lost, alice.traffic, bob.traffic, alice.engine.toxId])
    }
    const told = tell(seed)
    assert.equal(tell(seed), told)
    assert.notEqual(tell(`${seed}, almost`), told)
  })

  townStory('a friend is killed and comes back with the saved profile and another port', {}, (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    const { savedata, toxId } = bob.engine
    bob.restart({ port: 40_000, create: toxPeer({ savedata }) })
    assert.equal(bob.engine.toxId, toxId)
    town.join(bob)
    town.world.expect('bob sees alice', () => bob.engine.sees(0), 60_000)
    town.expectOnline(alice, bob)
    town.world.run(5_000)
    town.expectTalk(alice, bob, 'back again')
  })

  townStory('a partition parts two friends, and they meet again when it heals', {}, (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    town.world.partition([bob, ...town.nodes.slice(4)])
    town.world.expect('both miss each other', () => !alice.engine.sees(0) && !bob.engine.sees(0), 120_000)
    town.world.run(120_000)
    town.world.heal()
    town.expectOnline(alice, bob)
    town.expectTalk(alice, bob, 'still there')
  })

  for (const monotonic of ['runs', 'stops'] as const) {
    townStory(
      `a laptop sleeps an hour, and its clock jumps; its monotonic clock ${monotonic}`,
      { nodes: 4 },
      (town) => {
        const [alice, bob] = [town.person('alice'), town.person('bob')]
        town.befriend(alice, bob)
        bob.sleep(HOUR_MS, { monotonic })
        town.world.expect('alice misses bob', () => !alice.engine.sees(0), 120_000)
        town.world.run(HOUR_MS)
        town.expectOnline(alice, bob)
        town.world.run(60_000)
        town.expectOnline(alice, bob)
        town.expectTalk(alice, bob, 'good morning')
      },
    )
  }

  townStory('somebody sets the clocks of two friends, and they do not mind', { nodes: 4 }, (town) => {
    const DAY_MS = 24 * 60 * 60_000
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    alice.jumpClocks({ wallMs: -300 * DAY_MS })
    bob.jumpClocks({ wallMs: DAY_MS })
    town.expectTalk(alice, bob, 'what time is it?')
    town.world.run(240_000)
    town.expectTalk(alice, bob, 'and now?')
  })

  townStory('the machine of a friend is frozen and moved, and all its clocks jump', { nodes: 4 }, (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    bob.jumpClocks({ wallMs: 2 * HOUR_MS, monotonicMs: 2 * HOUR_MS })
    town.world.run(5_000)
    town.expectOnline(alice, bob)
    town.expectTalk(alice, bob, 'where was I?')
  })

  const six = { ipv4: false, ipv6: true }
  townStory('two friends meet over IPv6 alone', six, (town) => {
    const [alice, bob] = [town.person('alice', six), town.person('bob', six)]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'six')
  })

  // A way through the onion and back is eight links long: four of ten get through.
  const storm = { latencyMs: 80, jitterMs: 60, loss: 0.1, duplicate: 0.1, reorder: 0.1 }
  townStory('two friends meet on a link that loses a tenth, doubles and reorders', { link: storm }, (town) => {
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    alice.engine.addFriend(bob.engine.toxId)
    town.expectOnline(alice, bob, 600_000)
    town.expectTalk(alice, bob, 'in the storm')
  })
})
