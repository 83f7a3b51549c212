// What follows when an established peer says nothing, though peers say something every second: it is asked where it is, then
// whether it is there at all.

import type { Millis } from '../base/index.js'
import { QUIET_MS } from './path.js'
import type { SessionHandlers } from './session-handlers.js'

/** After missing two packets, a session counts as abandoned when its peer asks anew. */
const ABANDONED_MS: Millis = 2_500
/** After missing five, the peer may be gone, or have started anew: then other ways to it are worth a try. */
const SUSPICIOUS_MS: Millis = 5_000
/**
 * When to ask. The first time we show the DHT where we are, from the second on the peer is sought: the first silence is mostly
 * one lost packet. Ways that are cut for long often end elsewhere than they began, so the last rounds reach to where friends
 * give up (24 to 32 s: CONNECTION_TIMEOUT_MS without one of their Alive packets, which come every 8 s).
 */
const ROUNDS_MS: readonly Millis[] = [
  ...[QUIET_MS, QUIET_MS + 500, QUIET_MS + 900, 3_500, 5_500],
  ...[8_000, 12_000, 17_000, 23_000],
]

export class Silence {
  heardMs: Millis = Number.NEGATIVE_INFINITY
  #isTold = false
  #rounds = 0

  constructor(private readonly handlers: SessionHandlers) {}

  /** Something authentic came. */
  heard(nowMs: Millis): void {
    this.heardMs = nowMs
    this.#rounds = 0
    if (this.#isTold) this.#tell(false)
  }

  /** Whether the peer may be taken at its word that it begins anew. */
  isAbandoned(nowMs: Millis): boolean {
    return nowMs - this.heardMs >= ABANDONED_MS
  }

  /** To be called every second. */
  look(nowMs: Millis): void {
    if (!this.#isTold && nowMs - this.heardMs >= SUSPICIOUS_MS) this.#tell(true)
  }

  /** When to `ask`; `Infinity` when that was done often enough. */
  get dueMs(): Millis {
    return this.heardMs + (ROUNDS_MS[this.#rounds] ?? Number.POSITIVE_INFINITY)
  }

  ask(): void {
    if (this.#rounds++ > 0) this.handlers.onQuiet?.()
  }

  #tell(isSilent: boolean): void {
    this.#isTold = isSilent
    this.handlers.onSilence?.(isSilent)
  }
}
