// One TCP connection, moved by the program's calls.

import type { Endpoint } from '../../../src/base/index.js'
import type { AcceptedStream, StreamHandler } from '../../../src/transport/stream.js'
import { isNotNow } from './errors.js'
import type { TcpMover, Watched } from './mover.js'
import { type NativeTcp, READABLE, WRITABLE } from './native.js'

/** One read takes at most so much; a handler sees it as a view. */
const ARENA_BYTES = 64 * 1024
/** Whoever wrote so much hears when the system has taken it: as Node's sockets do. */
const DRAIN_MIN_BYTES = 16 * 1024
/** So many parts that have been sent are kept before the queue is moved up. */
const SENT_PARTS_MAX = 256

/** Reading is synchronous: all connections share one. */
let sharedArena: Uint8Array | undefined

export class TcpStream implements AcceptedStream, Watched {
  queuedBytes = 0
  readonly #mover: TcpMover
  readonly #socket: NativeTcp
  readonly #key: number
  #handler: StreamHandler | undefined
  /** Parts from #first on are unsent, that one from #skip on. */
  #queue: Uint8Array[] = []
  #first = 0
  #skip = 0
  #atTurnEnd: (() => void)[] = []
  /** The actions of this turn's end are running. */
  #isAtTurnEnd = false
  #awaitsWritable = false
  /** Much has waited since the queue was empty last. */
  #wasFull = false
  #isOver = false

  /** Of a socket that is connected. Whoever makes it watches the socket under `key`. */
  constructor(
    mover: TcpMover,
    socket: NativeTcp,
    key: number,
    readonly remote: Endpoint,
  ) {
    this.#mover = mover
    this.#socket = socket
    this.#key = key
  }

  /** Begins to hand what arrives to `handler`. */
  read(handler: StreamHandler): void {
    if (this.#isOver) return
    this.#handler = handler
    this.#watch()
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return
    this.#queue.push(bytes)
    this.queuedBytes += bytes.length
    if (this.queuedBytes >= DRAIN_MIN_BYTES) this.#wasFull = true
    if (this.#awaitsWritable) return
    // What the system takes at once, its writer may use again at once.
    if (this.#isAtTurnEnd) this.#sendOrEnd()
    else this.#mover.touch(this)
  }

  atTurnEnd(action: () => void): void {
    if (this.#isOver) return
    this.#atTurnEnd.push(action)
    this.#mover.touch(this)
  }

  flush(): void {
    this.#endTurn()
    if (!this.#awaitsWritable) this.#sendOrEnd()
  }

  ready(what: number): void {
    if ((what & WRITABLE) !== 0) this.#sendOrEnd()
    if ((what & READABLE) !== 0 && !this.#isOver) this.#receive()
  }

  /** What was written leaves first, as far as the system takes it: it may be a farewell. */
  destroy(): void {
    if (this.#isOver) return
    try {
      this.#endTurn()
      this.#send()
    } finally {
      this.#release()
    }
  }

  #endTurn(): void {
    this.#isAtTurnEnd = true
    try {
      // An action may ask for another one.
      while (this.#atTurnEnd.length > 0) for (const action of this.#atTurnEnd.splice(0)) action()
    } finally {
      this.#isAtTurnEnd = false
    }
  }

  #sendOrEnd(): void {
    if (!this.#isOver && !this.#send()) this.#mover.later(() => this.#end())
  }

  /** False when the connection is broken. */
  #send(): boolean {
    let isTaken = true
    while (isTaken && this.#first < this.#queue.length) {
      const sent = this.#socket.send(this.#queue, this.#first, this.#skip)
      if (sent < 0 && !isNotNow(sent)) return false
      isTaken = sent > 0
      this.#advance(Math.max(0, sent))
    }
    this.#compact()
    const awaitsWritable = this.#queue.length > 0
    if (this.#wasFull && !awaitsWritable) this.#drained()
    if (awaitsWritable === this.#awaitsWritable) return true
    this.#awaitsWritable = awaitsWritable
    this.#watch()
    return true
  }

  /** Told apart from this turn, which ends with what it has written. */
  #drained(): void {
    this.#wasFull = false
    this.#mover.later(() => {
      if (!this.#isOver) this.#handler?.onDrained?.()
    })
  }

  #advance(sent: number): void {
    this.queuedBytes -= sent
    this.#skip += sent
    while (this.#first < this.#queue.length && this.#skip >= this.#queue[this.#first]!.length) {
      this.#skip -= this.#queue[this.#first++]!.length
    }
  }

  #compact(): void {
    if (this.#first === this.#queue.length) this.#queue = []
    else if (this.#first >= SENT_PARTS_MAX) this.#queue.splice(0, this.#first)
    else return
    this.#first = 0
  }

  #receive(): void {
    sharedArena ??= new Uint8Array(ARENA_BYTES)
    const count = this.#socket.receive(sharedArena)
    if (count > 0) this.#handler?.onData(sharedArena.subarray(0, count))
    else if (!isNotNow(count)) this.#end()
  }

  /** The other side has ended it, or it broke. */
  #end(): void {
    if (this.#isOver) return
    this.#release()
    this.#handler?.onClosed()
  }

  #release(): void {
    this.#isOver = true
    this.#mover.forget(this.#key)
    this.#mover.untouch(this)
    this.#socket.close()
    this.#queue = []
    this.#atTurnEnd = []
    this.queuedBytes = 0
  }

  #watch(): void {
    const interest = READABLE | (this.#awaitsWritable ? WRITABLE : 0)
    this.#mover.change(this.#key, this.#socket.descriptor(), interest, this)
  }
}
