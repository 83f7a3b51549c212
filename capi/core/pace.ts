// How long a program may sleep until the next iterate. It polls, so every hop waits for the poll of whoever gets the packet:
// short while somebody talks or two nodes are about to meet, long when nothing happens.

import type { Millis } from '../../src/base/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import type { TrafficCounts } from './traffic.js'

/** Never 0, which some programs take for "do not sleep"; and 50 as c-toxcore. */
const INTERVAL_MIN_MS: Millis = 1
const INTERVAL_MAX_MS: Millis = 50

/** After so much session data in one step there is more to come. */
const BULK_PACKETS = 4
const BULK = { intervalMs: 1, lastsMs: 50 } as const
/** A message is often followed by its answer, at once from a machine or soon from a human. */
const TALK = { intervalMs: 2, lastsMs: 1_000 } as const
const CONVERSATION = { intervalMs: 5, lastsMs: 10_000 } as const
/** Cookie and handshake: two round trips, then both say who they are. */
const HANDSHAKE = { intervalMs: 2, lastsMs: 2_000 } as const
/** A new node, bootstrap node or friend: the onion and the DHT search in many short round trips. */
const SEARCH = { intervalMs: 5, lastsMs: 15_000 } as const

type Reason = typeof BULK | typeof TALK | typeof CONVERSATION | typeof HANDSHAKE | typeof SEARCH

const HANDSHAKE_KINDS = [PacketKind.COOKIE_REQUEST, PacketKind.COOKIE_RESPONSE, PacketKind.CRYPTO_HANDSHAKE] as const

export class Pace {
  /** Until when each reason holds. */
  readonly #untilMs = new Map<Reason, Millis>()
  #handshakes = 0
  #data = 0

  /** Something was sent or came that people wait for. */
  talk(nowMs: Millis): void {
    this.#begin(TALK, nowMs)
    this.#begin(CONVERSATION, nowMs)
  }

  /** Somebody new is sought. */
  search(nowMs: Millis): void {
    this.#begin(SEARCH, nowMs)
  }

  /** A step is done: these are all packets up to now. */
  step(nowMs: Millis, sent: TrafficCounts, received: TrafficCounts): void {
    const handshakes = countOf(sent, received, HANDSHAKE_KINDS)
    if (handshakes !== this.#handshakes) this.#begin(HANDSHAKE, nowMs)
    const data = countOf(sent, received, [PacketKind.CRYPTO_DATA])
    if (data - this.#data >= BULK_PACKETS) this.#begin(BULK, nowMs)
    this.#handshakes = handshakes
    this.#data = data
  }

  /** Whole milliseconds; `nextWakeMs` is the engine's next deadline. */
  intervalMs(nowMs: Millis, nextWakeMs: Millis): Millis {
    let intervalMs = Math.min(INTERVAL_MAX_MS, nextWakeMs - nowMs)
    for (const [reason, untilMs] of this.#untilMs) {
      if (nowMs < untilMs) intervalMs = Math.min(intervalMs, reason.intervalMs)
      else this.#untilMs.delete(reason)
    }
    return Math.max(INTERVAL_MIN_MS, Math.ceil(intervalMs))
  }

  #begin(reason: Reason, nowMs: Millis): void {
    this.#untilMs.set(reason, nowMs + reason.lastsMs)
  }
}

function countOf(sent: TrafficCounts, received: TrafficCounts, kinds: readonly number[]): number {
  let count = 0
  for (const kind of kinds) count += sent.packets[kind]! + received.packets[kind]!
  return count
}
