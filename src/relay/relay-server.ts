// Our TCP relay: clients that cannot reach each other by UDP meet here, and send their onion packets through it. Spec: TCP server.
// All that a stranger can make it hold is bounded: connections in all and per address, how long a handshake may take, what
// waits for a client that reads slowly.

import { type Deadline, type Endpoint, type Env, type Millis, SourceLimit } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtKeyPair, Nonce } from '../crypto/keys.js'
import { RELAY_MARK_BYTES } from '../packet/onion/sizes.js'
import {
  OobSend,
  RelayForwarding,
  RelayForwardRequest,
  RelayOnionRequest,
  RelayOnionResponse,
  RelayPacketKind,
  RelayPing,
  RelayPong,
  ROUTE_ID_FIRST,
  RouteConnected,
  RouteDisconnected,
  RoutingRequest,
} from '../packet/relay/index.js'
import type { AcceptedStream, StreamHandler } from '../transport/stream.js'
import { Crowd } from './crowd.js'
import { handled } from './handled.js'
import { freshPingId } from './ping-id.js'
import { RelayClient, type RelayClientOwner } from './relay-client.js'
import type { RelayMeter } from './secure-stream.js'
import { Switchboard } from './switchboard.js'

/** A handshake, and the first packet behind it, have so long; a slow one costs a socket for no longer. */
export const HANDSHAKE_TIMEOUT_MS = 5_000
/** As c-toxcore: TCP_PING_FREQUENCY, TCP_PING_TIMEOUT. */
export const PING_INTERVAL_MS = 30_000
export const PING_TIMEOUT_MS = 10_000
/** Connections that are in their handshake; above it the oldest of them goes (c-toxcore: MAX_INCOMING_CONNECTIONS). */
const NEWCOMERS_MAX = 256
/** Two key agreements and a key pair cost 100 µs: 50/s from one address, and 200 at once. */
const HANDSHAKES_PER_SOURCE = { burst: 200, refillMs: 1000 / 50 }
/** An onion or forwarded packet leaves by UDP in our name: 500/s from one address, and 1,000 at once. */
const PACKETS_PER_SOURCE = { burst: 1000, refillMs: 1000 / 500 }
/** What may wait for all clients together, shared out among those that are there: 16 to 256 KiB each. */
const QUEUES_BYTES = 64 * 1024 * 1024
const QUEUE_MIN_BYTES = 16 * 1024
const QUEUE_MAX_BYTES = 256 * 1024

const CONNECTIONS_MAX = 10_240
/** A provider's address may hide a hundred homes; c-toxcore has no limit. */
const PER_SOURCE_MAX = 256

export interface RelayServerLimits {
  /** Connections in all: 10,240 unless told. One more is refused. */
  readonly connections?: number
  /** Connections from one address (IPv6: one /64): 256 unless told. */
  readonly connectionsPerSource?: number
}

/** What the relay passes on into the UDP network for its clients. `mark` (18 bytes) names the client in answers. */
export interface RelayUplink {
  onion(nonce: Nonce, layer: Uint8Array, mark: Uint8Array): void
  forward(to: Endpoint, data: Uint8Array, mark: Uint8Array): void
}

export interface RelayServerParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly keyPair: DhtKeyPair
  readonly uplink: RelayUplink
  readonly limits?: RelayServerLimits
}

export class RelayServer {
  /** Counts the packets of clients that come from now on. */
  meter: RelayMeter | undefined
  readonly #parts: RelayServerParts
  readonly #owner: RelayClientOwner
  readonly #crowd: Crowd
  readonly #switchboard = new Switchboard()
  readonly #uplinkPackets: SourceLimit
  readonly #byNumber = new Map<bigint, RelayClient>()
  /** Not confirmed yet, in the order in which they came. */
  readonly #newcomers = new Set<RelayClient>()
  /** Confirmed, in the order of their last ping. */
  readonly #confirmed = new Set<RelayClient>()
  /** Those that owe a pong, in the order of their pings. */
  readonly #pinged = new Set<RelayClient>()
  readonly #stuck = new Set<RelayClient>()
  readonly #deadline: Deadline
  #lastNumber = 0n
  #isClosed = false

