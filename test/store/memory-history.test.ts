// The history in memory forgets: which messages, and what is left of the others when the clock was set back in between.

import assert from 'node:assert/strict'
import { MemoryStore } from '../../src/store/index.js'

const FRIEND = 'A1'.repeat(32)

describe('a history in memory', () => {
  const append = (store: MemoryStore, timeMs: number): number =>
    store.history.append({
      friend: FRIEND,
      direction: 'outgoing',
      kind: 'normal',
      text: `at ${timeMs}`,
      timeMs,
      state: 'sent',
    })
  const times = (store: MemoryStore): number[] =>
    store.history.page({ order: 'oldest' }).messages.map(({ timeMs }) => timeMs)

  it('forgets the oldest, an eighth more than its bound at once', () => {
    const store = new MemoryStore({ historyMessages: 16 })
    const ids = Array.from({ length: 18 }, (_, i) => append(store, i))
    assert.equal(store.history.count(), 18)
    append(store, 18)
    assert.deepEqual(
      times(store),
      Array.from({ length: 16 }, (_, i) => 3 + i),
    )
    assert.equal(store.history.message(ids[2]!), undefined)
    store.history.setState(ids[2]!, 'received')
    store.history.setState(ids[3]!, 'received')
    assert.equal(store.history.message(ids[3]!)?.state, 'received')
    assert.equal(store.history.message(ids[4]!)?.state, 'sent')
  })

  it('forgets by time, not by the order of storing, and finds all that it keeps', () => {
    const store = new MemoryStore({ historyMessages: 8 })
    const ids = new Map<number, number>()
    for (const timeMs of [50, 60, 70, 1, 2, 80, 3, 90, 85]) ids.set(timeMs, append(store, timeMs))
    assert.deepEqual(times(store), [1, 2, 3, 50, 60, 70, 80, 85, 90])
    ids.set(65, append(store, 65))
    assert.deepEqual(times(store), [3, 50, 60, 65, 70, 80, 85, 90])
    for (const timeMs of times(store)) assert.equal(store.history.message(ids.get(timeMs)!)?.timeMs, timeMs)
    assert.equal(store.history.delete(ids.get(1)!), false)
    assert.equal(store.history.delete(ids.get(65)!), true)
    for (const timeMs of [91, 92, 93]) append(store, timeMs)
    assert.deepEqual(times(store), [60, 70, 80, 85, 90, 91, 92, 93])
  })
})
