// Messages that are acknowledged after they are stored, and what comes twice because somebody was killed in between.

import assert from 'node:assert/strict'
import { fromUtf8 } from '../../src/base/index.js'
import { MemoryOutboxStore, MemoryReceivedStore, type ReceivedMessage } from '../../src/messenger/index.js'
import { type FakeHost, FakeWorld, keyOf } from '../friend/fake-world.js'
import { Person } from './people.js'

const POST = { outbox: true }
const texts = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `no. ${from + i}`)
const said = (all: readonly string[]): string[] => all.map((text) => `message 0 normal ${text}`)

/** Takes what it is told to take, and keeps every message. */
class TestStore extends MemoryReceivedStore {
  readonly taken: string[] = []
  isBroken = false
  override take(...args: Parameters<MemoryReceivedStore['take']>): void {
    if (this.isBroken) throw new Error('disk full')
    this.taken.push(fromUtf8(args[1].text))
    super.take(...args)
  }
}

class Story {
  readonly world = new FakeWorld()
  readonly outbox = new MemoryOutboxStore()
  readonly store = new TestStore()
  a: Person
  b: Person

  constructor(readonly receipts: 'automatic' | 'manual' = 'automatic') {
    this.a = this.#sender(this.world.host(1))
    this.b = this.#receiver(this.world.host(2))
    this.meet()
  }

  meet(): void {
    this.world.runUntil(() => this.a.isOnline && this.b.isOnline)
    this.world.run(100)
  }

  say(all: readonly string[]): void {
    for (const text of all) assert.ok(this.a.say(text, POST).ok)
  }

  /** Both vanish and come back at once, so that what was under way is lost. */
  restart(): void {
    this.b.host.vanish()
    this.a = this.#sender(this.a.host.restart())
    this.b = this.#receiver(this.world.host(2))
    this.meet()
  }

  confirm(text: string): boolean {
    return this.b.diary.receipts.get(text)!.confirm()
  }

  get waiting(): number {
    const size = this.a.messenger.outboxSize(0)
    return size.ok ? size.value : -1
  }

  get list(): string[] {
    return this.store.load(keyOf(1)).map(({ text }: ReceivedMessage) => fromUtf8(text))
  }

  #sender(host: FakeHost): Person {
    const person = new Person(host, this.outbox)
    person.messenger.addFriendWithoutRequest(keyOf(2))
    return person
  }

  #receiver(host: FakeHost): Person {
    const person = new Person(host, undefined, { received: this.store, receipts: this.receipts })
    person.messenger.addFriendWithoutRequest(keyOf(1))
    return person
  }
}

