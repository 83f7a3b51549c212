// The packets that the peer sent: delivered once and in order. Spec: Net crypto. What arrives in order is never stored; what
// arrives early waits, at most 32,768 packets ahead (as c-toxcore: 45 MB from one friend who means harm, who can do the
// same to c-toxcore).

import { encodeGaps } from './request-packet.js'
import { WINDOW_PACKETS } from './send-window.js'

const FIRST_SLOTS = 64

/** What to do with a lossless packet. */
export type Verdict = 'deliver' | 'stored' | 'duplicate' | 'too-far'

export class ReceiveWindow {
  #early: (Uint8Array | undefined)[] = new Array<undefined>(FIRST_SLOTS).fill(undefined)
  #start: number
  #end: number
  /** Packets that were delivered but are not to be acknowledged yet: the last so many before `#start`. */
  #withheld = 0

  constructor(firstNumber = 0) {
    this.#start = this.#end = firstNumber >>> 0
  }

  /** The number expected next: all before it were delivered. */
  get start(): number {
    return this.#start
  }

  /** Our acknowledgement: the peer learns that all before this number arrived. */
  get acknowledged(): number {
    return (this.#start - this.#withheld) >>> 0
  }

  /** Whether packets were delivered that are not acknowledged. */
  get isWithholding(): boolean {
    return this.#withheld > 0
  }

  /** Holds the acknowledgement at packet `from`, one of those delivered since the last call or so; `undefined`: no more. */
  withhold(from: number | undefined): void {
    this.#withheld = from === undefined ? 0 : (this.#start - from) >>> 0
  }

  /** One past the last packet that the peer is known to have sent. */
  get end(): number {
    return this.#end
  }

  /** Whether packets are missing that the peer has sent. */
  get hasGaps(): boolean {
    return this.#start !== this.#end
  }

  /**
   * Judges packet `number`. On `'deliver'` the caller delivers `data` itself, calls `delivered()` and then takes early packets
   * by `takeNext()`; on `'stored'` a copy of it is kept here.
   */
  accept(number: number, data: Uint8Array): Verdict {
    const ahead = (number - this.#start) >>> 0
    // Counted from our acknowledgement, as the sender does: it has no more packets than that under way.
    if (ahead >= WINDOW_PACKETS - this.#withheld)
      return (this.#start - number) >>> 0 <= WINDOW_PACKETS ? 'duplicate' : 'too-far'
    if (ahead === 0) return 'deliver'
    while (ahead >= this.#early.length) this.#grow()
    const slot = number & (this.#early.length - 1)
    if (this.#early[slot] !== undefined) return 'duplicate'
    this.#early[slot] = data.slice()
    if (ahead >= (this.#end - this.#start) >>> 0) this.#end = (number + 1) >>> 0
    return 'stored'
  }

  /** Notes that the expected packet was handed up. */
  delivered(): void {
    if (this.#start === this.#end) this.#end = (this.#end + 1) >>> 0
    this.#start = (this.#start + 1) >>> 0
    if (this.#withheld > 0) this.#withheld++
  }

  /** The next packet when it came early, now to be handed up; `undefined` when it is missing. */
  takeNext(): Uint8Array | undefined {
    const slot = this.#start & (this.#early.length - 1)
    const data = this.#early[slot]
    if (data === undefined) return undefined
    this.#early[slot] = undefined
    this.delivered()
    return data
  }

  /** The peer says that it has sent all before `number`. Late or impossible claims change nothing. True when gaps appeared. */
  announceEnd(number: number): boolean {
    if ((number - this.#start) >>> 0 > WINDOW_PACKETS - this.#withheld) return false
    if ((number - this.#end) >>> 0 > WINDOW_PACKETS || number === this.#end) return false
    this.#end = number >>> 0
    return true
  }

  /**
   * Writes the gap list of a packet request, which counts from our acknowledgement, into `out`; returns its length. When
   * packets were received behind the last gap, the list ends by naming the packet expected after them: else the peer could
   * not know that they arrived, and would wait for them with a full window. c-toxcore understands it, for it sends again only
   * what is older than a round trip.
   */
  writeGaps(out: Uint8Array): number {
    const early = this.#early
    const mask = early.length - 1
    const start = this.#start
    const withheld = this.#withheld
    const count = ((this.#end - start) >>> 0) + withheld
    const isMissing = (offset: number): boolean => {
      const ahead = offset - withheld
      return ahead >= 0 && (ahead >= early.length || early[(start + ahead) & mask] === undefined)
    }
    const hasTail = count > 0 && !isMissing(count - 1)
    return encodeGaps(hasTail ? count + 1 : count, (offset) => offset === count || isMissing(offset), out)
  }

  /** Drops what waits. */
  clear(): void {
    this.#early = []
  }

  #grow(): void {
    const old = this.#early
    const slots = 2 * old.length
    this.#early = new Array<undefined>(slots).fill(undefined)
    for (let i = 0; i < old.length; i++) {
      const number = (this.#start + i) >>> 0
      this.#early[number & (slots - 1)] = old[number & (old.length - 1)]
    }
  }
}
