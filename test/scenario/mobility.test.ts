// Somebody with twenty friends changes networks, sleeps, is cut off: every friend is back within three seconds, the sessions
// live on where they can, and no message is lost or comes twice.

import assert from 'node:assert/strict'
import type { Endpoint } from '../../src/base/index.js'
import { loadCrypto } from '../../src/crypto/index.js'
import { type NatOptions, type Router, type SimHost, type SimTox, toxPeer } from '../../src/sim/index.js'
import { Town, townStory } from './town.js'

const FRIENDS = 20
const BACK_MS = 3_000
const SEED = process.env.TOXCORE_TS_SEED ?? 'mobility'

/** How friends live: every second one has an address of its own. */
const HOMES: readonly (NatOptions | undefined)[] = [
  undefined,
  { kind: 'full-cone' },
  undefined,
  { kind: 'restricted' },
  undefined,
  { kind: 'port-restricted' },
]

class Circle {
  readonly town: Town
  readonly traveller: SimHost<SimTox>
  readonly friends: SimHost<SimTox>[] = []
  /** How often somebody went offline for somebody. */
  losses = 0
  #said = 0

  constructor(town: Town) {
    this.town = town
    this.traveller = this.#person('traveller')
    for (let i = 0; i < FRIENDS; i++) {
      const home = HOMES[i % HOMES.length]
      this.friends.push(this.#person(`friend ${i}`, home && { router: town.world.addRouter(home) }))
    }
    this.#introduce()
    town.world.expect('all are online', () => this.isComplete, 120_000)
    town.world.run(20_000)
  }

  get isComplete(): boolean {
    return this.friends.every((_, i) => this.#meets(i))
  }

  /** How long it takes until everybody has heard everybody, one message each way, from now. */
  timeToTalk(): number {
    const { world } = this.town
    const startMs = world.nowMs
    const text = `words ${this.#said++}`
    const unsaid = new Set<() => boolean>()
    for (const [i, friend] of this.friends.entries()) {
      unsaid.add(() => this.#meets(i) && says(this.traveller, i, text))
      unsaid.add(() => this.#meets(i) && says(friend, 0, text))
    }
    const heard = (host: SimHost<SimTox>): number => host.engine.heard.filter((one) => one.text === text).length
    const isDone = (): boolean => {
      for (const say of unsaid) if (say()) unsaid.delete(say)
      return heard(this.traveller) >= FRIENDS && this.friends.every((friend) => heard(friend) >= 1)
    }
    world.expect(`all ${FRIENDS} friends talk again`, isDone, 60_000)
    const tookMs = world.nowMs - startMs
    world.run(5_000)
    assert.equal(heard(this.traveller), FRIENDS, 'each friend is heard once')
    for (const friend of this.friends) assert.equal(heard(friend), 1, `${friend.name} hears it once`)
    return tookMs
  }

  /** Whether friend and traveller see each other: who alone sees the other is about to notice. */
  #meets(i: number): boolean {
    return this.friends[i]!.engine.sees(0) && this.traveller.engine.sees(i)
  }

  #person(name: string, options: Parameters<Town['person']>[1] = {}): SimHost<SimTox> {
    const host = this.town.world.addPeer(name, { ...options, engine: toxPeer(this.#counting) })
    this.town.join(host)
    return host
  }

  readonly #counting = {
    events: {
      friendConnectionStatus: (_: number, status: string): void => {
        if (status === 'none') this.losses++
      },
    },
  }

  #introduce(): void {
    const keyOf = (host: SimHost<SimTox>) => host.engine.tox.longTermKeys.publicKey
    for (const friend of this.friends) {
      this.traveller.engine.tox.messenger.addFriendWithoutRequest(keyOf(friend))
      friend.engine.tox.messenger.addFriendWithoutRequest(keyOf(this.traveller))
    }
  }
}

function says(host: SimHost<SimTox>, friend: number, text: string): true {
  host.engine.say(friend, text)
  return true
}

// One journey after the other, by the same people: each begins where the last one ended.
describe('mobility', function () {
  this.timeout(120_000)
  let circle: Circle
  let me: SimHost<SimTox>
  let town: Town

  before(async () => {
    town = new Town(await loadCrypto(), SEED, { link: { jitterMs: 15 } })
    circle = new Circle(town)
    me = circle.traveller
  })

  /** `go` happens, and everybody is back; short ones must not cost a session. */
  function journey(title: string, go: () => void, { isLong = false } = {}): void {
    it(title, function () {
      circle.losses = 0
      go()
      const tookMs = circle.timeToTalk()
      this.test!.title += ` (${(tookMs / 1000).toFixed(1)} s)`
      assert.ok(tookMs <= BACK_MS, `all are back after ${tookMs.toFixed(0)} ms (seed ${SEED})`)
      if (!isLong) assert.equal(circle.losses, 0, `no session is lost (seed ${SEED})`)
    })
  }

  journey('moves to another address, and knows', () => me.moveTo(undefined, { isTold: true }))
  journey('moves to another address, and does not know', () => me.moveTo(undefined))
  journey('moves behind a router, and knows', () => {
    me.moveTo(town.world.addRouter({ kind: 'port-restricted', ports: 'random' }), { isTold: true })
  })
  journey('is given other ports by its router, and nobody knows', () => me.router!.nat.reboot())
  journey('moves from one router to another, and does not know', () => {
    me.moveTo(town.world.addRouter({ kind: 'restricted' }))
  })
  journey('is unplugged for ten seconds, and nobody tells', () => {
    me.unplug()
    town.world.run(10_000)
    me.plug()
  })
  journey('has friends who all move at once, and nobody knows', () => {
    for (const friend of circle.friends) friend.moveTo(friend.router)
  })
  journey('sleeps for 20 s, and so does its clock', () => {
    me.sleep(20_000, { monotonic: 'stops' })
    town.world.run(20_000)
  })
  for (const monotonic of ['runs', 'stops'] as const) {
    const rest = (): void => {
      me.sleep(45_000, { monotonic })
      town.world.run(45_000)
    }
    journey(`sleeps until it is missed, and its clock ${monotonic}`, rest, { isLong: true })
  }
  const vanish = (): void => {
    me.unplug()
    town.world.run(160_000)
    me.plug()
  }
  journey('is unplugged until it is forgotten, and nobody tells', vanish, { isLong: true })
})

// Both hear everybody else all the time, so that neither takes its own network for gone: each has to ask for the other anew.
describe('mobility of two who hear others', function () {
  this.timeout(60_000)
  const CUT_MS = 15_000
  const FOUND_MS = 5_000

  for (const what of ['both routers start again', 'one of them moves'] as const) {
    townStory(`the way between them is cut for ${CUT_MS / 1000} s, meanwhile ${what}`, {}, (town) => {
      const { world } = town
      const home = (): Router => world.addRouter({ kind: 'port-restricted', ports: 'random' })
      const [alice, bob] = [town.person('alice', { router: home() }), town.person('bob', { router: home() })]
      town.befriend(alice, bob)
      world.run(20_000)
      world.setFilter(({ sender, to }) => !(sender === alice ? isAt(bob, to) : sender === bob && isAt(alice, to)))
      world.run(CUT_MS - 2_000)
      if (what === 'one of them moves') bob.moveTo(home())
      else for (const { router } of [alice, bob]) router!.nat.reboot()
      world.run(2_000)
      world.setFilter(undefined)
      const text = 'there you are'
      for (const { engine } of [alice, bob]) engine.say(0, text)
      const isHeard = (): boolean => [alice, bob].every(({ engine }) => engine.heard.some((one) => one.text === text))
      world.expect('they hear each other in the same session', isHeard, FOUND_MS)
    })
  }
})

function isAt(host: SimHost, to: Endpoint): boolean {
  return to.ip === host.router?.nat.address.ip || host.ipv4?.equals(to) === true
}
