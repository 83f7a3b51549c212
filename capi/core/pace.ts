// How long a program may sleep until the next iterate. It polls, so every hop waits for the poll of whoever gets the packet:
// short while somebody talks or two nodes are about to meet, long when nothing happens. What strangers send counts for nothing,
// so that nobody keeps a program awake from outside: what counts is what friends say, and what we send.

import type { Millis } from '../../src/base/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import type { TrafficCounts } from './traffic.js'

/** Never 0, which some programs take for "do not sleep"; and 50 as c-toxcore. */
const INTERVAL_MIN_MS: Millis = 1
const INTERVAL_MAX_MS: Millis = 50

/** After so many packets of session data, or so much said, in one step there is more to come. */
const BULK_MIN = 4
const BULK = { intervalMs: 1, lastsMs: 50 } as const
/** A message is often followed by its answer, at once from a machine or soon from a human. */
const TALK = { intervalMs: 2, lastsMs: 1_000 } as const
const CONVERSATION = { intervalMs: 5, lastsMs: 10_000 } as const
/** Whoever sends waits for the acknowledgement of whoever receives, also where the path is too slow for bulk. */
const FILE = { intervalMs: 5, lastsMs: 500 } as const
/** A handshake follows an answer: one more round trip, then both say who they are. */
const HANDSHAKE = { intervalMs: 2, lastsMs: 2_000 } as const
/** A new node, bootstrap node or friend: the onion and the DHT search in many short round trips. */
const SEARCH = { intervalMs: 5, lastsMs: 15_000 } as const

type Reason = typeof BULK | typeof TALK | typeof CONVERSATION | typeof FILE | typeof HANDSHAKE | typeof SEARCH

export class Pace {
  /** Until when each reason holds. */
  readonly #untilMs = new Map<Reason, Millis>()
  #handshakes = 0
  #data = 0
  #saidSinceStep = 0

  /** Something was sent or came that people wait for. */
  talk(nowMs: Millis): void {
    this.#saidSinceStep++
    this.#begin(TALK, nowMs)
    this.#begin(CONVERSATION, nowMs)
  }

  /** A piece of a file was sent or came. */
  piece(nowMs: Millis): void {
    this.#saidSinceStep++
    this.#begin(FILE, nowMs)
  }

  /** Somebody new is sought. */
  search(nowMs: Millis): void {
    this.#begin(SEARCH, nowMs)
  }

  /** A step is done: these are all packets that were sent up to now, and those with data for friends through relays. */
  step(nowMs: Millis, { packets }: TrafficCounts, relayedData = 0): void {
    const handshakes = packets[PacketKind.CRYPTO_HANDSHAKE]!
    const data = packets[PacketKind.CRYPTO_DATA]! + relayedData
    if (handshakes > this.#handshakes) this.#begin(HANDSHAKE, nowMs)
    if (Math.max(data - this.#data, this.#saidSinceStep) >= BULK_MIN) this.#begin(BULK, nowMs)
    this.#handshakes = handshakes
    this.#data = data
    this.#saidSinceStep = 0
  }

  /** Whether nothing holds that asks for short intervals. */
  isCalm(nowMs: Millis): boolean {
    return this.intervalMs(nowMs, Number.POSITIVE_INFINITY) === INTERVAL_MAX_MS
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
