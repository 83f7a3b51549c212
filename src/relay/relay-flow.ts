// How much may be under way to a relay. TCP alone does not tell: it takes megabytes, of which a relay may have read nothing. So
// pings go along with the data, and since a relay answers in order, each pong says how far it has read.
//
// Without a limit c-toxcore's relay stands still for good: it looks at its sockets every 30 ms and takes whole packets only. When
// its receive buffer is full, the system takes no more before what is there has been read, and the relay reads no more before
// the rest of a packet has come. And on a narrow line, what waits for the line delays messages by as much.

import type { Clock, Millis, Random } from '../base/index.js'
import { freshPingId } from './ping-id.js'

/** Linux gives a new connection room for 64 KiB, and 128 KiB of memory. */
const FIRST_WINDOW_BYTES = 48 * 1024
const MIN_WINDOW_BYTES = 32 * 1024
/** A way of 100 ms takes 10 MB/s. */
const MAX_WINDOW_BYTES = 1024 * 1024
/** Within one machine, segments of 64 KB keep more room than they fill: a relay that reads rarely has none for more. */
const SMALL_MAX_WINDOW_BYTES = 96 * 1024
/** One that answered so many pings in a row so soon does not read rarely: 3 MB without one of c-toxcore's pauses. */
const QUICK_MS = 15
const QUICK_MARKS = 128
/** … and has so little to read that it stays so. */
const QUICK_MAX_WINDOW_BYTES = 256 * 1024
/**
 * c-toxcore leaves Nagle's algorithm on: its system holds a pong back until it knows that we have what it sent before, and
 * ours tells that after 40 ms, or with whatever we send. So while we wait for room, what comes is answered by a ping.
 */
const ANSWER_AFTER_MS = 10
const MARKS_MAX = 16
/**
 * A ping for each quarter of the window, but not for less than this: what it frees leaves in one turn. What is sent after the
 * last ping must be less than a window can shrink to at once, or nothing would tell when it is read.
 */
const MARKS_PER_WINDOW = 4
const MARK_MIN_BYTES = 8 * 1024
/** Beyond two round trips: a busy machine's pauses and c-toxcore's 30 ms; and a connection that stands still. */
const USUAL_MS = 100
const STALLED_MS = 250
const STANDS_STILL_MS = 3_000
/** After it once stood still, the window grows by so much a round trip. */
const STEP_BYTES = 16 * 1024

interface Mark {
  readonly id: bigint
  /** What had been sent before it. */
  readonly atBytes: number
  readonly sentMs: Millis
}

export interface RelayFlowParts {
  readonly clock: Clock
  readonly random: Random
  sendPing(id: bigint): void
  /** Little may be under way, unless the relay turns out to be quick: it is on this machine, or has stood still with more. */
  readonly isCareful: boolean
}

export class RelayFlow {
  readonly #clock: Clock
  readonly #random: Random
  readonly #sendPing: (id: bigint) => void
  readonly #isCareful: boolean
  #quickMarks = 0
  /** In the order in which they were sent; about four. */
  readonly #marks: Mark[] = []
  #windowBytes = FIRST_WINDOW_BYTES
  #sentBytes = 0
  #readBytes = 0
  #markedBytes = 0
  #sentMs: Millis = 0
  #heardMs: Millis = 0
  #minRttMs = Number.POSITIVE_INFINITY
  /** It has stood still: what was sent before this tells the same once more. */
  #stalledAtBytes = -1
  #isLimiting = false

  constructor(parts: RelayFlowParts) {
    this.#clock = parts.clock
    this.#random = parts.random
    this.#sendPing = parts.sendPing
    this.#isCareful = parts.isCareful
  }

  /** Whether a packet may be sent; one that may not is told by `pong` when it may. */
  get hasRoom(): boolean {
    const hasRoom = this.#sentBytes - this.#readBytes < this.#windowBytes
    if (!hasRoom) this.#isLimiting = true
    return hasRoom
  }

  /** A packet goes out: call it before the packet is written. */
  sending(bytes: number): void {
    if (this.#sentBytes - this.#markedBytes >= Math.max(MARK_MIN_BYTES, this.#windowBytes / MARKS_PER_WINDOW))
      this.#mark()
    this.#sentBytes += bytes
    this.#sentMs = this.#clock.now()
  }

  /** Something came from the relay, and was handled. */
  heard(): void {
    this.#heardMs = this.#clock.now()
    if (!this.#isLimiting || this.#marks.length >= MARKS_MAX) return
    if (this.#heardMs - this.#sentMs >= ANSWER_AFTER_MS) this.#mark()
  }

  /** Whether packets must leave in small pieces, of which little is under way. */
  get isSmall(): boolean {
    return this.#isCareful && this.#quickMarks < QUICK_MARKS
  }

  get #maxBytes(): number {
    if (!this.#isCareful) return MAX_WINDOW_BYTES
    return this.isSmall ? SMALL_MAX_WINDOW_BYTES : QUICK_MAX_WINDOW_BYTES
  }

  /** Whether the relay speaks, but has not read for long what was sent to it. */
  get standsStill(): boolean {
    return this.#marks.length > 0 && this.#heardMs - this.#marks[0]!.sentMs > STANDS_STILL_MS
  }

  /** A pong; 'opened': there is room again after there was none. */
  pong(id: bigint): 'not ours' | 'noted' | 'opened' {
    const at = this.#marks.findIndex((mark) => mark.id === id)
    if (at < 0) return 'not ours'
    const mark = this.#marks.splice(0, at + 1).at(-1)!
    const newBytes = mark.atBytes - this.#readBytes
    this.#readBytes = mark.atBytes
    const rttMs = this.#clock.now() - mark.sentMs
    this.#minRttMs = Math.min(this.#minRttMs, rttMs)
    this.#quickMarks = rttMs < QUICK_MS ? this.#quickMarks + 1 : 0
    this.#adapt(mark, rttMs, newBytes)
    if (!this.#isLimiting || !this.hasRoom) return 'noted'
    this.#isLimiting = false
    return 'opened'
  }

  #mark(): void {
    const id = freshPingId(this.#random)
    this.#sentMs = this.#clock.now()
    this.#marks.push({ id, atBytes: this.#sentBytes, sentMs: this.#sentMs })
    this.#markedBytes = this.#sentBytes
    this.#sendPing(id)
  }

  #adapt(mark: Mark, rttMs: Millis, newBytes: number): void {
    const usualMs = 2 * this.#minRttMs
    if (rttMs > usualMs + STALLED_MS) {
      if (mark.atBytes <= this.#stalledAtBytes) return
      this.#stalledAtBytes = this.#sentBytes
      this.#windowBytes = Math.max(MIN_WINDOW_BYTES, this.#windowBytes / 2)
    } else if (this.#isLimiting && rttMs <= usualMs + USUAL_MS) {
      const growth = this.#stalledAtBytes < 0 ? newBytes : (STEP_BYTES * newBytes) / this.#windowBytes
      this.#windowBytes += growth
    }
    this.#windowBytes = Math.min(this.#windowBytes, this.#maxBytes)
  }
}
