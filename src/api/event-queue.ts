// Turns events into an async iterator: `for await (const message of tox.messages())`.
// The queue is bounded: a reader that never reads must not let a flooding friend fill the memory.

import type { EventEmitter } from 'node:events'
import { ToxError } from '../tox/errors.js'

/** Events that wait for a reader, at most; beyond it the iterator ends with an error rather than losing some in silence. */
const CAPACITY = 10_000

export interface IteratorOptions {
  /** Ends the iteration (without an error) when aborted. */
  readonly signal?: AbortSignal | undefined
}

export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #events: T[] = []
  readonly #readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = []
  #ended = false
  #error: ToxError | undefined
  readonly #stops: (() => void)[] = []

  constructor(options: IteratorOptions = {}) {
    const { signal } = options
    if (signal === undefined) return
    if (signal.aborted) this.end()
    const onAbort = (): void => this.end()
    signal.addEventListener('abort', onAbort, { once: true })
    this.onEnd(() => signal.removeEventListener('abort', onAbort))
  }

  /** `stop` runs once when the iteration ends for whatever reason. */
  onEnd(stop: () => void): void {
    if (this.#ended) stop()
    else this.#stops.push(stop)
  }

  push(event: T): void {
    if (this.#ended) return
    const reader = this.#readers.shift()
    if (reader !== undefined) return reader.resolve({ done: false, value: event })
    if (this.#events.length < CAPACITY) this.#events.push(event)
    else this.end(new ToxError('NEW', 'iterator-overflow'))
  }

  /** No more events: what is queued can still be read; then the iteration is done, or throws `error`. */
  end(error?: ToxError): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    for (const stop of this.#stops.splice(0)) stop()
    for (const reader of this.#readers.splice(0)) {
      if (error === undefined) reader.resolve({ done: true, value: undefined })
      else reader.reject(error)
    }
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#events.length > 0) return Promise.resolve({ done: false, value: this.#events.shift()! })
    if (this.#error !== undefined) {
      const error = this.#error
      this.#error = undefined
      return Promise.reject(error)
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<T>> {
    this.end()
    this.#events.length = 0
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** The events `name` from now on, until the reader or `options` end it, or one of `ends` is called. */
export function eventsOf<T>(
  emitter: EventEmitter,
  name: string,
  ends: Set<(error: ToxError) => void>,
  options?: IteratorOptions,
): EventQueue<T> {
  const queue = new EventQueue<T>(options)
  const listener = (event: T): void => queue.push(event)
  const onEnd = (): void => queue.end()
  emitter.on(name, listener)
  ends.add(onEnd)
  queue.onEnd(() => {
    emitter.off(name, listener)
    ends.delete(onEnd)
  })
  return queue
}
