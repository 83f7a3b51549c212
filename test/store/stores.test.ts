// What every store does, whatever it stands on: one table of tests, run on each.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { toHex, toUtf8 } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import {
  MemoryStore,
  type NewMessage,
  openSqliteStore,
  type SqliteStore,
  type SqliteStoreOptions,
  type ToxStore,
  type TransferRecord,
} from '../../src/store/index.js'
import { ToxError } from '../../src/tox/errors.js'
import { needSqlite, temporaryFolder } from './support.js'

const key = (digit: number): LongTermPublicKey => new Uint8Array(32).fill(digit) as LongTermPublicKey
const ALICE = toHex(key(0xa1))
const BOB = toHex(key(0xb0))

const message = (text: string, more: Partial<NewMessage> = {}): NewMessage => ({
  friend: ALICE,
  direction: 'incoming',
  kind: 'normal',
  text,
  timeMs: 1_000,
  state: 'received',
  ...more,
})

const transfer = (more: Partial<TransferRecord> = {}): TransferRecord => ({
  friend: ALICE,
  direction: 'receiving',
  fileId: 'F1'.repeat(32),
  kind: 0,
  name: '../strange\u0000name',
  size: 5n * 2n ** 32n,
  path: '/downloads/file',
  partPath: '/downloads/.file.part',
  position: 2n ** 33n,
  ...more,
})

interface Subject {
  readonly name: string
  open(): ToxStore
  /** What a new process finds; undefined where nothing outlives the process. */
  reopen?(store: ToxStore): ToxStore
}

const folder = temporaryFolder()
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

const onDisk = (options: SqliteStoreOptions): Omit<Subject, 'name'> => ({
  open: () => openSqliteStore(join(folder, `${++files}.db`), options),
  reopen(store) {
    store.close()
    return openSqliteStore((store as SqliteStore).path, options)
  },
})

const subjects: readonly Subject[] = [
  { name: 'MemoryStore', open: () => new MemoryStore() },
  { name: 'SqliteStore', ...onDisk({}) },
  // Opened once a test, for the key takes its time.
  { name: 'SqliteStore, encrypted', open: onDisk({ passphrase: 'correct horse' }).open },
]

const badOption = (error: unknown): boolean => error instanceof ToxError && error.code === 'TOX_ERR_TS_BAD_OPTION'

