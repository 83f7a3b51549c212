// How much may be under way to a relay: what its pongs tell.

import assert from 'node:assert/strict'
import { RelayFlow } from '../../src/relay/relay-flow.js'
import { seededRandom } from '../support/env.js'

const PACKET = 1_400

/** A relay that reads so long after the ping. */
class Line {
  nowMs = 0
  readonly pings: { id: bigint; atMs: number }[] = []
  readonly flow: RelayFlow
  underWay = 0

  constructor(isCareful = false) {
    const clock = { now: () => this.nowMs, unixSeconds: () => 0 }
    const sendPing = (id: bigint): void => void this.pings.push({ id, atMs: this.nowMs })
    this.flow = new RelayFlow({ clock, random: seededRandom(1), sendPing, isCareful })
  }

  /** Sends until there is no room; how many bytes. */
  fill(): number {
    let bytes = 0
    while (this.flow.hasRoom) {
      this.flow.sending(PACKET)
      bytes += PACKET
    }
    return bytes
  }

  /** All pings are answered, so long after they were sent. */
  answer(afterMs: number): string[] {
    return this.pings.splice(0).map(({ id, atMs }) => {
      this.nowMs = Math.max(this.nowMs, atMs + afterMs)
      return this.flow.pong(id)
    })
  }
}

describe('relay flow', () => {
  it('lets 48 KiB go, then waits for a pong', () => {
    const line = new Line()
    const bytes = line.fill()
    assert.ok(bytes >= 48 * 1024 && bytes < 48 * 1024 + PACKET)
    assert.ok(line.pings.length >= 2 && line.pings.length <= 4)
    assert.ok(line.answer(5).includes('opened'))
    assert.ok(line.flow.hasRoom)
  })

  it('grows to 1 MiB; to a relay on this machine to 96 KiB, or 256 KiB while it is quick', () => {
    for (const [isCareful, rttMs, mostBytes] of [
      [false, 30, 1024 * 1024],
      [true, 30, 96 * 1024],
      [true, 5, 256 * 1024],
    ] as const) {
      const line = new Line(isCareful)
      let most = 0
      for (let n = 0; n < 200; n++) {
        most = Math.max(most, line.fill())
        line.answer(rttMs)
      }
      assert.ok(most > 0.7 * mostBytes && most <= mostBytes + PACKET, `${isCareful}: ${most}`)
    }
  })

  it('goes on when the window shrinks to less than what was sent after the last ping', () => {
    const line = new Line(true)
    for (let n = 0; n < 200; n++) {
      line.fill()
      line.answer(5)
    }
    line.fill()
    for (let n = 0; n < 5 && !line.flow.hasRoom; n++) line.answer(25)
    assert.ok(line.flow.hasRoom)
    assert.equal(line.flow.isSmall, true)
  })

  it('answers what comes while it waits for room, but not each packet', () => {
    const line = new Line()
    line.flow.sending(PACKET)
    line.nowMs += 20
    line.flow.heard()
    assert.equal(line.pings.length, 0, 'there is room')
    line.fill()
    const before = line.pings.length
    line.flow.heard()
    assert.equal(line.pings.length, before, 'something has just been sent')
    line.nowMs += 10
    line.flow.heard()
    line.flow.heard()
    assert.equal(line.pings.length, before + 1)
    for (let n = 0; n < 100; n++) {
      line.nowMs += 10
      line.flow.heard()
    }
    assert.equal(line.pings.length, 16, 'and no more than are of use')
    assert.ok(line.answer(200).includes('opened'))
  })

  it('tells a relay that reads no more from one that is gone', () => {
    const line = new Line()
    line.fill()
    line.nowMs += 10_000
    assert.equal(line.flow.standsStill, false)
    line.flow.heard()
    assert.equal(line.flow.standsStill, true)
    line.answer(20)
    assert.equal(line.flow.standsStill, false)
  })

  it('goes down to 32 KiB where the relay stands still, once for what was under way', () => {
    const line = new Line()
    for (let n = 0; n < 20; n++) {
      line.fill()
      line.answer(5)
    }
    const before = line.fill()
    line.answer(400)
    const after = line.fill()
    assert.ok(after > before / 3 && after < before, `${before} ${after}`)
    for (let n = 0; n < 5; n++) {
      line.answer(400)
      line.fill()
    }
    line.answer(400)
    assert.ok(line.fill() <= 32 * 1024 + PACKET)
  })

  it('does not grow when nobody wants more', () => {
    const line = new Line()
    for (let n = 0; n < 100; n++) {
      for (let i = 0; i < 10; i++) line.flow.sending(PACKET)
      line.answer(5)
    }
    assert.ok(line.fill() <= 49 * 1024 + PACKET)
  })

  it('knows its own pongs', () => {
    const line = new Line()
    line.fill()
    assert.equal(line.flow.pong(1n), 'not ours')
    const [first, second] = line.pings
    assert.notEqual(line.flow.pong(second!.id), 'not ours')
    // What was read before that is read.
    assert.equal(line.flow.pong(first!.id), 'not ours')
  })
})
