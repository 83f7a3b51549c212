import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PacketBlocks } from '../../src/net-crypto/packet-blocks.js'
import { ReceiveWindow } from '../../src/net-crypto/receive-window.js'
import { decodeGaps, encodeGaps } from '../../src/net-crypto/request-packet.js'
import { SendWindow } from '../../src/net-crypto/send-window.js'
import { type LossRules, WindowNews } from '../../src/net-crypto/window-news.js'
import { message, numberOf } from './pair.js'

const NEAR_WRAP = 2 ** 32 - 10

function gapsOf(missing: readonly boolean[], room = 8000): Uint8Array {
  const out = new Uint8Array(room)
  return out.slice(
    0,
    encodeGaps(missing.length, (offset) => missing[offset]!, out),
  )
}

function told(gaps: Uint8Array, count: number): { valid: boolean; missing: boolean[] } {
  const missing: boolean[] = []
  const valid = decodeGaps(gaps, count, (offset, isMissing) => {
    assert.equal(offset, missing.length)
    missing.push(isMissing)
  })
  return { valid, missing }
}

describe('net crypto: gap lists of packet requests', () => {
  const runs = (...lengths: number[]): boolean[] =>
    lengths.flatMap((length, i) => new Array<boolean>(length).fill(i % 2 === 0))

  it('are the bytes of the network', () => {
    assert.deepEqual([...gapsOf([true])], [1])
    assert.deepEqual([...gapsOf([true, true, true])], [1, 1, 1])
    assert.deepEqual([...gapsOf([true, false, true, false, false, true])], [1, 2, 3])
    assert.deepEqual([...gapsOf([...runs(0, 254), true])], [255])
    assert.deepEqual([...gapsOf([...runs(0, 255), true])], [0, 1])
    assert.deepEqual([...gapsOf([...runs(1, 255), true])], [1, 0, 1])
    assert.deepEqual([...gapsOf([...runs(1, 600), true])], [1, 0, 0, 91])
  })

  it('tell the same packets when read, up to the last gap', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600), { minLength: 1, maxLength: 12 }), (lengths) => {
        const missing = [...runs(...lengths), true]
        const read = told(gapsOf(missing), missing.length)
        assert.deepEqual(read, { valid: true, missing })
      }),
      { seed: 5 },
    )
  })

  it('are cut when they are too long, and still true', () => {
    const missing = Array.from({ length: 3000 }, (_, i) => i % 2 === 0)
    const read = told(gapsOf(missing, 1372), 3000)
    assert.ok(read.valid)
    assert.deepEqual(read.missing, missing.slice(0, read.missing.length))
    assert.equal(read.missing.filter(Boolean).length, 1372)
  })

  it('any bytes are read without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1400 }), fc.nat(32_768), (gaps, count) => {
        assert.ok(told(gaps as Uint8Array, count).missing.length <= count)
      }),
      { seed: 6 },
    )
    assert.equal(told(Uint8Array.of(0, 7), 1000).valid, true)
    assert.equal(told(new Uint8Array(3).fill(254), 1000).valid, true)
  })
})

