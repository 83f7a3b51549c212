// The onion's hops: as hop 1, 2 or 3 (the exit) of strangers' paths we open one layer, seal where the packet came from for the
// way back, and pass it on. Spec: Onion.
// The exit passes on only what the onion is for (announce and data requests, their answers back): forwarding any packet
// let strangers probe, from our address, whether a node is behind another (CVE-2018-25022).

import { type Endpoint, type Env, SourceLimit } from '../base/index.js'
import { decode, encode, encodeInto, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { type AnyPublicKey, MAC_BYTES, type Nonce } from '../crypto/keys.js'
import { SharedKeyCache } from '../crypto/shared-key-cache.js'
import { PacketKind } from '../packet/kinds.js'
import {
  ExitLayer,
  Layer1,
  Layer2,
  Onion1,
  Onion2,
  OnionInitial,
  OnionResponse1,
  OnionResponse2,
  OnionResponse3,
  paddedEndpoint,
  RELAY_MARK_BYTES,
  RETURN_3_BYTES,
  Return1,
  Return2,
  Return3,
} from '../packet/onion/index.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { type ReturnKey, ReturnSeal } from './return-seal.js'
import type { OnionDht } from './slice.js'

/**
 * A layer costs about 10 µs (100 µs with a fresh key). A peer with 1,400 friends sends up to 600 packets/s through each of its
 * hops, and a hop 2 hears the peers of several hops 1 from one address: 2,000/s, and twice that at once.
 */
const PER_SOURCE = { burst: 4000, refillMs: 1 / 2 }

/** What an exit passes on to a destination: c-toxcore 0.2.18 the first two, later ones all three. */
const EXIT_KINDS: ReadonlySet<number> = new Set([
  PacketKind.ANNOUNCE_REQUEST_OLD,
  PacketKind.DATA_TO_ROUTE_REQUEST,
  PacketKind.ANNOUNCE_REQUEST,
])
/** What comes back through the hops. */
const RETURN_KINDS: ReadonlySet<number> = new Set([
  PacketKind.ANNOUNCE_RESPONSE_OLD,
  PacketKind.DATA_TO_ROUTE_RESPONSE,
  PacketKind.ANNOUNCE_RESPONSE,
])

/**
 * A path lives 20 minutes under one ephemeral key: enough for the paths of hundreds of peers. Apart from the DHT's cache, so
 * that a flood of made-up keys does not push the keys of our nodes out.
 */
const STRANGER_KEYS_MAX = 2048

/** First byte of the mark of a relay client in a return address: no IP family. */
const RELAY_MARK = 0

export interface OnionRouterParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly dht: Pick<OnionDht, 'keyPair'>
  readonly udp: UdpSender
  readonly router: UdpRouter
  /** That of the node whose worker this is; a fresh one unless given. */
  readonly returnKey?: ReturnKey | undefined
}

/** All hops' roles of one node. */
export class OnionRouter {
  readonly #parts: OnionRouterParts
  readonly #returns: ReturnSeal
  readonly #keys: SharedKeyCache
  readonly #limit: SourceLimit
  /** Delivers to a client of our TCP relay server what came back for it; set when there is one. */
  onRelayResponse: ((mark: Uint8Array, data: Uint8Array) => void) | undefined

