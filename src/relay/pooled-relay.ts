// One relay that we know: where it is, whether we are connected, why not, and who is reached through it.

import { bytesKey, Endpoint, type Millis } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { DialAttempt, StreamHandler, StreamTarget } from '../transport/stream.js'
import type { RelayFailure } from './failure.js'
import { RelayConnection } from './relay-connection.js'
import type { RelayRoute } from './relay-route.js'
import type { OobRelay, RelayPoolParts, RelaySnapshot, RelayState } from './relay-types.js'

/** Ports, or addresses, of one relay: bootstrap nodes have up to four. One more takes the place of the oldest. */
const TARGETS_MAX = 4
/** After the first failure 1 s, then twice that and so on up to 5 min, each a quarter more or less by chance. */
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 5 * 60_000
const JITTER = 0.25
/** What is doubted has so long to answer. */
const PROBE_TIMEOUT_MS = 1_500
const PROBE_ROUND_TRIPS = 3
/** A connection that held so long was a good one: it is made anew almost at once. */
const GOOD_AFTER_MS = 60_000
const RETRY_GOOD_MS = 250

/** What a relay needs of its pool. */
export interface RelayOwner {
  readonly parts: RelayPoolParts
  onConnected(relay: PooledRelay): void
  /** It failed, or the connection is over: `relay.state` tells. */
  onDisconnected(relay: PooledRelay): void
  onOob(sender: DhtPublicKey, packet: Uint8Array, relay: PooledRelay): void
  onDrained(relay: PooledRelay): void
  onNews(): void
}

/** A peer's place on a relay. */
export interface Tie {
  readonly relay: PooledRelay
  /** A direct path to the peer works. */
  readonly isAsleep: boolean
  /** While connected. */
  route: RelayRoute | undefined
}

export class PooledRelay implements OobRelay {
  readonly key: string
  readonly publicKey: DhtPublicKey
  readonly ties = new Set<Tie>()
  state: RelayState = 'resting'
  failure: RelayFailure | undefined
  rttMs: Millis | undefined
  /** One of those kept for onion packets. */
  isForOnion = false
  /** When a peer's route was asked for or lost last: it has a while to come. */
  askedMs: Millis = Number.NEGATIVE_INFINITY
  /** When to try again. */
  retryMs: Millis = Number.NEGATIVE_INFINITY
  /** Attempts in a row that came to nothing. */
  failures = 0
  /** Whether it has worked in this run. */
  hasWorked = false
  readonly #owner: RelayOwner
  readonly #targets: StreamTarget[]
  #target = 0
  #attempt: DialAttempt | undefined
  #connection: RelayConnection | undefined
  #sinceMs: Millis = 0
  /** Whether somebody doubts that the connection works. */
  #isProbed = false
  /** A connection to it ended because it read no more, though it spoke. */
  #hasStoodStill = false

  constructor(
    owner: RelayOwner,
    publicKey: DhtPublicKey,
    target: StreamTarget,
    /** The user named it: it is not forgotten when it fails. */
    public isKept: boolean,
  ) {
    this.#owner = owner
    this.publicKey = publicKey.slice() as DhtPublicKey
    this.key = bytesKey(publicKey)
    this.#targets = [target]
  }

  get target(): StreamTarget {
    return this.#targets[this.#target]!
  }

  /** The connection, when it takes packets. */
  get connection(): RelayConnection | undefined {
    return this.state === 'connected' ? this.#connection : undefined
  }

  /** Its address, as others may be told; undefined while only its name is known. */
  get info(): RelayInfo | undefined {
    const relay = this.target instanceof Endpoint ? this.target : this.#connection?.remote
    return relay && { relay, publicKey: this.publicKey }
  }

  /** Peers who are reached through it. */
  get onlineCount(): number {
    let count = 0
    for (const { route } of this.ties) if (route?.state === 'online') count++
    return count
  }

  get snapshot(): RelaySnapshot {
    const { target, publicKey, state, failure, rttMs } = this
    return { target, publicKey, state, failure, rttMs, peers: this.onlineCount }
  }