  constructor(parts: RelayServerParts) {
    const { env, crypto, keyPair, limits = {} } = parts
    this.#parts = parts
    this.#crowd = new Crowd(limits.connections ?? CONNECTIONS_MAX, limits.connectionsPerSource ?? PER_SOURCE_MAX)
    this.#uplinkPackets = new SourceLimit(env.clock, PACKETS_PER_SOURCE, env.sourceShare)
    this.#deadline = env.deadlines.create('relay clients', () => this.#wake())
    const handshakes = new SourceLimit(env.clock, HANDSHAKES_PER_SOURCE, env.sourceShare)
    this.#owner = {
      crypto,
      keyPair,
      meter: () => this.meter,
      queueMaxBytes: () => Math.max(QUEUE_MIN_BYTES, Math.min(QUEUE_MAX_BYTES, QUEUES_BYTES / this.#crowd.size)),
      mayGreet: (remote) => handshakes.allows(remote),
      onConfirmed: (client) => this.#onConfirmed(client),
      onPacket: (client, packet) => this.#onPacket(client, packet),
      onStuck: (client) => this.#onStuck(client),
      onGone: (client) => this.#onGone(client),
    }
  }

  /** Clients that have shown who they are. */
  get clientCount(): number {
    return this.#switchboard.size
  }

  /** Connections, those in their handshake too. */
  get connectionCount(): number {
    return this.#crowd.size
  }

  /** New limits, for connections that come from now on. */
  setLimits(limits: RelayServerLimits): void {
    this.#crowd.limit(limits.connections ?? CONNECTIONS_MAX, limits.connectionsPerSource ?? PER_SOURCE_MAX)
  }

  /** Takes an incoming connection; undefined, and the stream destroyed, when there is no room for it. */
  accept(stream: AcceptedStream): StreamHandler | undefined {
    if (this.#isClosed || !this.#crowd.enter(stream.remote)) {
      this.#drop('too many connections')
      stream.destroy()
      return undefined
    }
    const [oldest] = this.#newcomers
    if (oldest !== undefined && this.#newcomers.size >= NEWCOMERS_MAX) {
      this.#drop('too many handshakes')
      oldest.close()
    }
    const client = new RelayClient(this.#owner, stream, ++this.#lastNumber)
    client.sinceMs = this.#now
    this.#byNumber.set(client.number, client)
    this.#newcomers.add(client)
    this.#deadline.setSooner(this.#now + HANDSHAKE_TIMEOUT_MS)
    return client
  }

  /** Hands the answer to an onion packet to the client that `mark` names, if it is still there. */
  onionResponse(mark: Uint8Array, data: Uint8Array): void {
    this.#clientOf(mark)?.data(encode(RelayOnionResponse, { kind: RelayPacketKind.ONION_RESPONSE, data }))
  }

  /** Hands the answer to a forwarded packet to the client that `mark` names, if it is still there. */
  forwardReply(mark: Uint8Array, data: Uint8Array): void {
    this.#clientOf(mark)?.data(encode(RelayForwarding, { kind: RelayPacketKind.FORWARDING, data }))
  }

  /** Ends all connections. */
  close(): void {
    this.#isClosed = true
    for (const client of [...this.#byNumber.values()]) client.close()
    this.#deadline.clear()
  }

  get #now(): Millis {
    return this.#parts.env.clock.now()
  }

  #onConfirmed(client: RelayClient): void {
    this.#newcomers.delete(client)
    this.#confirmed.add(client)
    client.sinceMs = this.#now
    this.#deadline.setSooner(this.#now + PING_INTERVAL_MS)
    // The same client from somewhere else: the old connection is dead, whether it knows or not.
    this.#switchboard.add(client)?.close()
  }

  #onGone(client: RelayClient): void {
    this.#crowd.leave(client.remote)
    this.#byNumber.delete(client.number)
    this.#newcomers.delete(client)
    this.#pinged.delete(client)
    this.#stuck.delete(client)
    if (this.#confirmed.delete(client)) this.#switchboard.remove(client)
  }

  /** Closing tells others, who may be stuck as well: one after another, from the deadline. */
  #onStuck(client: RelayClient): void {
    this.#stuck.add(client)
    this.#deadline.setSooner(this.#now)
  }

  /** Routes a packet by its first byte; false when its sender must go. */
  #onPacket(client: RelayClient, packet: Uint8Array): boolean {
    const kind = packet[0]!
    const isGood =
      kind >= ROUTE_ID_FIRST ? this.#switchboard.pass(client, packet) : this.#onControl(client, kind, packet)
    if (!isGood) this.#drop(kind >= ROUTE_ID_FIRST ? 'data without a route' : 'control malformed')
    return isGood
  }

