// The message of the day and version numbers.

import assert from 'node:assert/strict'
import { formatUptime, MessageOfTheDay, renderMotd, unknownPlaceholders } from '../../../src/api/node/motd.js'
import { fromUtf8 } from '../../../src/base/index.js'
import { formatNodeVersion } from '../../../src/index.js'

const FACTS = { uptime: '1h 2m', version: '0.1.0', dht_nodes: '7', relay_clients: '3', announced: '5', packets: '9' }
const render = (template: string): string => fromUtf8(renderMotd(template, FACTS))

describe('message of the day', () => {
  it('is filled in', () => {
    const all = 'up {uptime}, {version}, {dht_nodes} {relay_clients} {announced} {packets} {uptime}'
    assert.equal(render(all), 'up 1h 2m, 0.1.0, 7 3 5 9 1h 2m')
    assert.equal(render('{Uptime} {constructor} {} {{uptime}} $& {'), '{Uptime} {constructor} {} {1h 2m} $& {')
    assert.deepEqual(unknownPlaceholders('{uptime} {up} {toString}'), ['up', 'toString'])
  })

  it('is cut at 255 bytes, never inside a character', () => {
    assert.equal(render('x'.repeat(255)).length, 255)
    assert.equal(render('x'.repeat(256)).length, 255)
    assert.equal(render(`${'x'.repeat(253)}☃☃`), 'x'.repeat(253))
    assert.equal(render(`${'x'.repeat(252)}☃☃`), `${'x'.repeat(252)}☃`)
    assert.equal(render('😀'.repeat(100)), '😀'.repeat(63))
  })

  it('is not filled in for each who asks, but for each new text', () => {
    let asked = 0
    const motd = new MessageOfTheDay('{packets}')
    assert.equal(fromUtf8(motd.bytes()), '{packets}')
    motd.facts = () => ({ ...FACTS, packets: String(++asked) })
    for (let i = 0; i < 1000; i++) motd.bytes()
    assert.ok(asked < 100, String(asked))
    motd.template = 'new {packets}'
    assert.match(fromUtf8(motd.bytes()), /^new \d+$/)
  })

  it('tells how long it has been', () => {
    assert.equal(formatUptime(0), '0m 0s')
    assert.equal(formatUptime(61.9), '1m 1s')
    assert.equal(formatUptime(3600), '1h 0m')
    assert.equal(formatUptime(86_400 * 3 + 3600 * 4 + 60 * 5 + 59), '3d 4h 5m')
  })

  it('knows the version numbers of others', () => {
    assert.equal(formatNodeVersion(1_000_002_018), 'tox-bootstrapd 0.2.18')
    assert.equal(formatNodeVersion(2_000_001_000), 'toxcore-ts 0.1.0')
    assert.equal(formatNodeVersion(3_000_000_008), 'tox-rs 0.0.8')
    assert.equal(formatNodeVersion(2_016_010_100), '2016010100')
    assert.equal(formatNodeVersion(7), '7')
  })
})
