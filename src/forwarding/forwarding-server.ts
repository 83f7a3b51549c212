// Forwarding: passes packets of strangers on to nodes that we know, and the answers back. As c-toxcore's forwarding.c; the spec
// has no chapter.
// One packet in is one packet out: a request grows by the sendback (9 bytes, 21 over IPv6), an answer shrinks. What is forwarded
// arrives inside a forwarding packet, so no stranger can make our address say words of his choice, as onion exits once could
// (CVE-2018-25022). The tag of a sendback keeps answers from going where nobody asked, and its size ends every chain.

import { type Endpoint, type Env, SourceLimit } from '../base/index.js'
import { decode, encode, encodeInto, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import {
  FORWARD_DATA_MAX_BYTES,
  forwarding,
  forwardReply,
  forwardRequest,
  SENDBACK_DATA_MAX_BYTES,
  SendbackKind,
  sendback as sendbackSchema,
  toForwarder,
  toRequester,
  udpEndpoint,
} from '../packet/forwarding/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { ForwardingStats } from './stats.js'
import { TimedAuth } from './timed-auth.js'

/** A sendback is good for one to two hours, as c-toxcore's (SENDBACK_TIMEOUT). */
const SENDBACK_WINDOW_MS = 60 * 60 * 1000
/**
 * A packet costs about 10 µs, and our bandwidth. A peer asks a few nodes a minute; many share a provider's address, or reach us
 * through one node: 200/s, and 1,000 at once.
 */
const PER_SOURCE = { burst: 1000, refillMs: 1000 / 200 }

const NOTHING = new Uint8Array(0)

export interface ForwardingParts {
  readonly env: Env
  readonly crypto: Pick<Crypto, 'auth' | 'equal' | 'randomFill' | 'wipe'>
  readonly udp: UdpSender
  readonly router: UdpRouter
  /** Where the node with this key answers us, if we know one; the first is taken. */
  readonly dht: { endpointsOf(publicKey: DhtPublicKey): readonly Endpoint[] }
}

/** Handles a request that `forwarder` passed on to us. Answers go through `reply`. All arrays are views of this turn. */
export type ForwardedRequestHandler = (forwarder: Endpoint, sendback: Uint8Array, data: Uint8Array) => void

/** The forwarding node's role, and the end of a chain for the modules above. */
export class ForwardingServer {
  readonly stats = new ForwardingStats()
  /** Serves requests that were forwarded to us; set by the module that does. */
  onRequest: ForwardedRequestHandler | undefined
  /** Takes answers to what we had forwarded for ourselves; `data` is a view of this turn. */
  onResponse: ((from: Endpoint, data: Uint8Array) => void) | undefined
  /** Delivers an answer to a client of our TCP relay server; set when there is one. */
  onRelayReply: ((mark: Uint8Array, data: Uint8Array) => void) | undefined
  readonly #parts: ForwardingParts
  readonly #auth: TimedAuth
  readonly #limit: SourceLimit

  constructor(parts: ForwardingParts) {
    const { env, crypto, router } = parts
    this.#parts = parts
    this.#auth = new TimedAuth(env.clock, crypto, SENDBACK_WINDOW_MS)
    this.#limit = new SourceLimit(env.clock, PER_SOURCE, env.sourceShare)
    const on = (kind: number, handler: (from: Endpoint, packet: Uint8Array) => void): void =>
      router.on(kind, (from, packet) => {
        if (this.#limit.allows(from)) handler(from, packet)
        else this.#drop('source floods')
      })
    on(PacketKind.FORWARD_REQUEST, (from, packet) => this.#request(from, packet))
    on(PacketKind.FORWARDING, (from, packet) => this.#forwarded(from, packet))
    on(PacketKind.FORWARD_REPLY, (_, packet) => this.#reply(packet))
  }

  /** Answers a forwarded request with `data` (at most 1,792 bytes) through the node that forwarded it. */
  reply(forwarder: Endpoint, sendback: Uint8Array, data: Uint8Array): void {
    this.#send(forwarder, forwardReply, { kind: PacketKind.FORWARD_REPLY, sendback, data })
  }

  /**
   * Passes `data` on to `to` for a client of our TCP relay server; the answer comes to `onRelayReply` with `mark` (at most 221
   * bytes). False for data above 1,792 bytes, and for what is no address.
   */
  forwardFromRelay(to: Endpoint, data: Uint8Array, mark: Uint8Array): boolean {
    if (data.length > FORWARD_DATA_MAX_BYTES || !to.isSendable) return false
    const way = new Uint8Array(1 + mark.length)
    way[0] = SendbackKind.RELAY_CLIENT
    way.set(mark, 1)
    this.#send(to, forwarding, { kind: PacketKind.FORWARDING, sendback: this.#sendback(way), data })
    this.stats.forwarded++
    return true
  }

  /** Overwrites the secret. */
  close(): void {
    this.#auth.wipe()
  }

  #request(from: Endpoint, packet: Uint8Array): void {
    this.#forward(packet, encode(toRequester, { kind: SendbackKind.REQUESTER, to: from }))
  }

  #forwarded(from: Endpoint, packet: Uint8Array): void {
    const forwarded = decode(forwarding, packet)
    if (forwarded === undefined) return this.#drop('forwarding malformed')
    const { sendback, data } = forwarded
    // A chain: we are not its end, and the answer has to find the way back through `from`.
    if (data[0] === PacketKind.FORWARD_REQUEST) return this.#forwardOn(from, sendback, data)
    if (sendback.length > 0) {
      this.stats.requestsReceived++
      if (this.onRequest === undefined) this.#drop('no use for a forwarded request')
      else this.onRequest(from, sendback, data)
    } else if (this.onResponse === undefined) this.#drop('no use for a forwarded response')
    else this.onResponse(from, data)
  }

  #forwardOn(from: Endpoint, sendback: Uint8Array, request: Uint8Array): void {
    if (1 + udpEndpoint.size(from) + sendback.length > SENDBACK_DATA_MAX_BYTES) return this.#drop('chain too long')
    this.#forward(request, encode(toForwarder, { kind: SendbackKind.FORWARDER, to: from, sendback }))
  }

  /** Passes the data of an encoded forward request on; `way` says where the answer goes. */
  #forward(packet: Uint8Array, way: Uint8Array): void {
    const request = decode(forwardRequest, packet)
    if (request === undefined) return this.#drop('forward-request malformed')
    const to = this.#parts.dht.endpointsOf(request.recipient)[0]
    if (to === undefined) return this.#drop('forward-request for an unknown node')
    this.#send(to, forwarding, { kind: PacketKind.FORWARDING, sendback: this.#sendback(way), data: request.data })
    this.stats.forwarded++
  }

  #reply(packet: Uint8Array): void {
    const reply = decode(forwardReply, packet)
    const sendback = reply && decode(sendbackSchema, reply.sendback)
    if (sendback === undefined) return this.#drop('forward-reply malformed')
    if (!this.#auth.isGood(sendback.auth, sendback.data)) return this.#drop('sendback is not ours')
    if (this.#sendBack(sendback.data, reply!.data)) this.stats.returned++
    else this.#drop('nobody takes the reply')
  }

  /** `way` is what we said in the sendback. */
  #sendBack(way: Uint8Array, data: Uint8Array): boolean {
    if (way[0] === SendbackKind.RELAY_CLIENT) {
      this.onRelayReply?.(way.subarray(1), data)
      return this.onRelayReply !== undefined
    }
    const requester = decode(toRequester, way)
    const forwarder = decode(toForwarder, way)
    if (requester !== undefined) {
      this.#send(requester.to, forwarding, { kind: PacketKind.FORWARDING, sendback: NOTHING, data })
    } else if (forwarder !== undefined) this.reply(forwarder.to, forwarder.sendback, data)
    return requester !== undefined || forwarder !== undefined
  }

  /** `way` with its tag, as it travels. */
  #sendback(way: Uint8Array): Uint8Array {
    return encode(sendbackSchema, { auth: this.#auth.of(way), data: way })
  }

  #send<T>(to: Endpoint, schema: Schema<T>, packet: T): void {
    encodeInto(schema, packet, this.#parts.udp.reserve(to, schema.size(packet)))
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`forwarding/${why}`)
  }
}