  #onControl(client: RelayClient, kind: number, packet: Uint8Array): boolean {
    switch (kind) {
      case RelayPacketKind.ROUTING_REQUEST:
        return handled(RoutingRequest, packet, ({ publicKey }) => this.#switchboard.request(client, publicKey))
      case RelayPacketKind.CONNECTED:
        return decode(RouteConnected, packet) !== undefined
      case RelayPacketKind.DISCONNECTED: {
        const notice = decode(RouteDisconnected, packet)
        return notice !== undefined && this.#switchboard.giveUp(client, notice.id)
      }
      case RelayPacketKind.PING:
        return handled(RelayPing, packet, () => client.control(pongOf(packet)))
      case RelayPacketKind.PONG:
        return handled(RelayPong, packet, ({ id }) => {
          if (id !== client.pingId) return
          client.pingId = undefined
          this.#pinged.delete(client)
        })
      case RelayPacketKind.OOB_SEND:
        return handled(OobSend, packet, (oob) => this.#switchboard.oob(client, oob))
      case RelayPacketKind.ONION_REQUEST:
        return handled(RelayOnionRequest, packet, ({ nonce, layer }) => {
          if (this.#maySend(client)) this.#parts.uplink.onion(nonce, layer, markOf(client))
        })
      case RelayPacketKind.FORWARD_REQUEST:
        return handled(RelayForwardRequest, packet, ({ to, data }) => {
          if (this.#maySend(client)) this.#parts.uplink.forward(to, data, markOf(client))
        })
      default:
        return false
    }
  }

  #maySend(client: RelayClient): boolean {
    if (this.#uplinkPackets.allows(client.remote)) return true
    this.#drop('client floods the network')
    return false
  }

  #clientOf(mark: Uint8Array): RelayClient | undefined {
    if (mark.length !== RELAY_MARK_BYTES) return undefined
    return this.#byNumber.get(new DataView(mark.buffer, mark.byteOffset).getBigUint64(0))
  }

  #wake(): void {
    for (const client of [...this.#stuck]) this.#end(client, 'client reads too slowly')
    for (const client of due(this.#newcomers, this.#now - HANDSHAKE_TIMEOUT_MS)) this.#end(client, 'handshake too slow')
    for (const client of due(this.#pinged, this.#now - PING_TIMEOUT_MS)) this.#end(client, 'client does not answer')
    for (const client of due(this.#confirmed, this.#now - PING_INTERVAL_MS)) this.#ping(client)
    this.#setDeadline()
  }

  #ping(client: RelayClient): void {
    // The youngest again.
    this.#confirmed.delete(client)
    this.#confirmed.add(client)
    this.#pinged.delete(client)
    this.#pinged.add(client)
    client.sinceMs = this.#now
    client.pingId = freshPingId(this.#parts.env.random)
    client.control(encode(RelayPing, { kind: RelayPacketKind.PING, id: client.pingId }))
  }

  #setDeadline(): void {
    if (this.#stuck.size > 0) this.#deadline.setSooner(this.#now)
    const soonest = (clients: ReadonlySet<RelayClient>, afterMs: Millis): void => {
      for (const first of clients) return this.#deadline.setSooner(first.sinceMs + afterMs)
    }
    soonest(this.#newcomers, HANDSHAKE_TIMEOUT_MS)
    soonest(this.#pinged, PING_TIMEOUT_MS)
    soonest(this.#confirmed, PING_INTERVAL_MS)
  }

  #end(client: RelayClient, why: string): void {
    this.#drop(why)
    client.close()
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`relay/${why}`)
  }
}

/** Those at the front, who have waited since `beforeMs` or longer. */
function due(clients: ReadonlySet<RelayClient>, beforeMs: Millis): RelayClient[] {
  const found: RelayClient[] = []
  for (const client of clients) {
    if (client.sinceMs > beforeMs) break
    found.push(client)
  }
  return found
}

/** A ping as a pong, whatever its id. */
function pongOf(ping: Uint8Array): Uint8Array {
  const pong = ping.slice()
  pong[0] = RelayPacketKind.PONG
  return pong
}

/** The client's number, and padding up to what a return address of the onion holds. */
function markOf({ number }: RelayClient): Uint8Array {
  const mark = new Uint8Array(RELAY_MARK_BYTES)
  new DataView(mark.buffer).setBigUint64(0, number)
  return mark
}
