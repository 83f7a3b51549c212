// The packets that we sent or will send and that the peer has not acknowledged: at most 32,768. Spec: Net crypto.
//
//   start            next                 end
//     | sent, not acked | waiting to be sent |        numbers are 32 bits wide and wrap around
//
// Packets lie in blocks as they are sealed: room for the header, padding, payload. All bookkeeping is in typed arrays that
// grow from 64 slots, so a quiet friend costs 3 KB and a burst costs no object per packet.

import type { Millis } from '../base/index.js'
import { DATA_HEADER_BYTES, paddingOf } from '../packet/net-crypto/index.js'
import { FlightLog } from './flight-log.js'
import { BLOCK_BYTES, type PacketBlocks } from './packet-blocks.js'
import { decodeGaps } from './request-packet.js'
import type { LossRules, WindowNews } from './window-news.js'

/** c-toxcore: CRYPTO_PACKET_BUFFER_SIZE. */
export const WINDOW_PACKETS = 32_768
const FIRST_SLOTS = 64

const WAITING = 0
/** Sent once. */
const FLYING = 1
/** Sent more than once: tells nothing about the round trip. */
const RESENT = 2
/** Judged lost; to be sent again. */
const LOST = 3
/** The peer has it, but not all before it. */
const HELD = 4
const STATE = 7
/** Flag: the peer said that it is missing; too young to be judged. */
const SUSPECT = 8

export class SendWindow {
  readonly #blocks: PacketBlocks
  #block: (Uint8Array | undefined)[] = new Array<undefined>(FIRST_SLOTS).fill(undefined)
  #offset = new Uint16Array(FIRST_SLOTS)
  #size = new Uint16Array(FIRST_SLOTS)
  #state = new Uint8Array(FIRST_SLOTS)
  readonly flights = new FlightLog(FIRST_SLOTS)
  #mask = FIRST_SLOTS - 1
  #filledTo = BLOCK_BYTES

  #start: number
  #next: number
  #end: number
  #inFlight = 0
  #lost = 0
  /** When the youngest packet that has arrived was sent. */
  #youngestMs = Number.NEGATIVE_INFINITY
  /** No packet before it is lost: where the search for the next to resend starts. */
  #lostFrom: number

  /** `firstNumber` is 0 on the network; tests start near 2^32. */
  constructor(blocks: PacketBlocks, firstNumber = 0) {
    this.#blocks = blocks
    this.#start = this.#next = this.#end = this.#lostFrom = firstNumber >>> 0
  }

