// No dedicated node: one of ours and one of c-toxcore's are each other's way into a network of two.

import assert from 'node:assert/strict'
import { fromHex, toHex } from '../../src/base/index.js'
import type { Friend, Tox } from '../../src/index.js'
import { CPeer, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { bothOnline, DEADLINE_MS, heard, ourPeer } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: bootstrap through each other', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  it('ours joins through c-toxcore and asks it to be friends', async () => {
    await using theirs = await CPeer.start({ ipv6: false })
    const { dhtKey, port } = await theirs.self()
    await using ours = await ourPeer([{ host: '127.0.0.1', port: port!, key: dhtKey }])
    await oursAsks(ours, theirs)
  })

  it('c-toxcore joins through ours and asks it to be friends', async () => {
    await using ours = await ourPeer([])
    await using theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', ours.udpPort, fromHex(ours.dhtKey)!)
    await theirsAsks(ours, theirs)
  })

  it('ours joins through c-toxcore, which asks to be friends', async () => {
    await using theirs = await CPeer.start({ ipv6: false })
    const { dhtKey, port } = await theirs.self()
    await using ours = await ourPeer([{ host: '127.0.0.1', port: port!, key: dhtKey }])
    await theirsAsks(ours, theirs)
  })

  it('c-toxcore joins through ours, which asks to be friends', async () => {
    await using ours = await ourPeer([])
    await using theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', ours.udpPort, fromHex(ours.dhtKey)!)
    await oursAsks(ours, theirs)
  })
})

async function oursAsks(ours: Tox, theirs: CPeer): Promise<void> {
  const friend = ours.addFriend(toHex((await theirs.self()).id), 'just the two of us')
  const request = await timed(
    'our request arrives',
    theirs.until('friend_request', () => true, DEADLINE_MS),
  )
  assert.equal(text(request.data), 'just the two of us')
  await talk(ours, friend, theirs, await theirs.friendAddNorequest(request.key))
}

async function theirsAsks(ours: Tox, theirs: CPeer): Promise<void> {
  const request = heard(ours, 'friendRequest')
  const number = await theirs.friendAdd(fromHex(ours.address)!, 'just the two of us')
  const { message, accept } = await timed('their request arrives', request)
  assert.equal(message, 'just the two of us')
  await talk(ours, accept(), theirs, number)
}

/** Both come online, and a message goes each way. */
async function talk(ours: Tox, friend: Friend, theirs: CPeer, number: number): Promise<void> {
  await timed('both online', bothOnline(ours, friend, theirs, number))
  await friend.send('from ours')
  await theirs.until('friend_message', (e) => e.friend === number && text(e.data) === 'from ours')
  const heardByOurs = heard(ours, 'message')
  await theirs.sendMessage(number, 'from theirs')
  assert.equal((await heardByOurs).text, 'from theirs')
}
