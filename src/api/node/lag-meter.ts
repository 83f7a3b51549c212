// How late the event loop of this process is: a second is asked for, and what it took more is the lag.

import type { Millis } from '../../base/index.js'

const INTERVAL_MS: Millis = 1000
/** The longest of so many is told. */
const KEPT = 60

export class LagMeter {
  readonly #lags: Millis[] = []
  #dueMs = performance.now() + INTERVAL_MS
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#measure(), INTERVAL_MS)
    this.#timer.unref()
  }

  /** The longest lag of the last minute. */
  get maxMs(): Millis {
    return Math.max(0, ...this.#lags)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #measure(): void {
    const nowMs = performance.now()
    this.#lags.push(Math.max(0, nowMs - this.#dueMs))
    if (this.#lags.length > KEPT) this.#lags.shift()
    this.#dueMs = nowMs + INTERVAL_MS
  }
}
