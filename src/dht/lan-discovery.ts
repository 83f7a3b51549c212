// Finds nodes of our own network without a bootstrap node: each tells everybody there its DHT key, every ten seconds.
// A greeting is not sealed and proves nothing: whoever sends one from an address of a LAN is asked for nodes, and believed
// when it answers. Anybody on the LAN can say so with any key and any source, hence the limits. Spec: LAN discovery.

import {
  type Deadline,
  type Endpoint,
  type Env,
  type Millis,
  SourceLimit,
  sameBytes,
  TokenBucket,
} from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { lanDiscovery } from '../packet/dht/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { LanSender } from '../transport/lan.js'
import type { UdpRouter } from '../transport/udp.js'

/** c-toxcore: LAN_DISCOVERY_INTERVAL, in seconds there. */
export const LAN_INTERVAL_MS: Millis = 10_000
/** Where a Tox node is first looked for, and the ports after it that a second one on a host takes (TOX_PORTRANGE_…). */
const PORT_FIRST = 33_445
const PORT_LAST = 33_545
/** Ports beside the first one that a round tries (PORTS_PER_DISCOVERY): 100 take ten rounds. */
const PORTS_A_ROUND = 10
/** Questions that greetings make us ask one address: a burst, then one a second. An honest host is soon known. */
const SOURCE_LIMIT = { burst: 8, refillMs: 1000 }
/** And all addresses together, since on a LAN they are easily forged: a burst, then 16 a second (1.8 KB/s). */
const GREETED_BURST = 64
const GREETED_REFILL_MS: Millis = 1000 / 16

export interface LanDiscoveryOptions {
  readonly lan: LanSender
  /** The one port that is greeted, as bootstrap nodes do; otherwise 33445 and ten of the hundred after it in turn. */
  readonly port?: number
}

export interface LanDiscoveryParts extends LanDiscoveryOptions {
  readonly env: Env
  readonly router: UdpRouter
  readonly ownPublicKey: DhtPublicKey
  /** Whether this node answers from there already. */
  readonly isKnown: (endpoint: Endpoint, publicKey: DhtPublicKey) => boolean
  /** Asks a node that has not proven itself. */
  readonly ask: (endpoint: Endpoint, publicKey: DhtPublicKey) => void
}

export class LanDiscovery {
  readonly #greeting: Uint8Array
  readonly #deadline: Deadline
  readonly #sourceLimit: SourceLimit
  readonly #tokens: TokenBucket
  #nextPort = PORT_FIRST + 1
  #isClosed = false

  /** Registers its handler with the router; the first greeting leaves with the next wake-up. */
  constructor(private readonly parts: LanDiscoveryParts) {
    const { env, router, ownPublicKey } = parts
    this.#greeting = encode(lanDiscovery, { kind: PacketKind.LAN_DISCOVERY, publicKey: ownPublicKey })
    this.#sourceLimit = new SourceLimit(env.clock, SOURCE_LIMIT)
    this.#tokens = new TokenBucket(GREETED_BURST, GREETED_REFILL_MS, env.clock.now())
    router.on(PacketKind.LAN_DISCOVERY, (from, packet) => this.#receive(from, packet))
    this.#deadline = env.deadlines.create('lan discovery', () => this.greet())
    this.#deadline.set(env.clock.now())
  }

  /** Greets now rather than when it is due, as after a change of networks. */
  greet(): void {
    if (this.#isClosed) return
    this.parts.lan.send(this.#portsOfRound(), this.#greeting)
    this.#deadline.set(this.parts.env.clock.now() + LAN_INTERVAL_MS)
  }

  close(): void {
    this.#isClosed = true
    this.#deadline.clear()
  }

  #portsOfRound(): number[] {
    const { port } = this.parts
    if (port !== undefined) return [port]
    const ports = [PORT_FIRST]
    const end = Math.min(this.#nextPort + PORTS_A_ROUND, PORT_LAST + 1)
    while (this.#nextPort < end) ports.push(this.#nextPort++)
    if (this.#nextPort > PORT_LAST) this.#nextPort = PORT_FIRST + 1
    return ports
  }

  #receive(from: Endpoint, packet: Uint8Array): void {
    const { env, ownPublicKey, isKnown, ask } = this.parts
    if (this.#isClosed) return
    const greeting = from.isLan ? decode(lanDiscovery, packet) : undefined
    if (greeting === undefined) return env.drops.count('dht/lan-discovery malformed or not from the LAN')
    // Broadcasts come back to who sent them.
    if (sameBytes(greeting.publicKey, ownPublicKey) || isKnown(from, greeting.publicKey)) return
    if (!this.#sourceLimit.allows(from) || !this.#tokens.take(env.clock.now())) {
      return env.drops.count('dht/lan-discovery limit')
    }
    ask(from, greeting.publicKey)
  }
}
