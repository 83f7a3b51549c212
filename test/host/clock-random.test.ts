import assert from 'node:assert/strict'
import { HostClock } from '../../src/host/clock.js'
import { HostRandom } from '../../src/host/random.js'

describe('HostClock', () => {
  it('stands still during a turn, also a nested one, and never goes back', () => {
    const clock = new HostClock()
    const before = clock.now()
    const turn = clock.beginTurn()
    assert.equal(clock.beginTurn(), turn)
    const endMs = performance.now() + 2
    while (performance.now() < endMs) {}
    assert.equal(clock.now(), turn)
    clock.endTurn()
    assert.equal(clock.now(), turn)
    clock.endTurn()
    assert.ok(before <= turn && clock.now() >= turn + 1)
  })

  it("goes on from where it was when the machine's clock goes back by hours", () => {
    const clock = new HostClock()
    let machineMs = 50_000_000
    const real = performance.now
    const pretend = (now: () => number): void => {
      // Node 18's is read-only.
      Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true })
    }
    pretend(() => machineMs)
    try {
      const before = clock.now()
      machineMs -= 4 * 3600_000
      assert.equal(clock.now(), before)
      machineMs += 20
      assert.equal(clock.beginTurn(), before + 20)
      machineMs -= 3600_000
      clock.endTurn()
      assert.equal(clock.now(), before + 20)
      machineMs += 5
      assert.equal(clock.now(), before + 25)
    } finally {
      pretend(real)
    }
  })

  it('does not follow the wall clock', () => {
    const clock = new HostClock()
    const { now } = Date
    const before = clock.now()
    try {
      Date.now = () => 1_000_000_999
      const hour = 3_600_000 // what it would jump by is 50 years
      assert.ok(clock.now() - before < hour && clock.now() >= before)
      assert.equal(clock.unixSeconds(), 1_000_000)
    } finally {
      Date.now = now
    }
  })
})

describe('HostRandom', () => {
  it('gives fresh bytes of every size across the edges of the pool', () => {
    const random = new HostRandom()
    const seen = new Set<string>()
    for (let i = 0; i < 2000; i++) {
      const bytes = random.bytes(16 + (i % 300))
      seen.add(String.fromCharCode(...bytes.subarray(0, 16)))
    }
    assert.equal(seen.size, 2000)
    assert.equal(random.bytes(0).length, 0)
  })

  it('spreads all values of a byte and all values under a limit evenly', () => {
    const random = new HostRandom()
    const counts = new Array<number>(256).fill(0)
    for (let i = 0; i < 4000; i++) for (const byte of random.bytes(16)) counts[byte]!++
    // 250 each; 8 standard deviations (15.8) are a chance of 10^-15.
    for (const count of counts) assert.ok(count > 123 && count < 377, `${count}`)
    const dice = new Array<number>(6).fill(0)
    for (let i = 0; i < 60_000; i++) dice[random.uniform(6)]!++
    for (const count of dice) assert.ok(count > 9_270 && count < 10_730, `${count}`)
  })

  it('draws under the largest limit, under 1, and without bias where the remainder is large', () => {
    const random = new HostRandom()
    assert.equal(random.uniform(1), 0)
    const high = Array.from({ length: 64 }, () => random.uniform(2 ** 32))
    assert.ok(high.some((value) => value >= 2 ** 31) && high.every((value) => value < 2 ** 32))
    // A modulo of 2^32 by 3·2^30 would give the lowest third twice as often.
    let low = 0
    for (let i = 0; i < 9000; i++) if (random.uniform(3 * 2 ** 30) < 2 ** 30) low++
    assert.ok(low > 2640 && low < 3360, `${low}`)
  })

  it('refuses an impossible limit', () => {
    const random = new HostRandom()
    for (const limit of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) assert.throws(() => random.uniform(limit), RangeError)
  })
})
