// The way into the network: nodes that the user named are asked again and again until the DHT is reached (c-toxcore asks
// once), and so are the nodes of the last run. Everything starts anew when the connection is lost.
// Being reached is not enough: others may have found us, on an island that our one lost packet would have joined to the
// rest. So each named node is asked some times whatever else answers.

import type { Deadline, Endpoint, Env, Millis } from '../base/index.js'
import { sameBytes } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { NodeInfo } from '../packet/node-info.js'

const FIRST_RETRY_MS: Millis = 500
const LAST_RETRY_MS: Millis = 30_000
/** A named node that does not answer is asked this often though the DHT is reached without it: for half a minute. */
const TRIES_MIN = 6
/** When full, the entry that was named first gives way. */
export const BOOTSTRAP_NODES_MAX = 256
/** Nodes of the last run: (1024 close ones + 2 × 8 random ones) × 2 address families, as c-toxcore saves them. */
export const SAVED_NODES_MAX = (1024 + 2 * 8) * 2
/** Of those, so many are asked a second until the DHT answers; after one round only every 30 s. */
const SAVED_NODES_A_STEP = 8
const SAVED_STEP_MS: Millis = 1000

interface Entry {
  readonly endpoint: Endpoint
  readonly publicKey: DhtPublicKey
  retryMs: Millis
  dueMs: Millis
  /** How often it was asked since the start, or since the connection was lost. */
  tries: number
}

export interface BootstrapperOptions {
  readonly env: Env
  /** Sends a nodes request for our own key. */
  readonly ask: (endpoint: Endpoint, publicKey: DhtPublicKey) => void
  /** Whether this node answers. */
  readonly answers: (publicKey: DhtPublicKey) => boolean
  /** Whether any node beyond the LAN answers. */
  readonly isReached: () => boolean
  /** Whether any node of the DHT answers. */
  readonly isConnected: () => boolean
}

export class Bootstrapper {
  readonly #entries: Entry[] = []
  #saved: NodeInfo[] = []
  #savedNext = 0
  #feltNext = 0
  #savedDueMs: Millis = Number.POSITIVE_INFINITY
  readonly #deadline: Deadline

  constructor(private readonly options: BootstrapperOptions) {
    this.#deadline = options.env.deadlines.create('dht bootstrap', () => this.#run())
  }

  /** Nodes of the last run that have not been replaced by living ones. */
  get saved(): readonly NodeInfo[] {
    return this.#saved
  }

  /** Asks this node now, and again with growing pauses until it is of no use any more. */
  add(endpoint: Endpoint, publicKey: DhtPublicKey): void {
    const known = this.#entries.find((one) => one.endpoint.equals(endpoint) && sameBytes(one.publicKey, publicKey))
    if (known !== undefined) {
      known.retryMs = FIRST_RETRY_MS
      known.tries = 0
      known.dueMs = this.options.env.clock.now()
    } else {
      if (this.#entries.length === BOOTSTRAP_NODES_MAX) this.#entries.shift()
      const dueMs = this.options.env.clock.now()
      const entry = { endpoint, publicKey: publicKey.slice() as DhtPublicKey, retryMs: FIRST_RETRY_MS, dueMs, tries: 0 }
      this.#entries.push(entry)
    }
    this.#run()
  }

  /** Takes over the nodes of the last run. */
  load(nodes: readonly NodeInfo[]): void {
    this.#saved = nodes.slice(0, SAVED_NODES_MAX)
    this.#savedNext = 0
    if (this.#saved.length > 0) this.#savedDueMs = this.options.env.clock.now()
    this.#run()
  }

  /** The connection is lost: `known` nodes join those of the last run, and all are asked again from the start. */
  restart(known: readonly NodeInfo[]): void {
    const nowMs = this.options.env.clock.now()
    if (known.length > 0) this.#saved = known.slice(0, SAVED_NODES_MAX)
    this.#savedNext = 0
    if (this.#saved.length > 0) this.#savedDueMs = nowMs
    for (const entry of this.#entries) {
      entry.retryMs = FIRST_RETRY_MS
      entry.tries = 0
      entry.dueMs = nowMs
    }
    this.#run()
  }

  /** Asks one node that the user named and one of those that are or were `known`, each time another. */
  feel(known: readonly NodeInfo[]): void {
    const others = known.length > 0 ? known : this.#saved
    for (const nodes of [this.#entries, others]) {
      const node = nodes[this.#feltNext % Math.max(1, nodes.length)]
      if (node !== undefined) this.options.ask(node.endpoint, node.publicKey)
    }
    this.#feltNext++
  }

  /** To be called now and then: nodes that went silent are asked again. */
  review(): void {
    if (this.#entries.length > 0) this.#run()
  }

  stop(): void {
    this.#deadline.clear()
  }

  #run(): void {
    const nowMs = this.options.env.clock.now()
    for (const entry of this.#entries) {
      if (this.#isDone(entry)) {
        entry.dueMs = Number.POSITIVE_INFINITY
      } else if (entry.dueMs === Number.POSITIVE_INFINITY) {
        entry.dueMs = nowMs + entry.retryMs
      } else if (entry.dueMs <= nowMs) {
        this.options.ask(entry.endpoint, entry.publicKey)
        entry.tries++
        entry.dueMs = nowMs + entry.retryMs
        entry.retryMs = Math.min(2 * entry.retryMs, LAST_RETRY_MS)
      }
    }
    this.#askSaved(nowMs)
    this.#deadline.set(this.#entries.reduce((soonest, { dueMs }) => Math.min(soonest, dueMs), this.#savedDueMs))
    if (this.#deadline.atMs === Number.POSITIVE_INFINITY) this.#deadline.clear()
  }

  /** Whether there is nothing left to do for this node: it has answered, or the DHT is reached and it is given up. */
  #isDone(entry: Entry): boolean {
    if (this.options.answers(entry.publicKey)) {
      entry.tries = TRIES_MIN
      return true
    }
    return entry.tries >= TRIES_MIN && this.options.isReached()
  }

  #askSaved(nowMs: Millis): void {
    if (this.#savedDueMs > nowMs) return
    if (this.options.isConnected()) {
      this.#savedDueMs = Number.POSITIVE_INFINITY
      return
    }
    for (let i = 0; i < Math.min(SAVED_NODES_A_STEP, this.#saved.length); i++) {
      const { endpoint, publicKey } = this.#saved[this.#savedNext++ % this.#saved.length]!
      this.options.ask(endpoint, publicKey)
    }
    this.#savedDueMs = nowMs + (this.#savedNext < this.#saved.length ? SAVED_STEP_MS : LAST_RETRY_MS)
  }
}
