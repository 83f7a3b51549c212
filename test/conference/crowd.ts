// People in conferences, in the fake world of friend connections: no cryptography, but real friend connections, messengers and
// conferences. A diary each, and words for what stories need.

import { fromUtf8, toUtf8 } from '../../src/base/index.js'
import { type ConferenceEvents, Conferences } from '../../src/conference/index.js'
import { Messenger } from '../../src/messenger/index.js'
import type { Conference as SavedConference } from '../../src/packet/savedata/index.js'
import { type FakeHost, FakeWorld } from '../friend/fake-world.js'
import { Diary, NOSPAM } from '../messenger/people.js'

/** The number of the one conference that most stories are about, at everybody. */
export const ROOM = 0

export class Member implements ConferenceEvents {
  readonly messenger: Messenger
  readonly conferences: Conferences
  /** One event a line. */
  readonly lines: string[] = []
  /** Texts as they were heard, ours among them. */
  readonly heard: string[] = []
  readonly invitations: { friend: number; cookie: Uint8Array }[] = []
  /** Whether invitations are accepted as they come. */
  accepts = true
  /** Runs after each event. */
  onLine: (line: string) => void = () => {}
  lossyPacket: (conference: number, peer: number, packet: Uint8Array) => void = () => {}

  constructor(
    readonly host: FakeHost,
    readonly name: string,
  ) {
    const { env, onion, connections, publicKey, dhtPublicKey } = host
    this.messenger = new Messenger({ env, onion, connections, publicKey, nospam: NOSPAM, events: new Diary() })
    this.messenger.setName(toUtf8(name))
    const crypto = { randomFill: (target: Uint8Array) => env.random.fill(target) }
    const parts = { env, crypto, connections, messenger: this.messenger, publicKey, dhtPublicKey }
    this.conferences = new Conferences({ ...parts, events: this })
  }

  invite(friendNumber: number, type: string, cookie: Uint8Array): void {
    this.invitations.push({ friend: friendNumber, cookie })
    this.#write(`invite ${friendNumber} ${type}`)
    if (this.accepts) this.conferences.join(friendNumber, cookie)
  }
  connected(conference: number): void {
    this.#write(`connected ${conference}`)
  }
  message(conference: number, peer: number, kind: string, text: Uint8Array): void {
    this.heard.push(fromUtf8(text))
    this.#write(`${kind} ${conference} ${this.nameOf(peer, conference)}: ${fromUtf8(text)}`)
  }
  title(conference: number, peer: number, title: Uint8Array): void {
    this.#write(`title ${conference} ${peer === 2 ** 32 - 1 ? '?' : this.nameOf(peer, conference)}: ${fromUtf8(title)}`)
  }
  peerName(conference: number, _peer: number, name: Uint8Array): void {
    this.#write(`name ${conference} ${fromUtf8(name)}`)
  }
  peerListChanged(conference: number): void {
    this.#write(`peers ${conference}`)
  }

  /** The lines since the last call that begin with `prefix`. */
  read(prefix = ''): string[] {
    return this.lines.splice(0).filter((line) => line.startsWith(prefix))
  }

  nameOf(peer: number, conference = ROOM): string {
    const name = this.conferences.peerName(conference, peer)
    return name.ok ? fromUtf8(name.value) : name.error
  }

  /** Who is there, as this member sees it, in alphabetical order. */
  present(conference = ROOM): string[] {
    const count = this.conferences.peerCount(conference)
    if (!count.ok) return [count.error]
    return Array.from({ length: count.value }, (_, peer) => this.nameOf(peer, conference)).sort()
  }

  offline(conference = ROOM): string[] {
    const count = this.conferences.offlinePeerCount(conference)
    if (!count.ok) return [count.error]
    const names = Array.from({ length: count.value }, (_, peer) => this.conferences.offlinePeerName(conference, peer))
    return names.map((name) => (name.ok ? fromUtf8(name.value) : name.error)).sort()
  }

