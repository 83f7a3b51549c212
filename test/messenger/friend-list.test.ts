import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { PacketId } from '../../src/packet/friend/packet-id.js'
import { encodeToxId } from '../../src/packet/messenger/tox-id.js'
import { FakeWorld, keyOf, LATENCY_MS } from '../friend/fake-world.js'
import { couple, NOSPAM, Person } from './people.js'

describe('the friend list', () => {
  const HELLO = toUtf8('hello')
  let world: FakeWorld
  let a: Person
  let b: Person

  beforeEach(() => {
    world = new FakeWorld()
    a = new Person(world.host(1))
    b = new Person(world.host(2))
  })

  it('begins with a request that the other accepts', () => {
    a.messenger.setName(toUtf8('Ada'))
    a.messenger.setStatusMessage(toUtf8('calculating'))
    a.messenger.setStatus('busy')
    assert.deepEqual(a.messenger.addFriend(b.messenger.toxId, HELLO), { ok: true, value: 0 })
    world.run(100)
    assert.deepEqual(b.diary.read(), [`request ${a.host.publicKey[0]} hello`])
    assert.equal(a.messenger.friend(0)?.state, 'requested')
    assert.deepEqual(b.messenger.addFriendWithoutRequest(a.host.publicKey), { ok: true, value: 0 })
    world.runUntil(() => a.isOnline && b.isOnline, 3_000)
    world.run(200)
    assert.deepEqual(b.diary.read(), [
      'connection 0 udp',
      'name 0 Ada',
      'status-message 0 calculating',
      'status 0 busy',
      'typing 0 false',
    ])
    const friend = b.messenger.friend(0)!
    assert.deepEqual([friend.name, friend.statusMessage, friend.status], [toUtf8('Ada'), toUtf8('calculating'), 'busy'])
    assert.equal(friend.connectionStatus, 'udp')
    assert.equal(b.messenger.friendOf(a.host.publicKey), friend)
    assert.deepEqual(b.messenger.friends(), [friend])
  })

  it('refuses what cannot be added, each for its reason', () => {
    const toxId = b.messenger.toxId
    const add = (id: Uint8Array, message = HELLO): unknown => {
      const result = a.messenger.addFriend(id, message)
      return result.ok ? result.value : result.error
    }
    const mistyped = toxId.slice()
    mistyped[3]! ^= 1
    assert.equal(add(mistyped, new Uint8Array(922)), 'too-long')
    assert.equal(add(mistyped, new Uint8Array(0)), 'bad-checksum')
    assert.equal(add(toxId.subarray(1)), 'bad-checksum')
    assert.equal(add(toxId, new Uint8Array(0)), 'no-message')
    assert.equal(add(a.messenger.toxId), 'own-key')
    assert.equal(a.messenger.friends().length, 0)
    assert.equal(add(toxId, new Uint8Array(921).fill(65)), 0)
    assert.equal(add(toxId), 'already-sent')
    assert.equal(add(encodeToxId(b.host.publicKey, new Uint8Array(4))), 'set-new-nospam')
    assert.equal(add(encodeToxId(b.host.publicKey, new Uint8Array(4))), 'already-sent')

    const without = (key: Uint8Array): unknown => {
      const result = a.messenger.addFriendWithoutRequest(key as LongTermPublicKey)
      return result.ok ? result.value : result.error
    }
    assert.equal(without(b.host.publicKey), 'already-sent')
    assert.equal(without(a.host.publicKey), 'own-key')
    assert.equal(without(new Uint8Array(32).fill(0xff)), 'bad-checksum')
    assert.equal(without(keyOf(50)), 1)
    assert.equal(add(encodeToxId(keyOf(50), NOSPAM)), 'already-sent')
  })

  it('asks with the new nospam at once when the user gives another ID', () => {
    b.messenger.nospam = Uint8Array.of(7, 7, 7, 7)
    a.messenger.addFriend(encodeToxId(b.host.publicKey, NOSPAM), HELLO)
    world.run(1_000)
    assert.deepEqual(b.diary.read(), [])
    a.messenger.addFriend(b.messenger.toxId, toUtf8('not used'))
    world.run(100)
    assert.deepEqual(b.diary.read(), [`request ${a.host.publicKey[0]} hello`])
    a.host.onionReachable = false
    a.messenger.addFriend(encodeToxId(b.host.publicKey, NOSPAM), HELLO)
    assert.equal(a.messenger.friend(0)?.state, 'added')
  })

  it('repeats an unanswered request after 5, 10, 20, 40 … seconds', () => {
    const sent: number[] = []
    const startMs = world.time.nowMs
    const { onion } = a.host
    const { sendData } = onion
    onion.sendData = (publicKey, plain) => {
      const count = sendData(publicKey, plain)
      if (count > 0) sent.push((world.time.nowMs - startMs) / 1000)
      return count
    }
    a.messenger.addFriend(b.messenger.toxId, HELLO)
    world.run(160_000)
    assert.deepEqual(sent, [0, 5, 15, 35, 75, 155])
    assert.deepEqual(b.diary.read(), [`request ${a.host.publicKey[0]} hello`], 'reported once')
  })

  it('looks for a way ever more rarely while there is none, and asks soon when there is', () => {
    a.host.onionReachable = false
    let looks = 0
    const { onion } = a.host
    const { sendData } = onion
    onion.sendData = (publicKey, plain) => {
      looks++
      return sendData(publicKey, plain)
    }
    a.messenger.addFriend(b.messenger.toxId, HELLO)
    world.run(2_000)
    assert.ok(looks >= 8)
    world.run(600_000)
    assert.ok(looks < 200, `${looks} looks`)
    assert.equal(a.messenger.friend(0)?.state, 'added')
    a.host.onionReachable = true
    world.run(5_100)
    assert.deepEqual(b.diary.read().length, 1)
  })

  it('stops asking when the friend is online or deleted', () => {
    a.messenger.addFriend(b.messenger.toxId, HELLO)
    a.messenger.addFriend(encodeToxId(keyOf(50), NOSPAM), HELLO)
    b.messenger.addFriendWithoutRequest(a.host.publicKey)
    world.runUntil(() => a.isOnline)
    a.messenger.deleteFriend(1)
    world.run(10_000)
    assert.equal(
      a.host.env.deadlines.list().some(({ reason }) => reason === 'friend requests'),
      false,
    )
  })

  it('asks a neighbour of a conference through the session, and both come online', () => {
    a.host.connections.open(b.host.publicKey)
    const held = b.host.connections.open(a.host.publicKey)
    world.runUntil(() => held.isConnected)
    world.run(1_000)
    a.host.onionReachable = false
    a.messenger.addFriend(b.messenger.toxId, HELLO)
    world.run(100)
    assert.deepEqual(b.diary.read(), [`request ${a.host.publicKey[0]} hello`])
    assert.equal(a.isOnline, false)
    b.messenger.addFriendWithoutRequest(a.host.publicKey)
    world.run(200)
    assert.ok(a.isOnline && b.isOnline)
  })

  it('gives a deleted friend’s number to the next, lowest first', () => {
    for (let n = 10; n < 15; n++) a.messenger.addFriendWithoutRequest(keyOf(n))
    a.messenger.deleteFriend(3)
    a.messenger.deleteFriend(1)
    const numbers = [20, 21, 22].map((n) => a.messenger.addFriendWithoutRequest(keyOf(n)))
    assert.deepEqual(
      numbers.map((result) => result.ok && result.value),
      [1, 3, 5],
    )
    for (const n of [5, 4, 3]) a.messenger.deleteFriend(n)
    assert.deepEqual(
      a.messenger.friends().map(({ number }) => number),
      [0, 1, 2],
    )
    assert.deepEqual(a.messenger.deleteFriend(3), { ok: false, error: 'friend-not-found' })
    assert.deepEqual(a.messenger.deleteFriend(-1), { ok: false, error: 'friend-not-found' })
    assert.deepEqual(a.messenger.deleteFriend(1.5), { ok: false, error: 'friend-not-found' })
  })

  it('shows a deleted friend offline to them at once, and hears their request again', () => {
    const { world, a, b } = couple()
    const offline: number[] = []
    a.messenger.listen({ onOffline: ({ number }) => void offline.push(number) })
    assert.ok(a.messenger.deleteFriend(0).ok)
    assert.deepEqual(offline, [0])
    assert.deepEqual(a.diary.read(), [])
    world.run(LATENCY_MS + 1)
    assert.deepEqual(b.diary.read(), ['connection 0 none'])
    assert.equal(b.messenger.friend(0)?.state, 'confirmed')
    b.messenger.deleteFriend(0)
    b.messenger.addFriend(a.messenger.toxId, HELLO)
    world.run(1_000)
    assert.deepEqual(a.diary.read(), [`request ${b.host.publicKey[0]} hello`])
  })

  it('reports a refused asker again when they say something else', () => {
    a.messenger.addFriend(b.messenger.toxId, HELLO)
    world.run(1_000)
    b.messenger.refuseRequest(a.host.publicKey)
    world.run(5_000)
    assert.equal(b.diary.read().length, 1)
    a.messenger.deleteFriend(0)
    a.messenger.addFriend(b.messenger.toxId, toUtf8('please'))
    world.run(1_000)
    assert.equal(b.diary.read().at(-1), `request ${a.host.publicKey[0]} please`)
  })

  it('survives in a snapshot', () => {
    const { world, a, b } = couple()
    b.messenger.setName(toUtf8('Bea'))
    world.run(100)
    a.messenger.addFriend(encodeToxId(keyOf(50), NOSPAM), HELLO)
    a.messenger.addFriendWithoutRequest(keyOf(51))
    const saved = a.messenger.snapshot()
    assert.deepEqual(
      saved.map(({ state }) => state),
      ['online', 'added', 'confirmed'],
    )
    assert.equal(saved[0]!.lastSeenUnix, a.host.clock.unixSeconds())
    const other = new Person(world.host(7))
    other.messenger.restore([
      ...saved,
      saved[0]!,
      { ...saved[2]!, publicKey: other.host.publicKey },
      { ...saved[1]!, publicKey: keyOf(52), requestMessage: new Uint8Array(0) },
    ])
    assert.deepEqual(other.host.lastSeen, [saved[0]!.lastSeenUnix, other.host.clock.unixSeconds(), 0])
    const again = other.messenger.snapshot()
    assert.deepEqual(again, [{ ...saved[0]!, state: 'confirmed' }, saved[1], saved[2]])
    assert.deepEqual(again[0]!.name, toUtf8('Bea'))
    assert.deepEqual(other.messenger.lastOnline(0), { ok: true, value: saved[0]!.lastSeenUnix })
  })

  it('keeps a saved friend whose request is longer than any that arrives', () => {
    const { world, a } = couple()
    a.messenger.addFriend(encodeToxId(keyOf(50), NOSPAM), HELLO)
    const asked = a.messenger.snapshot().at(-1)!
    const other = new Person(world.host(7))
    other.messenger.restore([{ ...asked, requestMessage: new Uint8Array(1016).fill(120) }])
    assert.deepEqual(
      other.messenger.snapshot().map(({ publicKey, requestMessage }) => [publicKey, requestMessage.length]),
      [[asked.publicKey, 921]],
    )
  })

  it('makes nobody a friend who merely says Online', () => {
    const held = a.host.connections.open(b.host.publicKey)
    b.host.connections.open(a.host.publicKey)
    world.runUntil(() => held.isConnected)
    held.sendLossless(Uint8Array.of(PacketId.ONLINE))
    world.run(100)
    assert.equal(b.host.env.drops.get('messenger/online of no friend'), 1)
    assert.deepEqual(b.diary.read(), [])
  })
})
