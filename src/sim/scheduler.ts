// Virtual time: it stands still while something happens and jumps to the next event.

import type { Millis } from '../base/index.js'
import { EventQueue, SimEvent } from './event-queue.js'

class Call extends SimEvent {
  constructor(
    atMs: Millis,
    private action: (() => void) | undefined,
  ) {
    super(atMs)
  }

  cancel(): void {
    this.action = undefined
  }

  happen(): void {
    this.action?.()
  }
}

/** The world's one clock and what waits for it. */
export class Scheduler {
  readonly queue = new EventQueue()
  /** Milliseconds since the world began. */
  nowMs: Millis = 0

  /** Calls `action` in `delayMs`; returns a function that calls it off. */
  after(delayMs: Millis, action: () => void): () => void {
    const call = new Call(this.nowMs + Math.max(0, delayMs), action)
    this.queue.push(call)
    return () => call.cancel()
  }

  /** Lets the next event happen if it is due by `endMs`; false when there is none. */
  step(endMs: Millis): boolean {
    if (this.queue.nextMs > endMs) return false
    const event = this.queue.pop()
    if (event === undefined) return false
    this.nowMs = event.atMs
    event.happen()
    return true
  }

  /** Lets everything happen that is due by `endMs`, and sets the clock to that. */
  runTo(endMs: Millis): void {
    while (this.step(endMs)) {
      // All work is in the events.
    }
    this.nowMs = Math.max(this.nowMs, endMs)
  }
}
