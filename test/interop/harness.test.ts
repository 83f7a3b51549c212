// The harness shown on itself: two c-toxcore peers through tox-bootstrapd. What fails here is no fault of ours.

import assert from 'node:assert/strict'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, OFFLINE, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'

describe('interop harness: c-toxcore with c-toxcore', function () {
  this.timeout(90_000)
  onlyLoopback(this)

  let node: Bootstrapd
  const peers: CPeer[] = []
  const peer = async (...args: Parameters<typeof CPeer.start>): Promise<CPeer> => {
    const started = await CPeer.start(...args)
    peers.push(started)
    return started
  }

  before(async () => {
    node = await Bootstrapd.start({ port: 33_500 })
  })
  after(async () => {
    await Promise.all(peers.map((one) => one.killHard()))
    await node?.stop()
  })

  it('carries a request, presence, profile, messages, receipts, custom packets, and the end', async () => {
    const a = await peer({ ipv6: false })
    const b = await peer({ ipv6: false })
    await Promise.all([a, b].map((one) => one.bootstrap('127.0.0.1', node.port, node.key)))
    const [selfA, selfB] = [await a.self(), await b.self()]

    const friendB = await a.friendAdd(selfB.id, 'hello, it is a')
    const request = await b.until('friend_request', () => true, 60_000)
    assert.equal(text(request.data), 'hello, it is a')
    assert.deepEqual(request.key, selfA.key)
    const friendA = await b.friendAddNorequest(request.key)
    await Promise.all([a.untilOnline(friendB), b.untilOnline(friendA)])

    await a.setName('Ada')
    await a.setStatusMessage('counting')
    await a.setStatus(2)
    await a.setTyping(friendB, true)
    await b.until('friend_name', (e) => text(e.data) === 'Ada')
    await b.until('friend_status_message', (e) => text(e.data) === 'counting')
    await b.until('friend_status', (e) => e.status === 2)
    await b.until('friend_typing', (e) => e.typing)

    const receipt = await a.sendMessage(friendB, 'one')
    const action = await a.sendAction(friendB, 'waves')
    await a.until('friend_read_receipt', (e) => e.message === receipt)
    await a.until('friend_read_receipt', (e) => e.message === action)
    assert.deepEqual(
      b.all('friend_message').map((e) => [e.type, text(e.data)]),
      [
        [0, 'one'],
        [1, 'waves'],
      ],
    )

    await b.sendMany(friendA, 100, 'm')
    const many = await a.untilCount('friend_message', 100)
    assert.deepEqual(
      many.map((e) => text(e.data)),
      Array.from({ length: 100 }, (_, i) => `m${i}`),
    )
    await b.untilCount('friend_read_receipt', 100)

    await b.sendLossless(friendA, Uint8Array.of(160, 1, 2))
    await b.sendLossy(friendA, Uint8Array.of(200, 3))
    assert.deepEqual((await a.until('friend_lossless_packet')).data, Uint8Array.of(160, 1, 2))
    assert.deepEqual((await a.until('friend_lossy_packet')).data, Uint8Array.of(200, 3))

    const saved = await b.savedata()
    await b.kill()
    await a.until('friend_connection_status', (e) => e.connection === OFFLINE, 5_000)
    const again = await peer({ ipv6: false, savedata: saved })
    assert.deepEqual((await again.self()).id, selfB.id)
    assert.deepEqual(
      (await again.friends()).map((one) => [one.key, text(one.name)]),
      [[selfA.key, 'Ada']],
    )
  })

  it('names the errors of the C API', async () => {
    await assert.rejects(peer({ savedata: new Uint8Array(16) }), /TOX_ERR_NEW_LOAD_BAD_FORMAT/)
    const a = await peer({ ipv6: false })
    await assert.rejects(a.sendMessage(0, 'x'), /TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_FOUND/)
    await assert.rejects(a.friendAdd((await a.self()).id, 'x'), /TOX_ERR_FRIEND_ADD_OWN_KEY/)
  })

  it('says what came instead when a deadline passes', async () => {
    const a = await peer({ ipv6: false })
    await assert.rejects(
      a.until('friend_message', () => true, 50),
      /friend_message did not come within 50 ms.*ready/,
    )
  })
})
