// The machine's own clock and timers, moved by hand: what a test proves about time must not hang on how busy the machine
// is. Replaces performance.now, setTimeout and setImmediate of this process between `take` and `giveBack`.

import assert from 'node:assert/strict'

interface Timer {
  readonly atMs: number
  readonly work: () => void
  ref(): Timer
  unref(): Timer
}

/** More of these in a row than any program needs: it spins. */
const IMMEDIATES_MAX = 10_000

export class MachineTime {
  nowMs = 50_000_000
  /** How often setTimeout was called. */
  timersSet = 0
  readonly #timers = new Set<Timer>()
  readonly #immediates = new Set<{ work: () => void }>()
  readonly #real = { setTimeout, clearTimeout, setImmediate, clearImmediate }
  readonly #realNow = performance.now

  static take(): MachineTime {
    const time = new MachineTime()
    Object.assign(globalThis, {
      setTimeout: (work: () => void, ms = 1) => time.#addTimer(work, ms),
      clearTimeout: (timer: Timer) => time.#timers.delete(timer),
      setImmediate: (work: () => void) => time.#addImmediate(work),
      clearImmediate: (immediate: { work: () => void }) => time.#immediates.delete(immediate),
    })
    time.#setNow(() => time.nowMs)
    return time
  }

  giveBack(): void {
    Object.assign(globalThis, this.#real)
    this.#setNow(this.#realNow)
  }

  /** Lets `ms` pass: everything that is due by then runs in its order, each thing at its own moment. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms
    for (;;) {
      await this.#runImmediates()
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > endMs) break
      this.#timers.delete(next)
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.work()
    }
    this.nowMs = endMs
  }

  async #runImmediates(): Promise<void> {
    await Promise.resolve()
    for (let count = 0; this.#immediates.size > 0; count++) {
      assert.ok(count < IMMEDIATES_MAX, 'it spins')
      const [first] = this.#immediates
      this.#immediates.delete(first!)
      first!.work()
      await Promise.resolve()
    }
  }

  #addTimer(work: () => void, ms: number): Timer {
    const timer: Timer = { atMs: this.nowMs + Math.max(1, ms), work, ref: () => timer, unref: () => timer }
    this.timersSet++
    this.#timers.add(timer)
    return timer
  }

  #addImmediate(work: () => void): { work: () => void } {
    const immediate = { work }
    this.#immediates.add(immediate)
    return immediate
  }

  #setNow(now: () => number): void {
    // Node 18's is read-only.
    Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true })
  }
}
