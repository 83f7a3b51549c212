import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import { PacketId } from '../../src/packet/friend/packet-id.js'
import { couple } from './people.js'

describe('messages', () => {
  it('arrive in order, and each receipt names its message', () => {
    const { world, a, b } = couple()
    for (let i = 1; i <= 1000; i++) assert.deepEqual(a.say(`no. ${i}`), { ok: true, value: i })
    world.run(1_000)
    assert.deepEqual(
      b.diary.read(),
      Array.from({ length: 1000 }, (_, i) => `message 0 normal no. ${i + 1}`),
    )
    assert.deepEqual(
      a.diary.read(),
      Array.from({ length: 1000 }, (_, i) => `receipt 0 ${i + 1}`),
    )
  })

  it('may be actions', () => {
    const { world, a, b } = couple()
    a.messenger.sendMessage(0, 'action', toUtf8('waves'))
    world.run(100)
    assert.deepEqual(b.diary.read(), ['message 0 action waves'])
  })

  it('are refused, each for its reason, in the order of the C API', () => {
    const { world, a, b } = couple()
    const send = (friend: number, size: number): unknown => {
      const result = a.messenger.sendMessage(friend, 'normal', new Uint8Array(size).fill(65))
      return result.ok ? 'ok' : result.error
    }
    assert.equal(send(5, 0), 'empty')
    assert.equal(send(5, 2000), 'friend-not-found')
    assert.equal(send(0, 1373), 'too-long')
    assert.equal(send(0, 1372), 'ok')
    a.host.window = 0
    assert.equal(send(0, 1), 'sendq')
    b.host.vanish()
    world.run(40_000)
    assert.equal(send(0, 1373), 'too-long')
    assert.equal(send(0, 1), 'friend-not-connected')
  })

  it('belong to the listener: a later packet does not change them', () => {
    const { world, a, b } = couple()
    a.say('first')
    a.say('other')
    world.run(100)
    assert.deepEqual(b.diary.payloads, [toUtf8('first'), toUtf8('other')])
  })

  it('have no receipt when the session breaks first', () => {
    const { world, a, b } = couple()
    world.linked = () => false
    a.say('into the void')
    world.run(40_000)
    world.linked = () => true
    world.runUntil(() => a.isOnline && b.isOnline)
    world.run(1_000)
    assert.deepEqual(a.diary.read('receipt'), [])
    assert.deepEqual(b.diary.read('message'), [])
    assert.deepEqual(a.say('again'), { ok: true, value: 2 })
    world.run(100)
    assert.deepEqual(a.diary.read('receipt'), ['receipt 0 2'])
  })

  it('may be answered in the event', () => {
    const { world, a, b } = couple()
    b.diary.onLine = (line) => {
      if (line.startsWith('message')) b.say('echo')
    }
    a.say('hello')
    world.run(100)
    assert.deepEqual(a.diary.read().sort(), ['message 0 normal echo', 'receipt 0 1'])
  })

  it('stop being receipted when the listener deletes the friend', () => {
    const { world, a } = couple()
    a.diary.onLine = () => a.messenger.deleteFriend(0)
    for (let i = 0; i < 10; i++) a.say('x')
    world.run(1_000)
    assert.deepEqual(a.diary.read(), ['receipt 0 1'])
  })
})

describe('custom packets', () => {
  it('go both ways, ids included', () => {
    const { world, a, b } = couple()
    assert.ok(a.messenger.sendLosslessPacket(0, Uint8Array.of(160, 1, 2)).ok)
    assert.ok(a.messenger.sendLosslessPacket(0, Uint8Array.of(191)).ok)
    assert.ok(a.messenger.sendLossyPacket(0, Uint8Array.of(200, 3)).ok)
    assert.ok(a.messenger.sendLossyPacket(0, Uint8Array.of(254, 4)).ok)
    assert.ok(a.messenger.sendLossyPacket(0, Uint8Array.of(192, 5)).ok, 'audio and video ids may be sent')
    world.run(100)
    assert.deepEqual(b.diary.read(), ['lossless 0 160,1,2', 'lossless 0 191', 'lossy 0 200,3', 'lossy 0 254,4'])
  })

  it('are refused, each for its reason, in the order of the C API', () => {
    const { world, a, b } = couple()
    const big = (id: number, size = 1374): Uint8Array => new Uint8Array(size).fill(id)
    const lossless = (friend: number, packet: Uint8Array): unknown => {
      const result = a.messenger.sendLosslessPacket(friend, packet)
      return result.ok ? 'ok' : result.error
    }
    const lossy = (friend: number, packet: Uint8Array): unknown => {
      const result = a.messenger.sendLossyPacket(friend, packet)
      return result.ok ? 'ok' : result.error
    }
    const none = new Uint8Array(0)
    assert.deepEqual([lossless(9, none), lossy(9, none)], ['empty', 'empty'])
    assert.deepEqual([lossless(9, big(1)), lossy(9, big(1))], ['friend-not-found', 'invalid'])
    assert.equal(lossy(9, big(200)), 'friend-not-found')
    assert.deepEqual([lossless(0, big(1)), lossy(0, big(200))], ['too-long', 'too-long'])
    assert.deepEqual([lossless(0, big(160, 1373)), lossy(0, big(200, 1373))], ['ok', 'ok'])
    for (const id of [0, 64, 159, 192]) assert.equal(lossless(0, big(id, 1)), 'invalid')
    for (const id of [191, 255]) assert.equal(lossy(0, big(id, 1)), 'invalid')
    assert.equal(lossless(0, big(69, 1)), 'ok', 'call signalling from outside')
    a.host.window = 0
    assert.equal(lossless(0, big(160, 1)), 'sendq')
    b.host.vanish()
    world.run(40_000)
    assert.deepEqual(
      [lossless(0, big(160, 1)), lossy(0, big(200, 1))],
      ['friend-not-connected', 'friend-not-connected'],
    )
  })

  it('leave room for the modules above', () => {
    const { world, a, b } = couple()
    const got: string[] = []
    const online: string[] = []
    b.messenger.onPacket(
      PacketId.CONFERENCE_INVITE,
      (friend, packet) => void got.push(`${friend.number} ${packet.join()}`),
    )
    b.messenger.listen({
      onOnline: ({ number }) => void online.push(`on ${number}`),
      onOffline: ({ number }) => void online.push(`off ${number}`),
    })
    assert.notEqual(a.messenger.sendPacket(0, Uint8Array.of(PacketId.CONFERENCE_INVITE, 1)), undefined)
    assert.equal(a.messenger.sendPacket(1, Uint8Array.of(PacketId.CONFERENCE_INVITE, 1)), undefined)
    world.run(100)
    assert.deepEqual(got, ['0 96,1'])
    world.linked = () => false
    world.run(40_000)
    assert.equal(a.messenger.sendPacket(0, Uint8Array.of(PacketId.CONFERENCE_INVITE, 1)), undefined)
    world.linked = () => true
    world.run(10_000)
    assert.deepEqual(online, ['off 0', 'on 0'])
  })
})
