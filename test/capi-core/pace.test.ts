// How long a program is told to sleep.

import assert from 'node:assert/strict'
import { Pace } from '../../capi/core/pace.js'
import { TrafficCounts } from '../../capi/core/traffic.js'
import { PacketKind } from '../../src/packet/kinds.js'

const NEVER = Number.POSITIVE_INFINITY

describe('the iteration interval', () => {
  it('is 50 ms when nothing happens, and whole, at least 1 and no later than the next deadline', () => {
    const pace = new Pace()
    assert.equal(pace.intervalMs(1_000, NEVER), 50)
    assert.equal(pace.intervalMs(1_000, 1_020.5), 21)
    assert.equal(pace.intervalMs(1_000, 1_000.1), 1)
    assert.equal(pace.intervalMs(1_000, 900), 1)
    assert.equal(pace.intervalMs(1_000, Number.NEGATIVE_INFINITY), 1)
  })

  it('is short for a second after a word, and rather short for ten', () => {
    const pace = new Pace()
    pace.talk(1_000)
    assert.equal(pace.intervalMs(1_999, NEVER), 2)
    assert.equal(pace.intervalMs(2_000, NEVER), 5)
    assert.equal(pace.intervalMs(10_999, NEVER), 5)
    assert.equal(pace.intervalMs(11_000, NEVER), 50)
  })

  it('is as short as can be while much is said or sent', () => {
    const pace = new Pace()
    for (let i = 0; i < 4; i++) pace.talk(1_000)
    pace.step(1_000, new TrafficCounts())
    assert.equal(pace.intervalMs(1_049, NEVER), 1)
    assert.equal(pace.intervalMs(1_050, NEVER), 2)
    const sent = new TrafficCounts()
    for (let i = 0; i < 4; i++) sent.add(PacketKind.CRYPTO_DATA, 1_000)
    pace.step(2_000, sent)
    assert.equal(pace.intervalMs(2_000, NEVER), 1)
    pace.step(2_100, sent)
    assert.equal(pace.intervalMs(2_100, NEVER), 5)
  })

  it('is short while files move, and as short as can be while they move fast', () => {
    const pace = new Pace()
    pace.piece(1_000)
    pace.step(1_000, new TrafficCounts())
    assert.equal(pace.intervalMs(1_499, NEVER), 5)
    assert.equal(pace.intervalMs(1_500, NEVER), 50)
    for (let i = 0; i < 4; i++) pace.piece(2_000)
    pace.step(2_000, new TrafficCounts())
    assert.equal(pace.intervalMs(2_049, NEVER), 1)
    assert.equal(pace.intervalMs(2_050, NEVER), 5)
  })

  it('is short after a handshake of ours and while somebody new is sought, not for what strangers make us answer', () => {
    const pace = new Pace()
    const sent = new TrafficCounts()
    sent.add(PacketKind.COOKIE_RESPONSE, 161)
    sent.add(PacketKind.NODES_RESPONSE, 200)
    pace.step(1_000, sent)
    assert.equal(pace.intervalMs(1_000, NEVER), 50)
    sent.add(PacketKind.CRYPTO_HANDSHAKE, 385)
    pace.step(1_000, sent)
    assert.equal(pace.intervalMs(2_999, NEVER), 2)
    assert.equal(pace.intervalMs(3_000, NEVER), 50)
    pace.search(5_000)
    assert.equal(pace.intervalMs(19_999, NEVER), 5)
    assert.equal(pace.intervalMs(20_000, NEVER), 50)
  })
})
