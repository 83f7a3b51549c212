// Conferences on a real network in virtual time: every layer below them, loss and jitter, machines that die and lines that break.

import assert from 'node:assert/strict'
import { fromUtf8, toUtf8 } from '../../src/base/index.js'
import type { ConferenceEvents } from '../../src/conference/index.js'
import { type SimHost, type SimTox, toxPeer } from '../../src/sim/index.js'
import { type Town, type TownOptions, townStory } from './town.js'

const ROOM = 0
const MINUTE_MS = 60_000
const LOOK_EVERY_MS = 500

/** Somebody on a machine, who takes every invitation. */
class Guest {
  readonly heard: string[] = []
  readonly titles: string[] = []
  readonly host: SimHost<SimTox>
  #saved: Uint8Array | undefined

  constructor(
    readonly town: Town,
    readonly name: string,
  ) {
    this.host = town.world.addPeer(name, { engine: this.#engine() })
    this.tox.messenger.setName(toUtf8(name))
    town.join(this.host)
  }

  get tox(): SimTox['tox'] {
    return this.host.engine.tox
  }

  get conferences(): SimTox['tox']['conferences'] {
    return this.tox.conferences
  }

  befriends(other: Guest): void {
    this.tox.messenger.addFriendWithoutRequest(other.tox.longTermKeys.publicKey)
    other.tox.messenger.addFriendWithoutRequest(this.tox.longTermKeys.publicKey)
  }

  sees(other: Guest): boolean {
    return this.tox.messenger.friendOf(other.tox.longTermKeys.publicKey)?.state === 'online'
  }

  invites(other: Guest): void {
    const { number } = this.tox.messenger.friendOf(other.tox.longTermKeys.publicKey)!
    assert.deepEqual(this.conferences.invite(number, ROOM), { ok: true, value: undefined })
  }

  says(text: string): void {
    assert.deepEqual(this.conferences.sendMessage(ROOM, 'normal', toUtf8(text)), { ok: true, value: undefined })
  }

  /** Names of those who are there, or of those who were. */
  list(which: 'present' | 'offline'): string[] {
    const isPresent = which === 'present'
    const count = isPresent ? this.conferences.peerCount(ROOM) : this.conferences.offlinePeerCount(ROOM)
    const names = Array.from({ length: count.ok ? count.value : 0 }, (_, peer) =>
      isPresent ? this.conferences.peerName(ROOM, peer) : this.conferences.offlinePeerName(ROOM, peer),
    )
    return names.map((name) => (name.ok ? fromUtf8(name.value) : '?')).sort()
  }

  get title(): string | undefined {
    const title = this.conferences.title(ROOM)
    return title.ok ? fromUtf8(title.value) : undefined
  }

  /** A power cut, some time after the profile was saved. */
  dies(): void {
    this.#saved = this.host.engine.savedata
    this.host.kill()
  }

  /** Ends as programs should, with the profile saved. */
  stops(): void {
    this.#saved = this.host.engine.savedata
    this.host.stop()
  }

  /** Starts again with the profile. */
  returns(): void {
    this.host.start(this.#engine())
    this.town.join(this.host)
  }

  #engine(): ReturnType<typeof toxPeer> {
    const nothing = (): void => {}
    const conferences: ConferenceEvents = {
      invite: (friendNumber, _type, cookie) => void this.conferences.join(friendNumber, cookie),
      message: (_conference, peer, _kind, text) => {
        const name = this.conferences.peerName(ROOM, peer)
        this.heard.push(`${name.ok ? fromUtf8(name.value) : '?'}: ${fromUtf8(text)}`)
      },
      title: (_conference, _peer, title) => void this.titles.push(fromUtf8(title)),
      connected: nothing,
      peerName: nothing,
      peerListChanged: nothing,
    }
    return toxPeer({ conferences, ...(this.#saved === undefined ? {} : { savedata: this.#saved }) })
  }
}

class Party {
  readonly guests: readonly Guest[]

  /** `size` guests of whom each is a friend of the next. */
  constructor(
    readonly town: Town,
    size: number,
  ) {
    this.guests = Array.from({ length: size }, (_, i) => new Guest(town, `g${String(i).padStart(2, '0')}`))
    this.#eachPair((one, next) => one.befriends(next))
    const haveMet = (): boolean => this.#pairs.every(([one, next]) => one.sees(next) && next.sees(one))
    town.world.expect('all friends see each other', haveMet, 10 * MINUTE_MS)
  }

  /** The first begins a conference, and each invites the next. */
  gather(): void {
    assert.ok(this.guests[0]!.conferences.create().ok)
    this.#eachPair((one, next) => {
      one.invites(next)
      const isIn = (): boolean => next.conferences.isOurs(ROOM, 0).ok
      this.town.world.expect(`${next.name} is in`, isIn, MINUTE_MS)
    })
    this.expectAll(this.guests)
  }

  /** They all see each other, and nobody else. */
  expectAll(guests: readonly Guest[], limitMs = 5 * MINUTE_MS): void {
    const names = guests.map(({ name }) => name).join()
    const seesAll = (guest: Guest): boolean => guest.list('present').join() === names
    if (this.#isSoon(() => guests.every(seesAll), limitMs)) return
    const views = guests.filter((guest) => !seesAll(guest)).map((guest) => `${guest.name}: ${guest.list('present')}`)
    throw new Error(`not all see ${names} (seed ${this.town.world.seed}):\n${views.join('\n')}`)
  }

  /** Everybody says something, and everybody hears all of it once. */
  expectTalk(guests: readonly Guest[], round: string): void {
    for (const { heard } of guests) heard.length = 0
    for (const guest of guests) guest.says(round)
    const all = guests.map(({ name }) => `${name}: ${round}`).join('\n')
    const hearAll = (): boolean => guests.every(({ heard }) => [...heard].sort().join('\n') === all)
    const isHeard = this.#isSoon(hearAll, 30_000)
    for (const { name, heard } of isHeard ? [] : guests) assert.equal([...heard].sort().join('\n'), all, name)
    // Nothing comes twice later.
    this.town.world.run(5_000)
    assert.ok(hearAll(), 'something was heard twice')
  }

  /** Whether something comes true in time. It costs more to look than to wait. */
  #isSoon(isTrue: () => boolean, limitMs: number): boolean {
    const { world } = this.town
    for (const endMs = world.nowMs + limitMs; world.nowMs < endMs; world.run(LOOK_EVERY_MS)) if (isTrue()) return true
    return isTrue()
  }

  get #pairs(): (readonly [Guest, Guest])[] {
    return this.guests.slice(1).map((next, i) => [this.guests[i]!, next] as const)
  }

  #eachPair(work: (one: Guest, next: Guest) => void): void {
    for (const [one, next] of this.#pairs) work(one, next)
  }
}

function party(title: string, size: number, tell: (party: Party, town: Town) => void, options: TownOptions = {}): void {
  townStory(title, options, (town) => {
    const party = new Party(town, size)
    party.gather()
    tell(party, town)
  })
}

// Stories of an hour take minutes on a machine that has other things to do.
describe('conferences', function () {
  this.timeout(10 * MINUTE_MS)

  party('three talk', 3, (party) => party.expectTalk(party.guests, 'hello'))

  party('sixteen on a chain of friendships talk, then and ten minutes later', 16, (party, town) => {
    party.expectTalk(party.guests, 'good evening')
    town.world.run(10 * MINUTE_MS)
    party.expectTalk(party.guests, 'good night')
  })

  party(
    'sixty-four hear everything once while one packet in thirty is lost',
    64,
    (party) => {
      party.expectTalk(party.guests, 'hello')
      party.expectTalk(party.guests, 'and again')
    },
    { link: { loss: 0.03, jitterMs: 20 } },
  )

  party('one is killed, is offline to the others after a minute, and returns with what was saved', 6, (party) => {
    const [, victim] = party.guests as [Guest, Guest]
    const others = party.guests.filter((guest) => guest !== victim)
    party.expectTalk(party.guests, 'hello')
    victim.dies()
    party.expectAll(others, 2 * MINUTE_MS)
    for (const guest of others) assert.deepEqual(guest.list('offline'), [victim.name], guest.name)
    party.expectTalk(others, 'one is missing')
    victim.returns()
    party.expectAll(party.guests, 3 * MINUTE_MS)
    for (const guest of party.guests) assert.deepEqual(guest.list('offline'), [], guest.name)
    party.expectTalk(party.guests, 'all are back')
  })

  party('one who stops says so, and is offline at once', 5, (party) => {
    const leaver = party.guests[2]!
    leaver.stops()
    const others = party.guests.filter((guest) => guest !== leaver)
    party.expectAll(others, 5_000)
    for (const guest of others) assert.deepEqual(guest.list('offline'), [leaver.name], guest.name)
    leaver.returns()
    party.expectAll(party.guests, 3 * MINUTE_MS)
    party.expectTalk(party.guests, 'all are back')
  })

  party('one who is away for seconds only is missed by nobody', 5, (party, town) => {
    const victim = party.guests[2]!
    victim.dies()
    town.world.run(5_000)
    victim.returns()
    party.expectAll(party.guests, 3 * MINUTE_MS)
    party.expectTalk(party.guests, 'all are back')
  })

  party('two halves merge after a partition', 8, (party, town) => {
    const halves = [party.guests.slice(0, 4), party.guests.slice(4)] as const
    // Each half keeps a part of the network.
    const nodes = [town.nodes.slice(0, 4), town.nodes.slice(4)] as const
    town.world.partition([...halves[0].map(({ host }) => host), ...nodes[0]] as never)
    for (const half of halves) party.expectAll(half, 3 * MINUTE_MS)
    for (const half of halves) party.expectTalk(half, 'are we alone?')
    assert.ok(halves[0][0]!.conferences.setTitle(ROOM, toUtf8('First half')).ok)
    town.world.run(5 * MINUTE_MS)
    town.world.heal()
    party.expectAll(party.guests, 10 * MINUTE_MS)
    party.expectTalk(party.guests, 'we are one')
  })

  party('titles and names reach everybody, and who leaves is gone', 7, (party, town) => {
    const [first, second, third] = party.guests as [Guest, Guest, Guest]
    assert.ok(first.conferences.setTitle(ROOM, toUtf8('Tea at five')).ok)
    town.world.expect('the title', () => party.guests.every(({ title }) => title === 'Tea at five'), 10_000)
    assert.ok(third.conferences.setTitle(ROOM, toUtf8('Tea at six')).ok)
    town.world.expect('another title', () => party.guests.every(({ title }) => title === 'Tea at six'), 10_000)
    assert.deepEqual(second.titles.slice(-2), ['Tea at five', 'Tea at six'])

    second.tox.messenger.setName(toUtf8('renamed'))
    const names = (): boolean => party.guests.every((guest) => guest.list('present').includes('renamed'))
    town.world.expect('the new name', names, 10_000)

    assert.ok(second.conferences.delete(ROOM).ok)
    const others = party.guests.filter((guest) => guest !== second)
    party.expectAll(others, 15_000)
    for (const guest of others) assert.deepEqual(guest.list('offline'), [], guest.name)
    party.expectTalk(others, 'one less')
  })

  party('all stop, and all return with what was saved', 5, (party) => {
    for (const guest of party.guests) guest.dies()
    party.town.world.run(2 * MINUTE_MS)
    for (const guest of party.guests) guest.returns()
    party.expectAll(party.guests, 5 * MINUTE_MS)
    party.expectTalk(party.guests, 'the day after')
  })
})
