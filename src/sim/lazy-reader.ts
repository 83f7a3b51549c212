// Streams that are looked at now and then, as c-toxcore's relay does: what comes in between waits.

import type { Deadline, Env, Millis } from '../base/index.js'
import type { StreamHandler } from '../transport/stream.js'

export class LazyReader {
  readonly #env: Env
  readonly #everyMs: Millis
  readonly #deadline: Deadline
  readonly #waiting: (() => void)[] = []

  constructor(env: Env, everyMs: Millis) {
    this.#env = env
    this.#everyMs = everyMs
    this.#deadline = env.deadlines.create('lazy reader', () => this.#look())
  }

  /** What reads a stream instead of `handler`, which hears of it later. */
  reads(handler: StreamHandler): StreamHandler {
    return {
      onData: (bytes) => {
        const kept = bytes.slice()
        this.#later(() => handler.onData(kept))
      },
      onClosed: () => this.#later(() => handler.onClosed()),
      onDrained: () => handler.onDrained?.(),
    }
  }

  #later(action: () => void): void {
    this.#waiting.push(action)
    if (this.#deadline.isSet) return
    const now = this.#env.clock.now()
    this.#deadline.set((Math.floor(now / this.#everyMs) + 1) * this.#everyMs)
  }

  #look(): void {
    for (const action of this.#waiting.splice(0)) action()
  }
}
