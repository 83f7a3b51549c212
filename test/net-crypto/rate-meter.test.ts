// Bytes a second over the last three whole seconds.

import assert from 'node:assert/strict'
import { RateMeter } from '../../src/net-crypto/rate-meter.js'

describe('rate meter', () => {
  it('tells the mean of three seconds, and forgets', () => {
    const meter = new RateMeter()
    for (let ms = 5_000; ms < 9_000; ms += 10) meter.add(10, ms)
    assert.equal(meter.rate(9_000), 1_000)
    assert.equal(meter.rate(9_999), 1_000)
    assert.equal(meter.rate(11_500), 1_000 / 3)
    assert.equal(meter.rate(12_500), 0)
  })

  it('does not count the second that runs, nor what lies before a pause', () => {
    const meter = new RateMeter()
    meter.add(3_000, 1_500)
    assert.equal(meter.rate(1_900), 0)
    assert.equal(meter.rate(2_000), 1_000)
    meter.add(600, 3_600_000)
    assert.equal(meter.rate(3_601_000), 200)
  })
})