describe('net crypto: send window', () => {
  /** Packets may overtake by 2 ms. */
  const byTime = (sentBeforeMs: number, longBeforeMs = sentBeforeMs): LossRules => ({
    sentBeforeMs,
    longBeforeMs,
    reorderMs: 2,
  })
  const filled = (count: number, first = 0): { window: SendWindow; news: WindowNews } => {
    const window = new SendWindow(new PacketBlocks(), first)
    for (let i = 0; i < count; i++) {
      const number = window.push(message(i, 20 + (i % 700)))!
      assert.equal(number, (first + i) >>> 0)
      window.sent(number, i)
    }
    return { window, news: new WindowNews() }
  }

  it('numbers wrap around at 2^32', () => {
    const { window, news } = filled(300, NEAR_WRAP)
    assert.equal(window.next, 290)
    assert.ok(window.acknowledge(5, news))
    assert.equal(window.start, 5)
    assert.equal(news.arrived, 15)
    assert.equal(window.inFlight, 285)
    assert.equal(numberOf(window.plainOf(7).subarray(-37)), 17)
    assert.ok(window.acknowledge(290, news))
    assert.equal(window.unacknowledged, 0)
    assert.equal(window.inFlight, 0)
  })

  it('old acknowledgements change nothing, impossible ones are refused', () => {
    const { window, news } = filled(20, NEAR_WRAP)
    assert.ok(window.acknowledge(2, news))
    assert.ok(window.acknowledge(NEAR_WRAP + 3, news), 'late')
    assert.equal(window.start, 2)
    assert.equal(window.acknowledge(11, news), false, 'never sent')
    assert.equal(window.acknowledge(0x8000_0000, news), false)
    assert.equal(window.start, 2)
  })

  it('keeps each text until it is acknowledged, through growth and reuse of blocks', () => {
    const blocks = new PacketBlocks()
    const window = new SendWindow(blocks)
    const news = new WindowNews()
    for (let i = 0; i < 5000; i++) {
      window.sent(window.push(message(i, 5 + (i % 1369)))!, 1)
      if (i % 7 === 0) assert.ok(window.acknowledge(Math.max(0, i - 900), news))
      const probe = Math.max(0, i - 800)
      const plain = window.plainOf(probe)
      assert.equal(numberOf(plain.subarray(plain.length - (5 + (probe % 1369)))), probe)
    }
  })

  it('resends what the peer misses while it has later ones, and not what was sent just now', () => {
    const { window, news } = filled(10)
    // Missing: 0, 2 and 8; sent at their number's millisecond.
    const gaps = gapsOf([true, false, true, false, false, false, false, false, true, false])
    assert.ok(window.applyRequest(gaps, byTime(-1, -1), news))
    assert.deepEqual([news.lost, window.lost, window.nextToSend()], [2, 2, 0])
    assert.equal(news.arrived, 6)
    window.sent(0, 100)
    assert.equal(window.nextToSend(), 2)
    window.sent(2, 100)
    assert.equal(window.nextToSend(), undefined)
    news.clear()
    assert.ok(window.applyRequest(gapsOf([true]), byTime(50), news))
    assert.equal(news.lost, 0, 'resent at 100, asked about times before 50')
    assert.ok(window.applyRequest(gapsOf([true]), byTime(100), news))
    assert.equal(window.nextToSend(), 0)
  })

  it('a suspect is lost when its time has come, unless it was acknowledged', () => {
    const { window, news } = filled(4)
    assert.ok(window.applyRequest(gapsOf([true, false, true, false, true]), byTime(-1), news))
    assert.equal(news.lost, 1, 'only the first is overtaken by one sent 3 ms later')
    assert.equal(window.judgeSuspects(1, news), 2)
    assert.equal(window.judgeSuspects(2, news), Number.POSITIVE_INFINITY)
    assert.equal(window.lost, 2)
  })

  it('tells by how much packets overtake each other, and what was never lost', () => {
    const { window, news } = filled(10)
    window.applyRequest(gapsOf([true, true, true, false, false, true]), byTime(-1), news)
    assert.deepEqual([news.arrived, news.lost, news.latenessMs], [2, 2, 0])
    news.clear()
    window.sent(0, 50)
    news.spuriousFromMs = 45
    window.acknowledge(3, news)
    assert.equal(news.spurious, 2, 'one sent again just now, one judged lost')
    assert.equal(news.latenessMs, 4, 'packet 0 arrived after packet 4')
    assert.deepEqual([window.inFlight, window.lost], [5, 0])
    news.clear()
    window.sent(5, 60)
    news.spuriousFromMs = 61
    window.acknowledge(6, news)
    assert.equal(news.spurious, 0, 'sent again long enough ago to have arrived by that')
  })

  it('counts never go wrong, whatever the peer says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(400), fc.constant('send' as const)), {
          maxLength: 60,
        }),
        (steps) => {
          const { window, news } = filled(200, NEAR_WRAP)
          for (const step of steps) {
            if (step === 'send') {
              const number = window.nextToSend()
              if (number !== undefined) window.sent(number, 500)
            } else if (typeof step === 'number') window.acknowledge((NEAR_WRAP + step) >>> 0, news)
            else window.applyRequest(step as Uint8Array, byTime(100, 50), news)
            assert.ok(window.inFlight >= 0 && window.lost >= 0)
            assert.ok(window.inFlight + window.lost <= window.unacknowledged)
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    )
  })
})

describe('net crypto: receive window', () => {
  const take = (window: ReceiveWindow, number: number): number[] => {
    const data = message(number)
    const verdict = window.accept(number >>> 0, data)
    if (verdict !== 'deliver') return []
    window.delivered()
    const out = [number]
    for (let next = window.takeNext(); next !== undefined; next = window.takeNext()) out.push(numberOf(next))
    return out
  }

  it('delivers once and in order, over the wrap', () => {
    const order = fc.array(fc.nat(99), { minLength: 100, maxLength: 400 })
    fc.assert(
      fc.property(order, (numbers) => {
        const window = new ReceiveWindow(NEAR_WRAP)
        const delivered: number[] = []
        for (const n of [...numbers, ...Array(100).keys()]) delivered.push(...take(window, (NEAR_WRAP + n) >>> 0))
        assert.deepEqual(
          delivered,
          Array.from({ length: 100 }, (_, i) => (NEAR_WRAP + i) >>> 0),
        )
        assert.equal(window.hasGaps, false)
      }),
      { seed: 4, numRuns: 50 },
    )
  })

  it('takes what is up to 32,767 ahead, and nothing beyond', () => {
    const window = new ReceiveWindow(5)
    assert.equal(window.accept(5 + 32_767, message(1)), 'stored')
    assert.equal(window.accept(5 + 32_767, message(1)), 'duplicate')
    assert.equal(window.accept(5 + 32_768, message(1)), 'too-far')
    assert.equal(window.accept(4, message(1)), 'duplicate')
    assert.equal(window.accept(0x8000_0000, message(1)), 'too-far')
    assert.equal(window.end, 5 + 32_768)
  })

  it('learns of missing packets by the peer’s word, but not of fewer or of too many', () => {
    const window = new ReceiveWindow(NEAR_WRAP)
    assert.equal(window.announceEnd(10), true)
    assert.equal(window.end, 10)
    assert.equal(window.announceEnd(10), false)
    assert.equal(window.announceEnd(5), false)
    assert.equal(window.announceEnd(NEAR_WRAP + 32_769), false)
    assert.equal(window.end, 10)
    assert.ok(window.hasGaps)
  })

  it('tells that packets behind the last gap arrived, by naming the one expected after them', () => {
    const window = new ReceiveWindow(0)
    const out = new Uint8Array(100)
    window.accept(1, message(1))
    window.accept(2, message(2))
    assert.deepEqual([...out.subarray(0, window.writeGaps(out))], [1, 3])
    window.announceEnd(4)
    assert.deepEqual([...out.subarray(0, window.writeGaps(out))], [1, 3])
    window.announceEnd(5)
    assert.deepEqual([...out.subarray(0, window.writeGaps(out))], [1, 3, 1])
  })
})
