// Sessions that send all they can over one bottleneck with a tail-drop queue, in virtual time.

import type { SessionStats } from '../../src/net-crypto/sender.js'
import { seededRandom, VirtualTime } from '../support/env.js'
import { lone } from './lone.js'
import { message } from './pair.js'

export interface Bottleneck {
  /** Packets a millisecond; may change with the time. */
  readonly packetsPerMs: number | ((ms: number) => number)
  readonly queuePackets: number
  /** One way, and up to so much more in each direction. */
  readonly delayMs: number
  readonly jitterMs?: number
  /** The share lost by chance, in each direction. */
  readonly loss?: number
  /** When nothing passes in either direction. */
  readonly isDark?: (ms: number) => boolean
  /** The receiver reads, answers and fires its deadlines so often: c-toxcore does it every 50 ms. */
  readonly turnMs?: number
  /** The sender turns so often: a C client's loop. */
  readonly senderTurnMs?: number
  readonly seconds: number
  /** Of its chances. */
  readonly seed?: number
  /** Sees each flow's state every millisecond. */
  readonly watch?: (ms: number, stats: readonly SessionStats[]) => void
  /** When each flow begins; one from the start unless told. */
  readonly startsMs?: readonly number[]
}

export interface FlowResult {
  /** Packets delivered in each 100 ms. */
  readonly delivered: number[]
  /** From being handed over to being delivered, in order of delivery. */
  readonly delaysMs: number[]
  readonly resent: number
  readonly sent: number
}

export interface Result {
  readonly flows: readonly FlowResult[]
  /** The longest queue. */
  readonly longest: number
  /** The queue's length on average. */
  readonly standing: number
  /** What all flows together delivered between two moments, as a share of what the line could. */
  share(fromMs?: number, toMs?: number): number
  /** Jain's index of fairness over a time. */
  fairness(fromMs: number, toMs: number): number
  /** The share of packets that were sent again. */
  readonly wasted: number
  /** The median of the first flow's delays after `fromMs`. */
  medianDelayMs(): number
}

const BIN_MS = 100

export function transfer(path: Bottleneck): Result {
  const { queuePackets, delayMs, jitterMs = 0, loss = 0, turnMs = 1, senderTurnMs = 1, seconds } = path
  const rateAt = typeof path.packetsPerMs === 'number' ? () => path.packetsPerMs as number : path.packetsPerMs
  const time = new VirtualTime()
  const startMs = time.nowMs
  const dice = seededRandom(path.seed ?? 42)
  const share = (): number => dice.uniform(1_000_000) / 1_000_000
  const bins = Math.ceil((seconds * 1000) / BIN_MS)
  const flows = (path.startsMs ?? [0]).map((beginMs) => ({
    beginMs,
    a: lone(time, 0, 0, 2 * delayMs + jitterMs),
    b: lone(time, 1, 0, 2 * delayMs + jitterMs),
    number: 0,
    pushedMs: [] as number[],
    heard: 0,
    delivered: new Array<number>(bins).fill(0),
    delaysMs: [] as number[],
  }))
  type Landing = { flow: (typeof flows)[number]; packet: Uint8Array }
  const wire = (): { put(landing: Landing): void; take(untilMs: number): Landing[] } => {
    const slots = new Map<number, Landing[]>()
    let takenMs = startMs - 1
    return {
      put(landing) {
        if (share() < loss) return
        const at = time.nowMs + delayMs + (jitterMs > 0 ? Math.floor(share() * (jitterMs + 1)) : 0)
        const slot = slots.get(at)
        if (slot === undefined) slots.set(at, [landing])
        else slot.push(landing)
      },
      take(untilMs) {
        const landed: Landing[] = []
        for (takenMs++; takenMs <= untilMs; takenMs++) {
          const slot = slots.get(takenMs)
          if (slot === undefined) continue
          slots.delete(takenMs)
          landed.push(...slot)
        }
        takenMs = untilMs
        return landed
      },
    }
  }
  const there = wire()
  const back = wire()
  const queue: Landing[] = []
  let credit = 0
  let longest = 0
  let queued = 0
  const could = new Array<number>(bins).fill(0)
  for (let ms = 0; ms < seconds * 1000; ms++, time.nowMs++) {
    const bin = Math.floor(ms / BIN_MS)
    const isDark = path.isDark?.(ms) ?? false
    could[bin]! += isDark ? 0 : rateAt(ms)
    for (const flow of flows) {
      if (ms >= flow.beginMs && ms % senderTurnMs === 0) {
        while (flow.a.session.readySlots > 0) {
          if (flow.a.session.sendLossless(message(flow.number++, 1000)) === undefined) break
          flow.pushedMs.push(ms)
        }
      }
      for (const packet of flow.a.sent.splice(0)) if (queue.length < queuePackets) queue.push({ flow, packet })
    }
    longest = Math.max(longest, queue.length)
    queued += queue.length
    credit = queue.length === 0 ? 0 : credit + rateAt(ms)
    for (; credit >= 1 && queue.length > 0; credit--) {
      const landing = queue.shift()!
      if (!isDark) there.put(landing)
    }
    if (ms % turnMs === 0) {
      for (const { flow, packet } of there.take(time.nowMs)) flow.b.session.receive(packet)
      for (const flow of flows) {
        flow.b.endTurn()
        for (const packet of flow.b.sent.splice(0)) if (!isDark) back.put({ flow, packet })
        const { received } = flow.b
        for (; flow.heard < received.length; flow.heard++) {
          flow.delivered[bin]!++
          flow.delaysMs.push(ms - flow.pushedMs[received[flow.heard]!]!)
        }
      }
    }
    if (ms % senderTurnMs === 0) {
      for (const { flow, packet } of back.take(time.nowMs)) flow.a.session.receive(packet)
      for (const flow of flows) flow.a.endTurn()
    }
    if (ms % 1000 === 500) for (const { a, b } of flows) for (const { session } of [a, b]) session.tick(time.nowMs)
    path.watch?.(
      ms,
      flows.map(({ a }) => a.session.stats),
    )
  }
  const sum = (list: readonly number[], fromMs: number, toMs: number): number =>
    list.slice(fromMs / BIN_MS, toMs / BIN_MS).reduce((total, one) => total + one, 0)
  const results = flows.map(({ a, delivered, delaysMs }) => {
    const { sent, resent } = a.session.stats
    return { delivered, delaysMs, sent, resent }
  })
  const total = (get: (flow: FlowResult) => number): number => results.reduce((all, flow) => all + get(flow), 0)
  const endMs = seconds * 1000
  return {
    flows: results,
    longest,
    standing: queued / (seconds * 1000),
    share: (fromMs = 0, toMs = endMs) =>
      total(({ delivered }) => sum(delivered, fromMs, toMs)) / sum(could, fromMs, toMs),
    fairness: (fromMs, toMs) => {
      const rates = results.map(({ delivered }) => sum(delivered, fromMs, toMs))
      const squares = rates.reduce((all, rate) => all + rate * rate, 0)
      return rates.reduce((all, rate) => all + rate, 0) ** 2 / (rates.length * squares)
    },
    wasted: total(({ resent }) => resent) / total(({ sent }) => sent),
    medianDelayMs: () => {
      const delays = results[0]!.delaysMs.slice(results[0]!.delaysMs.length >> 2).sort((a, b) => a - b)
      return delays[delays.length >> 1]!
    },
  }
}