  /** When the youngest packet that has arrived was sent. */
  get youngestArrivedMs(): Millis {
    return this.#youngestMs
  }
  /** Number of the first packet that is not acknowledged. */
  get start(): number {
    return this.#start
  }
  /** Number of the first packet that was never sent: what packets without a number of their own carry. */
  get next(): number {
    return this.#next
  }
  get waiting(): number {
    return (this.#end - this.#next) >>> 0
  }
  get unacknowledged(): number {
    return (this.#next - this.#start) >>> 0
  }
  get freeSlots(): number {
    return WINDOW_PACKETS - ((this.#end - this.#start) >>> 0)
  }
  /** Sent, and neither acknowledged, nor held by the peer, nor judged lost. */
  get inFlight(): number {
    return this.#inFlight
  }
  /** Judged lost and not yet sent again. */
  get lost(): number {
    return this.#lost
  }

  /** Copies a payload of 1 to 1,373 bytes into the window and returns its number; `undefined` when the window is full. */
  push(payload: Uint8Array): number | undefined {
    const count = (this.#end - this.#start) >>> 0
    if (count >= WINDOW_PACKETS) return undefined
    if (count > this.#mask) this.#grow()
    const padding = paddingOf(payload.length)
    const size = DATA_HEADER_BYTES + padding + payload.length
    const number = this.#end
    const slot = number & this.#mask
    let block = count === 0 ? undefined : this.#block[(number - 1) & this.#mask]
    if (block === undefined || this.#filledTo + size > BLOCK_BYTES) {
      block = this.#blocks.take()
      this.#filledTo = 0
    }
    const at = this.#filledTo
    this.#filledTo = at + size
    block[at + 4] = number >>> 24
    block[at + 5] = number >>> 16
    block[at + 6] = number >>> 8
    block[at + 7] = number
    for (let i = at + 8; i < at + 8 + padding; i++) block[i] = 0
    block.set(payload, at + DATA_HEADER_BYTES + padding)
    this.#block[slot] = block
    this.#offset[slot] = at
    this.#size[slot] = size
    this.#state[slot] = WAITING
    this.#end = (number + 1) >>> 0
    return number
  }

  /** The text of a packet of this window, to be sealed: its first four bytes are the caller's to write. */
  plainOf(number: number): Uint8Array {
    const slot = number & this.#mask
    const at = this.#offset[slot]!
    return this.#block[slot]!.subarray(at, at + this.#size[slot]!)
  }

  /** The packet that should go out next: the first lost one, else the first that waits; `undefined`: none. */
  nextToSend(): number | undefined {
    if (this.#lost === 0) return this.#next === this.#end ? undefined : this.#next
    let number = this.#lostFrom
    while (this.#state[number & this.#mask] !== LOST) number = (number + 1) >>> 0
    this.#lostFrom = number
    return number
  }

  /** The youngest packet in the air; `undefined`: none. Sent again, it tells the peer all that it misses. */
  youngestInFlight(): number | undefined {
    for (let n = this.#next; n !== this.#start; ) {
      n = (n - 1) >>> 0
      const state = this.#state[n & this.#mask]! & STATE
      if (state === FLYING || state === RESENT) return n
    }
    return undefined
  }

  /** Notes that packet `number` was sent at `nowMs`. */
  sent(number: number, nowMs: Millis): void {
    const slot = number & this.#mask
    const state = this.#state[slot]! & STATE
    this.flights.leave(slot, nowMs, state === WAITING, this.#inFlight === 0)
    this.#state[slot] = state === WAITING ? FLYING : RESENT
    if (state === WAITING) this.#next = (number + 1) >>> 0
    if (state === LOST) this.#lost--
    if (state === WAITING || state === LOST) this.#inFlight++
  }

  /**
   * The peer has all packets before `upTo`. False when we never sent them: the packet that says so is bogus. An older
   * acknowledgement that arrives late changes nothing.
   */
  acknowledge(upTo: number, news: WindowNews): boolean {
    if (upTo === this.#start) return true
    const count = (upTo - this.#start) >>> 0
    if (count > this.unacknowledged) return (this.#start - upTo) >>> 0 <= WINDOW_PACKETS
    for (let i = 0; i < count; i++) {
      const slot = this.#start & this.#mask
      this.#arrived(slot, news)
      const block = this.#block[slot]!
      this.#block[slot] = undefined
      this.#start = (this.#start + 1) >>> 0
      if (this.#start === this.#end || this.#block[this.#start & this.#mask] !== block) this.#blocks.give(block)
    }
    if ((this.#lostFrom - this.#start) >>> 0 > WINDOW_PACKETS) this.#lostFrom = this.#start
    return true
  }

  /** Applies the gap list of a packet request. What is not lost yet by the rules becomes a suspect. False: it is malformed. */
  applyRequest(gaps: Uint8Array, rules: LossRules, news: WindowNews): boolean {
    const missing: number[] = []
    let lastHeld = -1
    const valid = decodeGaps(gaps, this.unacknowledged, (offset, isMissing) => {
      if (isMissing) missing.push(offset)
      else {
        lastHeld = offset
        this.#hold((this.#start + offset) & this.#mask, news)
      }
    })
    const lastMissing = missing.at(-1)
    for (const offset of missing) {
      const slot = (this.#start + offset) & this.#mask
      const state = this.#state[slot]! & STATE
      if (state !== FLYING && state !== RESENT) continue
      const isDoubtful = offset === lastMissing && offset > lastHeld
      const sentMs = this.flights.sentMs(slot)
      const isOvertaken = !isDoubtful && this.#youngestMs - sentMs > rules.reorderMs
      if (isOvertaken || sentMs <= (isDoubtful ? rules.longBeforeMs : rules.sentBeforeMs)) {
        this.#lose((this.#start + offset) >>> 0, news)
      } else if (!isDoubtful) this.#state[slot] = state | SUSPECT
    }
    return valid
  }

  /** Judges suspects sent at `sentBeforeMs` or earlier as lost; returns when the oldest of the others was sent, or Infinity. */
  judgeSuspects(sentBeforeMs: Millis, news: WindowNews): Millis {
    let oldest = Number.POSITIVE_INFINITY
    for (let n = this.#start; n !== this.#next; n = (n + 1) >>> 0) {
      const slot = n & this.#mask
      if ((this.#state[slot]! & SUSPECT) === 0) continue
      const sentMs = this.flights.sentMs(slot)
      if (sentMs <= sentBeforeMs) this.#lose(n, news)
      else oldest = Math.min(oldest, sentMs)
    }
    return oldest
  }

  /** Drops all packets, overwriting their text. */
  clear(): void {
    let last: Uint8Array | undefined
    for (const block of this.#block) {
      if (block === undefined || block === last) continue
      block.fill(0)
      last = block
    }
    this.#block.fill(undefined)
    this.#start = this.#next = this.#lostFrom = this.#end
    this.#inFlight = this.#lost = 0
  }

  #hold(slot: number, news: WindowNews): void {
    if ((this.#state[slot]! & STATE) === HELD) return
    this.#arrived(slot, news)
    this.#state[slot] = HELD
  }

  #arrived(slot: number, news: WindowNews): void {
    const state = this.#state[slot]! & STATE
    if (state === HELD) return
    news.arrived++
    if (state === LOST) this.#lost--
    else this.#inFlight--
    const sentMs = this.flights.sentMs(slot)
    const firstMs = this.flights.firstSentMs(slot)
    if (state === FLYING) {
      if (sentMs >= news.youngestArrivedSentMs) this.flights.tell(slot, news)
      if (sentMs > this.#youngestMs) this.#youngestMs = sentMs
    }
    // What was sent again and arrived too soon for that has arrived the first time.
    const isSpurious = state === LOST || (state === RESENT && sentMs >= news.spuriousFromMs)
    if (isSpurious) news.spurious++
    if (isSpurious || state === FLYING) news.latenessMs = Math.max(news.latenessMs, this.#youngestMs - firstMs)
  }

  #lose(number: number, news: WindowNews): void {
    const slot = number & this.#mask
    this.#state[slot] = LOST
    this.#inFlight--
    this.#lost++
    news.lost++
    news.youngestLostSentMs = Math.max(news.youngestLostSentMs, this.flights.sentMs(slot))
    if ((number - this.#start) >>> 0 < (this.#lostFrom - this.#start) >>> 0) this.#lostFrom = number
  }

  #grow(): void {
    const slots = 2 * (this.#mask + 1)
    const mask = slots - 1
    const old = { block: this.#block, offset: this.#offset, size: this.#size, state: this.#state }
    this.#block = new Array<undefined>(slots).fill(undefined)
    this.#offset = new Uint16Array(slots)
    this.#size = new Uint16Array(slots)
    this.#state = new Uint8Array(slots)
    this.flights.grow(slots, this.#start, this.#end)
    for (let n = this.#start; n !== this.#end; n = (n + 1) >>> 0) {
      const from = n & this.#mask
      const to = n & mask
      this.#block[to] = old.block[from]
      this.#offset[to] = old.offset[from]!
      this.#size[to] = old.size[from]!
      this.#state[to] = old.state[from]!
    }
    this.#mask = mask
  }
}
