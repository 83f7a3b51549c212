// Clocks that jump: an engine's monotonic time may leap forward by hours, its calendar either way, and no friend is lost.

import assert from 'node:assert/strict'
import { PacketKind } from '../../src/packet/kinds.js'
import { toxPeer } from '../../src/sim/index.js'
import { Siege } from './siege.js'

const HOUR_MS = 3_600_000
const YEAR_MS = 365 * 24 * HOUR_MS

describe('clocks that jump', () => {
  it('five hours forward at once: friends are together again, and their sessions work', async () => {
    const siege = await Siege.begin('forward')
    siege.befriend()
    const { alice, bob, world } = siege
    for (const person of [alice, bob]) {
      person.jumpClocks({ monotonicMs: 5 * HOUR_MS, wallMs: 5 * HOUR_MS })
      world.run(40_000)
      world.expect(`${person.name} is back`, () => siege.areTogether, 60_000)
      world.run(10_000)
      assert.ok(siege.areTogether)
      siege.expectTalk()
    }
  })

  it('forward on a node: its announcements expire, its paths are made anew, friends still meet through it', async () => {
    const siege = await Siege.begin('nodes forward')
    const { nodes, world } = siege
    for (const node of nodes) node.jumpClocks({ monotonicMs: 7 * HOUR_MS })
    world.run(1000)
    siege.befriend()
    siege.expectTalk()
  })

  for (const [name, wallMs] of [
    ['a year back', -YEAR_MS],
    ['a year ahead', YEAR_MS],
    ['before 1970', -60 * YEAR_MS],
  ] as const) {
    it(`a calendar set ${name} disturbs no session`, async () => {
      const siege = await Siege.begin(`wall ${name}`)
      siege.befriend()
      const { alice, world } = siege
      alice.jumpClocks({ wallMs })
      for (let minute = 0; minute < 3; minute++) {
        world.run(60_000)
        assert.ok(siege.areTogether)
        siege.expectTalk()
      }
      // A profile saved under any date loads again.
      const { savedata, toxId } = alice.engine
      alice.restart({ create: toxPeer({ savedata }) })
      assert.equal(alice.engine.toxId, toxId)
    })

    it(`a friend who comes back with a calendar set ${name} is heard again`, async () => {
      const siege = await Siege.begin(`restart ${name}`)
      siege.befriend()
      const { alice, bob, nodes, world } = siege
      const { savedata } = bob.engine
      bob.jumpClocks({ wallMs })
      bob.restart({ port: 40_000, create: toxPeer({ savedata }) })
      bob.engine.bootstrap(nodes[0]!)
      world.expect('bob sees alice', () => bob.engine.sees(0), 120_000)
      world.expect('both are together', () => siege.areTogether, 60_000)
      world.run(5000)
      siege.expectTalk()

      // And once more, after a time offline: then Alice has to find Bob by what the onion tells.
      bob.kill()
      world.expect('alice misses bob', () => !alice.engine.sees(0), 60_000)
      world.run(60_000)
      bob.jumpClocks({ wallMs: -HOUR_MS })
      bob.start(toxPeer({ savedata }))
      bob.engine.bootstrap(nodes[0]!)
      world.expect('bob is found again', () => siege.areTogether, 120_000)
    })
  }

  it('cookies do not depend on the calendar', async () => {
    const siege = await Siege.begin('cookies')
    const { alice, bob, world } = siege
    siege.introduce()
    // Alice answers with a cookie, and before it comes back her calendar has gone back by an hour.
    let jumped = 0
    world.setFilter(({ sender, packet }) => {
      if (sender === alice && packet[0] === PacketKind.COOKIE_RESPONSE && jumped++ < 3) {
        alice.jumpClocks({ wallMs: -HOUR_MS })
        bob.jumpClocks({ wallMs: HOUR_MS })
      }
      return true
    })
    world.expect('the friends meet', () => siege.areTogether, 20_000)
    siege.expectTalk()
    assert.ok(jumped > 0)
  })

  it('an hour of sleep on both sides: friends are back within seconds of waking', async () => {
    const siege = await Siege.begin('sleep')
    siege.befriend()
    const { alice, bob, world } = siege
    for (const person of [alice, bob]) person.sleep(HOUR_MS)
    world.run(HOUR_MS + 1000)
    world.expect('both are together', () => siege.areTogether, 60_000)
    world.run(40_000)
    assert.ok(siege.areTogether)
    siege.expectTalk()
  })
})
