import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import { PacketId } from '../../src/packet/friend/packet-id.js'
import { couple } from './people.js'

describe('presence', () => {
  it('tells later only what changed', () => {
    const { world, a, b } = couple()
    a.messenger.setName(toUtf8('Ada'))
    a.messenger.setName(toUtf8('Ada'))
    a.messenger.setStatus('away')
    a.messenger.setTyping(0, true)
    a.messenger.setTyping(0, true)
    a.messenger.setStatusMessage(toUtf8('at tea'))
    world.run(100)
    assert.deepEqual(b.diary.read(), ['name 0 Ada', 'status 0 away', 'typing 0 true', 'status-message 0 at tea'])
    assert.equal(b.messenger.friend(0)?.isTyping, true)
  })

  it('refuses what is too long, and takes what just fits', () => {
    const { a } = couple()
    assert.deepEqual(a.messenger.setName(new Uint8Array(129)), { ok: false, error: 'too-long' })
    assert.deepEqual(a.messenger.setStatusMessage(new Uint8Array(1008)), { ok: false, error: 'too-long' })
    assert.ok(a.messenger.setName(new Uint8Array(128).fill(65)).ok)
    assert.ok(a.messenger.setStatusMessage(new Uint8Array(1007).fill(65)).ok)
    assert.equal(a.messenger.name.length, 128)
    assert.equal(a.messenger.statusMessage.length, 1007)
    assert.deepEqual(a.messenger.setTyping(1, true), { ok: false, error: 'friend-not-found' })
    assert.deepEqual(a.messenger.lastOnline(1), { ok: false, error: 'friend-not-found' })
  })

  it('keeps its own copy of what the user gave', () => {
    const { a } = couple()
    const name = toUtf8('Ada')
    a.messenger.setName(name)
    name.fill(0)
    a.messenger.name.fill(0)
    assert.deepEqual(a.messenger.name, toUtf8('Ada'))
  })

  it('turns typing off before a friend goes offline, and tells all again when they return', () => {
    const { world, a, b } = couple()
    b.messenger.setName(toUtf8('Bea'))
    b.messenger.setTyping(0, true)
    world.run(100)
    a.diary.read()
    world.linked = () => false
    world.run(40_000)
    assert.deepEqual(a.diary.read(), ['typing 0 false', 'connection 0 none'])
    assert.equal(a.messenger.friend(0)?.connectionStatus, 'none')
    const { value: lastSeen } = a.messenger.lastOnline(0) as { value: number }
    b.messenger.setStatus('busy')
    world.linked = () => true
    world.runUntil(() => a.isOnline && b.isOnline, 10_000)
    assert.ok(a.host.clock.unixSeconds() - lastSeen >= 7)
    assert.deepEqual(a.messenger.lastOnline(0), { ok: true, value: a.host.clock.unixSeconds() })
    world.run(100)
    assert.deepEqual(a.diary.read(), [
      'connection 0 udp',
      'name 0 Bea',
      'status-message 0 ',
      'status 0 busy',
      'typing 0 true',
    ])
  })

  it('believes Offline and Online inside one session', () => {
    const { world, a, b } = couple()
    a.suffer(Uint8Array.of(PacketId.OFFLINE))
    assert.deepEqual(a.diary.read(), ['connection 0 none'])
    assert.deepEqual(a.say('hello'), { ok: false, error: 'friend-not-connected' })
    a.suffer(Uint8Array.of(PacketId.MESSAGE, 65))
    assert.deepEqual(a.diary.read(), [])
    assert.equal(a.host.env.drops.get('messenger/packet of nobody online'), 1)
    a.suffer(Uint8Array.of(PacketId.ONLINE))
    assert.deepEqual(a.diary.read(), ['connection 0 udp'])
    world.run(100)
    assert.equal(b.diary.read().length, 4, 'told again')
  })

  it('goes on where the send window was full', () => {
    const { world, a, b } = couple()
    a.host.window = 2
    a.say('one')
    a.say('two')
    a.messenger.setName(toUtf8('Ada'))
    a.messenger.setStatus('away')
    world.run(1_000)
    assert.deepEqual(b.diary.read(), ['message 0 normal one', 'message 0 normal two', 'name 0 Ada', 'status 0 away'])
  })

  it('reports a change of path', () => {
    const { a } = couple()
    const session = a.host.sessionList[0]!
    session.relayCount = 1
    session.handlers.onDirectPath(false)
    assert.equal(a.messenger.friend(0)?.connectionStatus, 'tcp')
    session.handlers.onDirectPath(true)
    assert.deepEqual(a.diary.read(), ['connection 0 tcp', 'connection 0 udp'])
  })

  it('lets a listener delete the friend in the middle', () => {
    const { world, a, b } = couple()
    b.messenger.setTyping(0, true)
    world.run(100)
    a.diary.read()
    a.diary.onLine = (line) => {
      if (line === 'typing 0 false') a.messenger.deleteFriend(0)
    }
    b.host.vanish()
    world.run(60_000)
    assert.deepEqual(a.diary.read(), ['typing 0 false'])
    assert.equal(a.messenger.friend(0), undefined)
    assert.equal(a.host.env.deadlines.size, 0)
  })

  it('drops and counts what is malformed, and throws at nothing', () => {
    const { a } = couple()
    const cases: [string, Uint8Array][] = [
      ['offline', Uint8Array.of(PacketId.OFFLINE, 0)],
      ['nickname', new Uint8Array(130).fill(PacketId.NICKNAME)],
      ['status-message', new Uint8Array(1009).fill(PacketId.STATUS_MESSAGE)],
      ['user-status', Uint8Array.of(PacketId.USER_STATUS)],
      ['user-status', Uint8Array.of(PacketId.USER_STATUS, 3)],
      ['user-status', Uint8Array.of(PacketId.USER_STATUS, 1, 1)],
      ['typing', Uint8Array.of(PacketId.TYPING)],
      ['typing', Uint8Array.of(PacketId.TYPING, 1, 1)],
      ['message', Uint8Array.of(PacketId.MESSAGE)],
      ['message', Uint8Array.of(PacketId.ACTION)],
      ['message', new Uint8Array(1374).fill(PacketId.MESSAGE)],
      ['online', Uint8Array.of(PacketId.ONLINE, 1)],
    ]
    for (const [what, packet] of cases) {
      const before = a.host.env.drops.get(`messenger/${what} malformed`)
      a.suffer(packet)
      assert.equal(a.host.env.drops.get(`messenger/${what} malformed`), before + 1, what)
    }
    assert.deepEqual(a.diary.read(), [])
    // Every id with every small size, and with random bytes behind it.
    for (let id = 16; id < 255; id++) {
      for (const size of [1, 2, 5, 40, 1373]) {
        a.suffer(a.host.env.random.bytes(size).fill(id, 0, 1))
      }
    }
    a.suffer(Uint8Array.of(PacketId.ONLINE))
    a.diary.read()
    a.suffer(Uint8Array.of(PacketId.NICKNAME, 0xff, 0xfe, 0))
    assert.deepEqual(a.messenger.friend(0)?.name, Uint8Array.of(0xff, 0xfe, 0), 'not UTF-8, passed on as it came')
  })
})
