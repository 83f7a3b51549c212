// When the user is asked for chunks, and for how many.

import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import { type Couple, couple } from './people.js'

const CHUNK = 1371
const FIRST = 1 << 16

/** A sends `count` files of `size` bytes, all accepted; nothing is answered unless the test does. */
function sending(count: number, size: number): Couple {
  const pair = couple()
  for (let i = 0; i < count; i++) pair.a.messenger.files.send(0, { kind: 0, size: BigInt(size), name: toUtf8(`${i}`) })
  pair.world.run(100)
  for (let i = 0; i < count; i++) pair.b.messenger.files.control(0, (i + 1) * FIRST, 'resume')
  pair.world.run(30)
  return pair
}

interface Request {
  readonly file: number
  readonly position: bigint
  readonly length: number
}

function requests({ a }: Couple): Request[] {
  return a.diary.read('chunk-request').map((line) => {
    const [, , file, position, length] = line.split(' ')
    return { file: Number(file), position: BigInt(position!), length: Number(length) }
  })
}

function answer({ a }: Couple, { file, position, length }: Request): string {
  const result = a.messenger.files.sendChunk(0, file, position, new Uint8Array(length))
  return result.ok ? 'ok' : result.error
}

describe('files: the user', () => {
  it('is asked for as much as the path takes at once, and for no more until something arrives', () => {
    const pair = sending(1, 1_000_000)
    const first = requests(pair)
    assert.equal(first.length, 64)
    assert.deepEqual(
      first.map(({ position }) => position),
      Array.from({ length: 64 }, (_, i) => BigInt(i * CHUNK)),
    )
    pair.world.run(60_000)
    assert.deepEqual(requests(pair), [])
    for (const one of first.slice(0, 10)) assert.equal(answer(pair, one), 'ok')
    pair.world.run(100)
    // 54 are still expected of 64 that fit.
    assert.equal(requests(pair).length, 10)
  })

  it('who answers one file alone is asked for its chunks, whatever the others do', () => {
    const pair = sending(4, 1_000_000)
    const all = requests(pair)
    assert.equal(all.length, 64)
    for (let file = 0; file < 4; file++) assert.equal(all.filter((one) => one.file === file).length, 16)
    let waiting = all
    let isDone = false
    const asked = [0, 0, 0, 0]
    for (let round = 0; round < 50 && !isDone; round++) {
      for (const one of waiting) {
        asked[one.file]!++
        if (one.file !== 2) continue
        isDone ||= one.length === 0
        if (one.length > 0) assert.equal(answer(pair, one), 'ok')
      }
      pair.world.run(100)
      waiting = requests(pair)
    }
    assert.ok(isDone, 'its file is sent, a window each round trip')
    // The others were asked while there was hope, then no more.
    for (const file of [0, 1, 3]) assert.ok(asked[file]! <= 64, `${asked[file]} of file ${file}`)
  })

  it('is asked for several files in fair turns, also where there is room for one packet at a time', () => {
    const pair = couple()
    pair.a.host.path = 1
    for (let i = 0; i < 3; i++) pair.a.messenger.files.send(0, { kind: 0, size: 100_000n, name: toUtf8(`${i}`) })
    pair.world.run(100)
    for (let i = 0; i < 3; i++) pair.b.messenger.files.control(0, (i + 1) * FIRST, 'resume')
    const asked: number[] = []
    while (asked.length < 30) {
      pair.world.run(10)
      for (const one of requests(pair)) {
        asked.push(one.file)
        answer(pair, one)
      }
    }
    // The last to be accepted joins when the first ones have begun.
    assert.deepEqual(
      asked.slice(3, 30).sort(),
      [0, 1, 2].flatMap((file) => new Array(9).fill(file)),
    )
  })

  it('who answers at once is asked for all that fits', () => {
    const pair = couple()
    pair.a.host.path = 2_000
    let inTurn = 0
    let most = 0
    let atMs = -1
    pair.a.diary.onLine = (line) => {
      if (!line.startsWith('chunk-request')) return
      const [one] = requests(pair)
      inTurn = pair.world.time.nowMs === atMs ? inTurn + 1 : 1
      atMs = pair.world.time.nowMs
      most = Math.max(most, inTurn)
      if (one!.length > 0) assert.equal(answer(pair, one!), 'ok')
    }
    pair.a.messenger.files.send(0, { kind: 0, size: 10_000_000n, name: toUtf8('big') })
    pair.world.run(100)
    pair.b.messenger.files.control(0, FIRST, 'resume')
    pair.world.run(40_000)
    assert.equal(pair.b.diary.lines.at(-1), `chunk 0 ${FIRST} 10000000 0`)
    assert.ok(most >= 1_000, `${most}`)
  })

  it('leaves room for messages, which do not wait behind a file', () => {
    const pair = sending(1, 10_000_000)
    for (const one of requests(pair)) answer(pair, one)
    pair.a.host.window = 64 + 15
    assert.equal(pair.a.say('quick').ok, true)
    pair.world.run(25)
    assert.deepEqual(pair.b.diary.read('message'), ['message 0 normal quick'])
    // The last slots of the queue are not for files.
    pair.world.run(100)
    pair.a.host.window = 20
    assert.ok(requests(pair).length > 0)
    pair.world.run(100)
    const left = pair.a.host.sessionList[0]!.freeSlots
    assert.equal(left, 20)
    pair.a.host.window = 15
    assert.equal(answer(pair, { file: 0, position: BigInt(64 * CHUNK), length: CHUNK }), 'sendq')
    assert.equal(pair.a.say('still').ok, true)
  })

  it('may cancel, or delete the friend, while being asked', () => {
    for (const act of ['cancel', 'delete'] as const) {
      const pair = couple()
      pair.a.diary.onLine = (line) => {
        if (!line.startsWith('chunk-request 0 1')) return
        if (act === 'cancel') pair.a.messenger.files.control(0, 1, 'cancel')
        else pair.a.messenger.deleteFriend(0)
      }
      for (let i = 0; i < 3; i++) pair.a.messenger.files.send(0, { kind: 0, size: 10_000n, name: toUtf8(`${i}`) })
      pair.world.run(100)
      for (let i = 0; i < 3; i++) pair.b.messenger.files.control(0, (i + 1) * FIRST, 'resume')
      pair.world.run(1_000)
      const asked = requests(pair)
      const count = (file: number): number => asked.filter((one) => one.file === file).length
      assert.equal(count(1), 1)
      assert.equal(count(2), act === 'cancel' ? 8 : 0)
    }
  })
})