for (const { name, open, reopen } of subjects) {
  describe(name, () => {
    let store: ToxStore
    const texts = (query: Parameters<ToxStore['history']['page']>[0] = {}): string[] =>
      store.history.page(query).messages.map(({ text }) => text)
    const found = (text: string): string[] => store.history.search({ text }).messages.map((one) => one.text)
    const again = (): void => {
      if (reopen !== undefined) store = reopen(store)
    }

    before(function () {
      if (name !== 'MemoryStore') needSqlite(this)
    })
    beforeEach(() => {
      store = open()
    })
    afterEach(() => store.close())

    describe('history', () => {
      it('keeps messages as they are', () => {
        const first = message('Füße 🦶 \u0000 end', { kind: 'action', timeMs: 5 })
        const second = message('', { friend: BOB, direction: 'outgoing', state: 'sent', timeMs: 1_700_000_000_000 })
        const ids = [store.history.append(first), store.history.append(second)]
        again()
        assert.deepEqual(store.history.message(ids[0]!), { ...first, id: ids[0] })
        assert.deepEqual(store.history.message(ids[1]!), { ...second, id: ids[1] })
        assert.equal(store.history.message(ids[1]! + 1), undefined)
      })

      it('takes keys in either case and gives them in upper case', () => {
        store.history.append(message('x', { friend: ALICE.toLowerCase() }))
        assert.equal(store.history.page({ friend: ALICE }).messages[0]!.friend, ALICE)
        assert.equal(store.history.count(ALICE.toLowerCase()), 1)
      })

      it('pages through many messages in either order without loss or repetition', () => {
        // Several of one millisecond, and some that are stored late.
        for (let i = 0; i < 50; i++) store.history.append(message(String(i), { timeMs: Math.floor(i / 3) }))
        for (let i = 0; i < 10; i++) store.history.append(message(`old ${i}`, { timeMs: -1 - i }))
        for (let i = 0; i < 20; i++) store.history.append(message('of Bob', { friend: BOB, timeMs: i }))
        again()
        const walk = (order: 'newest' | 'oldest'): string[] => {
          const all: string[] = []
          for (let cursor: string | undefined, pages = 0; pages < 100; pages++) {
            const query = { friend: ALICE, order, limit: 7, ...(cursor === undefined ? {} : { cursor }) }
            const page = store.history.page(query)
            all.push(...page.messages.map(({ text }) => text))
            if (page.next === undefined) return all
            cursor = page.next
          }
          throw new Error('it never ends')
        }
        const old = Array.from({ length: 10 }, (_, i) => `old ${9 - i}`)
        const expected = [...old, ...Array.from({ length: 50 }, (_, i) => String(i))]
        assert.deepEqual(walk('oldest'), expected)
        assert.deepEqual(walk('newest'), [...expected].reverse())
      })

      it('ends a page that takes the last message', () => {
        for (let i = 0; i < 4; i++) store.history.append(message(String(i), { timeMs: i }))
        assert.equal(store.history.page({ limit: 4 }).next, undefined)
        assert.notEqual(store.history.page({ limit: 3 }).next, undefined)
      })

      it('finds a stretch of time, of one friend and of all', () => {
        for (let i = 0; i < 10; i++) store.history.append(message(`a${i}`, { timeMs: i }))
        store.history.append(message('b5', { friend: BOB, timeMs: 5 }))
        assert.deepEqual(texts({ friend: ALICE, sinceMs: 4, untilMs: 6 }), ['a5', 'a4'])
        assert.deepEqual(texts({ sinceMs: 4, untilMs: 6, order: 'oldest' }), ['a4', 'a5', 'b5'])
      })

      it('refuses a limit, an order or a cursor that is none', () => {
        for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) assert.throws(() => texts({ limit }), badOption)
        assert.throws(() => texts({ order: 'random' as 'newest' }), badOption)
        for (const cursor of ['', 'x', '1', '1.x', '1.2; drop table message']) {
          assert.throws(() => texts({ cursor }), badOption)
        }
      })

      it('changes states', () => {
        const id = store.history.append(message('x', { direction: 'outgoing', state: 'sent' }))
        store.history.setState(id, 'received')
        store.history.setState(id + 1, 'received')
        again()
        assert.equal(store.history.message(id)?.state, 'received')
      })

      it('deletes one message, those of a friend, and all', () => {
        const ids = ['one', 'two', 'three'].map((text) => store.history.append(message(text)))
        store.history.append(message('bob', { friend: BOB }))
        assert.equal(store.history.delete(ids[1]!), true)
        assert.equal(store.history.delete(ids[1]!), false)
        assert.deepEqual(texts({ order: 'oldest' }), ['one', 'three', 'bob'])
        assert.equal(store.history.clear(ALICE), 2)
        assert.equal(store.history.clear(ALICE), 0)
        assert.deepEqual([store.history.count(), store.history.count(BOB), store.history.count(ALICE)], [1, 1, 0])
        assert.equal(store.history.clear(), 1)
        assert.equal(store.history.count(), 0)
      })

      it('never gives an id twice', () => {
        const id = store.history.append(message('x'))
        store.history.delete(id)
        again()
        assert.ok(store.history.append(message('y')) > id)
      })
    })

    describe('search', () => {
      it('finds words, their beginnings and their insides, whatever their capitals and accents', () => {
        store.history.append(message('The Café opens at ten'))
        assert.deepEqual(found('cafe'), ['The Café opens at ten'])
        assert.deepEqual(found('OPEN'), ['The Café opens at ten'])
        assert.deepEqual(found('pens'), ['The Café opens at ten'])
        assert.deepEqual(found('café TEN the'), ['The Café opens at ten'])
        assert.deepEqual(found('café eleven'), [])
        assert.deepEqual(found('"opens at"'), ['The Café opens at ten'])
        assert.deepEqual(found('"at opens"'), [])
      })

      it('finds short words, other scripts and signs', () => {
        for (const text of [
          '我想吃火锅',
          'Привет, мир',
          'ok',
          'a "quoted" word',
          'wide ＡＢＣ',
          '안녕하세요',
          'ΟΔΟΣ',
        ]) {
          store.history.append(message(text))
        }
        assert.deepEqual(found('火锅'), ['我想吃火锅'])
        assert.deepEqual(found('想吃火'), ['我想吃火锅'])
        assert.deepEqual(found('привет'), ['Привет, мир'])
        assert.deepEqual(found('ok'), ['ok'])
        assert.deepEqual(found('abc'), ['wide ＡＢＣ'])
        assert.deepEqual(found('안녕'), ['안녕하세요'])
        assert.deepEqual(found('οδοσ'), ['ΟΔΟΣ'])
      })

      it('takes the signs of query languages for what they are', () => {
        const signs = [
          '100% sure',
          'a_b_c',
          "O'Reilly",
          'x AND NOT y',
          'NEAR(a b)',
          'col:umn*',
          '^start',
          '-minus-',
          '\\',
        ]
        for (const text of signs) store.history.append(message(text))
        for (const text of signs) assert.deepEqual(found(text), [text])
        assert.deepEqual(found('"'), [])
        assert.deepEqual(found('  '), [])
        assert.deepEqual(found('""'), [])
        assert.deepEqual(found('sure"'), ['100% sure'])
        assert.deepEqual(found('nul\u0000byte'), [])
        assert.deepEqual(found('\ud800'), [])
        assert.deepEqual(found('word '.repeat(1_000)), [])
      })

      it('follows deletion, at once and later', () => {
        const ids = [0, 1, 2, 3].map((i) => store.history.append(message(`number ${i} of four`, { timeMs: i })))
        store.history.delete(ids[0]!)
        assert.equal(found('number').length, 3)
        store.history.delete(ids[3]!)
        again()
        assert.deepEqual(found('number'), ['number 2 of four', 'number 1 of four'])
        store.history.clear()
        assert.deepEqual(found('number'), [])
        store.history.append(message('number again'))
        assert.deepEqual(found('number'), ['number again'])
      })

      it('pages, within a friend and a stretch of time', () => {
        for (let i = 0; i < 1_000; i++) {
          const friend = i % 2 === 0 ? ALICE : BOB
          store.history.append(message(`common word ${i}`, { friend, timeMs: i }))
        }
        again()
        const query = { text: 'common', friend: BOB, sinceMs: 100, untilMs: 200, limit: 30 }
        const first = store.history.search(query)
        const second = store.history.search({ ...query, cursor: first.next! })
        const numbers = [...first.messages, ...second.messages].map(({ text }) => Number(text.slice(12)))
        assert.deepEqual(
          numbers,
          Array.from({ length: 50 }, (_, i) => 199 - 2 * i),
        )
        assert.equal(second.next, undefined)
        assert.equal(store.history.search({ text: 'common wo 777', order: 'oldest' }).messages[0]?.timeMs, 777)
      })
    })

    describe('outbox', () => {
      const put = (friend: number, messageId: number, text: string): boolean =>
        store.outbox.append(key(friend), { messageId, kind: 'normal', text: toUtf8(text) })
      const waiting = (friend: number): number[] => store.outbox.load(key(friend)).map(({ messageId }) => messageId)

      it('keeps messages in order, each friend apart, byte by byte', () => {
        const text = Uint8Array.of(0xff, 0, 0x80, 65)
        assert.equal(store.outbox.append(key(1), { messageId: 2 ** 32 - 1, kind: 'action', text }), true)
        put(1, 0, 'after the wrap')
        put(2, 7, 'another friend')
        again()
        assert.deepEqual(store.outbox.load(key(1)), [
          { messageId: 2 ** 32 - 1, kind: 'action', text },
          { messageId: 0, kind: 'normal', text: toUtf8('after the wrap') },
        ])
        assert.deepEqual(waiting(2), [7])
        assert.deepEqual(waiting(3), [])
      })

      it('gives only the oldest away, and only by its id', () => {
        for (const id of [1, 2, 3]) put(1, id, 'x')
        store.outbox.remove(key(1), 2)
        store.outbox.remove(key(2), 1)
        assert.deepEqual(waiting(1), [1, 2, 3])
        store.outbox.remove(key(1), 1)
        again()
        assert.deepEqual(waiting(1), [2, 3])
      })

      it('stands in the history: pending, then received, or failed when the friend is removed', () => {
        for (const [id, text] of [
          [1, 'one'],
          [2, 'two'],
          [3, 'three'],
        ] as const)
          put(1, id, text)
        const states = (): string[] => store.history.page({ order: 'oldest' }).messages.map(({ state }) => state)
        assert.deepEqual(states(), ['pending', 'pending', 'pending'])
        again()
        store.outbox.remove(key(1), 1)
        assert.deepEqual(states(), ['received', 'pending', 'pending'])
        assert.equal(store.history.page().messages[0]!.direction, 'outgoing')
        store.outbox.clear(key(1))
        assert.deepEqual(states(), ['received', 'failed', 'failed'])
        assert.deepEqual(waiting(1), [])
      })

      it('outlives its place in the history', () => {
        put(1, 1, 'still to be sent')
        put(1, 2, 'this too')
        assert.equal(store.history.clear(), 2)
        again()
        assert.deepEqual(waiting(1), [1, 2])
        store.outbox.remove(key(1), 1)
        assert.deepEqual(waiting(1), [2])
        assert.equal(store.history.count(), 0)
      })
    })

    describe('received messages', () => {
      const take = (friend: number, text: Uint8Array | string): void =>
        store.received.take(key(friend), { kind: 'normal', text: typeof text === 'string' ? toUtf8(text) : text })
      const listed = (friend: number): string[] => store.received.load(key(friend)).map(({ text }) => toHex(text))

      it('lists what was taken until it is settled, oldest first, each friend apart', () => {
        const buffer = toUtf8('one')
        take(1, buffer)
        buffer.fill(0)
        take(1, Uint8Array.of(0xff, 0xfe))
        take(2, 'other')
        again()
        assert.deepEqual(listed(1), [toHex(toUtf8('one')), 'FFFE'])
        store.received.settle(key(1), 1)
        again()
        assert.deepEqual(listed(1), ['FFFE'])
        assert.deepEqual(listed(2), [toHex(toUtf8('other'))])
        store.received.clear(key(1))
        assert.deepEqual(listed(1), [])
        assert.equal(listed(2).length, 1)
      })

      it('stands in the history, whether settled or forgotten', () => {
        const before = Date.now()
        take(0xa1, 'hello')
        take(0xa1, 'again')
        store.received.settle(key(0xa1), 1)
        store.received.clear(key(0xa1))
        again()
        const [first, second] = store.history.page({ friend: ALICE, order: 'oldest' }).messages
        assert.ok(first!.timeMs >= before && first!.timeMs <= Date.now())
        assert.deepEqual({ ...first, id: 0, timeMs: 0 }, { ...message('hello'), id: 0, timeMs: 0 })
        assert.equal(second!.text, 'again')
      })
    })

    describe('transfers', () => {
      it('keeps every field, the place in the order, and sizes beyond 2^53', () => {
        const first = transfer({ size: 2n ** 64n - 2n, position: 2n ** 63n, overwrite: true, mtimeMs: 1.5 })
        const { partPath: _, ...rest } = transfer({ direction: 'sending', size: undefined, position: 0n })
        store.transfers.put(first)
        store.transfers.put(rest)
        store.transfers.put({ ...first, position: 2n ** 63n + 1n })
        store.transfers.put(transfer({ friend: BOB }))
        again()
        assert.deepEqual(store.transfers.load(ALICE), [{ ...first, position: 2n ** 63n + 1n }, rest])
        assert.deepEqual(store.transfers.load(BOB), [transfer({ friend: BOB })])
        store.transfers.remove(ALICE, 'receiving', first.fileId)
        store.transfers.remove(ALICE, 'receiving', first.fileId)
        again()
        assert.deepEqual(store.transfers.load(ALICE), [rest])
      })
    })

    describe('peers', () => {
      it('keeps what is known of each', () => {
        store.peers.put({ publicKey: BOB.toLowerCase(), name: 'Bob' })
        store.peers.put({ publicKey: BOB, lastSeenMs: 77 })
        store.peers.put({ publicKey: ALICE })
        again()
        assert.deepEqual(store.peers.get(BOB), { publicKey: BOB, name: 'Bob', lastSeenMs: 77 })
        assert.deepEqual(store.peers.all(), [
          { publicKey: ALICE, name: '', lastSeenMs: undefined },
          { publicKey: BOB, name: 'Bob', lastSeenMs: 77 },
        ])
        store.peers.remove(ALICE)
        again()
        assert.equal(store.peers.get(ALICE), undefined)
      })
    })

    it('closes twice', () => {
      store.close()
      store.close()
    })
  })
}
