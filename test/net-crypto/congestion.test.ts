import assert from 'node:assert/strict'
import { type Bottleneck, transfer } from './bottleneck.js'

/** 10 Mbit/s in packets of 1,400 bytes, with a modem that holds half a second. */
const LINE = { packetsPerMs: 0.9, queuePackets: 450, delayMs: 25, seconds: 15 }
/** Long, wild and lossy: packets overtake each other by up to 100 ms. */
const WILD = { ...LINE, delayMs: 50, jitterMs: 100, loss: 0.01 }

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

describe('net crypto: congestion', () => {
  const paths: Record<string, [path: Bottleneck, share: number]> = {
    'a slow link with a short queue': [{ packetsPerMs: 0.25, queuePackets: 20, delayMs: 30, seconds: 20 }, 0.95],
    'a home link': [{ packetsPerMs: 5, queuePackets: 100, delayMs: 20, seconds: 6 }, 0.95],
    'a fast link': [{ packetsPerMs: 30, queuePackets: 300, delayMs: 5, seconds: 3 }, 0.95],
    'a receiver that turns every 50 ms': [
      { packetsPerMs: 5, queuePackets: 200, delayMs: 5, turnMs: 50, seconds: 8 },
      0.9,
    ],
    'a line from a sender that turns every 50 ms': [{ ...LINE, senderTurnMs: 50 }, 0.9],
    'a line with jitter and a little loss': [{ ...LINE, delayMs: 20, jitterMs: 10, loss: 0.001 }, 0.9],
    'a long line with much jitter': [{ ...WILD, loss: 0 }, 0.85],
    'a long line with much jitter and loss': [WILD, 0.8],
    'a line that loses a tenth': [{ ...LINE, loss: 0.1 }, 0.7],
  }
  for (const [name, [path, least]] of Object.entries(paths)) {
    it(`fills ${name} and wastes little`, () => {
      const result = transfer(path)
      const share = result.share(path.seconds * 250)
      assert.ok(share > least, `fills ${percent(share)}`)
      assert.ok(result.wasted < 0.1 + (path.loss ?? 0), `sends again ${percent(result.wasted)}`)
    })
  }

  it('lets no queue stand: not on a line whose buffer holds seconds', () => {
    const result = transfer({ ...LINE, queuePackets: 5_000 })
    const delayMs = result.medianDelayMs()
    assert.ok(delayMs < 25 + 25, `a packet takes ${delayMs} ms where 25 are bare`)
    assert.ok(result.longest < 200, `${result.longest} packets queued`)
  })

  it('does not take jitter for loss', () => {
    const { wasted } = transfer({ ...WILD, loss: 0 })
    assert.ok(wasted < 0.04, `sends again ${percent(wasted)}`)
  })

  for (const [name, path] of Object.entries({
    'a clean line': LINE,
    'a line with jitter and a little loss': { ...LINE, delayMs: 20, jitterMs: 10, loss: 0.001 },
    'a long line with much jitter and loss': WILD,
  })) {
    it(`shares ${name} with one that came later`, () => {
      const result = transfer({ ...path, seconds: 30, startsMs: [0, 3_000] })
      const fairness = result.fairness(10_000, 30_000)
      assert.ok(fairness > 0.9, `Jain's index ${fairness.toFixed(3)}`)
      assert.ok(result.share(5_000) > 0.85, `fills ${percent(result.share(5_000))}`)
    })
  }

  it('shares a line between four', () => {
    const result = transfer({ ...LINE, seconds: 20, startsMs: [0, 1_000, 2_000, 3_000] })
    assert.ok(result.fairness(8_000, 20_000) > 0.9)
  })

  it('follows a line that drops to a tenth, and back', () => {
    const packetsPerMs = (ms: number): number => (ms > 6_000 && ms < 12_000 ? 0.09 : 0.9)
    const result = transfer({ ...LINE, packetsPerMs, seconds: 20 })
    const narrow = result.share(8_000, 12_000)
    const wide = result.share(15_000, 20_000)
    assert.ok(narrow > 0.8, `narrow: ${percent(narrow)}`)
    assert.ok(wide > 0.8, `wide again: ${percent(wide)}`)
  })

  it('goes on within two seconds after five of darkness', () => {
    const result = transfer({ ...LINE, isDark: (ms) => ms > 5_000 && ms < 10_000 })
    const share = result.share(12_000, 15_000)
    assert.ok(share > 0.8, percent(share))
  })
})
