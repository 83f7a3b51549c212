// The watch that compares addresses and routes.

import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { addressesAndRoutes, NetworkWatch } from '../../src/host/network-watch.js'

describe('network watch', () => {
  it('says once that something has changed', () => {
    let now = 'eth0 192.0.2.1/24'
    const watch = new NetworkWatch({ look: () => now })
    assert.equal(watch.hasChanged(1_000), false)
    now = 'wlan0 198.51.100.1/24'
    assert.equal(watch.hasChanged(2_000), true)
    assert.equal(watch.hasChanged(3_000), false)
  })

  it('looks once a second, however often it is asked', () => {
    let looks = 0
    const watch = new NetworkWatch({ look: () => String(looks++ > 100) })
    for (let ms = 1_000; ms <= 11_000; ms++) watch.hasChanged(ms)
    assert.equal(looks, 1 + 11)
  })

  it('sees every address beyond this machine that leads somewhere, and the same ones each time', () => {
    const seen = addressesAndRoutes()
    assert.equal(addressesAndRoutes(), seen)
    for (const one of Object.values(networkInterfaces()).flat()) {
      const isWatched = one?.internal === false && !one.address.startsWith('fe80:')
      if (isWatched) assert.ok(seen.includes(one.address))
    }
    assert.ok(!seen.includes('127.0.0.1'))
  })

  it('costs little', () => {
    const beginMs = performance.now()
    for (let i = 0; i < 100; i++) addressesAndRoutes()
    const eachMs = (performance.now() - beginMs) / 100
    // A look a second is a thousandth of a core at most; some 0.1 ms here.
    assert.ok(eachMs < 5, `${eachMs.toFixed(2)} ms a look`)
  })
})
