// The nospam of c-toxcore changes: our request to its old Tox ID is not shown, one to the new ID is. (friends.test.ts has the
// other way round.)

import assert from 'node:assert/strict'
import { toHex } from '../../src/base/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { bothOnline, DEADLINE_MS, ourPeer } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: nospam of c-toxcore', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  it('our request to the old ID is refused, to the new ID accepted', async () => {
    await using node = await Bootstrapd.start({ port: 33_710 })
    await using theirs = await CPeer.start({ ipv6: false })
    await using ours = await ourPeer([node.address])
    await using another = await ourPeer([node.address])
    const oldId = toHex((await theirs.self()).id)
    await theirs.setNospam(0xfeedbee5)
    const newId = toHex((await theirs.self()).id)
    assert.notEqual(newId, oldId)
    assert.equal(newId.slice(64, 72), 'FEEDBEE5')

    // Both requests leave as soon as theirs can be found: when the one is there, the other one has been, too.
    const refused = ours.addFriend(oldId, 'to the old ID')
    another.addFriend(newId, 'to the new ID')
    await theirs.bootstrap('127.0.0.1', node.port, node.key)
    const first = await timed(
      'our request arrives',
      theirs.until('friend_request', () => true, DEADLINE_MS),
    )
    assert.equal(text(first.data), 'to the new ID')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    assert.equal(theirs.count('friend_request'), 1)

    refused.remove()
    const friend = ours.addFriend(newId, 'now to the new ID')
    const second = await theirs.until('friend_request', (e) => toHex(e.key) === ours.publicKey, DEADLINE_MS)
    assert.equal(text(second.data), 'now to the new ID')
    await bothOnline(ours, friend, theirs, await theirs.friendAddNorequest(second.key))
  })
})
