// How an instance tells what happens: events with typed listeners, and the same as async iterators.

import { EventEmitter } from 'node:events'
import type { ToxError } from '../tox/errors.js'
import { type EventQueue, eventsOf, type IteratorOptions } from './event-queue.js'
import type { ToxEventMap } from './events.js'

export abstract class ToxEvents extends EventEmitter<ToxEventMap> {
  /** What ends when the instance is closed. */
  protected readonly onClose = new Set<(error: ToxError) => void>()

  protected abstract assertOpen(): void

  /** Messages of all friends as an async iterator, until `signal`, `break` or `close()`. */
  messages(options?: IteratorOptions): EventQueue<ToxEventMap['message'][0]> {
    return this.iterate('message', options)
  }

  /** Files that friends offer, as an async iterator. */
  incomingFiles(options?: IteratorOptions): EventQueue<ToxEventMap['file'][0]> {
    return this.iterate('file', options)
  }

  /** Friend requests as an async iterator. */
  friendRequests(options?: IteratorOptions): EventQueue<ToxEventMap['friendRequest'][0]> {
    return this.iterate('friendRequest', options)
  }

  /** Any event as an async iterator, from this call on. At most 10,000 wait; then it ends with `TOX_ERR_TS_ITERATOR_OVERFLOW`. */
  iterate<Name extends keyof ToxEventMap>(name: Name, options?: IteratorOptions): EventQueue<ToxEventMap[Name][0]> {
    this.assertOpen()
    return eventsOf(untyped(this), name, this.onClose, options)
  }

  /**
   * @internal Hands an event to the listeners. What a listener throws is its own program's error: it must not end the
   * engine's turn, so it is thrown outside of it.
   */
  deliver<Name extends keyof ToxEventMap>(name: Name, event: ToxEventMap[Name][0]): void {
    try {
      untyped(this).emit(name, event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

/** EventEmitter's generic methods cannot be called with a name that is itself generic. */
function untyped(emitter: EventEmitter): EventEmitter {
  return emitter
}
