// Conferences in the Node API: three bots in the simulator, friends in a chain.

import assert from 'node:assert/strict'
import { ConferenceList } from '../../src/api/conferences/index.js'
import { fail, ok } from '../../src/base/index.js'
import type { Conferences } from '../../src/conference/index.js'
import { loadCrypto } from '../../src/crypto/index.js'
import type { Conference, ConferenceInvite, Friend, Tox } from '../../src/index.js'
import { addNodes, type SimHost, type SimNode, simulatedTox, World } from '../../src/simulator.js'

const SOON_MS = 10_000
const MINUTES_MS = 5 * 60_000

describe('conferences in the Node API', function () {
  this.timeout(60_000)
  let world: World
  let bootstrap: SimHost<SimNode>[]
  let bots: Tox[]
  const open: Tox[] = []

  beforeEach(async () => {
    world = new World({ seed: 'conferences', crypto: await loadCrypto() })
    bootstrap = addNodes(world, 4)
    bots = []
  })
  afterEach(async () => {
    for (const tox of open.splice(0)) await tox.close()
  })

  async function start(host: SimHost, options: Parameters<typeof simulatedTox>[1] = {}): Promise<Tox> {
    const tox = await simulatedTox(host, { bootstrap, ...options })
    open.push(tox)
    return tox
  }

  /** Bots of these names, each a friend of the one before. */
  async function chain(...names: string[]): Promise<Tox[]> {
    for (const name of names) bots.push(await start(world.addHost(name), { name }))
    const pairs = bots.slice(1).map((bot, i) => [bots[i]!, bot] as const)
    const friends = pairs.flatMap(([a, b]) => [
      a.addFriendWithoutRequest(b.publicKey),
      b.addFriendWithoutRequest(a.publicKey),
    ])
    await world.settled('all are online', Promise.all(friends.map((friend) => friend.whenOnline())), MINUTES_MS)
    return bots
  }

  const friendOf = (tox: Tox, other: Tox): Friend => tox.friend(other.publicKey)!

  async function invited(from: Conference, host: Tox, guest: Tox): Promise<ConferenceInvite> {
    const heard = guest.iterate('conferenceInvite').next()
    from.invite(friendOf(host, guest))
    return (await world.settled('the invitation comes', heard, SOON_MS)).value!
  }

  async function bringIn(from: Conference, host: Tox, guest: Tox): Promise<Conference> {
    const conference = (await invited(from, host, guest)).accept()
    await world.settled('it connects', conference.whenConnected(), SOON_MS)
    return conference
  }

  async function three(): Promise<[Conference, Conference, Conference]> {
    const [ann, bea, cleo] = (await chain('Ann', 'Bea', 'Cleo')) as [Tox, Tox, Tox]
    const first = ann.createConference({ title: 'Moths' })
    const second = await bringIn(first, ann, bea)
    const third = await bringIn(second, bea, cleo)
    await world.expectAsync('all see all', () => [first, second, third].every(({ peers }) => knowsAll(peers)), SOON_MS)
    return [first, second, third]
  }

  const knowsAll = (peers: Conference['peers']): boolean =>
    peers.length === 3 && ['Ann', 'Bea', 'Cleo'].every((name) => peers.some((peer) => peer.name === name))

  it('begins with us alone in it', async () => {
    const [ann] = (await chain('Ann')) as [Tox]
    const conference = ann.createConference({ title: 'Moths' })
    assert.deepEqual([conference.number, conference.type, conference.title], [0, 'text', 'Moths'])
    assert.deepEqual(conference.peers, [{ number: 0, publicKey: ann.publicKey, name: 'Ann', isSelf: true }])
    assert.deepEqual([conference.isConnected, conference.offlinePeers, conference.maxOffline], [true, [], 128])
    assert.match(conference.id, /^[0-9A-F]{64}$/)
    assert.deepEqual(ann.conferences, [conference])
    assert.equal(ann.conference(0), conference)
    assert.equal(ann.conference(conference.id.toLowerCase()), conference)
    assert.equal(ann.conference(1), undefined)
    assert.equal(ann.createConference().title, '')
    assert.throws(() => ann.createConference({ title: 'x'.repeat(129) }), {
      code: 'TOX_ERR_CONFERENCE_TITLE_INVALID_LENGTH',
    })
    assert.equal(ann.conferences.length, 2, 'what got no title is not left behind')
  })

  it('grows along friendships, and all hear all once', async () => {
    const conferences = await three()
    const said: string[][] = conferences.map(() => [])
    for (const [i, bot] of bots.entries()) {
      bot.on('conferenceMessage', ({ conference, peer, text, kind }) => {
        assert.equal(conference, conferences[i])
        assert.equal(peer.isSelf, peer.name === bot.name)
        said[i]!.push(`${peer.name} ${kind} ${text}`)
      })
    }
    conferences[0].send('hello')
    await world.expectAsync('all hear her', () => said.every((list) => list.length === 1), SOON_MS)
    conferences[2].send('waves', { kind: 'action' })
    await world.expectAsync('and her friend’s friend', () => said.every((list) => list.length === 2), SOON_MS)
    await world.runAsync(60_000)
    assert.deepEqual(
      said,
      said.map(() => ['Ann normal hello', 'Cleo action waves']),
    )
  })

  it('tells titles, names, and who comes and goes', async () => {
    const conferences = await three()
    const [first, , third] = conferences
    const [ann, bea, cleo] = bots as [Tox, Tox, Tox]
    const heard: string[] = []
    first.on('title', ({ title, peer }) => heard.push(`title ${title} by ${peer?.name}`))
    first.on('peerName', ({ previous, name }) => heard.push(`${previous} is ${name}`))
    first.on('peers', ({ joined, left }) => {
      heard.push(`came ${joined.map(({ name }) => name)} went ${left.map(({ name }) => name)}`)
    })
    third.title = 'Butterflies'
    assert.equal(third.title, 'Butterflies')
    await world.expectAsync('the title', () => first.title === 'Butterflies', SOON_MS)
    cleo.name = 'Clea'
    await world.expectAsync('the name', () => heard.length === 2, SOON_MS)
    third.leave()
    await world.expectAsync('the end', () => heard.length === 3, SOON_MS)
    assert.deepEqual(heard, ['title Butterflies by Cleo', 'Cleo is Clea', 'came  went Clea'])
    assert.deepEqual(first.offlinePeers, [], 'she is gone for good')
    const again = await bringIn(conferences[1], bea, cleo)
    assert.equal(again.title, 'Butterflies')
    // Who is new to us is so without a name at first.
    await world.expectAsync('she is back', () => heard.length === 5, SOON_MS)
    assert.deepEqual(heard.slice(3), ['came  went ', ' is Clea'])
    assert.equal(first.peers.length, 3)
    assert.equal(ann.conferences.length, 1)
  })

  it('tells the title that stood before we came, and nobody who set it', async () => {
    const [ann, bea] = (await chain('Ann', 'Bea')) as [Tox, Tox]
    const titles: unknown[] = []
    bea.on('conferenceTitle', ({ title, peer }) => titles.push([title, peer]))
    await bringIn(ann.createConference({ title: 'Moths' }), ann, bea)
    await world.expectAsync('it comes', () => titles.length === 1, SOON_MS)
    assert.deepEqual(titles, [['Moths', undefined]])
  })

  it('goes on after a restart from savedata', async () => {
    const [first, second, third] = await three()
    const [, , cleo] = bots as [Tox, Tox, Tox]
    const savedata = cleo.savedata()
    await cleo.close()
    await world.expectAsync('she is missed', () => first.offlinePeers.length === 1, MINUTES_MS)
    const [missed] = first.offlinePeers
    assert.equal(missed!.name, 'Cleo')
    assert.ok(missed!.lastActive.getTime() > 0)
    const again = await start(world.hosts.get('Cleo')!, { savedata })
    const [back] = again.conferences as [Conference]
    assert.deepEqual([back.id, back.title, back.peers.length], [third.id, 'Moths', 1])
    assert.equal(back.offlinePeers.length, 2)
    await world.expectAsync(
      'all see all again',
      () => [first, second, back].every(({ peers }) => knowsAll(peers)),
      MINUTES_MS,
    )
    const heard = first.messages().next()
    back.send('here again')
    assert.equal((await world.settled('she is heard', heard, SOON_MS)).value!.text, 'here again')
  })

  it('remembers as many offline peers as it may', async () => {
    const [first] = await three()
    first.maxOffline = 0
    assert.equal(first.maxOffline, 0)
    await bots[2]!.close()
    await world.expectAsync('she is missed', () => first.peers.length === 2, MINUTES_MS)
    assert.deepEqual(first.offlinePeers, [])
    for (const wrong of [-1, 0.5, 2 ** 32, Number.NaN]) {
      assert.throws(() => (first.maxOffline = wrong), { code: 'TOX_ERR_TS_BAD_OPTION' })
    }
  })

  it('names its errors as the C API does', async () => {
    const [ann, bea] = (await chain('Ann', 'Bea')) as [Tox, Tox]
    const conference = ann.createConference()
    assert.throws(() => conference.send('x'), { code: 'TOX_ERR_CONFERENCE_SEND_MESSAGE_NO_CONNECTION' })
    assert.throws(() => conference.send('x'.repeat(1364)), { code: 'TOX_ERR_CONFERENCE_SEND_MESSAGE_TOO_LONG' })
    assert.throws(() => conference.send(''), { code: 'TOX_ERR_TS_MESSAGE_EMPTY' })
    assert.throws(() => (conference.title = ''), { code: 'TOX_ERR_CONFERENCE_TITLE_INVALID_LENGTH' })
    const invitation = await invited(conference, ann, bea)
    const joined = invitation.accept()
    assert.throws(() => invitation.accept(), { code: 'TOX_ERR_CONFERENCE_JOIN_DUPLICATE' })
    await world.settled('it connects', joined.whenConnected(), SOON_MS)
    const friend = friendOf(ann, bea)
    friend.remove()
    assert.throws(() => conference.invite(friend), { code: 'TOX_ERR_CONFERENCE_INVITE_FAIL_SEND' })
  })

  it('is of no use after leaving, even when its number belongs to another', async () => {
    const [ann, bea] = (await chain('Ann', 'Bea')) as [Tox, Tox]
    const conference = ann.createConference({ title: 'Moths' })
    const messages = conference.messages()
    conference.leave()
    assert.equal((await messages.next()).done, true)
    const next = ann.createConference({ title: 'Bees' })
    assert.equal(next.number, conference.number)
    assert.deepEqual([conference.peers, conference.offlinePeers, conference.isConnected], [[], [], false])
    assert.equal(conference.title, 'Moths')
    const notFound = (operation: string) => ({ code: `TOX_ERR_CONFERENCE_${operation}_CONFERENCE_NOT_FOUND` })
    assert.throws(() => conference.leave(), notFound('DELETE'))
    assert.throws(() => conference.send('x'), notFound('SEND_MESSAGE'))
    assert.throws(() => (conference.title = 'Wasps'), notFound('TITLE'))
    assert.throws(() => conference.invite(friendOf(ann, bea)), notFound('INVITE'))
    assert.throws(() => (conference.maxOffline = 1), notFound('SET_MAX_OFFLINE'))
    assert.throws(() => conference.messages(), notFound('DELETE'))
    await assert.rejects(conference.whenConnected(), notFound('DELETE'))
    assert.equal(next.title, 'Bees')
  })

  it('ends with the instance', async () => {
    const [ann, bea] = (await chain('Ann', 'Bea')) as [Tox, Tox]
    const conference = ann.createConference()
    const joining = (await invited(conference, ann, bea)).accept()
    const messages = joining.messages()
    const waiting = assert.rejects(joining.whenConnected(), { code: 'TOX_ERR_TS_CLOSED' })
    await bea.close()
    await waiting
    assert.equal((await messages.next()).done, true)
    assert.throws(() => joining.send('x'), { code: 'TOX_ERR_TS_CLOSED' })
    assert.throws(() => bea.createConference(), { code: 'TOX_ERR_TS_CLOSED' })
    assert.deepEqual(joining.peers, [])
    assert.deepEqual(JSON.parse(JSON.stringify(joining)).peers, [])
  })

  it('may be left by a listener of its own event', async () => {
    const [first, second, third] = await three()
    second.on('message', () => second.leave())
    first.send('who stays?')
    await world.expectAsync('she left', () => first.peers.length === 2 && third.peers.length === 2, SOON_MS)
    assert.deepEqual(bots[1]!.conferences, [])
  })

  it('announces conferences with sound, and refuses to join them', () => {
    const invitations: ConferenceInvite[] = []
    const friend = { number: 3 } as Friend
    const conferences = {
      list: () => [],
      join: () => assert.fail('nothing may be sent'),
      id: () => fail('conference-not-found'),
      type: () => ok('av'),
    } as unknown as Conferences
    const list = new ConferenceList({
      conferences,
      turn: (work) => work(conferences),
      deliver: (_, invitation) => invitations.push(invitation as ConferenceInvite),
      friend: (number) => (number === 3 ? friend : undefined),
    })
    const cookie = new Uint8Array(35).fill(0xab)
    list.onInvite(3, 'av', cookie)
    list.onInvite(4, 'av', cookie)
    assert.equal(invitations.length, 1)
    assert.deepEqual([invitations[0]!.type, invitations[0]!.friend], ['av', friend])
    assert.equal(invitations[0]!.id, 'AB'.repeat(32))
    assert.throws(() => invitations[0]!.accept(), { code: 'TOX_ERR_CONFERENCE_JOIN_WRONG_TYPE' })
  })
})
