import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { MemoryOutboxStore } from '../../src/messenger/index.js'
import { keyOf } from '../friend/fake-world.js'
import { type Couple, couple, Person } from './people.js'

const POST = { outbox: true }

/** Cuts the link until both see each other offline. */
function part({ world, a, b }: Couple): void {
  world.linked = () => false
  world.runUntil(() => !a.isOnline && !b.isOnline)
  a.diary.read()
  b.diary.read()
}

function meet({ world, a, b }: Couple): void {
  world.linked = () => true
  world.runUntil(() => a.isOnline && b.isOnline)
  world.run(1_000)
}

describe('the outbox', () => {
  it('keeps messages for an offline friend, in order, until their receipts', () => {
    const both = couple()
    const { world, a, b } = both
    part(both)
    assert.deepEqual(
      [1, 2, 3].map((i) => a.say(`no. ${i}`, POST)),
      [1, 2, 3].map((value) => ({ ok: true, value })),
    )
    assert.deepEqual(a.messenger.outboxSize(0), { ok: true, value: 3 })
    assert.deepEqual(a.say('refused'), { ok: false, error: 'friend-not-connected' })
    meet(both)
    assert.deepEqual(
      b.diary.read('message'),
      [1, 2, 3].map((i) => `message 0 normal no. ${i}`),
    )
    assert.deepEqual(a.diary.read('receipt'), ['receipt 0 1', 'receipt 0 2', 'receipt 0 3'])
    assert.deepEqual(a.messenger.outboxSize(0), { ok: true, value: 0 })
    assert.deepEqual(a.messenger.outboxSize(1), { ok: false, error: 'friend-not-found' })
    assert.deepEqual(a.say('direct'), { ok: true, value: 4 })
    world.run(100)
    assert.deepEqual(a.diary.read('receipt'), ['receipt 0 4'])
  })

  it('sends at once to a friend who is online, in order with direct messages', () => {
    const { world, a, b } = couple()
    a.say('one')
    a.say('two', POST)
    a.say('three')
    world.run(100)
    assert.deepEqual(
      b.diary.read('message'),
      ['one', 'two', 'three'].map((text) => `message 0 normal ${text}`),
    )
    assert.deepEqual(
      a.diary.read('receipt'),
      [1, 2, 3].map((id) => `receipt 0 ${id}`),
    )
    assert.deepEqual(a.messenger.outboxSize(0), { ok: true, value: 0 })
  })

  it('sends what was not receipted again, in order, before what the user says next', () => {
    const both = couple()
    const { world, a, b } = both
    world.linked = () => false
    a.say('kept 1', POST)
    a.say('lost')
    a.say('kept 2', POST)
    part(both)
    a.say('kept 3', POST)
    a.diary.onLine = (line) => {
      if (line === 'connection 0 udp') a.say('welcome')
    }
    meet(both)
    assert.deepEqual(
      b.diary.read('message'),
      ['kept 1', 'kept 2', 'kept 3', 'welcome'].map((text) => `message 0 normal ${text}`),
    )
    assert.deepEqual(
      a.diary.read('receipt'),
      [1, 3, 4, 5].map((id) => `receipt 0 ${id}`),
    )
  })

  it('does not send twice what was receipted', () => {
    const both = couple()
    const { world, a, b } = both
    a.say('one', POST)
    world.run(100)
    world.linked = () => false
    a.say('two', POST)
    part(both)
    b.diary.read()
    meet(both)
    assert.deepEqual(b.diary.read('message'), ['message 0 normal two'])
  })

  it('passes more than the send window holds, and direct messages wait their turn', () => {
    const both = couple()
    const { world, a, b } = both
    part(both)
    const texts = Array.from({ length: 900 }, (_, i) => `no. ${i}`)
    for (const text of texts) a.say(text, POST)
    a.host.window = 7
    let refused = ''
    a.diary.onLine = (line) => {
      if (line !== 'connection 0 udp') return
      const result = a.say('me first')
      refused = result.ok ? 'sent' : result.error
    }
    meet(both)
    world.run(20_000)
    assert.equal(refused, 'sendq')
    assert.deepEqual(
      b.diary.read('message'),
      texts.map((text) => `message 0 normal ${text}`),
    )
    assert.deepEqual(a.messenger.outboxSize(0), { ok: true, value: 0 })
    assert.ok(a.say('now').ok)
  })

  it('is not overtaken by an answer to a receipt that made room', () => {
    const both = couple()
    const { world, a, b } = both
    a.host.window = 1
    for (const text of ['one', 'two', 'three']) a.say(text, POST)
    a.diary.onLine = (line) => {
      if (line === 'receipt 0 1') assert.deepEqual(a.say('me first'), { ok: false, error: 'sendq' })
    }
    world.run(1_000)
    assert.deepEqual(
      b.diary.read('message'),
      ['one', 'two', 'three'].map((text) => `message 0 normal ${text}`),
    )
  })

  it('says when it is full, and takes no number for it', () => {
    const both = couple(new MemoryOutboxStore({ messagesPerFriend: 2 }))
    const { a } = both
    part(both)
    a.say('one', POST)
    a.say('two', POST)
    assert.deepEqual(a.say('three', POST), { ok: false, error: 'outbox-full' })
    assert.deepEqual(a.messenger.sendMessage(0, 'normal', new Uint8Array(1373), POST), { ok: false, error: 'too-long' })
    assert.deepEqual(a.messenger.sendMessage(0, 'normal', new Uint8Array(0), POST), { ok: false, error: 'empty' })
    assert.deepEqual(a.messenger.sendMessage(9, 'normal', toUtf8('x'), POST), { ok: false, error: 'friend-not-found' })
    meet(both)
    assert.deepEqual(a.say('three', POST), { ok: true, value: 3 })
  })

  it('is emptied with the friend', () => {
    const store = new MemoryOutboxStore()
    const both = couple(store)
    const { a, b } = both
    part(both)
    a.say('never mind', POST)
    a.messenger.deleteFriend(0)
    assert.deepEqual(store.load(b.host.publicKey), [])
  })

  it('outlives the messenger when its store does', () => {
    const store = new MemoryOutboxStore()
    const both = couple(store)
    const { world, a, b } = both
    part(both)
    a.say('one', POST)
    a.say('two', POST)
    const reborn = new Person(a.host.restart(), store)
    reborn.messenger.restore(a.messenger.snapshot())
    assert.deepEqual(reborn.messenger.outboxSize(0), { ok: true, value: 2 })
    assert.deepEqual(reborn.say('three', POST), { ok: true, value: 3 })
    world.linked = () => true
    world.runUntil(() => reborn.isOnline && b.isOnline)
    world.run(1_000)
    assert.deepEqual(
      b.diary.read('message'),
      ['one', 'two', 'three'].map((text) => `message 0 normal ${text}`),
    )
    assert.deepEqual(
      reborn.diary.read('receipt'),
      [1, 2, 3].map((id) => `receipt 0 ${id}`),
    )
  })

  it('in memory bounds the bytes of all friends together', () => {
    const store = new MemoryOutboxStore({ totalBytes: 10 })
    const [a, b] = [keyOf<LongTermPublicKey>(1), keyOf<LongTermPublicKey>(2)]
    const message = (messageId: number): { messageId: number; kind: 'normal'; text: Uint8Array } => ({
      messageId,
      kind: 'normal',
      text: new Uint8Array(4),
    })
    assert.ok(store.append(a, message(1)))
    assert.ok(store.append(b, message(1)))
    assert.equal(store.append(b, message(2)), false)
    store.remove(a, 99)
    assert.equal(store.append(b, message(2)), false)
    store.remove(a, 1)
    assert.ok(store.append(b, message(2)))
    store.clear(b)
    assert.ok(store.append(a, message(2)))
    assert.ok(store.append(a, message(3)))
    assert.deepEqual(
      store.load(a).map(({ messageId }) => messageId),
      [2, 3],
    )
  })
})
