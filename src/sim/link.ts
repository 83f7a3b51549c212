// What a wire does to packets: it delays, loses, doubles and reorders them, and some are narrow.

import type { Millis } from '../base/index.js'
import type { SeededRandom } from './random.js'

/** The ways of a wire. Shares are between 0 and 1. */
export interface LinkConditions {
  /** Delay of every packet, one way. */
  readonly latencyMs: Millis
  /** Up to this much more, uniform. Two packets closer to each other than this may overtake. */
  readonly jitterMs: Millis
  /** The share of packets that never arrive. */
  readonly loss: number
  /** The share of packets that arrive twice. */
  readonly duplicate: number
  /** The share of packets that arrive `reorderMs` later than they should, so that later ones overtake them. */
  readonly reorder: number
  readonly reorderMs: Millis
}

/** A host's own line to the network, added to what the network does. */
export interface AccessLine extends LinkConditions {
  /** Bytes a second, headers included; `Infinity` when it is wide enough. */
  readonly upBytesPerSecond: number
  readonly downBytesPerSecond: number
  /** How long a packet may wait for a narrow line before it is dropped: the buffer of the modem. */
  readonly queueMs: Millis
}

/** A calm network: 25 ms one way, in order, nothing lost. */
export const CALM: LinkConditions = {
  latencyMs: 25,
  jitterMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 20,
}

/** A line that adds nothing. */
export const IDEAL_LINE: AccessLine = {
  ...CALM,
  latencyMs: 0,
  upBytesPerSecond: Number.POSITIVE_INFINITY,
  downBytesPerSecond: Number.POSITIVE_INFINITY,
  queueMs: 500,
}

/** Two hosts on one Ethernet or Wi-Fi. */
export const LAN: LinkConditions = { ...CALM, latencyMs: 1 }

/** IPv4 and UDP headers, which take their share of a narrow line. */
const HEADER_BYTES = 20 + 8

/** Wires behind one another: delays add up, and a packet that any of them loses is lost. */
export function inSeries(...links: readonly LinkConditions[]): LinkConditions {
  const sum = (get: (link: LinkConditions) => number): number => links.reduce((total, link) => total + get(link), 0)
  const either = (get: (link: LinkConditions) => number): number =>
    1 - links.reduce((none, link) => none * (1 - get(link)), 1)
  return {
    latencyMs: sum((link) => link.latencyMs),
    jitterMs: sum((link) => link.jitterMs),
    loss: either((link) => link.loss),
    duplicate: either((link) => link.duplicate),
    reorder: either((link) => link.reorder),
    reorderMs: Math.max(...links.map((link) => link.reorderMs)),
  }
}

/** How long this packet takes. */
export function delayOf(link: LinkConditions, random: SeededRandom): Millis {
  let delayMs = link.latencyMs
  if (link.jitterMs > 0) delayMs += link.jitterMs * random.share()
  if (link.reorder > 0 && random.share() < link.reorder) delayMs += link.reorderMs
  return delayMs
}

/** One direction of a line of limited width, with the packets that wait for it. */
export class NarrowLine {
  #freeAtMs: Millis = 0

  /** When a packet that arrives here now has passed, or `undefined` when the buffer is full. */
  pass(nowMs: Millis, packetBytes: number, bytesPerSecond: number, queueMs: Millis): Millis | undefined {
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return nowMs
    const startMs = Math.max(nowMs, this.#freeAtMs)
    if (startMs - nowMs > queueMs) return undefined
    this.#freeAtMs = startMs + ((packetBytes + HEADER_BYTES) / bytesPerSecond) * 1000
    return this.#freeAtMs
  }
}

/** Throws RangeError when conditions make no sense: a mistake in a test must not look like a quiet network. */
export function checkLink(link: Partial<AccessLine>): void {
  for (const [name, value] of Object.entries(link) as [keyof AccessLine, number][]) {
    const isShare = name === 'loss' || name === 'duplicate' || name === 'reorder'
    if (!(value >= 0) || (isShare && value > 1)) throw new RangeError(`link: ${name} must not be ${value}`)
  }
}
