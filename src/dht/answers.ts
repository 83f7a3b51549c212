// Answers pings and nodes requests: nine of ten packets that reach a bootstrap node. It needs no memory of what was asked before,
// so each worker of a node answers by itself; each answer is at most as large as c-toxcore's.

import { type Endpoint, type Env, SourceLimit } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import {
  NODES_REQUEST_BYTES,
  NODES_REQUEST_PLAIN_BYTES,
  PING_PACKET_BYTES,
  PING_PLAIN_BYTES,
  RESPONSE_NODES_MAX,
} from '../packet/dht/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { NodeTable } from './node-table.js'
import type { DhtStats } from './stats.js'
import type { DhtWire } from './wire.js'

/**
 * Answers to one address: a nodes response has twice the bytes of its request, so this is what a forged address can be made to
 * get (1 MB/s), and what a flood costs us. Ten thousand peers behind one address ask 500 times a second.
 */
const PER_SOURCE = { burst: 20_000, refillMs: 1000 / 4000 }

export interface AnswersParts {
  readonly env: Env
  readonly stats: DhtStats
  readonly wire: DhtWire
  /** Someone has asked us something and so proven its key, but not yet its address. `publicKey` is a view of this turn. */
  readonly onAsker: (publicKey: DhtPublicKey, from: Endpoint) => void
}

export class Answers {
  readonly #limit: SourceLimit

  constructor(
    private readonly parts: AnswersParts,
    /** The nodes to tell of. */
    public table: NodeTable,
  ) {
    this.#limit = new SourceLimit(parts.env.clock, PER_SOURCE, parts.env.sourceShare)
  }

  ping(from: Endpoint, packet: Uint8Array): void {
    const { env, stats, wire, onAsker } = this.parts
    stats.pingRequestsReceived++
    if (!this.#limit.allows(from)) return env.drops.count('dht/source floods')
    if (packet.length !== PING_PACKET_BYTES) return env.drops.count('dht/ping-request malformed')
    if (wire.open(from, packet) !== PING_PLAIN_BYTES) return env.drops.count('dht/ping-request forged')
    if (wire.opened[0] !== PacketKind.PING_REQUEST) return env.drops.count('dht/ping-request malformed')
    wire.answerPing(from)
    onAsker(wire.sender, from)
  }

  nodes(from: Endpoint, packet: Uint8Array): void {
    const { env, stats, wire, onAsker } = this.parts
    stats.nodesRequestsReceived++
    if (!this.#limit.allows(from)) return env.drops.count('dht/source floods')
    if (packet.length !== NODES_REQUEST_BYTES) return env.drops.count('dht/nodes-request malformed')
    if (wire.open(from, packet) !== NODES_REQUEST_PLAIN_BYTES) return env.drops.count('dht/nodes-request forged')
    // The sought key is the head of the opened bytes; nobody gets LAN addresses from beyond the LAN.
    const nearest = this.table.nearest(wire.opened, RESPONSE_NODES_MAX, env.clock.now(), from.isLan)
    wire.answerNodes(from, nearest)
    onAsker(wire.sender, from)
  }
}
