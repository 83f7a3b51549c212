// The clock that a program tells: whatever it says, moments rise and keep their milliseconds.

import assert from 'node:assert/strict'
import { CallerClock } from '../../capi/core/clock.js'

const UNIX_MS = 1_700_000_000_000
const HOUR_MS = 3_600_000

describe('the clock of a program', () => {
  it('follows leaps of hours, and the wall clock with it', () => {
    const clock = new CallerClock(5_000, UNIX_MS)
    const before = clock.now()
    clock.set(5_000 + 7 * HOUR_MS)
    assert.equal(clock.now() - before, 7 * HOUR_MS)
    assert.equal(clock.unixSeconds(), (UNIX_MS + 7 * HOUR_MS) / 1000)
  })

  for (const nonsense of [2 ** 64, 2 ** 63, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, 0]) {
    it(`stands still at ${nonsense}, and counts milliseconds afterwards`, () => {
      const clock = new CallerClock(5_000, UNIX_MS)
      const before = clock.now()
      clock.set(nonsense)
      assert.equal(clock.now(), before)
      clock.set(6_000)
      const after = clock.now()
      for (let ms = 1; ms <= 3; ms++) {
        clock.set(6_000 + ms)
        assert.equal(clock.now(), after + ms)
      }
    })
  }
})
