import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { type FriendConnection, FriendRequests, sendFriendRequest } from '../../src/friend/index.js'
import { PacketId } from '../../src/packet/friend/packet-id.js'
import { type FakeHost, FakeWorld, keyOf } from './fake-world.js'

const NOSPAM = Uint8Array.of(1, 2, 3, 4)

function receiver(host: FakeHost): { requests: FriendRequests; got: string[]; friends: Set<string> } {
  const got: string[] = []
  const friends = new Set<string>()
  const requests = new FriendRequests(host, NOSPAM, {
    isFriend: (publicKey) => friends.has(publicKey.join()),
    onRequest: (_, message) => void got.push(String.fromCharCode(...message)),
  })
  return { requests, got, friends }
}

function plain(kind: number, nospam: Uint8Array, message: string): Uint8Array {
  return Uint8Array.of(kind, ...nospam, ...toUtf8(message))
}

describe('friend requests', () => {
  let world: FakeWorld
  let a: FakeHost
  let b: FakeHost
  let ab: FriendConnection
  let inbox: ReturnType<typeof receiver>

  beforeEach(() => {
    world = new FakeWorld()
    a = world.host(1)
    b = world.host(2)
    inbox = receiver(b)
    ab = a.connections.open(b.publicKey)
  })

  it('arrive through the onion', () => {
    assert.ok(sendFriendRequest(ab, NOSPAM, toUtf8('hello')))
    world.run(100)
    assert.deepEqual(inbox.got, ['hello'])
  })

  it('cannot be sent while the onion has not found the friend', () => {
    a.onionReachable = false
    assert.equal(sendFriendRequest(ab, NOSPAM, toUtf8('hello')), false)
  })

  it('go through the session of those who are connected already', () => {
    b.connections.open(a.publicKey)
    world.runUntil(() => ab.isConnected)
    a.onionReachable = false
    assert.ok(sendFriendRequest(ab, NOSPAM, toUtf8('hello, neighbour')))
    world.run(100)
    assert.deepEqual(inbox.got, ['hello, neighbour'])
    ab.sendLossless(Uint8Array.of(PacketId.FRIEND_REQUEST, 1, 2, 3, 4))
    world.run(100)
    assert.equal(b.env.drops.get('friend/request malformed'), 1)
  })

  it('with another nospam are dropped, whatever the nospam is now', () => {
    sendFriendRequest(ab, Uint8Array.of(1, 2, 3, 5), toUtf8('spam'))
    world.run(100)
    assert.deepEqual(inbox.got, [])
    assert.equal(b.env.drops.get('friend/request with another nospam'), 1)
    inbox.requests.nospam = Uint8Array.of(9, 9, 9, 9)
    sendFriendRequest(ab, NOSPAM, toUtf8('old ID'))
    sendFriendRequest(ab, inbox.requests.nospam, toUtf8('new ID'))
    world.run(100)
    assert.deepEqual(inbox.got, ['new ID'])
    assert.throws(() => {
      inbox.requests.nospam = new Uint8Array(5)
    }, RangeError)
  })

  it('are reported once, and again when forgotten', () => {
    for (const text of ['first', 'second']) sendFriendRequest(ab, NOSPAM, toUtf8(text))
    world.run(100)
    assert.deepEqual(inbox.got, ['first'])
    assert.equal(b.env.drops.get('friend/request repeated'), 1)
    inbox.requests.forget(a.publicKey)
    sendFriendRequest(ab, NOSPAM, toUtf8('third'))
    world.run(100)
    assert.deepEqual(inbox.got, ['first', 'third'])
  })

  it('are reported after a refusal when they say something else', () => {
    const ask = (text: string): void => {
      sendFriendRequest(ab, NOSPAM, toUtf8(text))
      world.run(100)
    }
    ask('first')
    inbox.requests.refuse(a.publicKey)
    ask('first')
    assert.deepEqual(inbox.got, ['first'], 'the same, on another way')
    ask('second')
    ask('third')
    assert.deepEqual(inbox.got, ['first', 'second'], 'which waits for its answer')
    inbox.requests.refuse(b.publicKey)
    ask('fourth')
    assert.deepEqual(inbox.got, ['first', 'second'], 'that was somebody else')
  })

  it('of friends are dropped', () => {
    inbox.friends.add(a.publicKey.join())
    sendFriendRequest(ab, NOSPAM, toUtf8('we know each other'))
    world.run(100)
    assert.deepEqual(inbox.got, [])
    inbox.friends.clear()
    sendFriendRequest(ab, NOSPAM, toUtf8('not any more'))
    world.run(100)
    assert.deepEqual(inbox.got, ['not any more'])
  })

  it('remember 32 askers', () => {
    const ask = (n: number): void => b.deliverOnionData(keyOf<LongTermPublicKey>(n), plain(32, NOSPAM, `from ${n}`))
    for (let n = 100; n < 132; n++) ask(n)
    for (let n = 100; n < 132; n++) ask(n)
    assert.equal(inbox.got.length, 32)
    ask(132)
    ask(101)
    ask(100)
    assert.deepEqual(inbox.got.slice(32), ['from 132', 'from 100'])
  })

  it('of every wrong size are dropped and counted', () => {
    for (const size of [1, 2, 4, 5, 1022, 1400]) {
      const bytes = new Uint8Array(size)
      bytes.set(plain(32, NOSPAM, '').subarray(0, size))
      b.deliverOnionData(a.publicKey, bytes)
    }
    assert.equal(b.env.drops.get('friend/request malformed'), 6)
    b.deliverOnionData(a.publicKey, plain(32, NOSPAM, 'x'.repeat(1016)))
    assert.deepEqual(inbox.got, ['x'.repeat(1016)])
  })

  it('hand over a message of their own, not a view', () => {
    const kept: Uint8Array[] = []
    const c = world.host(3)
    new FriendRequests(c, NOSPAM, { isFriend: () => false, onRequest: (...both) => void kept.push(...both) })
    const packet = plain(32, NOSPAM, 'mine')
    const sender = keyOf<LongTermPublicKey>(5)
    c.deliverOnionData(sender, packet)
    packet.fill(0)
    sender.fill(0)
    assert.deepEqual(kept, [keyOf(5), toUtf8('mine')])
  })
})
