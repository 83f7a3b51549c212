// One address may be given a larger share.

import assert from 'node:assert/strict'
import { Endpoint, SourceLimit } from '../../src/base/index.js'

describe('share of one source', () => {
  const here = Endpoint.parse('192.0.2.1', 1)!
  let nowMs = 0
  const clock = { now: () => nowMs, unixSeconds: () => 0 }
  const served = (limit: SourceLimit): number => {
    let count = 0
    while (count < 1000 && limit.allows(here)) count++
    return count
  }

  for (const share of [undefined, 1, 5]) {
    it(`${share ?? 'usual'}: so many times burst and rate`, () => {
      nowMs = 0
      const limit = new SourceLimit(clock, { burst: 10, refillMs: 100 }, share)
      assert.equal(served(limit), 10 * (share ?? 1))
      nowMs = 201
      assert.equal(served(limit), 2 * (share ?? 1))
    })
  }
})
