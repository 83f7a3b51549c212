// When each packet of the send window left and what had arrived by then: what rates of delivery are computed from (spec:
// draft-ietf-ccwg-bbr, delivery rate samples). A rate is what arrived from before a packet left until it arrived, over the
// longer of the times that sending and arriving took: so acknowledgements that come in lumps make no wild rates.
//
// Kept in typed arrays beside the window's, by slot. Moments before the packet left are kept as spans, in half the room.

import type { Millis } from '../base/index.js'
import type { WindowNews } from './window-news.js'

/** A clock may stand still between a packet and its acknowledgement. */
const SPAN_MIN_MS = 0.05

/** What one packet or acknowledgement of the peer told about the path. */
export interface DeliverySample {
  /** Packets that arrived. */
  readonly count: number
  /** Packets a millisecond; 0 when it tells none. */
  readonly rate: number
  /** How many packets had arrived when the youngest of these left; -1 when that is not known. */
  readonly arrivedBefore: number
  /** The sender had too little to send: the path may carry more. */
  readonly isStarved: boolean
}

export class FlightLog {
  #sentMs: Float64Array
  /** Since it left for the first time. */
  #sinceFirstMs: Float32Array
  /** Since the last arrival before it left. */
  #sinceArrivalMs: Float32Array
  /** Since the packet left whose arrival was the last one. */
  #sinceEpochMs: Float32Array
  /** How many had arrived. */
  #arrivedBefore: Float64Array
  #isStarved: Uint8Array

  #arrived = 0
  #arrivedMs = 0
  #epochMs = 0
  /** Packets that leave before so many have arrived leave a starved sender. */
  #starvedUntil = 0

  constructor(slots: number) {
    this.#sentMs = new Float64Array(slots)
    this.#sinceFirstMs = new Float32Array(slots)
    this.#sinceArrivalMs = new Float32Array(slots)
    this.#sinceEpochMs = new Float32Array(slots)
    this.#arrivedBefore = new Float64Array(slots)
    this.#isStarved = new Uint8Array(slots)
  }

  /** All that have arrived since the start. */
  get arrived(): number {
    return this.#arrived
  }
  sentMs(slot: number): Millis {
    return this.#sentMs[slot]!
  }
  firstSentMs(slot: number): Millis {
    return this.#sentMs[slot]! - this.#sinceFirstMs[slot]!
  }

  /** The sender had nothing to send while it could have sent; so many are in the air. */
  starved(inFlight: number): void {
    this.#starvedUntil = this.#arrived + inFlight + 1
  }

  /** Notes that a packet leaves, for the first time or again; `isAlone`: no other is in the air. */
  leave(slot: number, nowMs: Millis, isFirst: boolean, isAlone: boolean): void {
    if (isAlone) this.#arrivedMs = this.#epochMs = nowMs
    this.#sinceFirstMs[slot] = isFirst ? 0 : nowMs - this.firstSentMs(slot)
    this.#sentMs[slot] = nowMs
    this.#sinceArrivalMs[slot] = nowMs - this.#arrivedMs
    this.#sinceEpochMs[slot] = nowMs - this.#epochMs
    this.#arrivedBefore[slot] = this.#arrived
    this.#isStarved[slot] = this.#arrived < this.#starvedUntil ? 1 : 0
  }

  /** The packet in `slot` arrived, younger than all in the news: keeps in the news what was known when it left. */
  tell(slot: number, news: WindowNews): void {
    const sentMs = this.#sentMs[slot]!
    news.youngestArrivedSentMs = sentMs
    news.arrivalMs = sentMs - this.#sinceArrivalMs[slot]!
    news.epochMs = sentMs - this.#sinceEpochMs[slot]!
    news.arrivedBefore = this.#arrivedBefore[slot]!
    news.isStarved = this.#isStarved[slot] === 1
  }

  /** Counts what arrived, and computes the rate. */
  settle(news: WindowNews, nowMs: Millis): DeliverySample {
    const { arrived: count, youngestArrivedSentMs: sentMs, arrivedBefore, isStarved } = news
    this.#arrived += count
    this.#arrivedMs = nowMs
    if (sentMs < 0) return { count, rate: 0, arrivedBefore: -1, isStarved }
    this.#epochMs = Math.max(this.#epochMs, sentMs)
    const spanMs = Math.max(nowMs - news.arrivalMs, sentMs - news.epochMs, SPAN_MIN_MS)
    return { count, rate: (this.#arrived - arrivedBefore) / spanMs, arrivedBefore, isStarved }
  }

  /** Moves what is known to more slots: packet `number` from its old place to its new one, for each of `numbers`. */
  grow(slots: number, first: number, end: number): void {
    const old = this.#arrays
    const oldMask = this.#sentMs.length - 1
    this.#sentMs = new Float64Array(slots)
    this.#sinceFirstMs = new Float32Array(slots)
    this.#sinceArrivalMs = new Float32Array(slots)
    this.#sinceEpochMs = new Float32Array(slots)
    this.#arrivedBefore = new Float64Array(slots)
    this.#isStarved = new Uint8Array(slots)
    const grown = this.#arrays
    for (let n = first; n !== end; n = (n + 1) >>> 0) {
      for (let i = 0; i < grown.length; i++) grown[i]![n & (slots - 1)] = old[i]![n & oldMask]!
    }
  }

  get #arrays(): (Float64Array | Float32Array | Uint8Array)[] {
    return [
      this.#sentMs,
      this.#sinceFirstMs,
      this.#sinceArrivalMs,
      this.#sinceEpochMs,
      this.#arrivedBefore,
      this.#isStarved,
    ]
  }
}
