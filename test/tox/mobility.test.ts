// What is done when the network changes, and how often.

import assert from 'node:assert/strict'
import { Mobility } from '../../src/tox/mobility.js'
import { VirtualTime, virtualEnv } from '../support/env.js'

class Stage {
  readonly time = new VirtualTime()
  readonly env = virtualEnv(this.time, 1)
  readonly did: string[] = []
  readonly mobility = new Mobility({
    env: this.env,
    dht: { networkChanged: this.#note('dht'), show: this.#note('show'), feel: this.#note('feel') },
    onion: { restart: this.#note('onion') },
    relays: { networkChanged: this.#note('relays') },
    sessions: { networkChanged: this.#note('sessions') },
    friends: {
      networkChanged: this.#note('friends'),
      seekSilent: this.#note('seek'),
      giveUpSilent: this.#note('give up'),
    },
  })

  count(what: string): number {
    return this.did.filter((one) => one === what).length
  }

  /** Lets time pass, with a packet now and then, or none. */
  run(ms: number, { isHeard = true } = {}): void {
    const endMs = this.time.nowMs + ms
    while (this.time.nowMs < endMs) {
      this.time.nowMs += 50
      if (isHeard) this.mobility.heard()
      this.env.deadlines.run(this.time.nowMs)
    }
  }

  #note(what: string): () => void {
    return () => void this.did.push(what)
  }
}

describe('mobility of an engine', () => {
  it('does nothing while the network is there', () => {
    const stage = new Stage()
    stage.run(60_000)
    assert.deepEqual(stage.did, [])
  })

  it('greets everybody when the addresses changed, and seeks who is silent four times', () => {
    const stage = new Stage()
    stage.mobility.changed('moved')
    stage.run(60_000)
    for (const one of ['relays', 'sessions', 'dht', 'friends', 'onion']) assert.equal(stage.count(one), 1, one)
    assert.deepEqual([stage.count('seek'), stage.count('show'), stage.count('give up')], [4, 4, 0])
  })

  it('announces us anew every five seconds at most, and after the last change', () => {
    const stage = new Stage()
    for (let i = 0; i < 20; i++) {
      stage.mobility.changed('a link that comes and goes')
      stage.run(1_000)
    }
    const before = stage.count('onion')
    assert.ok(before >= 4 && before <= 5, `${before} times in 20 s`)
    stage.run(60_000)
    assert.equal(stage.count('onion'), 5)
  })

  it('feels for a network that is gone, and greets everybody when it is back', () => {
    const stage = new Stage()
    stage.run(5_000)
    stage.run(60_000, { isHeard: false })
    assert.ok(stage.count('feel') >= 55 && stage.count('dht') === 0)
    stage.run(100)
    assert.equal(stage.count('dht'), 1)
  })

  it('notices sleep, and gives silent friends up when they have long given us up', () => {
    const stage = new Stage()
    stage.run(5_000)
    stage.time.nowMs += 20_000
    stage.run(5_000)
    assert.deepEqual([stage.count('dht'), stage.count('give up')], [1, 0])
    stage.time.nowMs += 100_000
    stage.run(5_000)
    assert.equal(stage.count('dht'), 2)
    assert.ok(stage.count('give up') > 0)
  })

  it('is still once closed', () => {
    const stage = new Stage()
    stage.mobility.changed('moved')
    stage.mobility.close()
    const before = stage.did.length
    stage.run(60_000, { isHeard: false })
    assert.equal(stage.did.length, before)
  })
})
