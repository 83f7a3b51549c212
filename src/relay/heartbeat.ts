// Is the relay alive? A ping at once and every 30 s, answered within 10. Spec: TCP client.

import type { Deadline, Env, Millis } from '../base/index.js'
import { freshPingId } from './ping-id.js'

/** As c-toxcore: TCP_CONNECTION_TIMEOUT, TCP_PING_FREQUENCY, TCP_PING_TIMEOUT. */
const HANDSHAKE_TIMEOUT_MS = 10_000
const PING_INTERVAL_MS = 30_000
const PING_TIMEOUT_MS = 10_000

export interface HeartbeatParts {
  readonly env: Pick<Env, 'clock' | 'random' | 'deadlines'>
  sendPing(id: bigint): void
  /** Whether packets of ours still wait: on a slow line the ping may be among them. */
  isBusy(): boolean
  onSilence(what: 'handshake' | 'ping'): void
}

export class Heartbeat {
  readonly #parts: HeartbeatParts
  readonly #deadline: Deadline
  #isStarted = false
  /** Of the ping that the relay owes an answer to; 0: of none. */
  #pingId = 0n
  #pingedMs: Millis = 0
  #heardMs: Millis

  /** Waits for the handshake. */
  constructor(parts: HeartbeatParts) {
    this.#parts = parts
    this.#heardMs = this.#now
    this.#deadline = parts.env.deadlines.create('relay connection', () => this.#wake())
    this.#deadline.set(this.#now + HANDSHAKE_TIMEOUT_MS)
  }

  /** The handshake is done. */
  start(): void {
    this.#isStarted = true
    this.ping()
  }

  /** Asks now; the relay is given so long to answer. */
  ping(timeoutMs = PING_TIMEOUT_MS): void {
    this.#pingId = freshPingId(this.#parts.env.random)
    this.#pingedMs = this.#now
    this.#parts.sendPing(this.#pingId)
    this.#deadline.set(this.#now + timeoutMs)
  }

  /** Something came from the relay. */
  heard(): void {
    this.#heardMs = this.#now
  }

  /** The round trip when this answers our ping, undefined when it does not. */
  pong(id: bigint): Millis | undefined {
    if (id === 0n || id !== this.#pingId) return undefined
    this.#pingId = 0n
    this.#deadline.set(this.#pingedMs + PING_INTERVAL_MS)
    return this.#now - this.#pingedMs
  }

  stop(): void {
    this.#deadline.clear()
  }

  get #now(): Millis {
    return this.#parts.env.clock.now()
  }

  #wake(): void {
    if (!this.#isStarted) return this.#parts.onSilence('handshake')
    if (this.#pingId === 0n) return this.ping()
    // While the relay speaks, and our ping may not have left yet, it is alive.
    const isAlive = this.#parts.isBusy() && this.#now - this.#heardMs < PING_TIMEOUT_MS
    if (isAlive) this.#deadline.set(this.#heardMs + PING_TIMEOUT_MS)
    else this.#parts.onSilence('ping')
  }
}
