// Members who lie, flood and send garbage. What they can do to others the protocol allows; what it costs us is bounded.

import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import { PEERS_MAX } from '../../src/conference/peer-list.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../src/crypto/keys.js'
import {
  ConferenceAccept,
  ConferenceInvite,
  ConferenceLossy,
  ConferenceMember,
  ConferenceMessage,
  ConferenceOnline,
  ConferenceRejoin,
  ConferenceMessageKind as Kind,
  LeavingPeer,
  NewPeer,
  PeerList,
  PeerQuery,
} from '../../src/packet/conference/index.js'
import { seededRandom } from '../support/env.js'
import { Crowd, type Member, ROOM } from './crowd.js'

const MINUTE_MS = 60_000

describe('hostile conferences', () => {
  let crowd: Crowd
  let people: Member[]
  /** The honest one whose eyes we look through, the liar who is linked with them, and a bystander. */
  let victim: Member
  let liar: Member
  let other: Member
  const random = seededRandom(5)

  beforeEach(() => {
    crowd = new Crowd()
    people = crowd.chain(3)
    ;[victim, liar, other] = people as [Member, Member, Member]
    crowd.world.run(5_000)
    for (const one of people) one.read()
  })

  /** The number on the wire of somebody. */
  const numberOf = (member: Member): number => member.conferences.snapshot()[ROOM]!.peerNumber
  const idOf = (): Uint8Array => victim.conferences.snapshot()[ROOM]!.id

  let lastNumber = 70_000
  /** What the liar says in the name of `as`. */
  const message = (kind: number, data: Uint8Array, as: number, messageNumber = ++lastNumber): Uint8Array =>
    encode(ConferenceMessage, { id: 99, conferenceNumber: ROOM, peerNumber: as, messageNumber, kind, data })
  const suffer = (packet: Uint8Array): void => victim.suffer(liar, packet)
  const newPeer = (peerNumber: number, publicKey: Uint8Array): Uint8Array =>
    encode(NewPeer, {
      peerNumber,
      publicKey: publicKey as LongTermPublicKey,
      dhtPublicKey: random.bytes(32) as DhtPublicKey,
    })
  const someKey = (): Uint8Array => {
    const key = random.bytes(32)
    key[31]! &= 0x7f
    return key
  }
  const farewell = (peerNumber: number): Uint8Array => encode(LeavingPeer, { peerNumber })

  /** All is as before. */
  const expectUnimpressed = (): void => {
    assert.deepEqual(victim.present(), ['p00', 'p01', 'p02'])
    assert.deepEqual(victim.read(), [])
  }

  /** What the honest say arrives; the liar may have lost their voice by numbers that they never come to. */
  const expectHonestTalk = (): void => {
    victim.heard.length = 0
    for (const one of [victim, other]) one.say(`still here: ${one.name}`)
    crowd.world.run(2_000)
    assert.deepEqual([...victim.heard].sort(), ['still here: p00', 'still here: p02'])
  }

  it('believes nobody who speaks in our name', () => {
    const own = numberOf(victim)
    suffer(message(Kind.TEXT, toUtf8('I am a fool'), own))
    suffer(message(Kind.NAME, toUtf8('fool'), own))
    suffer(message(Kind.TITLE, toUtf8('fools'), own))
    suffer(message(Kind.KILL_PEER, farewell(own), own))
    suffer(message(Kind.FREEZE_PEER, farewell(own), own))
    assert.equal(victim.drops('message forged in our name'), 5)
    expectUnimpressed()
    expectHonestTalk()
  })

  it('gives nobody our number, and us no other one', () => {
    suffer(message(Kind.NEW_PEER, newPeer(numberOf(victim), someKey()), numberOf(liar)))
    suffer(message(Kind.NEW_PEER, newPeer(4711, victim.host.publicKey), numberOf(liar)))
    suffer(message(Kind.NEW_PEER, newPeer(numberOf(other), someKey()), numberOf(liar)))
    suffer(message(Kind.NEW_PEER, newPeer(4712, new Uint8Array(32).fill(0xff)), numberOf(liar)))
    assert.equal(victim.drops('peer refused: number of another'), 2)
    assert.equal(victim.drops('peer refused: another number for us'), 1)
    assert.equal(victim.drops('peer refused: impossible key'), 1)
    assert.equal(victim.drops('message refused'), 4)
    expectUnimpressed()
    const ours = victim.present().map((_, peer) => victim.conferences.isOurs(ROOM, peer))
    assert.equal(ours.filter((one) => one.ok && one.value).length, 1)
  })

  it('takes goodbyes of those who are linked with us from them alone, and of nobody from anybody else', () => {
    crowd.world.run(25_000) // a ping over every link
    suffer(message(Kind.KILL_PEER, farewell(numberOf(other)), numberOf(other)))
    suffer(message(Kind.FREEZE_PEER, farewell(numberOf(other)), numberOf(other)))
    assert.equal(victim.drops('message forged: who is linked says goodbye directly'), 2)
    suffer(message(Kind.KILL_PEER, farewell(numberOf(other)), numberOf(liar)))
    suffer(message(Kind.KILL_PEER, new Uint8Array(3), numberOf(liar)))
    assert.equal(victim.drops('message refused'), 2)
    expectUnimpressed()
  })

  it('asks who an unknown peer is, and not without end', () => {
    let asked = 0
    const { sendLossless } = victim.host.sessionWith(liar.host)!
    victim.host.sessionWith(liar.host)!.sendLossless = function (packet) {
      if (packet[0] === 98 && packet[3] === 8) asked++
      return sendLossless.call(this, packet)
    }
    for (let i = 0; i < 1_000; i++) suffer(message(Kind.TEXT, toUtf8('who am I'), 30_000 + i))
    assert.equal(victim.drops('message of an unknown peer'), 1_000)
    assert.ok(asked > 0 && asked <= 8, `${asked} questions`)
    expectUnimpressed()
  })

  it('answers queries, and not without end', () => {
    let bytes = 0
    const session = victim.host.sessionWith(liar.host)!
    const { sendLossless } = session
    session.sendLossless = function (packet) {
      bytes += packet.length
      return sendLossless.call(this, packet)
    }
    for (let i = 0; i < 10_000; i++) suffer(encode(PeerQuery, { id: 98, conferenceNumber: ROOM, kind: 8 }))
    assert.ok(bytes > 0 && bytes < 8 * 1_000, `${bytes} bytes`)
    assert.ok(victim.drops('direct packet refused') > 9_900)
  })

  it('reports names and titles of one peer a few at once, then one a second', () => {
    for (let i = 0; i < 1_000; i++) suffer(message(Kind.NAME, toUtf8(`name ${i}`), numberOf(liar)))
    for (let i = 0; i < 1_000; i++) suffer(message(Kind.TITLE, toUtf8(`title ${i}`), numberOf(liar)))
    const events = victim.read()
    assert.ok(events.length > 0 && events.length <= 16, `${events.length} events`)
    assert.equal(victim.drops('names and titles too many'), 2_000 - events.length)
    crowd.world.run(5_000)
    suffer(message(Kind.NAME, toUtf8('later'), numberOf(liar)))
    assert.deepEqual(victim.read('name'), ['name 0 later'])
  })

  it('remembers a bounded number of peers, forgets those who never speak, and links with few', () => {
    for (let i = 0; i < 10_000; i++) {
      suffer(message(Kind.NEW_PEER, newPeer(10_000 + i, someKey()), numberOf(liar)))
      if (i % 1_000 === 0) crowd.world.run(10)
    }
    assert.equal(victim.present().length, PEERS_MAX)
    const taken = victim.drops('peer refused: number of another')
    assert.equal(victim.drops('peer refused: too many') + taken, 10_000 - (PEERS_MAX - 3))
    assert.ok(victim.host.onionFriends.size <= 1 + 4, `${victim.host.onionFriends.size} are sought`)
    victim.read()
    crowd.world.run(2 * MINUTE_MS)
    assert.deepEqual(victim.present(), ['p00', 'p01', 'p02'])
    assert.equal(victim.offline().length, 128)
    assert.ok(victim.host.onionFriends.size <= 1 + 4)
    expectHonestTalk()
  })

  it('takes no list with a broken entry, and what can be true of one with lies', () => {
    const entry = (peerNumber: number, publicKey: Uint8Array, name: string) => ({
      peerNumber,
      publicKey: publicKey as LongTermPublicKey,
      dhtPublicKey: random.bytes(32) as DhtPublicKey,
      name: toUtf8(name),
    })
    const list = (...peers: ReturnType<typeof entry>[]): Uint8Array =>
      encode(PeerList, { id: 98, conferenceNumber: ROOM, kind: 9, peers })
    const ghost = entry(7_000, someKey(), 'ghost')
    const whole = list(
      ghost,
      ghost,
      entry(numberOf(victim), someKey(), 'you'),
      entry(7_001, victim.host.publicKey, 'you'),
    )
    for (let length = 4; length < whole.length; length += 13) suffer(whole.subarray(0, length))
    expectUnimpressed()
    suffer(
      list(entry(numberOf(liar), liar.host.publicKey, 'other name'), entry(numberOf(other), other.host.publicKey, 'x')),
    )
    expectUnimpressed()
    suffer(whole)
    assert.deepEqual(victim.read().sort(), ['name 0 ghost', 'peers 0'])
    assert.deepEqual(victim.present(), ['ghost', 'p00', 'p01', 'p02'])
  })

  it('hears of links, rejoins and invitations only what they may say', () => {
    const stranger = crowd.member('stranger')
    crowd.befriend(victim, stranger)
    const conferenceId = idOf()
    const id = { type: 0, conferenceId }
    const refused = (packet: Uint8Array, why: string): void => {
      const before = victim.drops(why)
      victim.suffer(stranger, packet)
      assert.equal(victim.drops(why), before + 1, why)
    }
    refused(encode(ConferenceOnline, { id: 97, conferenceNumber: 0, ...id }), 'online packet over no link')
    refused(encode(ConferenceRejoin, { id: 100, ...id, type: 1 }), 'rejoin of no conference')
    refused(message(Kind.TEXT, toUtf8('let me in'), numberOf(liar)), 'packet over no link')
    refused(encode(PeerQuery, { id: 98, conferenceNumber: ROOM, kind: 8 }), 'packet over no link')
    refused(encode(PeerQuery, { id: 98, conferenceNumber: 99, kind: 8 }), 'packet over no link')
    const lossy = { id: 199, conferenceNumber: ROOM, peerNumber: 0, packetNumber: 0, data: Uint8Array.of(1) } as const
    refused(encode(ConferenceLossy, lossy), 'packet over no link')
    const cookie = { conferenceNumber: ROOM, type: 0, conferenceId: random.bytes(32) }
    refused(encode(ConferenceAccept, { id: 96, kind: 1, conferenceNumber: 0, cookie }), 'invitation refused')
    const right = { ...cookie, conferenceId }
    const asWhom = { id: 96, kind: 2, conferenceNumber: 0 } as const
    refused(encode(ConferenceMember, { ...asWhom, cookie: right, peerNumber: numberOf(victim) }), 'invitation refused')
    refused(encode(ConferenceMember, { ...asWhom, cookie: right, peerNumber: numberOf(liar) }), 'invitation refused')
    refused(encode(ConferenceInvite, { id: 96, kind: 0, cookie: { ...cookie, type: 7 } }), 'invitation refused')
    for (const packet of [[96], [96, 3], [97], [98], [98, 0], [99, 0, 0], [100], [199, 0]]) {
      victim.suffer(stranger, Uint8Array.from(packet))
    }
    expectUnimpressed()
  })

  it('invites a friend who says that they were in there, and nobody else', () => {
    const rejoin = encode(ConferenceRejoin, { id: 100, type: 0, conferenceId: idOf() })
    const stranger = crowd.member('stranger')
    stranger.accepts = false
    crowd.befriend(victim, stranger)
    victim.suffer(stranger, rejoin)
    crowd.world.run(1_000)
    assert.equal(stranger.invitations.length, 1)
    victim.messenger.deleteFriend(victim.messenger.friendOf(liar.host.publicKey)!.number)
    suffer(message(Kind.KILL_PEER, farewell(numberOf(liar)), numberOf(liar)))
    victim.host.connections.open(liar.host.publicKey)
    crowd.world.runUntil(() => victim.host.sessionWith(liar.host)?.state === 'established')
    suffer(rejoin)
    assert.equal(victim.drops('rejoin of a stranger'), 1)
  })

  it('drops messages to a conference that was left, or to another at its number', () => {
    const packet = message(Kind.TEXT, toUtf8('hello?'), numberOf(liar))
    victim.conferences.delete(ROOM)
    crowd.world.run(10)
    const before = victim.drops('packet over no link')
    suffer(packet)
    victim.conferences.create()
    suffer(packet)
    assert.equal(victim.drops('packet over no link'), before + 2)
    assert.deepEqual(victim.read(), [])
  })

  it('gives up one link for another when there are 16', () => {
    const host = people[0]!
    const guests = Array.from({ length: 24 }, (_, i) => {
      const guest = crowd.member(`guest ${i}`)
      crowd.befriend(host, guest)
      crowd.invite(host, guest)
      return guest
    })
    crowd.expectAll([...people, ...guests])
    crowd.expectTalk([...people, ...guests], 'hello')
  })

  it('survives any bytes in any packet of conferences', () => {
    const ids = [96, 97, 98, 99, 100, 199]
    for (let i = 0; i < 20_000; i++) {
      const packet = random.bytes(1 + random.uniform(200))
      packet[0] = ids[i % ids.length]!
      if (packet.length > 3 && i % 3 > 0) packet.set([0, ROOM], 1)
      if (packet.length > 5 && i % 2 > 0) packet.set([0, numberOf(liar) >> 8, numberOf(liar)], 2)
      suffer(packet)
      if (i % 1_000 === 0) crowd.world.run(100)
    }
    crowd.world.run(3 * MINUTE_MS)
    expectHonestTalk()
  })
})
