// Small stories with whole Tox instances in the simulated world. The seed stands in the error of each that fails.

import assert from 'node:assert/strict'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import {
  bareNode,
  type HostOptions,
  type LinkConditions,
  type SimHost,
  type SimNode,
  type SimTox,
  toxPeer,
  World,
} from '../../src/sim/index.js'

/** A network of nodes that know each other, on a link that is no better than most. */
class Town {
  readonly world: World
  readonly nodes: SimHost<SimNode>[]

  constructor(
    crypto: Crypto,
    seed: string,
    { link = { loss: 0.02, jitterMs: 15 }, ...host }: HostOptions & { link?: Partial<LinkConditions> } = {},
  ) {
    this.world = new World({ seed, crypto, link })
    this.nodes = Array.from({ length: 8 }, (_, i) => this.world.addPeer(`node ${i}`, { ...host, engine: bareNode }))
    for (const node of this.nodes.slice(1)) node.engine.bootstrap(this.nodes[0]!)
    this.world.run(15_000)
  }

  person(name: string, options: HostOptions = {}): SimHost<SimTox> {
    const host = this.world.addPeer(name, { ...options, engine: toxPeer() })
    this.join(host)
    return host
  }

  join(host: SimHost<SimTox>): void {
    for (const node of this.nodes.slice(0, 3)) host.engine.bootstrap(node)
  }

  /** A comes to know B, and both are online. */
  befriend(a: SimHost<SimTox>, b: SimHost<SimTox>): void {
    a.engine.addFriend(b.engine.toxId)
    this.expectOnline(a, b)
  }

  expectOnline(a: SimHost<SimTox>, b: SimHost<SimTox>, limitMs = 180_000): void {
    const meets = (): boolean => a.engine.sees(0) && b.engine.sees(0)
    this.world.expect(`${a.name} and ${b.name} see each other`, meets, limitMs)
  }

  expectTalk(a: SimHost<SimTox>, b: SimHost<SimTox>, text: string): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const said = `${from.name} says: ${text}`
      const id = from.engine.say(0, said)
      const heard = (): boolean => to.engine.heard.at(-1)?.text === said
      const confirmed = (): boolean => from.engine.receipts.some(({ messageId }) => messageId === id)
      this.world.expect(`${to.name} hears '${said}'`, () => heard() && confirmed(), 30_000)
    }
  }
}

describe('stories', () => {
  let crypto: Crypto

  before(async () => {
    crypto = await loadCrypto()
  })

  it('two friends meet and talk', () => {
    const town = new Town(crypto, 'meeting')
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'hello')
    assert.deepEqual(
      bob.engine.requests.map(({ text }) => text),
      ['Let us be friends'],
    )
  })

  it('the same seed is the same story, packet by packet', () => {
    const story = (seed: string): string => {
      const town = new Town(crypto, seed)
      const [alice, bob] = [town.person('alice'), town.person('bob')]
      town.befriend(alice, bob)
      return JSON.stringify([town.world.nowMs, town.world.lost, alice.traffic, bob.traffic, alice.engine.toxId])
    }
    assert.equal(story('twice'), story('twice'))
    assert.notEqual(story('twice'), story('once'))
  })

  it('a friend is killed and comes back with the saved profile and another port', () => {
    const town = new Town(crypto, 'restart')
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    const { savedata, toxId } = bob.engine
    bob.restart({ port: 40_000, create: toxPeer({ savedata }) })
    assert.equal(bob.engine.toxId, toxId)
    town.join(bob)
    town.world.expect('bob sees alice', () => bob.engine.sees(0), 180_000)
    town.expectOnline(alice, bob)
    town.world.run(5_000)
    town.expectTalk(alice, bob, 'back again')
  })

  it('a partition parts two friends, and they meet again when it heals', () => {
    const town = new Town(crypto, 'partition')
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    town.world.partition([bob, ...town.nodes.slice(4)])
    town.world.expect('both miss each other', () => !alice.engine.sees(0) && !bob.engine.sees(0), 120_000)
    town.world.run(120_000)
    town.world.heal()
    town.expectOnline(alice, bob)
    town.expectTalk(alice, bob, 'still there')
  })

  for (const [monotonic, minutes] of [
    ['runs', 60],
    ['stops', 10],
  ] as const) {
    it(`a laptop sleeps ${minutes} minutes while its monotonic clock ${monotonic}`, () => {
      const town = new Town(crypto, `sleep ${monotonic}`)
      const [alice, bob] = [town.person('alice'), town.person('bob')]
      town.befriend(alice, bob)
      bob.sleep(minutes * 60_000, { monotonic })
      town.world.expect('alice misses bob', () => !alice.engine.sees(0), 120_000)
      town.world.run(minutes * 60_000)
      town.expectOnline(alice, bob)
      town.world.run(60_000)
      town.expectOnline(alice, bob)
      town.expectTalk(alice, bob, 'good morning')
    })
  }

  it('two friends meet over IPv6 alone', () => {
    const six = { ipv4: false, ipv6: true }
    const town = new Town(crypto, 'six', six)
    const [alice, bob] = [town.person('alice', six), town.person('bob', six)]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'six')
  })

  it('two friends meet on a link that loses a fifth, doubles and reorders', () => {
    const town = new Town(crypto, 'storm', {
      link: { latencyMs: 80, jitterMs: 60, loss: 0.2, duplicate: 0.1, reorder: 0.1 },
    })
    const [alice, bob] = [town.person('alice'), town.person('bob')]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'in the storm')
  })

  it('two friends behind cone routers find a way to each other', () => {
    const town = new Town(crypto, 'routers')
    const [alice, bob] = (['alice', 'bob'] as const).map((name) =>
      town.person(name, { router: town.world.addRouter({ kind: 'restricted' }) }),
    ) as [SimHost<SimTox>, SimHost<SimTox>]
    town.befriend(alice, bob)
    town.expectTalk(alice, bob, 'through the wall')
  })
})
