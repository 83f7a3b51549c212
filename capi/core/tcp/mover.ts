// Moves the TCP connections of one instance between the calls of its program: what is ready is read or sent in `step`, and what
// a call wrote leaves in `flush`, before the call returns, as far as the system takes it.

import { nativeTcp, READABLE, WRITABLE } from './native.js'

/** Whoever owns a descriptor that is watched. */
export interface Watched {
  /** `what` it is ready for: bits. */
  ready(what: number): void
  /** Closes it. */
  destroy(): void
}

/** Whoever has something to do before the call returns. */
export interface Unsent {
  flush(): void
}

export interface TcpMoverOptions {
  /** A mistake of our own in whoever reads a connection; the others go on. */
  onError(error: unknown): void
  /** Whether what arrives may be read now; else it waits in the kernel. */
  mayRead(): boolean
  /** Milliseconds of the machine's own clock. */
  machineMs(): number
}

/** One step looks so often for more, for about so long: as the driver of the UDP sockets. */
const ROUNDS_PER_STEP = 8
const STEP_BUDGET_MS = 5
/** A socket that somebody else reads, but that a caller who polls waits for too. */
const FOREIGN_KEY = 0
const KEY_MAX = 2 ** 31 - 1

export class TcpMover {
  readonly #options: TcpMoverOptions
  readonly #readiness
  readonly #events: Int32Array
  readonly #watched = new Map<number, Watched>()
  readonly #unsent = new Set<Unsent>()
  #later: (() => void)[] = []
  #lastKey = FOREIGN_KEY

  constructor(options: TcpMoverOptions) {
    const { Readiness } = nativeTcp()
    this.#options = options
    this.#readiness = new Readiness()
    this.#events = new Int32Array(2 * Readiness.EVENTS_MAX)
  }

  /** On this descriptor something else can wait for all connections; undefined where it does not tell all. */
  get pollable(): number | undefined {
    const descriptor = this.#readiness.descriptor()
    return this.#later.length > 0 || this.#unsent.size > 0 || descriptor < 0 ? undefined : descriptor
  }

  /** Whether a step is wanted at once. */
  get isImpatient(): boolean {
    return this.#later.length > 0
  }

  /** Whoever polls waits for this socket too; false when the system has no room for that now. */
  watchForeign(descriptor: number): boolean {
    return this.#readiness.watch(descriptor, FOREIGN_KEY, READABLE) === 0
  }

  /** Names a descriptor that will be watched; never given twice at one time. */
  newKey(): number {
    do this.#lastKey = this.#lastKey === KEY_MAX ? FOREIGN_KEY + 1 : this.#lastKey + 1
    while (this.#watched.has(this.#lastKey))
    return this.#lastKey
  }

  /** Watches a descriptor until it is closed; 0, or the negative error. */
  watch(key: number, descriptor: number, interest: number, owner: Watched): number {
    this.#watched.set(key, owner)
    return this.#readiness.watch(descriptor, key, interest)
  }

  /** Watches it for something else, or for another owner. */
  change(key: number, descriptor: number, interest: number, owner: Watched): void {
    this.#watched.set(key, owner)
    this.#readiness.change(descriptor, key, interest)
  }

  /** To be called when the descriptor is closed. */
  forget(key: number): void {
    this.#watched.delete(key)
  }

  /** `owner` wants to be flushed before the call returns. */
  touch(owner: Unsent): void {
    this.#unsent.add(owner)
  }

  untouch(owner: Unsent): void {
    this.#unsent.delete(owner)
  }

  /** Does something with the next step: what is known already, but must not be told within the call that caused it. */
  later(work: () => void): void {
    this.#later.push(work)
  }

  /** Reads and sends what is ready, within a budget. */
  step(): void {
    const endMs = this.#options.machineMs() + STEP_BUDGET_MS
    for (let round = 0; round < ROUNDS_PER_STEP && this.#round(); round++) {
      this.flush()
      if (this.#options.machineMs() >= endMs) break
    }
    this.flush()
  }

  /** Sends what waits, as far as the system takes it. */
  flush(): void {
    // Whoever is flushed may make others write, or itself.
    for (const owner of this.#unsent) {
      this.#unsent.delete(owner)
      this.#guard(() => owner.flush())
    }
  }

  /** Sends what waits, as far as the system takes it, and closes everything. */
  close(): void {
    this.flush()
    for (const owner of [...this.#watched.values()]) this.#guard(() => owner.destroy())
    this.#unsent.clear()
    this.#later = []
    this.#readiness.close()
  }

  /** Handles what is known and what is ready now; true when more may be. */
  #round(): boolean {
    const later = this.#later
    this.#later = []
    for (const work of later) this.#guard(work)
    const events = this.#events
    const count = this.#readiness.ready(events)
    let handled = later.length
    for (let i = 0; i < count; i++) {
      const owner = this.#watched.get(events[2 * i]!)
      const what = events[2 * i + 1]! & (this.#options.mayRead() ? READABLE | WRITABLE : WRITABLE)
      if (owner === undefined || what === 0) continue
      handled++
      this.#guard(() => owner.ready(what))
    }
    return handled > 0
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#options.onError(error)
    }
  }
}
