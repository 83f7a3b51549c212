// Acknowledgements that wait for the application: delivery goes on, nothing that arrived is asked for again, and the sender
// neither probes nor takes the path for dead, however long it lasts.

import assert from 'node:assert/strict'
import type { PacketHold } from '../../src/net-crypto/index.js'
import { ReceiveWindow } from '../../src/net-crypto/receive-window.js'
import { decodeGaps } from '../../src/net-crypto/request-packet.js'
import { WINDOW_PACKETS } from '../../src/net-crypto/send-window.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { seededRandom } from '../support/env.js'
import { established, message, numberOf, type Peer } from './pair.js'

/** Holds the messages that `which` names; by number. */
function holding(peer: Peer, which: (number: number) => boolean): Map<number, PacketHold> {
  const holds = new Map<number, PacketHold>()
  peer.onLossless = (data) => {
    const number = numberOf(data)
    if (which(number)) holds.set(number, peer.connection!.hold())
  }
  return holds
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('net crypto: held acknowledgements', () => {
  it('stop the acknowledgement at the oldest held packet, and delivery goes on', () => {
    const { world, a, b } = established()
    const holds = holding(b, (number) => number === 1 || number === 3)
    const numbers = upTo(6).map((i) => a.connection!.sendLossless(message(i))!)
    const acked = (): boolean[] => numbers.map((number) => a.connection!.isAcked(number))
    world.run(200)
    assert.deepEqual(b.received.map(numberOf), upTo(6))
    assert.deepEqual(acked(), [true, false, false, false, false, false])
    holds.get(3)!.release()
    world.run(200)
    assert.deepEqual(acked(), [true, false, false, false, false, false], 'the older one still holds')
    holds.get(1)!.release()
    world.run(20)
    assert.deepEqual(
      acked(),
      upTo(6).map(() => true),
      'within one round trip',
    )
    assert.equal(a.connection!.stats!.resent, 0)
  })

  it('released in the handler itself cost nothing', () => {
    const { world, a, b } = established()
    world.run(2_500)
    b.onLossless = () => b.connection!.hold().release()
    world.isRecording = true
    const number = a.connection!.sendLossless(message(1))!
    world.run(20)
    assert.ok(a.connection!.isAcked(number))
    assert.equal(world.sent.filter(({ from }) => from.equals(b.endpoint)).length, 1)
  })

  it('for 20 s neither probe, resend nor slow down what goes on', () => {
    const { world, a, b } = established()
    world.run(1_000)
    const holds = holding(b, (number) => number === 0)
    a.connection!.sendLossless(message(0))
    const before = a.connection!.stats!
    for (let second = 1; second <= 20; second++) {
      a.connection!.sendLossless(message(second))
      b.connection!.sendLossless(message(1_000 + second))
      world.run(1_000)
    }
    const { resent, probes, rttMs, minRttMs, window, inFlight, lost } = a.connection!.stats!
    assert.deepEqual({ resent, probes, inFlight, lost }, { resent: 0, probes: before.probes, inFlight: 0, lost: 0 })
    assert.ok(rttMs! <= 25 && minRttMs! <= 25, `round trip ${rttMs} ms`)
    assert.ok(window >= before.window, 'the window did not shrink')
    assert.deepEqual(b.received.map(numberOf), upTo(21))
    assert.equal(a.received.length, 20)
    holds.get(0)!.release()
    world.run(20)
    assert.equal(a.ackedUpTo, a.connection!.nextPacketNumber)
    assert.ok(a.connection!.stats!.rttMs! <= 25, 'the hold is no round trip')
    assert.ok(!a.log.some((line) => line.startsWith('closed')))
  })

  it('ask for what was lost, and for nothing that arrived', () => {
    const { world, a, b } = established()
    world.run(1_000)
    const holds = holding(b, (number) => number % 50 === 0)
    const dice = seededRandom(5)
    let dropped = 0
    let dropping = true
    world.filter = ({ from, packet }) => {
      if (!dropping || !from.equals(a.endpoint) || packet[0] !== PacketKind.CRYPTO_DATA || packet.length < 100)
        return true
      if (dice.uniform(10) !== 0) return true
      dropped++
      return false
    }
    for (let i = 0; i < 2_000; i++) a.connection!.sendLossless(message(i, 200))
    assert.ok(world.until(() => b.received.length === 2_000, 60_000))
    dropping = false
    world.run(3_000)
    assert.deepEqual(b.received.map(numberOf), upTo(2_000))
    const { resent } = a.connection!.stats!
    assert.ok(dropped > 150, `${dropped} lost`)
    assert.ok(resent >= dropped && resent <= dropped * 1.05 + 5, `${resent} sent again for ${dropped} lost`)
    for (const hold of [...holds.values()].reverse()) hold.release()
    world.run(50)
    assert.equal(a.ackedUpTo, a.connection!.nextPacketNumber)
  })

  it('stop the sender when the window is full, and let it go on after', () => {
    const { world, a, b } = established()
    const holds = holding(b, (number) => number === 7)
    const count = WINDOW_PACKETS + 2_000
    let next = 0
    const push = (): void => {
      while (next < count && a.connection!.sendLossless(message(next)) !== undefined) next++
    }
    const received = (wanted: number): boolean => {
      push()
      return b.received.length === wanted
    }
    assert.ok(world.until(() => received(7 + WINDOW_PACKETS), 60_000))
    push()
    world.run(10_000)
    assert.equal(b.received.length, 7 + WINDOW_PACKETS)
    assert.equal(a.connection!.freeSlots, 0)
    const { resent, inFlight } = a.connection!.stats!
    assert.deepEqual({ resent, inFlight }, { resent: 0, inFlight: 0 })
    holds.get(7)!.release()
    assert.ok(world.until(() => received(count), 60_000))
    assert.deepEqual(b.received.map(numberOf), upTo(count))
    assert.equal(b.env.drops.toJSON()['net-crypto/beyond the window'] ?? 0, 0)
  })

  it('are dropped with the session', () => {
    const { world, a, b } = established()
    const holds = holding(b, () => true)
    a.connection!.sendLossless(message(0))
    world.run(50)
    assert.equal(holds.get(0)!.isLive, true)
    a.connection!.kill()
    world.run(50)
    assert.equal(holds.get(0)!.isLive, false)
    holds.get(0)!.release()
    b.connection = undefined
    assert.deepEqual(b.received.map(numberOf), [0])
  })
})

describe('net crypto: the receive window, withholding', () => {
  /** What a sender who has sent all before `end` learns from window and gap list: the numbers that it must send again. */
  function asked(window: ReceiveWindow, end: number): { missing: number[]; held: number } {
    const out = new Uint8Array(1_372)
    const size = window.writeGaps(out)
    const missing: number[] = []
    let held = 0
    const start = window.acknowledged
    assert.ok(
      decodeGaps(out.subarray(0, size), (end - start) >>> 0, (offset, isMissing) => {
        if (isMissing) missing.push((start + offset) >>> 0)
        else held++
      }),
    )
    return { missing, held }
  }

  it('tells exactly what is missing, across the end of the numbers', () => {
    const first = 2 ** 32 - 40
    const dice = seededRandom(11)
    for (let round = 0; round < 50; round++) {
      const window = new ReceiveWindow(first)
      const sent = 300 + dice.uniform(300)
      const held: number[] = []
      const arrived = new Set<number>()
      const take = (number: number): void => {
        window.delivered()
        arrived.add(number)
        if (dice.uniform(20) === 0) {
          if (held.length === 0) window.withhold(number)
          held.push(number)
        }
      }
      for (let i = 0; i < sent; i++) {
        const number = (first + i) >>> 0
        if (dice.uniform(8) === 0) continue
        const verdict = window.accept(number, Uint8Array.of(1))
        if (verdict === 'stored') arrived.add(number)
        if (verdict !== 'deliver') continue
        take(number)
        while (arrived.has(window.start)) {
          const next = window.start
          if (held.length > 0) assert.ok(window.isWithholding)
          assert.ok(window.takeNext() !== undefined)
          if (dice.uniform(20) === 0) {
            if (held.length === 0) window.withhold(next)
            held.push(next)
          }
        }
        if (held.length > 0 && dice.uniform(30) === 0) {
          held.shift()
          window.withhold(held[0])
        }
        assert.equal(window.acknowledged, held[0] ?? window.start)
      }
      const end = (first + sent) >>> 0
      window.announceEnd(end)
      const { missing } = asked(window, end)
      const expected: number[] = []
      for (let n = window.start; n !== end; n = (n + 1) >>> 0) if (!arrived.has(n)) expected.push(n)
      assert.deepEqual(missing, expected)
    }
  })

  it('is bounded by the acknowledgement, not by what was delivered', () => {
    const window = new ReceiveWindow(0)
    window.delivered()
    window.withhold(0)
    for (let i = 1; i < 100; i++) window.delivered()
    assert.equal(window.acknowledged, 0)
    assert.equal(window.accept(WINDOW_PACKETS - 1, Uint8Array.of(1)), 'stored')
    assert.equal(window.accept(WINDOW_PACKETS, Uint8Array.of(1)), 'too-far')
    assert.equal(window.accept(5, Uint8Array.of(1)), 'duplicate')
    assert.equal(window.announceEnd(WINDOW_PACKETS + 1), false)
    window.withhold(undefined)
    assert.equal(window.acknowledged, 100)
    assert.equal(window.accept(WINDOW_PACKETS, Uint8Array.of(1)), 'stored')
  })
})
