// Our connection to somebody's TCP relay: the handshake shows that it owns its key, pings that it is alive; routes lead to peers.
// Spec: TCP client. A relay is a stranger: what no relay says ends the connection, what nobody asked for is counted and left out.

import { bytesKey, concatBytes, type Endpoint, type Env, type Millis } from '../base/index.js'
import { decode, encode, encodeInto, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtKeyPair, DhtPublicKey, Nonce } from '../crypto/keys.js'
import {
  OOB_DATA_MAX_BYTES,
  OobReceived,
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
  RoutingResponse,
} from '../packet/relay/index.js'
import type { ByteStream, StreamHandler } from '../transport/stream.js'
import type { RelayFailure } from './failure.js'
import { handled } from './handled.js'
import { type BegunHandshake, beginHandshake, SERVER_HANDSHAKE_BYTES } from './handshake.js'
import { Heartbeat } from './heartbeat.js'
import { RelayFlow } from './relay-flow.js'
import { RelayRoute, RouteTable, type RouteUser } from './relay-route.js'
import { type RelayMeter, SecureStream } from './secure-stream.js'

/** What may wait here for the system: beyond it nothing but control packets is taken. */
const QUEUE_MAX_BYTES = 256 * 1024

export interface RelayConnectionParts {
  readonly env: Pick<Env, 'clock' | 'random' | 'deadlines' | 'drops'>
  readonly crypto: Crypto
  readonly keyPair: DhtKeyPair
  /** The relay's key. */
  readonly relay: DhtPublicKey
  /** Counts packets both ways. */
  readonly meter?: RelayMeter | undefined
  /** Whether little may be under way, because this relay has stood still with more. */
  readonly isCareful?: boolean
  /** The relay owns its key: from now on it takes packets. */
  onReady?(): void
  /** The relay answered a ping. */
  onPong?(rttMs: Millis): void
  /** A packet of somebody on the same relay, without a route. Packets here are views valid until the call returns. */
  onOob?(sender: DhtPublicKey, packet: Uint8Array): void
  onOnionResponse?(packet: Uint8Array): void
  onForwarding?(packet: Uint8Array): void
  /** There is room again, after there was none. */
  onDrained?(): void
  /** The connection ended by itself: from the other side, or because the relay is silent or makes no sense. */
  onClosed(failure: RelayFailure): void
}

export class RelayConnection implements StreamHandler {
  readonly #parts: RelayConnectionParts
  readonly #stream: ByteStream
  readonly #routes = new RouteTable()
  readonly #heartbeat: Heartbeat
  readonly #flow: RelayFlow
  #handshake: BegunHandshake | undefined
  #secure: SecureStream | undefined
  #answer: Uint8Array = new Uint8Array(0)
  #isClosed = false

