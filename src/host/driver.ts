// Moves an engine: packets from sockets and one timer wake it, and what it sends leaves at the end of the same turn. An
// idle node sleeps until its next deadline. One turn: read a batch, let the engine answer, fire what is due, flush.

import type { Endpoint, Millis } from '../base/index.js'
import type { TurnClock } from './clock.js'
import type { UdpSocket } from './udp-socket.js'

/** What the driver needs of an engine. */
export interface DrivenEngine {
  /** `packet` is a view that lives until the end of the turn. */
  receive(from: Endpoint, packet: Uint8Array): void
  /** Fires the deadlines that are due at `nowMs`. */
  wake(nowMs: Millis): void
  /** The earliest deadline, `Infinity` when none. */
  nextWakeMs(): Millis
}

export interface HostDriverOptions {
  readonly engine: DrivenEngine
  readonly clock: TurnClock
  /** A mistake of our own inside the engine: the packet or deadline that hit it is lost, the node goes on. */
  readonly onError: (error: unknown) => void
  /** Whether what arrives may be read now; asked before each batch. What is not read waits in the kernel. */
  readonly mayReceive?: () => boolean
  /** Called in each turn, before what it sends leaves: for what only a look can tell, such as new addresses. */
  readonly onTurn?: (nowMs: Millis) => void
}

/** One wake-up of the event loop reads at most so many batches and spends about so long before other work has its turn. */
const BATCHES_PER_WAKE = 8
const WAKE_BUDGET_MS = 5
/** Deadlines this far away may fire a fiftieth of the wait later, 5 to 50 ms, so that several share one wake-up. */
const SLACK_AFTER_MS = 25
const SLACK_MIN_MS = 5
const SLACK_MAX_MS = 50
const SLACK_SHARE = 1 / 50
/** The timer is looked at again so often at least; setTimeout itself ends at 2^31 - 1 ms. */
const SLEEP_MAX_MS = 3_600_000
/** An engine that asks to be woken at once again and again gets this many turns before it must wait a millisecond. */
const IMMEDIATE_MAX = 16

export class HostDriver {
  readonly #engine: DrivenEngine
  readonly #clock: TurnClock
  readonly #onError: (error: unknown) => void
  readonly #mayReceive: () => boolean
  readonly #onTurn: (nowMs: Millis) => void
  readonly #sockets: UdpSocket[] = []
  #timer: NodeJS.Timeout | undefined
  #timerFiresMs: Millis = Number.POSITIVE_INFINITY
  #immediate: NodeJS.Immediate | undefined
  #immediatesInRow = 0
  #inTurn = false
  #touched = false
  #started = false
  #closed = false
  #keepsAlive = true

  constructor({ engine, clock, onError, mayReceive = () => true, onTurn = () => {} }: HostDriverOptions) {
    this.#engine = engine
    this.#clock = clock
    this.#onError = onError
    this.#mayReceive = mayReceive
    this.#onTurn = onTurn
  }

  /** Adds a socket; the driver reads, flushes and closes it from now on. */
  addSocket(socket: UdpSocket): void {
    this.#sockets.push(socket)
    if (this.#started) this.#watch(socket)
  }

  /** Begins to wait for packets and deadlines. Without it the driver moves by `step` alone, as `tox_iterate` wants it. */
  start(): void {
    if (this.#started || this.#closed) return
    this.#started = true
    for (const socket of this.#sockets) this.#watch(socket)
    this.#arm()
  }

  /**
   * After a call of the user: what it sent leaves as soon as the running script returns to the event loop (calls in one loop
   * share one native send), and the timer follows the new deadlines.
   */
  touch(): void {
    if (this.#touched || this.#inTurn || this.#closed) return
    this.#touched = true
    queueMicrotask(() => {
      this.#touched = false
      if (this.#inTurn) return
      this.flush()
      this.#arm()
    })
  }

  /** Sends what waits, now. */
  flush(): void {
    if (this.#closed) return
    for (const socket of this.#sockets) socket.flush()
  }

  /** One pass without waiting: reads what is there within the budget of one wake-up, fires what is due, sends. */
  step(): void {
    if (this.#inTurn || this.#closed) return
    this.#wakeUp()
  }

  /** Whether sockets and timer keep the process alive (they do at first). */
  setKeepsAlive(keepsAlive: boolean): void {
    this.#keepsAlive = keepsAlive
    if (keepsAlive) this.#timer?.ref()
    else this.#timer?.unref()
    for (const socket of this.#sockets) keepsAlive ? socket.ref() : socket.unref()
  }

  /** Sends what waits, then stops everything and closes the sockets; safe at any time and twice. */
  close(): void {
    if (this.#closed) return
    this.flush()
    this.#closed = true
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    for (const socket of this.#sockets) socket.close()
  }

  #watch(socket: UdpSocket): void {
    socket.watch(() => this.#wakeUp())
    if (!this.#keepsAlive) socket.unref()
  }

  /** Turns until nothing waits or the budget is spent; the sockets call again for what is left. */
  #wakeUp(): void {
    if (this.#inTurn || this.#closed) return
    const endMs = this.#clock.machineMs() + WAKE_BUDGET_MS
    let batches = 0
    while (this.#turn() && ++batches < BATCHES_PER_WAKE && this.#clock.machineMs() < endMs) {}
    this.#arm()
  }

  /** One turn; true when packets still wait. */
  #turn(): boolean {
    this.#inTurn = true
    const nowMs = this.#clock.beginTurn()
    let more = false
    try {
      for (const socket of this.#sockets) {
        if (!this.#closed && this.#mayReceive() && socket.receive(this.#receive)) more = true
      }
      if (!this.#closed) this.#onTurn(nowMs)
      if (!this.#closed && this.#engine.nextWakeMs() <= nowMs) this.#engine.wake(nowMs)
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#clock.endTurn()
      this.#inTurn = false
    }
    this.flush()
    return more && !this.#closed
  }

  /** A packet that finds a mistake of ours costs itself, not the batch. */
  readonly #receive = (from: Endpoint, packet: Uint8Array): void => {
    try {
      this.#engine.receive(from, packet)
    } catch (error) {
      this.#onError(error)
    }
  }

  /** Sets the one timer for the next deadline. A timer that stands earlier stays: it looks again when it fires. */
  #arm(): void {
    if (!this.#started || this.#closed) return
    const atMs = this.#engine.nextWakeMs()
    const waitMs = atMs - this.#clock.now()
    if (waitMs <= 0 && this.#immediatesInRow < IMMEDIATE_MAX) {
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined
        this.#immediatesInRow++
        this.#wakeUp()
      })
      return
    }
    if (waitMs > 0) this.#immediatesInRow = 0
    const sleepMs = Math.min(Math.max(1, Math.ceil(waitMs + slackOf(waitMs))), SLEEP_MAX_MS)
    const firesMs = this.#clock.now() + sleepMs
    if (this.#timer !== undefined && this.#timerFiresMs <= firesMs) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (atMs === Number.POSITIVE_INFINITY) return
    this.#timerFiresMs = firesMs
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#wakeUp()
    }, sleepMs)
    if (!this.#keepsAlive) this.#timer.unref()
  }
}

/** How much later a deadline that is `waitMs` away may fire. */
function slackOf(waitMs: Millis): Millis {
  if (waitMs <= SLACK_AFTER_MS) return 0
  return Math.min(Math.max(SLACK_MIN_MS, waitMs * SLACK_SHARE), SLACK_MAX_MS)
}