  constructor(parts: OnionRouterParts) {
    const { env, crypto, dht, router } = parts
    this.#parts = parts
    this.#returns = new ReturnSeal(env, crypto, parts.returnKey)
    this.#keys = new SharedKeyCache(crypto, dht.keyPair.secretKey, STRANGER_KEYS_MAX)
    this.#limit = new SourceLimit(env.clock, PER_SOURCE, env.sourceShare)
    const forward = (kind: number, handler: (from: Endpoint, packet: Uint8Array) => void): void =>
      router.on(kind, (from, packet) => {
        if (this.#limit.allows(from)) handler(from, packet)
        else this.#drop('source floods')
      })
    forward(PacketKind.ONION_INITIAL, (from, packet) => this.#initial(from, packet))
    forward(PacketKind.ONION_1, (from, packet) => this.#hop2(from, packet))
    forward(PacketKind.ONION_2, (from, packet) => this.#exit(from, packet))
    router.on(PacketKind.ONION_RESPONSE_3, (_, packet) => this.#back3(packet))
    router.on(PacketKind.ONION_RESPONSE_2, (_, packet) => this.#back2(packet))
    router.on(PacketKind.ONION_RESPONSE_1, (_, packet) => this.#back1(packet))
  }

  /**
   * Hop 1 for a client of our TCP relay server: `layer` is an encoded `Layer1`, `mark` (18 bytes) names the client when the
   * answer comes back to `onRelayResponse`.
   */
  forwardFromRelay(nonce: Nonce, layer: Uint8Array, mark: Uint8Array): void {
    const sender = new Uint8Array(1 + RELAY_MARK_BYTES)
    sender[0] = RELAY_MARK
    sender.set(mark, 1)
    this.#hop1(nonce, layer, sender)
  }

  /** What a worker of this node needs to open return addresses; the copy is its own to wipe. */
  get returnKey(): ReturnKey {
    return this.#returns.shared
  }

  /** Overwrites all keys. */
  close(): void {
    this.#returns.wipe()
    this.#keys.clear()
  }

  #initial(from: Endpoint, packet: Uint8Array): void {
    const initial = this.#decode(OnionInitial, packet, 'initial')
    if (initial === undefined) return
    const layer = this.#open(initial)
    if (layer !== undefined) this.#hop1(initial.nonce, layer, encode(paddedEndpoint, from))
  }

  #hop1(nonce: Nonce, plain: Uint8Array, sender: Uint8Array): void {
    const layer = this.#decode(Layer1, plain, 'layer 1')
    if (layer === undefined || !this.#isSendable(layer.to)) return
    const { to, publicKey, sealed } = layer
    this.#send(to, Onion1, {
      kind: PacketKind.ONION_1,
      nonce,
      publicKey,
      sealed,
      returnPath: this.#returns.seal(Return1, { sender }),
    })
  }

  #hop2(from: Endpoint, packet: Uint8Array): void {
    const onion = this.#decode(Onion1, packet, 'onion 1')
    const plain = onion && this.#open(onion)
    const layer = plain && this.#decode(Layer2, plain, 'layer 2')
    if (layer === undefined || !this.#isSendable(layer.to)) return
    const { to, publicKey, sealed } = layer
    this.#send(to, Onion2, {
      kind: PacketKind.ONION_2,
      nonce: onion!.nonce,
      publicKey,
      sealed,
      returnPath: this.#returns.seal(Return2, { to: from, returnPath: onion!.returnPath }),
    })
  }

  #exit(from: Endpoint, packet: Uint8Array): void {
    const onion = this.#decode(Onion2, packet, 'onion 2')
    const plain = onion && this.#open(onion)
    const layer = plain && this.#decode(ExitLayer, plain, 'exit layer')
    if (layer === undefined || !this.#isSendable(layer.to)) return
    if (!EXIT_KINDS.has(layer.data[0]!)) return this.#drop('exit refuses kind')
    const returnPath = this.#returns.seal(Return3, { to: from, returnPath: onion!.returnPath })
    const out = this.#parts.udp.reserve(layer.to, layer.data.length + RETURN_3_BYTES)
    out.set(layer.data)
    out.set(returnPath, layer.data.length)
  }

  #back3(packet: Uint8Array): void {
    const response = this.#decode(OnionResponse3, packet, 'response 3')
    const back = response && this.#openReturn(Return3, response)
    if (back === undefined) return
    const { data } = response!
    this.#send(back.to, OnionResponse2, { kind: PacketKind.ONION_RESPONSE_2, returnPath: back.returnPath, data })
  }

  #back2(packet: Uint8Array): void {
    const response = this.#decode(OnionResponse2, packet, 'response 2')
    const back = response && this.#openReturn(Return2, response)
    if (back === undefined) return
    const { data } = response!
    this.#send(back.to, OnionResponse1, { kind: PacketKind.ONION_RESPONSE_1, returnPath: back.returnPath, data })
  }

  #back1(packet: Uint8Array): void {
    const response = this.#decode(OnionResponse1, packet, 'response 1')
    const back = response && this.#openReturn(Return1, response)
    if (back === undefined) return
    if (back.sender[0] === RELAY_MARK) return this.onRelayResponse?.(back.sender.subarray(1), response!.data)
    const to = decode(paddedEndpoint, back.sender)
    if (to !== undefined) this.#parts.udp.send(to, response!.data)
  }

  #openReturn<T>(schema: Schema<T>, response: { returnPath: Uint8Array; data: Uint8Array }): T | undefined {
    if (!RETURN_KINDS.has(response.data[0]!)) {
      this.#drop('response of a foreign kind')
      return undefined
    }
    const plain = this.#returns.open(response.returnPath)
    if (plain === undefined) this.#drop('return address is not ours')
    return plain && this.#decode(schema, plain, 'return address')
  }

  #open(packet: { nonce: Nonce; publicKey: AnyPublicKey; sealed: Uint8Array }): Uint8Array | undefined {
    const key = this.#keys.get(packet.publicKey)
    const plain = new Uint8Array(packet.sealed.length - MAC_BYTES)
    if (key !== undefined && this.#parts.crypto.open(plain, packet.sealed, packet.nonce, key)) return plain
    this.#drop('layer does not open')
    return undefined
  }

  #send<T>(to: Endpoint, schema: Schema<T>, packet: T): void {
    encodeInto(schema, packet, this.#parts.udp.reserve(to, schema.size(packet)))
  }

  #decode<T>(schema: Schema<T>, bytes: Uint8Array, name: string): T | undefined {
    const value = decode(schema, bytes)
    if (value === undefined) this.#drop(`${name} malformed`)
    return value
  }

  #isSendable(to: Endpoint): boolean {
    if (!to.isSendable) this.#drop('next hop is no address')
    return to.isSendable
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`onion/${why}`)
  }
}
