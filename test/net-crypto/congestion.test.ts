import assert from 'node:assert/strict'
import { VirtualTime } from '../support/env.js'
import { lone } from './lone.js'
import { message } from './pair.js'

interface Bottleneck {
  readonly packetsPerMs: number
  readonly queuePackets: number
  readonly delayMs: number
  /** The receiver reads, answers and fires its deadlines so often: c-toxcore does it every 50 ms. */
  readonly turnMs: number
  readonly seconds: number
}

/** One session sends all it can over a path with a tail-drop queue. */
function transfer({ packetsPerMs, queuePackets, delayMs, turnMs, seconds }: Bottleneck) {
  const time = new VirtualTime()
  const a = lone(time, 0, 0)
  const b = lone(time, 1, 0)
  const queue: Uint8Array[] = []
  const flying: { atMs: number; packet: Uint8Array }[] = []
  const back: { atMs: number; packet: Uint8Array }[] = []
  let credit = 0
  let longest = 0
  let number = 0
  const due = (list: typeof flying): Uint8Array[] => {
    const packets: Uint8Array[] = []
    while (list.length > 0 && list[0]!.atMs <= time.nowMs) packets.push(list.shift()!.packet)
    return packets
  }
  for (let ms = 0; ms < seconds * 1000; ms++, time.nowMs++) {
    while (a.session.readySlots > 0 || number < 100)
      if (a.session.sendLossless(message(number++, 1000)) === undefined) break
    for (const packet of a.sent.splice(0)) if (queue.length < queuePackets) queue.push(packet)
    longest = Math.max(longest, queue.length)
    credit = queue.length === 0 ? 0 : credit + packetsPerMs
    for (; credit >= 1 && queue.length > 0; credit--)
      flying.push({ atMs: time.nowMs + delayMs, packet: queue.shift()! })
    if (ms % turnMs === 0) {
      for (const packet of due(flying)) b.session.receive(packet)
      b.endTurn()
      for (const packet of b.sent.splice(0)) back.push({ atMs: time.nowMs + delayMs, packet })
    }
    for (const packet of due(back)) a.session.receive(packet)
    a.endTurn()
  }
  const { resent, sent } = a.session.stats
  return { share: b.received.length / (seconds * 1000 * packetsPerMs), wasted: resent / sent, longest }
}

describe('net crypto: congestion', () => {
  for (const [name, path] of Object.entries({
    'a slow link with a short queue': { packetsPerMs: 0.25, queuePackets: 20, delayMs: 30, turnMs: 1, seconds: 20 },
    'a home link': { packetsPerMs: 5, queuePackets: 100, delayMs: 20, turnMs: 1, seconds: 10 },
    'a fast link': { packetsPerMs: 30, queuePackets: 300, delayMs: 5, turnMs: 1, seconds: 4 },
    'a receiver that turns every 50 ms': { packetsPerMs: 5, queuePackets: 200, delayMs: 5, turnMs: 50, seconds: 10 },
  })) {
    it(`fills ${name} and wastes little`, () => {
      const { share, wasted } = transfer(path)
      assert.ok(share > 0.75, `share ${share.toFixed(2)}`)
      assert.ok(wasted < 0.1, `wasted ${wasted.toFixed(3)}`)
    })
  }

  it('does not fill a queue without end: a bloated one delays by less than a second', () => {
    const { share, longest } = transfer({ packetsPerMs: 1, queuePackets: 5_000, delayMs: 20, turnMs: 1, seconds: 20 })
    assert.ok(share > 0.8, `share ${share.toFixed(2)}`)
    assert.ok(longest < 1_000, `${longest} packets queued`)
  })
})
