// Net crypto: authenticated, encrypted sessions between friends. Spec: Net crypto. This file routes packets to connections;
// what strangers may cost is limited here: a data packet from an unknown endpoint costs a map look-up, a cookie request
// passes the gate before any key computation, a handshake must carry a cookie of ours.

import type { Deadline, Endpoint, Env, Millis } from '../base/index.js'
import { bytesKey, sameBytes } from '../base/index.js'
import { decode } from '../codec/index.js'
import type { Crypto, DhtPublicKey, LongTermKeyPair, LongTermPublicKey } from '../crypto/index.js'
import { PUBLIC_KEY_BYTES } from '../crypto/index.js'
import { PacketKind } from '../packet/kinds.js'
import { COOKIE_REQUEST_BYTES, CookieRequest } from '../packet/net-crypto/index.js'
import type { OobRelay } from '../relay/index.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { Connection } from './connection.js'
import type { ConnectionContext, DhtKeys } from './context.js'
import { openCookieRequest, sealCookieResponse } from './cookie-exchange.js'
import { CookieGate } from './cookie-gate.js'
import { CookieJar } from './cookie-jar.js'
import { Handshakes, type OpenedHandshake } from './handshake.js'
import { PacketBlocks } from './packet-blocks.js'
import type { PathInfo } from './path-watch.js'
import { RelayedPeers, type RelayPaths } from './relayed.js'
import { Roaming } from './roaming.js'
import { REQUEST_INTERVAL_MS, type Session } from './session.js'
import { Scratch } from './session-cipher.js'
import type { SessionHandlers } from './session-handlers.js'

/** Peers behind one address and port are tried one after another: at most so many (1.5 µs each). */
const CONNECTIONS_PER_ENDPOINT_MAX = 8

/** A peer that wants to connect; its keys are proven. */
export interface Incoming {
  readonly longTermPublicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  /** Where it asks from; `undefined` when a relay brought it. */
  readonly from: Endpoint | undefined
}

export interface NetCryptoOptions {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  readonly router: UdpRouter
  /** Relays for packets that cannot go directly. */
  readonly relays?: RelayPaths | undefined
  /** Borrowed: the owner wipes it. */
  readonly longTerm: LongTermKeyPair
  readonly dht: DhtKeys
  /** Whether a peer may connect: the handlers of its connection, or `undefined` to ignore it. */
  readonly accept: (incoming: Incoming) => SessionHandlers | undefined
  /** A session's packets take another way: see `pathTo`. */
  readonly onPath?: (longTermPublicKey: LongTermPublicKey) => void
  /** Peers went silent: perhaps they moved, perhaps we did. */
  readonly onQuiet?: () => void
}

export class NetCrypto {
  readonly #options: NetCryptoOptions
  readonly #context: ConnectionContext
  readonly #jar: CookieJar
  readonly #handshakes: Handshakes
  readonly #gate: CookieGate
  readonly #blocks = new PacketBlocks()
  readonly #scratches = [new Scratch(), new Scratch()] as const
  /** As many as friends: strangers get none. */
  readonly #byLongTermKey = new Map<string, Connection>()
  readonly #byEndpoint = new Map<string, Connection[]>()
  readonly #turnEnd: Deadline
  readonly #tick: Deadline
  readonly #quiet: Deadline
  readonly #roaming: Roaming
  #atTurnEnd: Session[] = []