  /** Greets the relay at the other end of `stream`. */
  constructor(parts: RelayConnectionParts, stream: ByteStream) {
    this.#parts = parts
    this.#stream = stream
    const sendPing = (id: bigint): void => this.#control(RelayPing, { kind: RelayPacketKind.PING, id })
    const { clock, random } = parts.env
    const isCareful = parts.isCareful === true || stream.remote?.isLoopback === true
    this.#flow = new RelayFlow({ clock, random, sendPing, isCareful })
    this.#heartbeat = new Heartbeat({
      env: parts.env,
      sendPing,
      isBusy: () => this.#secure!.queuedBytes > 0,
      onSilence: (what) => this.#end({ code: 'silent', text: `the relay does not answer our ${what}` }),
    })
    // To a key that is none nothing is sent, and nothing comes.
    this.#handshake = beginHandshake(parts.crypto, parts.keyPair, parts.relay)
    if (this.#handshake !== undefined) stream.write(this.#handshake.packet)
  }

  /** Whether the relay has shown that it owns its key. */
  get isReady(): boolean {
    return this.#secure !== undefined && !this.#isClosed
  }

  /** Whether the relay speaks, but has not read for long what was sent to it. */
  get standsStill(): boolean {
    return this.#flow.standsStill
  }

  /** Where it ends, if known. */
  get remote(): Endpoint | undefined {
    return this.#stream.remote
  }

  /** Whether a packet that may get lost would be taken now. */
  get hasRoom(): boolean {
    return this.isReady && this.#secure!.queuedBytes <= QUEUE_MAX_BYTES && this.#flow.hasRoom
  }

  onData(bytes: Uint8Array): void {
    this.#heartbeat.heard()
    const left = this.#secure === undefined ? this.#greet(bytes) : bytes
    if (left === undefined || left.length === 0 || this.#isClosed) return
    if (!this.#secure!.receive(left, (packet) => !this.#isClosed && this.#receive(packet))) this.#end(NOT_GENUINE)
    else if (!this.#isClosed) this.#flow.heard()
  }

  onDrained(): void {
    if (this.hasRoom) this.#parts.onDrained?.()
  }

  onClosed(): void {
    this.#end({ code: 'closed', text: 'the relay ended the connection' })
  }

  /** Ends the connection; what was sent still leaves. `onClosed` is not called. */
  close(): void {
    if (this.#isClosed) return
    this.#secure?.flush()
    this.#wipe()
    if (this.#stream.end === undefined) this.#stream.destroy()
    else this.#stream.end()
  }

  #wipe(): void {
    this.#isClosed = true
    this.#heartbeat.stop()
    this.#handshake?.wipe()
    this.#secure?.wipe()
  }

  /** Asks now whether the relay is alive: it is given so long to answer. */
  probe(timeoutMs: Millis): void {
    if (this.isReady) this.#heartbeat.ping(timeoutMs)
  }

  /** Asks for a way to a peer. Only when ready; one for each key. */
  addRoute(publicKey: DhtPublicKey, user: RouteUser): RelayRoute {
    const route = new RelayRoute(publicKey, user)
    this.#routes.add(bytesKey(publicKey), route)
    this.#control(RoutingRequest, { kind: RelayPacketKind.ROUTING_REQUEST, publicKey })
    return route
  }

  /** Gives a route up, and tells the relay. */
  removeRoute({ publicKey }: RelayRoute): void {
    const route = this.#routes.remove(bytesKey(publicKey))
    if (route !== undefined && route.id !== 0) this.#disconnect(route.id)
  }

  /** A place for a packet to the other end of a route, to be written whole at once; undefined: not joined, or no room. */
  reserve(route: RelayRoute, size: number): Uint8Array | undefined {
    if (route.state !== 'online' || !this.hasRoom) return undefined
    const place = this.#reserve(1 + size)
    place[0] = route.id
    return place.subarray(1)
  }

  /** Sends a packet of 1 to 1,024 bytes to whoever has this key on the relay; false when there is no room. */
  sendOob(receiver: DhtPublicKey, data: Uint8Array): boolean {
    if (data.length === 0 || data.length > OOB_DATA_MAX_BYTES) return false
    return this.#data(OobSend, { kind: RelayPacketKind.OOB_SEND, receiver, data })
  }

  /** Sends an onion packet, the relay being hop 1; false when there is no room. */
  sendOnion(nonce: Nonce, layer: Uint8Array): boolean {
    return this.#data(RelayOnionRequest, { kind: RelayPacketKind.ONION_REQUEST, nonce, layer })
  }

  /** Has the relay pass `data` on to a node; false when there is no room. */
  sendForward(to: Endpoint, data: Uint8Array): boolean {
    return this.#data(RelayForwardRequest, { kind: RelayPacketKind.FORWARD_REQUEST, to, data })
  }

  /** Collects the relay's answer; what came behind it, undefined while it is not whole or when it was bad. */
  #greet(bytes: Uint8Array): Uint8Array | undefined {
    const missing = SERVER_HANDSHAKE_BYTES - this.#answer.length
    const answer = concatBytes(this.#answer, bytes.subarray(0, missing))
    this.#answer = answer
    if (answer.length < SERVER_HANDSHAKE_BYTES || this.#isClosed) return undefined
    const keys = this.#handshake?.finish(answer)
    this.#handshake = undefined
    if (keys === undefined) {
      this.#end({ code: 'not-genuine', text: 'what answers there does not own the relay’s key' })
      return undefined
    }
    this.#answer = new Uint8Array(0)
    this.#secure = new SecureStream(this.#parts.crypto, this.#stream, keys, this.#parts.meter)
    // The relay believes that we are who we say when our first packet opens.
    this.#heartbeat.start()
    this.#parts.onReady?.()
    return bytes.subarray(missing)
  }

  /** False when the relay says what no relay says. */
  #receive(packet: Uint8Array): boolean {
    if (packet.length <= 1) return false
    const kind = packet[0]!
    if (kind >= ROUTE_ID_FIRST) {
      const route = this.#routes.get(kind)
      if (route === undefined) this.#drop('data of no route')
      else route.user.onRouteData(packet.subarray(1))
      return true
    }
    switch (kind) {
      case RelayPacketKind.ROUTING_RESPONSE:
        return handled(RoutingResponse, packet, ({ id, publicKey }) => this.#onRoutingResponse(id, publicKey))
      case RelayPacketKind.CONNECTED:
        return this.#onNotice(RouteConnected, packet, 'registered', 'online')
      case RelayPacketKind.DISCONNECTED:
        return this.#onNotice(RouteDisconnected, packet, 'online', 'registered')
      case RelayPacketKind.PING:
        return handled(RelayPing, packet, ({ id }) => {
          // c-toxcore takes 0 for no ping at all.
          if (id !== 0n) this.#control(RelayPong, { kind: RelayPacketKind.PONG, id })
        })
      case RelayPacketKind.PONG:
        return handled(RelayPong, packet, ({ id }) => this.#onPong(id))
      case RelayPacketKind.OOB_RECEIVED:
        if (packet.length < OobReceived.minSize) return false
        return this.#offered(OobReceived, packet, ({ sender, data }) => this.#parts.onOob?.(sender, data))
      case RelayPacketKind.ONION_RESPONSE:
        return this.#offered(RelayOnionResponse, packet, ({ data }) => this.#parts.onOnionResponse?.(data))
      case RelayPacketKind.FORWARDING:
        return this.#offered(RelayForwarding, packet, ({ data }) => this.#parts.onForwarding?.(data))
      default:
        return false
    }
  }

  #onRoutingResponse(id: number, publicKey: DhtPublicKey): void {
    const route = this.#routes.find(bytesKey(publicKey))
    if (id < ROUTE_ID_FIRST) {
      if (route?.state === 'asked') this.#setState(route, 'refused')
    } else if (this.#routes.get(id) !== undefined || (route !== undefined && route.id !== 0)) {
      this.#drop('route twice')
    } else if (route === undefined) {
      // Nobody wants it any more.
      this.#disconnect(id)
    } else {
      this.#routes.register(route, id)
      this.#setState(route, 'registered')
    }
  }

  #onNotice(schema: Schema<{ id: number }>, packet: Uint8Array, from: RelayRoute['state'], to: RelayRoute['state']) {
    const notice = decode(schema, packet)
    if (notice === undefined || notice.id < ROUTE_ID_FIRST) return false
    const route = this.#routes.get(notice.id)
    if (route?.state === from) this.#setState(route, to)
    else this.#drop('notice of no route')
    return true
  }

  #setState(route: RelayRoute, state: RelayRoute['state']): void {
    route.state = state
    route.user.onRouteState(route)
  }

  #disconnect(id: number): void {
    if (this.isReady) this.#control(RouteDisconnected, { kind: RelayPacketKind.DISCONNECTED, id })
  }

  #onPong(id: bigint): void {
    const flow = this.#flow.pong(id)
    this.#secure!.isSmall = this.#flow.isSmall
    if (flow === 'opened') return this.onDrained()
    const rttMs = flow === 'noted' ? undefined : this.#heartbeat.pong(id)
    if (rttMs !== undefined) this.#parts.onPong?.(rttMs)
    else if (flow === 'not ours') this.#drop('pong unasked')
  }

  /** A place for a packet that counts as data. */
  #reserve(size: number): Uint8Array {
    this.#flow.sending(size)
    return this.#secure!.reserve(size)
  }

  /** Sends what the connection lives by, whatever waits. */
  #control<T>(schema: Schema<T>, packet: T): void {
    this.#secure!.send(encode(schema, packet))
  }

  /** Sends what may get lost; false when there is no room. */
  #data<T>(schema: Schema<T>, packet: T): boolean {
    if (!this.hasRoom) return false
    encodeInto(schema, packet, this.#reserve(schema.size(packet)))
    return true
  }

  /** Hands on what the relay brings; what is larger than its kind can be is left out, as nobody may use it. */
  #offered<T>(schema: Schema<T>, packet: Uint8Array, take: (value: T) => void): true {
    if (!handled(schema, packet, take)) this.#drop('packet malformed')
    return true
  }

  #end(failure: RelayFailure): void {
    if (this.#isClosed) return
    this.#wipe()
    this.#stream.destroy()
    this.#parts.onClosed(failure)
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`relay client/${why}`)
  }
}

const NOT_GENUINE: RelayFailure = { code: 'not-genuine', text: 'the relay breaks the protocol' }
