// Members of one conference, ours and c-toxcore's, told what to do in the same words. Each keeps all that it hears, over all of
// its lives.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { openRuntime, type Runtime } from '../../src/api/runtime.js'
import { fromHex, toHex } from '../../src/base/index.js'
import { type Conference, type ConferenceInvite, Tox } from '../../src/index.js'
import type { Bootstrapd } from './bootstrapd.js'
import { CPeer, OFFLINE, text } from './c-peer.js'
import { bootstrapText, DEADLINE_MS, heard } from './pair.js'

/** What a member tells of the conference, names sorted. */
export interface View {
  readonly title: string
  readonly present: readonly string[]
  readonly offline: readonly string[]
}

/** Every conference of these stories is the only one of its members. */
const ROOM = 0
const LOOK_EVERY_MS = 100
/** Whose goodbye is not heard is missed after three pings of 20 s. */
const MISSED_AFTER_MS = 60_000

export abstract class Member {
  /** Texts of messages, our own among them, in their order. */
  abstract readonly heard: readonly string[]
  abstract readonly publicKey: string

  constructor(
    public name: string,
    protected readonly nodes: readonly Bootstrapd[],
  ) {}

  abstract start(savedata?: Uint8Array): Promise<void>
  abstract befriend(other: Member): Promise<void>
  abstract unfriend(other: Member): Promise<void>
  abstract sees(other: Member): Promise<boolean>
  abstract found(title: string): Promise<void>
  abstract invite(other: Member): Promise<void>
  /** Accepts the next invitation, and waits until it has joined. */
  abstract accept(): Promise<void>
  abstract say(text: string, kind?: 'normal' | 'action'): Promise<void>
  abstract setTitle(title: string): Promise<void>
  abstract rename(name: string): Promise<void>
  abstract setMaxOffline(max: number): Promise<void>
  abstract leave(): Promise<void>
  abstract view(): Promise<View>
  abstract savedata(): Promise<Uint8Array>
  /** Ends, and tells so. */
  abstract quit(): Promise<void>
  /** As kill -9: nobody is told. */
  abstract vanish(): Promise<void>

  /** Ends in one way or the other; resolves with how to come back from what was saved. */
  async end(how: 'quit' | 'vanish'): Promise<() => Promise<void>> {
    const savedata = await this.savedata()
    await this[how]()
    return () => this.start(savedata)
  }
}

export class OurMember extends Member {
  readonly heard: string[] = []
  publicKey = ''
  #tox!: Tox
  #runtime!: Runtime

  async start(savedata?: Uint8Array): Promise<void> {
    const { nodes } = this
    const bootstrap = nodes.map(({ address }) => bootstrapText(address))
    const options = { bindAddress: '127.0.0.1', ipv6: false, bootstrap, ...(savedata && { savedata }) } as const
    const open = async (events: Parameters<typeof openRuntime>[1]): Promise<Runtime> => {
      this.#runtime = await openRuntime(options, events)
      return this.#runtime
    }
    this.#tox = await Tox.over(open, savedata === undefined ? { name: this.name } : {})
    this.publicKey = this.#tox.publicKey
    this.#tox.on('conferenceMessage', ({ text }) => this.heard.push(text))
  }

  get #room(): Conference {
    const room = this.#tox.conference(ROOM)
    assert.ok(room, `${this.name} is in no conference`)
    return room
  }

  async befriend(other: Member): Promise<void> {
    this.#tox.addFriendWithoutRequest(other.publicKey)
  }

  async unfriend(other: Member): Promise<void> {
    this.#tox.friend(other.publicKey)!.remove()
  }

  async sees(other: Member): Promise<boolean> {
    return this.#tox.friend(other.publicKey)!.isOnline
  }

  async found(title: string): Promise<void> {
    this.#tox.createConference({ title })
  }

  async invite(other: Member): Promise<void> {
    this.#room.invite(this.#tox.friend(other.publicKey)!)
  }

  async accept(): Promise<void> {
    const invitation = await this.invitation()
    await invitation.accept().whenConnected({ signal: AbortSignal.timeout(DEADLINE_MS) })
  }

  /** The next invitation. */
  async invitation(): Promise<ConferenceInvite> {
    return await heard(this.#tox, 'conferenceInvite')
  }

  async say(text: string, kind: 'normal' | 'action' = 'normal'): Promise<void> {
    this.#room.send(text, { kind })
  }

  async setTitle(title: string): Promise<void> {
    this.#room.title = title
  }

  async rename(name: string): Promise<void> {
    this.name = name
    this.#tox.name = name
  }

  async setMaxOffline(max: number): Promise<void> {
    this.#room.maxOffline = max
  }

  async leave(): Promise<void> {
    this.#room.leave()
  }

  async view(): Promise<View> {
    const { title, peers, offlinePeers } = this.#room
    assert.ok(peers.every(({ isSelf, publicKey }) => isSelf === (publicKey === this.publicKey)))
    return { title, present: names(peers), offline: names(offlinePeers) }
  }

  async savedata(): Promise<Uint8Array> {
    return this.#tox.savedata()
  }

  async quit(): Promise<void> {
    await this.#tox?.close()
  }

  async vanish(): Promise<void> {
    this.#runtime.engine.close = () => {}
    await this.#tox.close()
  }
}