  /** Learns another port or address. */
  addTarget(target: StreamTarget): void {
    if (this.#targets.some((known) => isSameTarget(known, target))) return
    if (this.#targets.length < TARGETS_MAX) this.#targets.push(target)
    else if (this.#connection === undefined) this.#targets[(this.#target + 1) % TARGETS_MAX] = target
  }

  /** Begins to connect. */
  connect(): void {
    if (this.state === 'connecting' || this.state === 'connected') return
    this.state = 'connecting'
    this.#attempt = this.#owner.parts.dialer.dial(this.target, {
      onConnected: (stream) => this.#greet(stream),
      onFailed: (failure) => this.#fail(failure),
    })
    this.#owner.onNews()
  }

  /** Disconnects: nobody needs it. */
  rest(): void {
    this.#disconnect('resting')
  }

  /** Our addresses changed: old failures no longer count, and a connection must show that it still works. */
  networkChanged(): void {
    this.failures = 0
    this.retryMs = Number.NEGATIVE_INFINITY
    if (this.state === 'connecting') this.#disconnect('waiting')
    else this.probe()
  }

  /** Asks the relay now whether it is alive; where it does not answer soon, the connection is made anew at once. */
  probe(): void {
    if (this.connection === undefined) return
    this.#isProbed = true
    this.connection.probe(Math.max(PROBE_TIMEOUT_MS, PROBE_ROUND_TRIPS * (this.rttMs ?? 0)))
  }

  sendOob(to: DhtPublicKey, packet: Uint8Array): boolean {
    return this.connection?.sendOob(to, packet) ?? false
  }

  get #now(): Millis {
    return this.#owner.parts.env.clock.now()
  }

  #greet(stream: ConstructorParameters<typeof RelayConnection>[1]): StreamHandler {
    const { env, crypto, keyPair, meter } = this.#owner.parts
    this.#attempt = undefined
    this.#connection = new RelayConnection(
      {
        env,
        crypto,
        keyPair,
        meter,
        relay: this.publicKey,
        isCareful: this.#hasStoodStill,
        onReady: () => this.#onReady(),
        onPong: (rttMs) => this.#onPong(rttMs),
        onOob: (sender, packet) => this.#owner.onOob(sender, packet, this),
        onOnionResponse: (packet) => this.#owner.parts.onOnionResponse(packet),
        onForwarding: (packet) => this.#owner.parts.onForwarding?.(packet),
        onDrained: () => this.#owner.onDrained(this),
        onClosed: (failure) => this.#fail(failure),
      },
      stream,
    )
    return this.#connection
  }

  #onReady(): void {
    this.state = 'connected'
    this.failure = undefined
    this.hasWorked = true
    this.#sinceMs = this.#now
    this.#owner.onConnected(this)
    this.#owner.onNews()
  }

  #onPong(rttMs: Millis): void {
    const isFirst = this.rttMs === undefined
    this.rttMs = rttMs
    this.#isProbed = false
    if (isFirst) this.#owner.onNews()
  }

  #fail(failure: RelayFailure): void {
    this.failure = failure
    if (this.#connection?.standsStill) this.#hasStoodStill = true
    const wasGood = this.state === 'connected' && (this.#isProbed || this.#now - this.#sinceMs >= GOOD_AFTER_MS)
    if (wasGood) this.failures = 0
    else this.#target = (this.#target + 1) % this.#targets.length
    // Each target in turn, then all of them later.
    const round = Math.floor(this.failures / this.#targets.length)
    const usualMs = Math.min(RETRY_FIRST_MS * 2 ** round, RETRY_MAX_MS)
    const delayMs = wasGood ? RETRY_GOOD_MS * this.#chance : usualMs * (1 - JITTER + 2 * JITTER * this.#chance)
    if (!wasGood) this.failures++
    this.retryMs = this.#now + delayMs
    this.#disconnect('waiting')
  }

  /** Between 0 and 1. */
  get #chance(): number {
    return this.#owner.parts.env.random.uniform(1_000) / 1_000
  }

  #disconnect(state: 'resting' | 'waiting'): void {
    this.#attempt?.cancel()
    this.#connection?.close()
    this.#attempt = this.#connection = undefined
    this.rttMs = undefined
    this.isForOnion = false
    this.#isProbed = false
    this.state = state
    this.#owner.onDisconnected(this)
    this.#owner.onNews()
  }
}

function isSameTarget(a: StreamTarget, b: StreamTarget): boolean {
  if (a instanceof Endpoint || b instanceof Endpoint)
    return a instanceof Endpoint && b instanceof Endpoint && a.equals(b)
  return a.host === b.host && a.port === b.port
}
