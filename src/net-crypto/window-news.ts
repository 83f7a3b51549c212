// What the send window is told by its session, and what it tells.

import type { Millis } from '../base/index.js'

/** When a packet that the peer misses is lost. */
export interface LossRules {
  /** Sent then or earlier: lost. */
  readonly sentBeforeMs: Millis
  /** The same for the last one told, which may be a packet that the peer just expects next. */
  readonly longBeforeMs: Millis
  /** Lost when one that was sent more than so much later has arrived. */
  readonly reorderMs: Millis
}

/** What an acknowledgement or request told. Made once and filled again and again. */
export class WindowNews {
  /** Packets that left the air because the peer has them. */
  arrived = 0
  /** When the youngest of them was sent, of those sent once; -1: none. */
  youngestArrivedSentMs = -1
  /** When it left: the last arrival before, how many had arrived, when the last that arrived was sent, whether more was to send. */
  arrivalMs = 0
  arrivedBefore = 0
  epochMs = 0
  isStarved = false
  /** Packets that were sent again then or later, and have arrived, arrived the first time: told by the sender. */
  spuriousFromMs = Number.POSITIVE_INFINITY
  /** How many were judged lost and were not. */
  spurious = 0
  /** A packet arrived after one that was sent so much later; 0: none did. */
  latenessMs = 0
  /** Packets judged lost now. */
  lost = 0
  /** When the youngest of them was sent. */
  youngestLostSentMs = -1

  clear(): void {
    this.arrived = this.lost = this.spurious = this.latenessMs = 0
    this.youngestArrivedSentMs = this.youngestLostSentMs = -1
  }
}
