// A profile changes hands: saved by c-toxcore and run by us, and back. To the friend it is the same person all along.

import assert from 'node:assert/strict'
import { toHex } from '../../src/base/index.js'
import { Tox } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { type CFriend, CPeer, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS, ourPeer } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: profiles', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let nodes: Bootstrapd[]
  /** The friend who stays, and one who was not there when asked. */
  let friend: CPeer
  let late: CPeer
  /** The friend's number of the person whose profile travels. */
  let traveller: number
  let id: string
  let savedata: Uint8Array
  let friendKey: string
  let lateKey: string
  const running: (CPeer | Tox)[] = []

  const enter = async (peer: CPeer): Promise<void> => {
    for (const { port, key } of nodes) await peer.bootstrap('127.0.0.1', port, key)
  }
  const cPeer = async (options: { savedata?: Uint8Array } = {}): Promise<CPeer> => {
    const peer = await CPeer.start({ ipv6: false, ...options })
    running.push(peer)
    return peer
  }

  before(async () => {
    nodes = await Bootstrapd.network(33_640, 4)
    friend = await cPeer()
    late = await cPeer()
    await enter(friend)
    await friend.setName('Frida')
    await friend.setStatusMessage('staying')
    friendKey = toHex((await friend.self()).key)
    lateKey = toHex((await late.self()).key)
  })

  after(async () => {
    await Promise.all((nodes ?? []).map((node) => node.stop()))
    await Promise.all(running.map((one) => (one instanceof Tox ? one.close() : one.killHard())))
  })

  it('c-toxcore makes one, with a friend and with a request on its way', async () => {
    const theirs = await cPeer()
    await enter(theirs)
    await theirs.setName('Traveller')
    await theirs.setStatusMessage('one mind, two bodies')
    await theirs.setStatus(1)
    await theirs.setNospam(0x01020304)
    const self = await theirs.self()
    id = toHex(self.id)
    traveller = await friend.friendAddNorequest(self.key)
    const number = await theirs.friendAddNorequest((await friend.self()).key)
    await theirs.friendAdd((await late.self()).id, 'are you there?')
    await timed('c-toxcore with c-toxcore, online', theirs.untilOnline(number, DEADLINE_MS))
    await theirs.until('friend_status_message', (e) => text(e.data) === 'staying')
    await theirs.until('friend_name', (e) => text(e.data) === 'Frida')
    await friend.untilOnline(traveller)
    await friend.until('friend_status_message', (e) => text(e.data) === 'one mind, two bodies')
    savedata = await theirs.savedata()
    await theirs.kill()
    await friend.untilOffline(traveller)
  })

  it('ours runs it: same ID, same friends, and the friend sees the same person come back', async () => {
    const from = friend.events.length
    const ours = await ourPeer(
      nodes.map(({ address }) => address),
      { savedata },
    )
    running.push(ours)
    assert.equal(ours.address, id)
    assert.equal(ours.nospam, 0x01020304)
    assert.deepEqual([ours.name, ours.statusMessage, ours.status], ['Traveller', 'one mind, two bodies', 'away'])
    assert.deepEqual(
      ours.friends.map(({ number, publicKey, name, statusMessage }) => [number, publicKey, name, statusMessage]),
      [
        [0, friendKey, 'Frida', 'staying'],
        [1, lateKey, '', ''],
      ],
    )
    const [frida, lars] = ours.friends
    const online = frida!.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
    await timed(
      'c-toxcore profile in ours, online',
      Promise.all([online, friend.untilOnline(traveller, DEADLINE_MS, from)]),
    )
    await frida!.send('from my other body')
    await friend.until('friend_message', (e) => e.friend === traveller && text(e.data) === 'from my other body')

    // The request that c-toxcore could not deliver is ours to deliver.
    await enter(late)
    const request = await timed(
      'pending request delivered',
      late.until('friend_request', () => true, DEADLINE_MS),
    )
    assert.equal(text(request.data), 'are you there?')
    assert.equal(toHex(request.key), ours.publicKey)
    const there = lars!.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
    await late.friendAddNorequest(request.key)
    await there

    ours.name = 'Traveller, twice'
    ours.status = 'busy'
    await friend.until('friend_name', (e) => text(e.data) === 'Traveller, twice')
    savedata = ours.savedata()
    const left = friend.events.length
    await ours.close()
    await friend.untilOffline(traveller, DEADLINE_MS, left)
  })

  it('c-toxcore runs what we saved: same ID, same friends, and the friend sees the same person again', async () => {
    const from = friend.events.length
    const theirs = await cPeer({ savedata })
    const self = await theirs.self()
    assert.equal(toHex(self.id), id)
    assert.deepEqual(
      [text(self.name), text(self.statusMessage), self.status],
      ['Traveller, twice', 'one mind, two bodies', 2],
    )
    const friends = await theirs.friends()
    assert.deepEqual(
      friends.map((one: CFriend) => [one.friend, toHex(one.key), text(one.name)]),
      [
        [0, friendKey, 'Frida'],
        [1, lateKey, ''],
      ],
    )
    await enter(theirs)
    await timed('our profile in c-toxcore, online', friend.untilOnline(traveller, DEADLINE_MS, from))
    await theirs.untilOnline(0, DEADLINE_MS)
    await theirs.sendMessage(0, 'back home')
    await friend.until('friend_message', (e) => text(e.data) === 'back home')
  })
})
