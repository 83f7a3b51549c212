// What the user of conferences may rely on, told in a world without cryptography.

import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import { ConferenceCookie } from '../../src/packet/conference/index.js'
import { Crowd, type Member, ROOM } from './crowd.js'

const MINUTE_MS = 60_000

describe('conferences', () => {
  let crowd: Crowd

  beforeEach(() => {
    crowd = new Crowd()
  })

  for (const size of [2, 3, 5, 6, 16]) {
    it(`${size} on a chain of friendships hear everything once, their own words among it`, () => {
      const people = crowd.chain(size)
      crowd.expectTalk(people, 'one')
      crowd.world.run(10 * MINUTE_MS)
      crowd.expectTalk(people, 'two')
      for (const one of people) {
        assert.ok(one.host.sessionList.length <= 6, `${one.name} holds ${one.host.sessionList.length} sessions`)
        assert.equal(one.drops('packet over no link'), 0)
      }
    })
  }

  it('tells both sides of a joining in order', () => {
    const [a, b] = [crowd.member('alice'), crowd.member('bob')]
    crowd.befriend(a, b)
    assert.deepEqual(a.conferences.create(), { ok: true, value: 0 })
    a.conferences.setTitle(ROOM, toUtf8('Tea'))
    assert.deepEqual(a.conferences.isOurs(ROOM, 0), { ok: true, value: true })
    crowd.invite(a, b)
    crowd.world.run(1_000)
    assert.deepEqual(a.read(), ['peers 0', 'name 0 bob'])
    assert.deepEqual(b.read().sort(), [
      'connected 0',
      'invite 0 text',
      'name 0 alice',
      'name 0 bob',
      'peers 0',
      'peers 0',
      'title 0 ?: Tea',
    ])
    assert.deepEqual(b.conferences.id(ROOM), a.conferences.id(ROOM))
    assert.deepEqual(b.conferences.type(ROOM), { ok: true, value: 'text' })
    const id = a.conferences.id(ROOM)
    assert.deepEqual(id.ok && b.conferences.byId(id.value), { ok: true, value: ROOM })
    b.conferences.sendMessage(ROOM, 'action', toUtf8('waves'))
    crowd.world.run(1_000)
    assert.deepEqual([a.read(), b.read()], [['action 0 bob: waves'], ['action 0 bob: waves']])
    const ours = [0, 1].map((peer) => b.conferences.isOurs(ROOM, peer))
    assert.deepEqual(ours.map((one) => one.ok && one.value && b.nameOf(0)).filter(Boolean).length, 1)
  })

  it('gives its numbers lowest first, and answers every error by its name', () => {
    const { conferences, messenger } = crowd.member('alice')
    assert.deepEqual(
      [conferences.create(), conferences.create('av'), conferences.create()].map((one) => one.ok && one.value),
      [0, 1, 2],
    )
    assert.deepEqual(conferences.type(1), { ok: true, value: 'av' })
    assert.deepEqual(conferences.delete(1), { ok: true, value: undefined })
    assert.deepEqual(conferences.list(), [0, 2])
    assert.deepEqual(conferences.create(), { ok: true, value: 1 })
    const errorOf = (result: { ok: boolean; error?: string }): string | undefined =>
      result.ok ? undefined : result.error
    const nowhere = 'conference-not-found'
    const text = toUtf8('hello')
    assert.equal(errorOf(conferences.delete(9)), nowhere)
    assert.equal(errorOf(conferences.peerCount(9)), nowhere)
    assert.equal(errorOf(conferences.peerName(9, 0)), nowhere)
    assert.equal(errorOf(conferences.peerName(0, 1)), 'peer-not-found')
    assert.equal(errorOf(conferences.peerPublicKey(0, -1)), 'peer-not-found')
    assert.equal(errorOf(conferences.isOurs(9, 0)), nowhere)
    assert.equal(errorOf(conferences.offlinePeerCount(9)), nowhere)
    assert.equal(errorOf(conferences.offlinePeerName(0, 0)), 'peer-not-found')
    assert.equal(errorOf(conferences.offlinePeerPublicKey(9, 0)), nowhere)
    assert.equal(errorOf(conferences.offlinePeerLastActive(0, 0)), 'peer-not-found')
    assert.equal(errorOf(conferences.setMaxOffline(9, 1)), nowhere)
    assert.equal(errorOf(conferences.type(9)), nowhere)
    assert.equal(errorOf(conferences.id(9)), nowhere)
    assert.equal(errorOf(conferences.byId(new Uint8Array(32))), 'not-found')
    assert.equal(errorOf(conferences.invite(0, 9)), nowhere)
    assert.equal(errorOf(conferences.invite(0, 0)), 'fail-send')
    assert.equal(errorOf(conferences.sendMessage(9, 'normal', text)), nowhere)
    assert.equal(errorOf(conferences.sendMessage(0, 'normal', new Uint8Array(1364))), 'too-long')
    assert.equal(errorOf(conferences.sendMessage(0, 'normal', text)), 'no-connection')
    assert.equal(errorOf(conferences.title(9)), nowhere)
    assert.equal(errorOf(conferences.title(0)), 'invalid-length')
    assert.equal(errorOf(conferences.setTitle(9, text)), nowhere)
    assert.equal(errorOf(conferences.setTitle(0, new Uint8Array(0))), 'invalid-length')
    assert.equal(errorOf(conferences.setTitle(0, new Uint8Array(129))), 'invalid-length')
    const cookie = (type: number): Uint8Array =>
      encode(ConferenceCookie, { conferenceNumber: 3, type, conferenceId: new Uint8Array(32).fill(7) })
    assert.equal(errorOf(conferences.join(0, cookie(0).subarray(1))), 'invalid-length')
    assert.equal(errorOf(conferences.join(0, cookie(1))), 'wrong-type')
    assert.equal(errorOf(conferences.join(0, cookie(2))), 'wrong-type')
    assert.equal(errorOf(conferences.join(0, cookie(0))), 'friend-not-found')
    messenger.addFriendWithoutRequest(crowd.world.host(77).publicKey)
    assert.equal(errorOf(conferences.join(0, cookie(0))), 'fail-send')
    assert.deepEqual(conferences.list(), [0, 1, 2], 'what failed leaves nothing')
    const own = conferences.id(0)
    const again = encode(ConferenceCookie, { conferenceNumber: 0, type: 0, conferenceId: own.ok ? own.value : text })
    assert.equal(errorOf(conferences.join(0, again)), 'duplicate')
  })

  it('does not know who it is before the inviter has told', () => {
    const [a, b] = [crowd.member('alice'), crowd.member('bob')]
    crowd.befriend(a, b)
    a.conferences.create()
    b.accepts = false
    const { number } = a.messenger.friendOf(b.host.publicKey)!
    a.conferences.invite(number, ROOM)
    crowd.world.run(1_000)
    const [invitation] = b.invitations
    assert.deepEqual(b.conferences.join(invitation!.friend, invitation!.cookie), { ok: true, value: 0 })
    assert.deepEqual(b.conferences.invite(0, 0), { ok: false, error: 'no-connection' })
    assert.deepEqual(b.conferences.sendMessage(0, 'normal', toUtf8('hi')), { ok: false, error: 'no-connection' })
    assert.deepEqual(b.conferences.snapshot(), [])
    crowd.expectAll([a, b])
  })

  it('asks again when the inviter was away before they had told', () => {
    const [a, b] = [crowd.member('alice'), crowd.member('bob')]
    crowd.befriend(a, b)
    a.conferences.create()
    b.accepts = false
    a.conferences.invite(0, ROOM)
    crowd.world.run(1_000)
    crowd.world.linked = () => false
    b.conferences.join(b.invitations[0]!.friend, b.invitations[0]!.cookie)
    crowd.world.run(2 * MINUTE_MS)
    assert.deepEqual(b.present(), [])
    crowd.world.linked = () => true
    crowd.expectAll([a, b])
    crowd.expectTalk([a, b], 'at last')
  })

  it('shows a new name at once to ourselves, and to all as an event', () => {
    const people = crowd.chain(4)
    const [a] = people as [Member]
    for (const one of people) one.read()
    a.messenger.setName(toUtf8('renamed'))
    assert.ok(a.present().includes('renamed'))
    crowd.world.run(2_000)
    for (const one of people) {
      assert.deepEqual(one.read('name'), ['name 0 renamed'], one.name)
      assert.ok(one.present().includes('renamed'))
    }
    a.messenger.setName(toUtf8('renamed'))
    crowd.world.run(2_000)
    for (const one of people) assert.deepEqual(one.read('name'), [])
  })

  it('tells a title to all, and who set it; one who was alone believes the others', () => {
    const people = crowd.chain(3)
    const [a, b, c] = people as [Member, Member, Member]
    for (const one of people) one.read()
    assert.deepEqual(b.conferences.setTitle(ROOM, toUtf8('Tea')), { ok: true, value: undefined })
    crowd.world.run(2_000)
    assert.deepEqual(
      people.map((one) => one.read('title')),
      [['title 0 p01: Tea'], [], ['title 0 p01: Tea']],
    )
    assert.deepEqual(
      people.map((one) => one.titleOf()),
      ['Tea', 'Tea', 'Tea'],
    )

    // Alone for a while; meanwhile the others change it.
    crowd.world.linked = (x, y) => x !== a.host && y !== a.host
    crowd.expectAll([b, c])
    c.conferences.setTitle(ROOM, toUtf8('Coffee'))
    crowd.world.run(2 * MINUTE_MS)
    crowd.world.linked = () => true
    crowd.expectAll(people)
    crowd.world.runUntil(() => a.titleOf() === 'Coffee')
  })

  it('says goodbye, so that nobody waits', () => {
    const people = crowd.chain(6)
    const [a, b] = people as [Member, Member]
    assert.ok(b.conferences.delete(ROOM).ok)
    const others = people.filter((one) => one !== b)
    assert.ok(crowd.world.runUntil(() => others.every((one) => !one.present().includes(b.name))) < 5_000)
    for (const one of others) assert.deepEqual(one.offline(), [])
    crowd.expectTalk(others, 'one less')
    crowd.world.run(10_000)
    assert.equal(b.host.sessionList.length, 2, 'friends alone')
    assert.deepEqual(b.conferences.list(), [])
    // And may come back.
    crowd.invite(a, b)
    crowd.expectAll(people)
    crowd.expectTalk(people, 'all again')
  })

  it('freezes who stops and thaws who returns, wherever they are in the ring', () => {
    const people = crowd.chain(7)
    const gone = people[3]!
    gone.host.vanish()
    const others = people.filter((one) => one !== gone)
    crowd.expectAll(others)
    for (const one of others) {
      assert.deepEqual(one.offline(), [gone.name])
      const key = one.conferences.offlinePeerPublicKey(ROOM, 0)
      assert.deepEqual(key.ok && key.value, gone.host.publicKey)
      const lastActive = one.conferences.offlinePeerLastActive(ROOM, 0)
      const ago = one.host.env.clock.unixSeconds() - (lastActive.ok ? lastActive.value : 0)
      assert.ok(ago > 30 && ago < 120, `${ago} seconds ago`)
    }
    const back = crowd.restart(gone)
    const all = people.map((one) => (one === gone ? back : one))
    crowd.expectAll(all)
    for (const one of all) assert.deepEqual(one.offline(), [], one.name)
    crowd.expectTalk(all, 'again')
  })

  it('goes on after all have stopped and started again', () => {
    const people = crowd.chain(5)
    people[0]!.conferences.setTitle(ROOM, toUtf8('Tea'))
    crowd.world.run(5_000)
    const saved = people.map((one) => one.conferences.snapshot())
    for (const one of people) one.host.vanish()
    const again = people.map((one, i) => crowd.restart(one, saved[i]!))
    assert.deepEqual(again[0]!.present(), ['p00'])
    assert.deepEqual(again[0]!.offline(), ['p01', 'p02', 'p03', 'p04'])
    assert.equal(again[0]!.titleOf(), 'Tea')
    crowd.expectAll(again)
    crowd.expectTalk(again, 'the day after')
  })

  it('saves what it has read, and kinds of conferences that it does not know as they are', () => {
    const [a, b, c] = crowd.chain(3) as [Member, Member, Member]
    a.conferences.setTitle(ROOM, toUtf8('Tea'))
    crowd.world.run(2_000)
    const [saved] = a.conferences.snapshot()
    assert.deepEqual([saved!.type, saved!.peerNumber, saved!.peerCount, saved!.title], [0, 0, 2, toUtf8('Tea')])
    assert.deepEqual(
      saved!.peers.map(({ publicKey }) => publicKey).sort(),
      [b, c].map(({ host }) => host.publicKey).sort(),
    )
    const unknown = { ...saved!, type: 9 }
    const again = crowd.member('again')
    again.conferences.restore([unknown, saved!])
    const ahead = {
      messageNumber: saved!.messageNumber + 65_536,
      lossyMessageNumber: saved!.lossyMessageNumber + 8_192,
    }
    assert.deepEqual(again.conferences.snapshot(), [{ ...saved!, ...ahead }, unknown])
  })

  it('remembers more offline peers than usual when more were saved', () => {
    const a = crowd.member('alice')
    a.conferences.create()
    const [empty] = a.conferences.snapshot()
    const peers = Array.from({ length: 200 }, (_, i) => ({
      publicKey: crowd.world.host(100 + i).publicKey.map((byte, at) => (at < 2 ? byte ^ i : byte)) as never,
      dhtPublicKey: new Uint8Array(32) as never,
      peerNumber: 1 + i,
      lastActive: BigInt(i),
      name: toUtf8(`peer ${i}`),
    }))
    const doubled = [...peers, { ...peers[0]!, peerNumber: 5_000 }, { ...peers[1]!, publicKey: peers[0]!.publicKey }]
    const again = crowd.member('again')
    again.conferences.restore([{ ...empty!, peerCount: doubled.length, peers: doubled }])
    assert.equal(again.offline().length, 200)
  })

  it('merges halves that were apart for long', () => {
    const people = crowd.chain(8)
    const left = new Set(people.slice(0, 4).map(({ host }) => host))
    crowd.world.linked = (a, b) => left.has(a) === left.has(b)
    for (const half of [people.slice(0, 4), people.slice(4)]) {
      crowd.expectAll(half)
      crowd.expectTalk(half, 'who is there')
    }
    crowd.world.run(10 * MINUTE_MS)
    crowd.world.linked = () => true
    crowd.expectAll(people)
    crowd.expectTalk(people, 'we are one')
  })

  it('lets those in who are members already, by an invitation from either side', () => {
    // The two parts of one conference have no friends in common until now.
    const people = crowd.chain(4)
    const [a, b, c, d] = people as [Member, Member, Member, Member]
    crowd.world.linked = (x, y) => [a.host, b.host].includes(x) === [a.host, b.host].includes(y)
    for (const half of [
      [a, b],
      [c, d],
    ]) {
      crowd.expectAll(half)
    }
    for (const [x, y] of [
      [b, c],
      [c, b],
    ] as const) {
      x.messenger.deleteFriend(x.messenger.friendOf(y.host.publicKey)!.number)
    }
    crowd.world.linked = () => true
    crowd.world.run(MINUTE_MS)
    assert.deepEqual(a.present(), ['p00', 'p01'])
    crowd.befriend(d, a)
    assert.ok(d.conferences.invite(d.messenger.friendOf(a.host.publicKey)!.number, ROOM).ok)
    crowd.expectAll(people)
    crowd.expectTalk(people, 'we are one')
  })

  it('finds a friend again who came in anew while we were away', () => {
    const people = crowd.chain(4)
    const [a, b, c, d] = people as [Member, Member, Member, Member]
    crowd.world.linked = (x, y) => x !== d.host && y !== d.host
    crowd.expectAll([a, b, c])
    c.conferences.delete(ROOM)
    crowd.world.linked = () => true
    crowd.world.run(MINUTE_MS)
    assert.deepEqual([d.present(), a.present()], [['p03'], ['p00', 'p01']])
    c.lines.length = 0
    crowd.invite(b, c)
    crowd.expectAll(people, 6 * MINUTE_MS)
    crowd.expectTalk(people, 'all again')
  })

  it('remembers as many offline peers as told, friends longest', () => {
    const people = crowd.chain(6)
    const [a] = people as [Member]
    for (const one of people.slice(1)) {
      one.host.vanish()
      crowd.world.run(2 * MINUTE_MS)
    }
    assert.deepEqual(a.offline(), ['p01', 'p02', 'p03', 'p04', 'p05'])
    a.conferences.setMaxOffline(ROOM, 3)
    assert.ok(a.offline().includes('p01'), 'the friend')
    assert.equal(a.offline().length, 3)
    a.conferences.setMaxOffline(ROOM, 0)
    assert.deepEqual(a.offline(), [])
  })

  it('waits for nothing while it is alone', () => {
    const a = crowd.member('alice')
    a.conferences.create()
    crowd.world.run(1_000)
    assert.equal(a.host.env.deadlines.size, 0)
  })

  it('carries audio packets of an av conference, and refuses to join one as text', () => {
    const [a, b] = [crowd.member('alice'), crowd.member('bob')]
    crowd.befriend(a, b)
    a.conferences.create('av')
    b.accepts = false
    a.conferences.invite(0, ROOM)
    crowd.world.run(1_000)
    assert.deepEqual(b.read('invite'), ['invite 0 av'])
    const [{ friend, cookie }] = b.invitations as [(typeof b.invitations)[0]]
    assert.deepEqual(b.conferences.join(friend, cookie), { ok: false, error: 'wrong-type' })
    assert.deepEqual(b.conferences.join(friend, cookie, 'av'), { ok: true, value: 0 })
    crowd.expectAll([a, b])
    const sounds: number[][] = []
    b.lossyPacket = (_conference, peer, packet) => void sounds.push([peer, ...packet])
    for (let i = 0; i < 3; i++) assert.equal(a.conferences.sendLossyPacket(ROOM, Uint8Array.of(192, i)), true)
    assert.equal(a.conferences.sendLossyPacket(ROOM, new Uint8Array(0)), false)
    crowd.world.run(1_000)
    const from = [0, 1].find((peer) => b.nameOf(peer) === 'alice')
    assert.deepEqual(
      sounds,
      [0, 1, 2].map((i) => [from, 192, i]),
    )
    crowd.expectTalk([a, b], 'text as well')
  })

  it('lets a handler leave the conference that is reported', () => {
    for (const what of ['normal', 'peers', 'title', 'name', 'connected']) {
      const here = new Crowd()
      const [a, b, c] = here.chain(3) as [Member, Member, Member]
      c.onLine = (line) => {
        if (line.startsWith(what) && c.conferences.list().length > 0) c.conferences.delete(ROOM)
      }
      if (what === 'connected') {
        c.conferences.delete(ROOM)
        here.world.run(5_000)
        b.conferences.invite(b.messenger.friendOf(c.host.publicKey)!.number, ROOM)
        here.world.runUntil(() => c.lines.at(-1) === 'connected 0')
      }
      a.say('hello')
      a.conferences.setTitle(ROOM, toUtf8('Tea'))
      a.messenger.setName(toUtf8('renamed'))
      if (what === 'peers') a.conferences.delete(ROOM)
      here.world.runUntil(() => c.conferences.list().length === 0)
      const after = c.lines.length
      here.world.run(2 * MINUTE_MS)
      assert.deepEqual(c.lines.slice(after), [], `events after leaving on ${what}`)
      assert.equal(c.host.sessionList.length, 1, 'the friend alone')
    }
  })
})
