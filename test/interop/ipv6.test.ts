// The whole story of two friends over IPv6 alone: ours is bound to ::1, so that nothing can go over IPv4.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../src/base/index.js'
import { type Friend, Tox, type ToxOptions } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { bootstrapText, bothOnline, DEADLINE_MS, heard } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: IPv6 alone', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let nodes: Bootstrapd[]
  let folder: string
  let ours: Tox
  let theirs: CPeer
  let friend: Friend
  let number: number
  const start = (options: ToxOptions = {}): Promise<Tox> =>
    Tox.create({
      bindAddress: '::1',
      profile: join(folder, 'ours.tox'),
      bootstrap: nodes.map(({ port, key }) => bootstrapText({ host: '::1', port, key })),
      ...options,
    })

  before(async () => {
    nodes = await Bootstrapd.network(33_660, 3, { ipv6: true })
    folder = await mkdtemp(join(tmpdir(), 'ipv6-'))
    ours = await start({ name: 'Ours', statusMessage: 'sixth' })
    theirs = await CPeer.start({ ipv6: true })
    for (const { port, key } of nodes) await theirs.bootstrap('::1', port, key)
    await theirs.setName('Theirs')
  })

  after(async () => {
    await Promise.all((nodes ?? []).map((node) => node.stop()))
    await theirs?.killHard()
    await ours?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  it('a friend request arrives, and both come online and tell who they are', async () => {
    friend = ours.addFriend(toHex((await theirs.self()).id), 'over IPv6')
    const request = await timed(
      'our request arrives',
      theirs.until('friend_request', () => true, DEADLINE_MS),
    )
    assert.equal(text(request.data), 'over IPv6')
    number = await theirs.friendAddNorequest(request.key)
    await timed('both online', bothOnline(ours, friend, theirs, number))
    await theirs.until('friend_name', (e) => text(e.data) === 'Ours', DEADLINE_MS)
    await theirs.until('friend_status_message', (e) => text(e.data) === 'sixth', DEADLINE_MS)
    if (friend.name !== 'Theirs') await heard(ours, 'friendName')
    assert.equal(friend.name, 'Theirs')
    assert.equal(friend.connection, 'udp')
  })

  it('messages, actions and custom packets arrive both ways', async () => {
    await friend.send('hello')
    await theirs.until('friend_message', (e) => e.type === 0 && text(e.data) === 'hello')
    await friend.send('waves', { kind: 'action' })
    await theirs.until('friend_message', (e) => e.type === 1 && text(e.data) === 'waves')
    const message = heard(ours, 'message', (e) => e.text === 'and hello')
    const receipt = await theirs.sendMessage(number, 'and hello')
    await message
    await theirs.until('friend_read_receipt', (e) => e.message === receipt)
    friend.sendLossless(Uint8Array.of(170, 6))
    assert.deepEqual((await theirs.until('friend_lossless_packet')).data, Uint8Array.of(170, 6))
    const lossy = heard(ours, 'lossyPacket')
    await theirs.sendLossy(number, Uint8Array.of(210, 6))
    assert.deepEqual((await lossy).data, Uint8Array.of(210, 6))
  })

  it('ours restarts and is found again', async () => {
    const from = theirs.events.length
    await ours.close()
    await theirs.untilOffline(number, DEADLINE_MS, from)
    const back = theirs.events.length
    ours = await start()
    friend = ours.friends[0]!
    await timed('ours restarted, both online', bothOnline(ours, friend, theirs, number, back))
    await friend.send('again')
    await theirs.until('friend_message', (e) => text(e.data) === 'again')
  })

  it('the request of a stranger is accepted', async () => {
    await using stranger = await CPeer.start({ ipv6: true })
    for (const { port, key } of nodes) await stranger.bootstrap('::1', port, key)
    const request = heard(ours, 'friendRequest')
    const oursAtStranger = await stranger.friendAdd(Buffer.from(ours.address, 'hex'), 'me too')
    const { message, accept } = await timed('their request arrives', request)
    assert.equal(message, 'me too')
    const strangerAtOurs = accept()
    await timed('both online', bothOnline(ours, strangerAtOurs, stranger, oursAtStranger))
  })
})