  constructor(options: NetCryptoOptions) {
    const { env, crypto, router } = options
    this.#options = options
    this.#jar = new CookieJar(crypto, env.clock)
    this.#handshakes = new Handshakes(crypto, env.clock, options.longTerm, this.#jar)
    this.#gate = new CookieGate(env.random, env.clock.now())
    this.#turnEnd = env.deadlines.create('net-crypto end of turn', () => this.#endTurn())
    this.#tick = env.deadlines.create('net-crypto keep alive', () => this.#keepAlive())
    this.#quiet = env.deadlines.create('net-crypto silence', () => this.#seekQuiet())
    this.#roaming = new Roaming(env)
    this.#context = this.#makeContext()
    router.on(PacketKind.COOKIE_REQUEST, (from, packet) => this.#answerCookieRequest(from, packet))
    router.on(PacketKind.COOKIE_RESPONSE, (from, packet) => {
      const taken = this.#byEndpoint.get(from.key)?.some((one) => one.receiveCookieResponse(packet, from))
      if (taken !== true) env.drops.count('net-crypto/cookie response unasked')
    })
    router.on(PacketKind.CRYPTO_HANDSHAKE, (from, packet) => this.receiveHandshake(packet, from))
    router.on(PacketKind.CRYPTO_DATA, (from, packet) => this.#receiveData(from, packet))
  }

  /** Connections in any state. */
  get size(): number {
    return this.#byLongTermKey.size
  }

  /** The connection to a peer, if any. */
  get(longTermPublicKey: LongTermPublicKey): Connection | undefined {
    return this.#byLongTermKey.get(bytesKey(longTermPublicKey))
  }

  /** The way that carries the session with a peer, if one is established. */
  pathTo(longTermPublicKey: LongTermPublicKey): PathInfo | undefined {
    const connection = this.get(longTermPublicKey)
    if (connection?.state !== 'established') return undefined
    return connection.paths.info(this.#options.env.clock.now(), connection.rttMs)
  }

  /**
   * Connects to a peer; it is tried as soon as `setEndpoint` names an endpoint. When a connection to this long-term key and
   * DHT key exists, that one is returned and keeps its handlers; one to an older DHT key is killed. `undefined` when the DHT
   * key is no possible key.
   */
  connect(
    longTermPublicKey: LongTermPublicKey,
    dhtPublicKey: DhtPublicKey,
    handlers: SessionHandlers,
  ): Connection | undefined {
    const existing = this.get(longTermPublicKey)
    if (existing !== undefined && sameBytes(existing.dhtPublicKey, dhtPublicKey)) return existing
    existing?.kill()
    const connection = new Connection(this.#context, { longTermPublicKey, dhtPublicKey }, handlers)
    if (!connection.start()) return undefined
    this.#byLongTermKey.set(bytesKey(longTermPublicKey), connection)
    this.#tick.setSooner(this.#options.env.clock.now() + REQUEST_INTERVAL_MS)
    return connection
  }

  /** Handles a packet that `sender` sent out of band through `relay`: somebody who does not know that we are there. */
  receiveOob(sender: DhtPublicKey, packet: Uint8Array, relay: OobRelay): void {
    const { drops } = this.#options.env
    if (packet[0] === PacketKind.CRYPTO_HANDSHAKE) return this.receiveHandshake(packet, undefined, relay)
    if (packet[0] !== PacketKind.COOKIE_REQUEST) return drops.count('net-crypto/out of band of unknown kind')
    const answer = this.#cookieResponse(packet, undefined, sender)
    if (answer !== undefined) relay.sendOob(sender, answer)
  }

  /** Handles a handshake, directly `from` an endpoint or brought by relays: by `relay` when it came out of band. */
  receiveHandshake(packet: Uint8Array, from: Endpoint | undefined, relay?: OobRelay): void {
    const { drops } = this.#options.env
    const handshake = this.#handshakes.open(packet)
    if (handshake === undefined) return drops.count('net-crypto/handshake refused')
    if (handshake.isRepeated) return drops.count('net-crypto/handshake repeated')
    const old = this.get(handshake.longTermPublicKey)
    if (old !== undefined) {
      if (!sameBytes(old.dhtPublicKey, handshake.dhtPublicKey)) old.announceDhtKey(handshake.dhtPublicKey)
      else if (old.receiveHandshake(handshake, from, relay) !== 'replace') return
      old.closeFor('replaced')
    }
    // The handlers may have connected to the new key by themselves: then the handshake is for that connection.
    const current = this.get(handshake.longTermPublicKey)
    if (current === undefined) this.#accept(handshake, from, relay)
    else if (sameBytes(current.dhtPublicKey, handshake.dhtPublicKey)) current.receiveHandshake(handshake, from, relay)
  }

  /** Our address has changed: every peer hears from the new one at once, and who is being tried is tried anew. */
  networkChanged(): void {
    for (const connection of [...this.#byLongTermKey.values()]) connection.networkChanged()
  }

  /** Kills all connections and wipes all secrets; the router keeps its handlers, which find nothing any more. */
  close(): void {
    for (const connection of [...this.#byLongTermKey.values()]) connection.kill()
    this.#turnEnd.clear()
    this.#tick.clear()
    this.#quiet.clear()
    this.#jar.wipe()
    this.#handshakes.wipe()
    this.#blocks.wipe()
    for (const scratch of this.#scratches) scratch.wipe()
  }

  #receiveRelayed(connection: Connection, packet: Uint8Array): void {
    switch (packet[0]) {
      case PacketKind.CRYPTO_DATA:
        return void connection.receiveData(packet, undefined)
      case PacketKind.COOKIE_RESPONSE:
        return void connection.receiveCookieResponse(packet, undefined)
      case PacketKind.CRYPTO_HANDSHAKE:
        return this.receiveHandshake(packet, undefined)
      case PacketKind.COOKIE_REQUEST: {
        const answer = this.#cookieResponse(packet, undefined, connection.dhtPublicKey)
        return answer && connection.answerByRelay(answer)
      }
      default:
        this.#options.env.drops.count('net-crypto/relayed of unknown kind')
    }
  }

  #accept(handshake: OpenedHandshake, from: Endpoint | undefined, relay: OobRelay | undefined): void {
    const { env, accept } = this.#options
    const { longTermPublicKey, dhtPublicKey } = handshake
    const handlers = accept({ longTermPublicKey, dhtPublicKey, from })
    if (handlers === undefined) return env.drops.count('net-crypto/peer not accepted')
    if (this.get(longTermPublicKey) !== undefined) return env.drops.count('net-crypto/peer connected meanwhile')
    const connection = new Connection(this.#context, handshake, handlers)
    this.#byLongTermKey.set(bytesKey(longTermPublicKey), connection)
    this.#tick.setSooner(env.clock.now() + REQUEST_INTERVAL_MS)
    if (!connection.accept(handshake, from, relay)) connection.kill()
  }

  #answerCookieRequest(from: Endpoint, packet: Uint8Array): void {
    const answer = this.#cookieResponse(packet, from, undefined)
    if (answer !== undefined) this.#options.udp.send(from, answer)
  }

  /** The answer to a cookie request, `from` an endpoint, or through a relay by whoever holds the key `relayed`. */
  #cookieResponse(
    packet: Uint8Array,
    from: Endpoint | undefined,
    relayed: DhtPublicKey | undefined,
  ): Uint8Array | undefined {
    const { env, crypto, dht } = this.#options
    const { drops } = env
    const drop = (why: string): undefined => void drops.count(`net-crypto/cookie request ${why}`)
    if (packet.length !== COOKIE_REQUEST_BYTES) return drop('malformed')
    // Floods end here, before anything is decoded or copied.
    const asker = packet.subarray(1, 1 + PUBLIC_KEY_BYTES) as DhtPublicKey
    if (relayed !== undefined && !sameBytes(asker, relayed)) return drop('of another key than its relay says')
    const isKnown = dht.knows?.(asker) ?? false
    if (!this.#gate.admits(from, isKnown, env.clock.now())) return drop('over limit')
    const request = decode(CookieRequest, packet)
    if (request === undefined) return drop('malformed')
    // A stranger's key is computed past the cache of the DHT, which it would only crowd.
    const ours = dht.keyPair.secretKey
    const sharedKey = isKnown ? dht.sharedKey(request.dhtPublicKey) : crypto.sharedKey(request.dhtPublicKey, ours)
    const plain = sharedKey && openCookieRequest(crypto, request, sharedKey)
    if (plain === undefined) return drop('forged')
    const cookie = this.#jar.make({ longTermPublicKey: plain.longTermPublicKey, dhtPublicKey: request.dhtPublicKey })
    return sealCookieResponse(crypto, cookie, plain.requestId, sharedKey!)
  }

  #receiveData(from: Endpoint, packet: Uint8Array): void {
    const connections = this.#byEndpoint.get(from.key)
    if (connections?.length === 1) {
      if (connections[0]!.receiveData(packet, from)) return
    } else if (connections !== undefined) {
      for (const one of [...connections]) if (one.receiveData(packet, from)) return
    }
    if (!this.#roaming.receive(this.#byLongTermKey.values(), connections, packet, from)) {
      this.#options.env.drops.count('net-crypto/data of no session')
    }
  }

  #endTurn(): void {
    const sessions = this.#atTurnEnd
    this.#atTurnEnd = []
    for (const session of sessions) session.turnEnd()
  }

  /** One wake-up a second for all connections together, none when there are none. */
  #keepAlive(): void {
    const now = this.#options.env.clock.now()
    for (const connection of [...this.#byLongTermKey.values()]) connection.tick(now)
    if (this.#byLongTermKey.size > 0) this.#tick.set(now + REQUEST_INTERVAL_MS)
    this.#planQuiet(now)
  }

  /** Peers who say nothing may have moved, or we have. */
  #seekQuiet(): void {
    const now = this.#options.env.clock.now()
    const quiet = [...this.#byLongTermKey.values()].filter((one) => quietDueMs(one) <= now)
    for (const connection of quiet) connection.onQuiet()
    if (quiet.length > 0) this.#options.onQuiet?.()
    this.#planQuiet(now)
  }

  /** Looks before the next tick only where that might be too late. */
  #planQuiet(now: Millis): void {
    let dueMs = Number.POSITIVE_INFINITY
    for (const one of this.#byLongTermKey.values()) dueMs = Math.min(dueMs, quietDueMs(one))
    if (dueMs < now + REQUEST_INTERVAL_MS) this.#quiet.set(dueMs)
    else this.#quiet.clear()
  }

  #makeContext(): ConnectionContext {
    const { env, crypto, udp, relays, longTerm, dht } = this.#options
    return {
      env,
      crypto,
      udp,
      relays: relays && new RelayedPeers(relays),
      longTerm,
      dht,
      handshakes: this.#handshakes,
      blocks: this.#blocks,
      openScratch: this.#scratches[0],
      sealScratch: this.#scratches[1],
      atTurnEnd: (session) => {
        this.#atTurnEnd.push(session)
        this.#turnEnd.setSooner(env.clock.now())
      },
      indexOf: (connection) => ({
        add: (endpoint) => this.#index(endpoint, connection),
        remove: (endpoint) => this.#unindex(endpoint, connection),
      }),
      onPath: ({ longTermPublicKey }) => this.#options.onPath?.(longTermPublicKey),
      receiveRelayed: (connection, packet) => this.#receiveRelayed(connection, packet),
      forget: (connection) => {
        const key = bytesKey(connection.longTermPublicKey)
        if (this.#byLongTermKey.get(key) === connection) this.#byLongTermKey.delete(key)
      },
    }
  }

  /** When an endpoint has its eight connections, the oldest is no longer found there: most likely it moved on. */
  #index(endpoint: Endpoint, connection: Connection): void {
    const connections = this.#byEndpoint.get(endpoint.key)
    if (connections === undefined) return void this.#byEndpoint.set(endpoint.key, [connection])
    if (connections.includes(connection)) return
    if (connections.length >= CONNECTIONS_PER_ENDPOINT_MAX) connections.shift()
    connections.push(connection)
  }

  #unindex(endpoint: Endpoint, connection: Connection): void {
    const connections = this.#byEndpoint.get(endpoint.key)
    const at = connections?.indexOf(connection) ?? -1
    if (at < 0) return
    connections!.splice(at, 1)
    if (connections!.length === 0) this.#byEndpoint.delete(endpoint.key)
  }
}

/** When to ask for a peer that says nothing. */
function quietDueMs({ state, silence }: Connection): Millis {
  return state === 'established' ? silence.dueMs : Number.POSITIVE_INFINITY
}
