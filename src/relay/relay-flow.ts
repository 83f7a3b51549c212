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
const MAX_WINDOW_BYTES = 96 * 1024
/** On a long way, longer than c-toxcore's 30 ms, the system makes more room: 10 MB/s at 100 ms. */
const LONG_WAY_MS = 40
const LONG_WAY_MAX_WINDOW_BYTES = 1024 * 1024
/** A ping for each quarter of the window, but not for less than this: what it frees leaves in one turn. */
const MARKS_PER_WINDOW = 4
const MARK_MIN_BYTES = 8 * 1024
/** Beyond two round trips: a busy machine's pauses and c-toxcore's 30 ms; and a connection that stands still. */
const USUAL_MS = 100
const STALLED_MS = 250
/** After it once stood still, the window grows by so much a round trip. */
const STEP_BYTES = 16 * 1024

interface Mark {
  readonly id: bigint
  /** What had been sent before it. */
  readonly atBytes: number
  readonly sentMs: Millis
}

export class RelayFlow {
  readonly #clock: Clock
  readonly #random: Random
  readonly #sendPing: (id: bigint) => void
  /** In the order in which they were sent; at most about four. */
  readonly #marks: Mark[] = []
  #windowBytes = FIRST_WINDOW_BYTES
  #sentBytes = 0
  #readBytes = 0
  #markedBytes = 0
  #minRttMs = Number.POSITIVE_INFINITY
  /** It has stood still: what was sent before this tells the same once more. */
  #stalledAtBytes = -1
  #isLimiting = false

  constructor(clock: Clock, random: Random, sendPing: (id: bigint) => void) {
    this.#clock = clock
    this.#random = random
    this.#sendPing = sendPing
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
    this.#adapt(mark, rttMs, newBytes)
    if (!this.#isLimiting || !this.hasRoom) return 'noted'
    this.#isLimiting = false
    return 'opened'
  }

  #mark(): void {
    const id = freshPingId(this.#random)
    this.#marks.push({ id, atBytes: this.#sentBytes, sentMs: this.#clock.now() })
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
      const mostBytes = this.#minRttMs > LONG_WAY_MS ? LONG_WAY_MAX_WINDOW_BYTES : MAX_WINDOW_BYTES
      this.#windowBytes = Math.max(this.#windowBytes, Math.min(mostBytes, this.#windowBytes + growth))
    }
  }
}
