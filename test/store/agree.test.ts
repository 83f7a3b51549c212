// The store on disk against the one in memory: any calls in any order, and both tell the same.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { toHex } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import { MemoryStore, openSqliteStore, type StoredMessage, type ToxStore } from '../../src/store/index.js'
import { needSqlite, temporaryFolder } from './support.js'

type Call = (store: ToxStore) => unknown

const key = (n: number): LongTermPublicKey => new Uint8Array(32).fill(n) as LongTermPublicKey
const friend = fc.integer({ min: 1, max: 3 })
const id = fc.integer({ min: 0, max: 30 })
/** A few letters often, so that searches hit; anything at all sometimes. */
const text = fc.oneof(fc.stringMatching(/^[abÀ ]{0,8}$/), fc.string({ unit: 'binary', maxLength: 12 }))
const bytes = fc.oneof(
  text.map((some) => new TextEncoder().encode(some)),
  fc.uint8Array({ maxLength: 12 }),
)
const kind = fc.constantFrom('normal' as const, 'action' as const)
const state = fc.constantFrom('pending' as const, 'sent' as const, 'received' as const, 'failed' as const)
const direction = fc.constantFrom('incoming' as const, 'outgoing' as const)
const order = fc.constantFrom('newest' as const, 'oldest' as const)

/** The times of the stores' own clocks cannot be the same. */
const LATE = 1_000_000
const untimed = (messages: readonly StoredMessage[]): object[] =>
  messages.map((message) => ({ ...message, timeMs: Math.min(message.timeMs, LATE) }))

function walk(store: ToxStore, query: object, search?: string): object[] {
  const all: StoredMessage[] = []
  for (let cursor: string | undefined; ; ) {
    const more = { ...query, limit: 3, ...(cursor === undefined ? {} : { cursor }) }
    const page = search === undefined ? store.history.page(more) : store.history.search({ ...more, text: search })
    all.push(...page.messages)
    if (page.next === undefined) return untimed(all)
    cursor = page.next
  }
}

const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ friend: friend.map((n) => toHex(key(n))), direction, kind, text, timeMs: id, state }).map(
      (message): Call =>
        (store) =>
          store.history.append(message),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(friend, id, kind, bytes).map(
      ([to, messageId, kind, text]): Call =>
        (store) =>
          store.outbox.append(key(to), { messageId, kind, text }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(friend, kind, bytes).map(
      ([from, kind, text]): Call =>
        (store) =>
          store.received.take(key(from), { kind, text }),
    ),
  },
  fc.tuple(friend, id).map(
    ([to, messageId]): Call =>
      (store) =>
        store.outbox.remove(key(to), messageId),
  ),
  friend.map(
    (to): Call =>
      (store) =>
        store.outbox.remove(key(to), store.outbox.load(key(to))[0]?.messageId ?? 0),
  ),
  fc.tuple(friend, fc.integer({ min: 1, max: 5 })).map(
    ([to, n]): Call =>
      (store) => {
        const ids = store.outbox.load(key(to)).map(({ messageId }) => messageId)
        const { outbox } = store
        if (outbox.removeAll !== undefined) outbox.removeAll(key(to), ids.slice(0, n))
        else for (const messageId of ids.slice(0, n)) outbox.remove(key(to), messageId)
      },
  ),
  friend.map(
    (to): Call =>
      (store) =>
        store.outbox.clear(key(to)),
  ),
  friend.map(
    (to): Call =>
      (store) =>
        store.outbox.load(key(to)),
  ),
  fc.tuple(friend, fc.integer({ min: 0, max: 3 })).map(
    ([from, n]): Call =>
      (store) =>
        store.received.settle(key(from), n),
  ),
  friend.map(
    (from): Call =>
      (store) =>
        store.received.load(key(from)),
  ),
  fc.tuple(id, state).map(
    ([id, state]): Call =>
      (store) =>
        store.history.setState(id, state),
  ),
  id.map(
    (id): Call =>
      (store) =>
        untimed([store.history.message(id)].flatMap((one) => one ?? [])),
  ),
  order.map(
    (order): Call =>
      (store) =>
        walk(store, { order }),
  ),
  fc.tuple(order, friend).map(
    ([order, n]): Call =>
      (store) =>
        walk(store, { order, friend: toHex(key(n)) }),
  ),
  fc.tuple(order, text).map(
    ([order, words]): Call =>
      (store) =>
        walk(store, { order }, words),
  ),
  fc.tuple(friend, text).map(
    ([n, words]): Call =>
      (store) =>
        walk(store, { friend: toHex(key(n)) }, words),
  ),
  friend.map(
    (n): Call =>
      (store) =>
        store.history.count(toHex(key(n))),
  ),
  friend.map(
    (n): Call =>
      (store) =>
        store.peers.put({ publicKey: toHex(key(n)), name: `name ${n}` }),
  ),
  fc.constant<Call>((store) => store.peers.all().filter(({ name }) => name !== '')),
)

/** What a call gives; deletions apart, for they would leave little to compare. */
const deletion: fc.Arbitrary<Call> = fc.oneof(
  id.map(
    (id): Call =>
      (store) =>
        store.history.delete(id),
  ),
  friend.map(
    (n): Call =>
      (store) =>
        store.history.clear(toHex(key(n))),
  ),
)

describe('both stores', () => {
  const folder = temporaryFolder()
  let files = 0

  before(function () {
    needSqlite(this)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('tell the same after the same calls, whenever the one on disk is opened again', () => {
    const reopen = fc.constant(undefined)
    const step = fc.oneof(
      { weight: 20, arbitrary: call },
      { weight: 2, arbitrary: deletion },
      { weight: 1, arbitrary: reopen },
    )
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const path = join(folder, `${++files}.db`)
        const memory = new MemoryStore()
        let disk = openSqliteStore(path)
        try {
          for (const one of [...steps, (store: ToxStore) => walk(store, {})]) {
            if (one === undefined) {
              disk.close()
              disk = openSqliteStore(path)
            } else {
              assert.deepEqual(one(disk), one(memory))
            }
          }
          assert.deepEqual(disk.check(), [])
        } finally {
          disk.close()
        }
      }),
      { numRuns: 150 },
    )
  })
})