  titleOf(conference = ROOM): string {
    const title = this.conferences.title(conference)
    return title.ok ? fromUtf8(title.value) : title.error
  }

  say(text: string, conference = ROOM): void {
    const said = this.conferences.sendMessage(conference, 'normal', toUtf8(text))
    if (!said.ok) throw new Error(`${this.name}: ${said.error}`)
  }

  /** What the session with `other` hands up next, as if they had sent it. */
  suffer(other: Member, packet: Uint8Array): void {
    const { handlers } = this.host.sessionWith(other.host)!
    if (packet[0]! >= 192) handlers.onLossy(packet)
    else handlers.onLossless(packet)
  }

  drops(name: string): number {
    return this.host.env.drops.get(`conference/${name}`)
  }

  #write(line: string): void {
    this.lines.push(line)
    this.onLine(line)
  }
}

export class Crowd {
  readonly world = new FakeWorld()
  readonly members: Member[] = []

  member(name: string): Member {
    const member = new Member(this.world.host(this.members.length + 1), name)
    this.members.push(member)
    return member
  }

  befriend(a: Member, b: Member): void {
    a.messenger.addFriendWithoutRequest(b.host.publicKey)
    b.messenger.addFriendWithoutRequest(a.host.publicKey)
    this.world.runUntil(() => areOnline(a, b))
  }

  /** `a` invites `b` to a conference; `b` is in. */
  invite(a: Member, b: Member, conference = ROOM): void {
    const friend = a.messenger.friendOf(b.host.publicKey)!
    const invited = a.conferences.invite(friend.number, conference)
    if (!invited.ok) throw new Error(`${a.name} invites ${b.name}: ${invited.error}`)
    this.world.runUntil(() => b.lines.some((line) => line.startsWith('connected')))
  }

  /** People of whom each is a friend of the next, all in one conference that the first has begun. */
  chain(size: number): Member[] {
    const people = Array.from({ length: size }, (_, i) => this.member(`p${String(i).padStart(2, '0')}`))
    people[0]!.conferences.create()
    for (const [i, one] of people.entries()) {
      if (i === 0) continue
      this.befriend(people[i - 1]!, one)
      this.invite(people[i - 1]!, one)
    }
    this.expectAll(people)
    return people
  }

  /** All of them see each other, by name. */
  expectAll(people: readonly Member[], limitMs = 120_000): void {
    const names = people.map(({ name }) => name).sort()
    const seesAll = (one: Member): boolean => one.present().join() === names.join()
    try {
      this.world.runUntil(() => people.every(seesAll), limitMs)
    } catch {
      const views = people.filter((one) => !seesAll(one)).map((one) => `${one.name} sees ${one.present().join(' ')}`)
      throw new Error(`not all see ${names.join(' ')}:\n${views.join('\n')}`)
    }
  }

  /** Every one says something; everybody hears everything, their own words among it, once. */
  expectTalk(people: readonly Member[], round: string): void {
    for (const one of people) one.heard.length = 0
    const said = people.map(({ name }) => `${round} ${name}`)
    for (const [i, one] of people.entries()) one.say(said[i]!)
    this.world.run(5_000)
    for (const one of people) {
      const heard = [...one.heard].sort().join('\n')
      if (heard !== [...said].sort().join('\n')) throw new Error(`${one.name} heard:\n${heard}`)
    }
  }

  /** The same person in another life, with what was saved of the last one. */
  restart(old: Member, saved: readonly SavedConference[] = old.conferences.snapshot()): Member {
    const friends = old.messenger.friends().map(({ publicKey }) => publicKey)
    const member = new Member(old.host.restart(), old.name)
    for (const publicKey of friends) member.messenger.addFriendWithoutRequest(publicKey)
    member.conferences.restore(saved)
    this.members[this.members.indexOf(old)] = member
    return member
  }
}

function areOnline(a: Member, b: Member): boolean {
  const sees = (one: Member, other: Member): boolean => one.messenger.friendOf(other.host.publicKey)?.state === 'online'
  return sees(a, b) && sees(b, a)
}