describe('messages that a store takes', () => {
  it('are taken before they are reported, and acknowledged then', () => {
    const story = new Story()
    story.b.diary.onLine = (line) => {
      if (line.startsWith('message')) assert.equal(story.store.taken.at(-1), line.slice('message 0 normal '.length))
    }
    story.say(texts(1, 3))
    story.world.run(100)
    assert.deepEqual(story.b.diary.read('message'), said(texts(1, 3)))
    assert.equal(story.waiting, 0)
  })

  it('leave the list when the friend has seen that we have them', () => {
    const story = new Story()
    story.say(texts(1, 3))
    story.world.run(30)
    assert.deepEqual(story.list, texts(1, 3))
    // Half a second later an Alive packet asks, and its acknowledgement answers.
    story.world.run(600)
    assert.deepEqual(story.list, [])
    story.say(texts(4, 4))
    story.world.run(30)
    story.b.messenger.setTyping(0, true)
    story.world.run(2 * 20)
    assert.deepEqual(story.list, [], 'any lossless packet does')
  })

  it('leave the list sooner in a burst', () => {
    const story = new Story()
    for (const text of texts(1, 1_500)) assert.ok(story.a.say(text).ok)
    story.world.run(100)
    assert.deepEqual(story.list, texts(1_025, 1_500))
    story.world.run(600)
    assert.deepEqual(story.list, [])
  })

  it('are forgotten, the oldest first, when the friend acknowledges nothing', () => {
    const story = new Story()
    story.b.host.window = 0
    for (const text of texts(1, 5_000)) assert.ok(story.a.say(text).ok)
    story.world.run(1_000)
    assert.deepEqual(story.list, texts(513, 5_000))
    story.b.host.window = 32_768
    story.b.messenger.setTyping(0, true)
    story.world.run(1_000)
    assert.deepEqual(story.list, [])
  })

  it('are dropped when they come again, and only they', () => {
    const story = new Story()
    story.say(texts(1, 3))
    story.world.run(20)
    assert.deepEqual(story.store.taken, texts(1, 3))
    assert.equal(story.waiting, 3, 'the receipt is under way')
    story.restart()
    assert.equal(story.waiting, 0, 'acknowledged the second time')
    story.say(texts(4, 5))
    story.world.run(100)
    assert.deepEqual(story.store.taken, texts(1, 5))
    assert.deepEqual(story.b.diary.read('message'), said(texts(4, 5)))
    assert.equal(story.b.host.env.drops.toJSON()['messenger/message repeated'], 3)
    story.world.run(1_000)
    assert.deepEqual(story.list, [])
  })

  it('are recognised again after a second kill, and what was said meanwhile is new', () => {
    const story = new Story()
    story.say(texts(1, 2))
    story.world.run(20)
    for (let round = 0; round < 3; round++) {
      const hosts = [story.a.host, story.b.host]
      story.b.host.vanish()
      story.world.run(100)
      story.restart()
      assert.ok(!hosts.includes(story.a.host))
    }
    story.say(texts(3, 3))
    story.world.run(100)
    assert.deepEqual(story.store.taken, texts(1, 3))
  })

  it('are new when the friend says the beginning of a tail again and then something else', () => {
    const story = new Story()
    story.say(['yes', 'no'])
    story.world.run(45)
    assert.equal(story.waiting, 0, 'the friend knows, but we do not know that')
    assert.deepEqual(story.list, ['yes', 'no'])
    story.restart()
    story.say(['yes'])
    story.world.run(1_000)
    assert.deepEqual(story.b.diary.read('message'), [], 'not decided')
    assert.equal(story.waiting, 1)
    story.say(['perhaps'])
    story.world.run(100)
    assert.deepEqual(story.b.diary.read('message'), said(['yes', 'perhaps']))
    assert.equal(story.waiting, 0)
  })

  it('are new when the rest of the tail does not come', () => {
    const story = new Story()
    story.say(['yes', 'no'])
    story.world.run(45)
    story.restart()
    story.say(['yes'])
    story.world.run(4_100)
    assert.deepEqual(story.b.diary.read('message'), said(['yes']))
    assert.equal(story.waiting, 0)
  })

  it('are new ten seconds after the session began, whatever they say', () => {
    const story = new Story()
    story.say(['yes'])
    story.world.run(45)
    story.restart()
    assert.deepEqual(story.list, ['yes'])
    story.world.run(10_000)
    assert.deepEqual(story.list, [])
    story.say(['yes'])
    story.world.run(100)
    assert.deepEqual(story.store.taken, ['yes', 'yes'])
  })

  it('wait for a store that fails, in order and unacknowledged', () => {
    const story = new Story()
    story.store.isBroken = true
    story.say(texts(1, 3))
    story.world.run(5_000)
    assert.deepEqual(story.b.diary.read('message'), [])
    assert.equal(story.waiting, 3)
    assert.ok(story.b.isOnline)
    story.store.isBroken = false
    story.world.run(10_000)
    assert.deepEqual(story.b.diary.read('message'), said(texts(1, 3)))
    assert.equal(story.waiting, 0)
  })

  it('go with the friend who is deleted', () => {
    const story = new Story()
    story.say(texts(1, 2))
    story.world.run(20)
    story.b.messenger.deleteFriend(0)
    assert.deepEqual(story.list, [])
  })

  it('are reported in order though a listener deletes the friend among them', () => {
    const story = new Story()
    story.say(['yes', 'no'])
    story.world.run(45)
    story.restart()
    story.b.diary.onLine = (line) => void (line.startsWith('message') && story.b.messenger.deleteFriend(0))
    story.say(['yes', 'perhaps'])
    story.world.run(100)
    assert.deepEqual(story.b.diary.read('message'), said(['yes']))
  })
})

describe('messages that the application confirms', () => {
  it('are acknowledged in order, whatever the order of confirming', () => {
    const story = new Story('manual')
    story.say(texts(1, 3))
    story.world.run(30_000)
    assert.deepEqual(story.b.diary.read('message'), said(texts(1, 3)))
    assert.equal(story.waiting, 3)
    assert.equal(story.confirm('no. 2'), true)
    story.world.run(100)
    assert.equal(story.waiting, 3)
    assert.equal(story.confirm('no. 1'), true)
    assert.equal(story.confirm('no. 1'), true, 'harmless twice')
    story.world.run(100)
    assert.equal(story.waiting, 1)
    assert.deepEqual(story.store.taken, texts(1, 2))
  })

  it('come again in the next session unless they were confirmed, and a late word says so', () => {
    const story = new Story('manual')
    story.say(texts(1, 3))
    story.world.run(100)
    story.confirm('no. 1')
    const old = story.b.diary.receipts.get('no. 2')!
    story.restart()
    assert.equal(old.isLive, false)
    assert.equal(old.confirm(), false)
    assert.deepEqual(story.b.diary.read('message'), said(texts(2, 3)))
    for (const text of texts(2, 3)) assert.ok(story.confirm(text))
    story.world.run(100)
    assert.equal(story.waiting, 0)
    assert.deepEqual(story.store.taken, texts(1, 3))
  })

  it('can be confirmed in the event itself', () => {
    const story = new Story('manual')
    story.b.diary.onLine = (line) => {
      if (line.startsWith('message')) story.confirm(line.slice('message 0 normal '.length))
    }
    story.say(texts(1, 50))
    story.world.run(100)
    assert.equal(story.waiting, 0)
  })
})