export class TheirMember extends Member {
  publicKey = ''
  readonly #before: string[] = []
  #peer!: CPeer
  /** Where in the peer's events the next invitation is looked for. */
  #from = 0

  async start(savedata?: Uint8Array): Promise<void> {
    const peer = await CPeer.start({ ipv6: false, ...(savedata && { savedata }) })
    this.#peer = peer
    this.#from = 0
    this.publicKey = toHex((await peer.self()).key)
    if (savedata === undefined) await peer.setName(this.name)
    for (const { host, port, key } of this.nodes.map(({ address }) => address)) await peer.bootstrap(host, port, key)
  }

  get heard(): readonly string[] {
    return [...this.#before, ...this.#peer.all('conference_message').map(({ data }) => text(data))]
  }

  async befriend(other: Member): Promise<void> {
    await this.#peer.friendAddNorequest(fromHex(other.publicKey)!)
  }

  async unfriend(other: Member): Promise<void> {
    await this.#peer.friendDelete(await this.#friend(other))
  }

  async sees(other: Member): Promise<boolean> {
    const friends = await this.#peer.friends()
    return friends.some(({ key, connection }) => toHex(key) === other.publicKey && connection !== OFFLINE)
  }

  async found(title: string): Promise<void> {
    assert.equal(await this.#peer.conferences.create(), ROOM)
    await this.setTitle(title)
  }

  async invite(other: Member): Promise<void> {
    await this.#peer.conferences.invite(await this.#friend(other), ROOM)
  }

  /** Founds another conference, with sound, and invites to that one. */
  async inviteToSound(other: Member): Promise<void> {
    const { conferences } = this.#peer
    await conferences.invite(await this.#friend(other), await conferences.createWithSound())
  }

  async accept(): Promise<void> {
    const { friend, data } = await this.#peer.until('conference_invite', () => true, DEADLINE_MS, this.#from)
    const from = this.#peer.events.length
    assert.equal(await this.#peer.conferences.join(friend, data), ROOM)
    await this.#peer.until('conference_connected', () => true, DEADLINE_MS, from)
    this.#from = from
  }

  async say(text: string, kind: 'normal' | 'action' = 'normal'): Promise<void> {
    const { conferences } = this.#peer
    await (kind === 'normal' ? conferences.send(ROOM, text) : conferences.sendAction(ROOM, text))
  }

  async setTitle(title: string): Promise<void> {
    await this.#peer.conferences.setTitle(ROOM, title)
  }

  async rename(name: string): Promise<void> {
    this.name = name
    await this.#peer.setName(name)
  }

  async setMaxOffline(max: number): Promise<void> {
    await this.#peer.conferences.setMaxOffline(ROOM, max)
  }

  async leave(): Promise<void> {
    await this.#peer.conferences.delete(ROOM)
  }

  async view(): Promise<View> {
    const { title, peers, offline } = await this.#peer.conferences.get(ROOM)
    assert.ok(peers.every(({ isOurs, key }) => isOurs === (toHex(key) === this.publicKey)))
    return { title, present: names(peers), offline: names(offline) }
  }

  async savedata(): Promise<Uint8Array> {
    return await this.#peer.savedata()
  }

  async quit(): Promise<void> {
    this.#before.push(...this.heard.slice(this.#before.length))
    await this.#peer?.kill()
    this.#peer.events.length = 0
  }

  async vanish(): Promise<void> {
    this.#before.push(...this.heard.slice(this.#before.length))
    await this.#peer.killHard()
    this.#peer.events.length = 0
  }

  async #friend(other: Member): Promise<number> {
    const friends = await this.#peer.friends()
    return friends.find(({ key }) => toHex(key) === other.publicKey)!.friend
  }
}

function names(peers: readonly { readonly name: string }[]): string[] {
  return peers.map(({ name }) => name).sort()
}

/** Starts members, `O…` ours and `T…` c-toxcore's, each a friend of the one before, and waits until they see each other. */
export async function chain(nodes: readonly Bootstrapd[], ...names: readonly string[]): Promise<Member[]> {
  const members = names.map((name) =>
    name.startsWith('O') ? new OurMember(name, nodes) : new TheirMember(name, nodes),
  )
  await Promise.all(members.map((member) => member.start()))
  await Promise.all(pairs(members).map(([a, b]) => makeFriends(a, b)))
  await Promise.all(pairs(members).map(([a, b]) => seeEachOther(a, b)))
  return members
}

export function pairs(members: readonly Member[]): (readonly [Member, Member])[] {
  return members.slice(1).map((member, i) => [members[i]!, member] as const)
}

export async function makeFriends(a: Member, b: Member): Promise<void> {
  await a.befriend(b)
  await b.befriend(a)
}

export async function seeEachOther(a: Member, b: Member): Promise<void> {
  await until(`${a.name} and ${b.name} see each other`, async () => (await a.sees(b)) && (await b.sees(a)))
}

/** The first of the chain founds a conference; each invites the next. */
export async function gather(members: readonly Member[], title: string): Promise<void> {
  await members[0]!.found(title)
  for (const [host, guest] of pairs(members)) await bringIn(host, guest)
}

export async function bringIn(host: Member, guest: Member): Promise<void> {
  const accepted = guest.accept()
  await host.invite(guest)
  await accepted
}

/** Waits until each of `members` tells exactly this of the conference. */
export async function allTell(members: readonly Member[], view: Partial<View>): Promise<void> {
  const wanted = Object.entries(view)
  const tells = async (member: Member): Promise<boolean> => {
    const told = await member.view()
    return wanted.every(([what, value]) => String(told[what as keyof View]) === String(value))
  }
  const failure = async (): Promise<string> =>
    (await Promise.all(members.map(async (one) => `${one.name}: ${JSON.stringify(await one.view())}`))).join('\n')
  for (const member of members) {
    await until(`${member.name} tells ${JSON.stringify(view)}`, () => tells(member), failure)
  }
}

/** All of `members` are there, know all names, and remember nobody else. */
export async function allTogether(members: readonly Member[]): Promise<void> {
  await allTell(members, { present: members.map(({ name }) => name).sort(), offline: [] })
}

/** Each says something; everyone hears everything, in each speaker's order, and nothing twice. */
export async function allTalk(members: readonly Member[], topic: string): Promise<void> {
  const texts = members.flatMap(({ name }) => [`${topic}: ${name} 1`, `${topic}: ${name} 2`])
  for (const [i, member] of members.entries()) {
    await member.say(texts[2 * i]!)
    await member.say(texts[2 * i + 1]!, 'action')
  }
  const about = ({ heard }: Member): string[] => heard.filter((text) => text.startsWith(`${topic}: `))
  const counts = async (): Promise<string> =>
    members.map((one) => `${one.name} misses ${texts.filter((text) => !one.heard.includes(text))}`).join('\n')
  await until(`all hear of ${topic}`, async () => members.every((one) => about(one).length >= texts.length), counts)
  for (const member of members) {
    assert.deepEqual(about(member).sort(), [...texts].sort(), `what ${member.name} heard`)
    for (const { name } of members) {
      const ofOne = member.heard.filter((text) => text.startsWith(`${topic}: ${name} `))
      assert.deepEqual(ofOne, [`${topic}: ${name} 1`, `${topic}: ${name} 2`])
    }
  }
}

/**
 * Before somebody goes. c-toxcore takes every echo of what they said, new or not, for a sign of life: one that is still under
 * way when they say goodbye makes them present for another minute. Nothing tells when the last has passed; a hop takes c-toxcore
 * 50 ms.
 */
export async function echoesPass(): Promise<void> {
  await sleep(1_000)
}

/** Over the whole story nobody heard anything twice. */
export function nothingTwice(members: readonly Member[]): void {
  for (const { name, heard } of members)
    assert.equal(new Set(heard).size, heard.length, `${name} heard something twice`)
}

export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  failure: () => Promise<string> = async () => '',
): Promise<void> {
  const limitMs = MISSED_AFTER_MS + DEADLINE_MS / 2
  for (const endMs = performance.now() + limitMs; !(await isSo()); ) {
    if (performance.now() > endMs) assert.fail(`${what}: not within ${limitMs} ms\n${await failure()}`)
    await sleep(LOOK_EVERY_MS)
  }
}
