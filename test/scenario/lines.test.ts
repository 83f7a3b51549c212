// Files on narrow lines: they fill them, share them, and let messages pass.

import assert from 'node:assert/strict'
import { fairness, Shipping } from './shipping.js'
import { townStory } from './town.js'

/** 4 Mbit/s, with a modem that holds half a second. */
const LINE = { upBytesPerSecond: 500_000, queueMs: 500 }
const MESSAGES = 15

const calm = { nodes: 4, link: { latencyMs: 25 } }
const uneasy = { nodes: 4, link: { latencyMs: 20, jitterMs: 10, loss: 0.001 } }
const wild = { nodes: 4, link: { latencyMs: 50, jitterMs: 100, loss: 0.01 } }

/** How much of the line so many bytes are in so much time; headers take 4 % of it. */
function shareOf(bytes: readonly number[], ms: number): number {
  return bytes.reduce((total, one) => total + one, 0) / (LINE.upBytesPerSecond * (ms / 1_000))
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!
}

describe('files on narrow lines', () => {
  for (const [name, options, least, fair] of [
    ['a calm line', calm, 0.9, 0.95],
    ['an uneasy line', uneasy, 0.85, 0.9],
    // Its few and noisy probes find the shares slowly.
    ['a wild line', wild, 0.7, 0.8],
  ] as const) {
    townStory(`two friends get fair shares of ${name}`, options, (town) => {
      const shipping = new Shipping(town, 2, LINE)
      shipping.send(0)
      town.world.run(4_000)
      const alone = shareOf(shipping.received(6_000), 6_000)
      assert.ok(alone > least, `one file fills ${alone.toFixed(2)}`)
      shipping.send(1)
      town.world.run(8_000)
      const shares = shipping.received(15_000)
      assert.ok(fairness(shares) > fair, `Jain's index ${fairness(shares).toFixed(3)}: ${shares}`)
      assert.ok(shareOf(shares, 15_000) > least, `both fill ${shareOf(shares, 15_000).toFixed(2)}`)
    })
  }

  for (const [name, options, times] of [
    ['a calm line', calm, 2],
    // Some messages wait for a lost packet before them.
    ['an uneasy line', uneasy, 2.5],
  ] as const) {
    townStory(`a message takes at most ${times} times as long while a file fills ${name}`, options, (town) => {
      const shipping = new Shipping(town, 1, LINE)
      const talk = (): number => median(Array.from({ length: MESSAGES }, () => shipping.messageMs(0)))
      const idleMs = talk()
      shipping.send(0)
      town.world.run(4_000)
      const busyMs = talk()
      assert.ok(busyMs <= times * idleMs, `${busyMs} ms instead of ${idleMs}`)
    })
  }

  townStory('a file follows a line that drops to a tenth, and back', calm, (town) => {
    const shipping = new Shipping(town, 1, LINE)
    shipping.send(0)
    town.world.run(3_000)
    shipping.sender.setLine({ ...LINE, upBytesPerSecond: LINE.upBytesPerSecond / 10 })
    town.world.run(3_000)
    const narrow = 10 * shareOf(shipping.received(5_000), 5_000)
    assert.ok(narrow > 0.8, `fills ${narrow.toFixed(2)} of the narrow line`)
    shipping.sender.setLine(LINE)
    town.world.run(4_000)
    const wide = shareOf(shipping.received(4_000), 4_000)
    assert.ok(wide > 0.8, `fills ${wide.toFixed(2)} of the wide line again`)
  })

  townStory('a file goes on when the cable was out for five seconds', calm, (town) => {
    const shipping = new Shipping(town, 1, LINE)
    shipping.send(0)
    town.world.run(3_000)
    shipping.sender.unplug()
    town.world.run(5_000)
    shipping.sender.plug()
    town.world.run(2_000)
    const share = shareOf(shipping.received(3_000), 3_000)
    assert.ok(share > 0.8, `fills ${share.toFixed(2)} of the line`)
  })
})
