// Receives the packets of the DHT. Each comes from a stranger: it is opened, held against what we asked for, and only then
// believed; each answer is at most as large as c-toxcore's, so that we are no amplifier for forged addresses.

import { bytesKey, type Endpoint, isZero, SourceLimit, sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import {
  BOOTSTRAP_INFO_REQUEST_BYTES,
  bootstrapInfoResponse,
  nodesResponse,
  PING_PACKET_BYTES,
  PING_PLAIN_BYTES,
} from '../packet/dht/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { UdpHandler } from '../transport/udp.js'
import { Answers } from './answers.js'
import type { Asker } from './asker.js'
import type { DhtOptions } from './dht.js'
import type { Greeter } from './greeter.js'
import type { Neighbourhood } from './neighbourhood.js'
import type { DhtRequests } from './requests.js'
import type { DhtStats } from './stats.js'
import type { DhtWire } from './wire.js'

/** An answer has up to three times the bytes of its request, and those who watch nodes ask once in minutes. */
const INFO_PER_SOURCE = { burst: 32, refillMs: 1000 / 4 }

export interface ReceiverParts {
  readonly options: DhtOptions
  readonly stats: DhtStats
  readonly wire: DhtWire
  readonly asker: Asker
  readonly greeter: Greeter
  readonly requests: DhtRequests
  readonly neighbourhood: Neighbourhood
}

export class Receiver {
  readonly #parts: ReceiverParts
  readonly #answers: Answers
  readonly #infoLimit: SourceLimit
  #isClosed = false
  #toldOwn4: Endpoint | undefined
  #toldOwn6: Endpoint | undefined

  /** Registers its handlers with the router of `parts.options`. */
  constructor(parts: ReceiverParts) {
    this.#parts = parts
    const { options, stats, wire, neighbourhood } = parts
    const onAsker = (publicKey: DhtPublicKey, from: Endpoint): void => this.meet(publicKey, from)
    this.#answers = new Answers({ env: options.env, stats, wire, onAsker }, neighbourhood.table)
    this.#infoLimit = new SourceLimit(options.env.clock, INFO_PER_SOURCE)
    this.#listen()
  }

  /** Ignores whatever still comes in. */
  close(): void {
    this.#isClosed = true
  }

  /** Our address has changed: what others say of it is old. */
  forgetOwnEndpoints(): void {
    this.#toldOwn4 = this.#toldOwn6 = undefined
  }

  /** Where other nodes see us. */
  get ownEndpoints(): Endpoint[] {
    return [this.#toldOwn4, this.#toldOwn6].filter((one): one is Endpoint => one !== undefined)
  }

  #listen(): void {
    const { router, bootstrapInfo } = this.#parts.options
    const on = (kind: number, handler: UdpHandler): void =>
      router.on(kind, (from, packet) => {
        if (!this.#isClosed) handler(from, packet)
      })
    on(PacketKind.PING_REQUEST, (from, packet) => this.#answers.ping(from, packet))
    on(PacketKind.PING_RESPONSE, (from, packet) => this.#receivePingResponse(from, packet))
    on(PacketKind.NODES_REQUEST, (from, packet) => this.#answers.nodes(from, packet))
    on(PacketKind.NODES_RESPONSE, (from, packet) => this.#receiveNodesResponse(from, packet))
    on(PacketKind.DHT_REQUEST, (from, packet) => this.#parts.requests.receive(from, packet))
    if (bootstrapInfo !== undefined) {
      // Asked for anew each time: the message may tell how long the node has been up.
      const answer = (): Uint8Array => {
        const { version, motd } = bootstrapInfo
        return encode(bootstrapInfoResponse, { kind: PacketKind.BOOTSTRAP_INFO, version, motd })
      }
      on(PacketKind.BOOTSTRAP_INFO, (from, packet) => this.#receiveInfoRequest(from, packet, answer))
    }
  }

  #receivePingResponse(from: Endpoint, packet: Uint8Array): void {
    const { clock, drops } = this.#parts.options.env
    this.#parts.stats.pingResponsesReceived++
    if (packet.length !== PING_PACKET_BYTES) return drops.count('dht/ping-response malformed')
    if (!this.#parts.asker.pending.expects(from)) return drops.count('dht/ping-response unexpected')
    if (this.#parts.wire.open(from, packet) !== PING_PLAIN_BYTES) return drops.count('dht/ping-response forged')
    if (this.#parts.wire.opened[0] !== PacketKind.PING_RESPONSE) return drops.count('dht/ping-response malformed')
    const sender = this.#parts.wire.sender
    const request = this.#parts.asker.pending.take('ping', this.#parts.wire.openedId(1), sender, from, clock.now())
    if (request === undefined) return drops.count('dht/ping-response unexpected')
    this.#parts.neighbourhood.answered(request.publicKey, request.to)
  }

  #receiveNodesResponse(from: Endpoint, packet: Uint8Array): void {
    const { clock, drops } = this.#parts.options.env
    this.#parts.stats.nodesResponsesReceived++
    const { pending } = this.#parts.asker
    if (!pending.expects(from)) return drops.count('dht/nodes-response unexpected')
    const length = this.#parts.wire.open(from, packet)
    if (length < 0) return drops.count('dht/nodes-response forged')
    const response = decode(nodesResponse, this.#parts.wire.opened.subarray(0, length))
    if (response === undefined) return drops.count('dht/nodes-response malformed')
    const request = pending.take('nodes', response.requestId, this.#parts.wire.sender, from, clock.now())
    if (request === undefined) return drops.count('dht/nodes-response unexpected')
    this.#parts.neighbourhood.answered(request.publicKey, request.to, request.sought)
    for (const node of response.nodes) this.#hear(node, request.publicKey)
  }

  /** `teller` says where `node` answers. */
  #hear(node: NodeInfo, teller: DhtPublicKey): void {
    if (!node.endpoint.isSendable || isZero(node.publicKey)) return
    this.#parts.neighbourhood.events.emit('named', node)
    if (sameBytes(node.publicKey, this.#parts.options.keyPair.publicKey)) return this.#hearOfOurselves(node.endpoint)
    const { searches, table } = this.#parts.neighbourhood
    const search = searches.get(bytesKey(node.publicKey))
    const tellerNode = search === undefined ? undefined : table.get(teller)
    if (search !== undefined && tellerNode !== undefined) {
      search.told(tellerNode, node.endpoint, this.#parts.options.env.clock.now())
    }
    this.#parts.neighbourhood.consider(node)
  }

  #hearOfOurselves(endpoint: Endpoint): void {
    const known = endpoint.family === 4 ? this.#toldOwn4 : this.#toldOwn6
    if (known !== undefined && endpoint.isLan && !known.isLan) return
    if (endpoint.family === 4) this.#toldOwn4 = endpoint
    else this.#toldOwn6 = endpoint
  }

  /** Someone has asked us something and so proven its key, but not yet its address. */
  meet(publicKey: DhtPublicKey, from: Endpoint): void {
    const { close, searches, table } = this.#parts.neighbourhood
    const nowMs = this.#parts.options.env.clock.now()
    const key = bytesKey(publicKey)
    const isSought = searches.get(key) !== undefined
    const node = table.getByKey(key)
    // A node of ours that asks from a new address has moved.
    if (!isSought && node === undefined && !close.hasRoomFor(publicKey, nowMs)) return
    if (node?.isGoodAt(from, nowMs)) return
    this.#parts.greeter.greet(publicKey, from, isSought)
  }

  #receiveInfoRequest(from: Endpoint, packet: Uint8Array, answer: () => Uint8Array): void {
    const { env, udp } = this.#parts.options
    if (packet.length !== BOOTSTRAP_INFO_REQUEST_BYTES) env.drops.count('dht/bootstrap-info malformed')
    else if (this.#infoLimit.allows(from)) udp.send(from, answer())
    else env.drops.count('dht/source floods')
  }
}
