// DHT requests: opened when they are for us, passed on when we know the addressee, sent through the nodes near a sought key.
// Forwarding spends our bandwidth on others' words, so each source may only have so much of it.

import { type Endpoint, type Env, SourceLimit, sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { type DhtPublicKey, MAC_BYTES, NONCE_BYTES, type Nonce } from '../crypto/keys.js'
import { DHT_REQUEST_MAX_BYTES, dhtRequestPacket, dhtRequestPlain } from '../packet/dht/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { UdpSender } from '../transport/udp.js'
import type { NodeTable } from './node-table.js'
import type { DhtStats } from './stats.js'
import type { StrangerKeys } from './stranger-keys.js'
import type { SharedKeys } from './wire.js'

/** Packets passed on for one source: a burst, then 50 a second. */
const FORWARD_LIMIT = { burst: 64, refillMs: 1000 / 50 }

/** Handles the data of a DHT request that was sealed by `sender`; `via` is the last hop, `data` a view of this turn. */
export type DhtRequestHandler = (sender: DhtPublicKey, data: Uint8Array, via: Endpoint) => void

export interface DhtRequestsOptions {
  readonly env: Env
  readonly crypto: Pick<Crypto, 'seal' | 'open'>
  readonly udp: UdpSender
  readonly ownPublicKey: DhtPublicKey
  readonly sharedKeys: SharedKeys
  readonly strangerKeys: StrangerKeys
  readonly stats: DhtStats
  readonly table: NodeTable
}

export class DhtRequests {
  readonly #handlers: (DhtRequestHandler | undefined)[] = new Array(256).fill(undefined)
  readonly #forwardLimit: SourceLimit

  constructor(private readonly options: DhtRequestsOptions) {
    this.#forwardLimit = new SourceLimit(options.env.clock, FORWARD_LIMIT, options.env.sourceShare)
  }

  on(kind: number, handler: DhtRequestHandler): void {
    if (this.#handlers[kind] !== undefined) throw new Error(`DHT request kind ${kind} has a handler already`)
    this.#handlers[kind] = handler
  }

  receive(from: Endpoint, packet: Uint8Array): void {
    const { env, ownPublicKey, stats } = this.options
    stats.dhtRequestsReceived++
    const request = decode(dhtRequestPacket, packet)
    if (request === undefined) return env.drops.count('dht/request malformed')
    if (!sameBytes(request.recipient, ownPublicKey)) return this.#forward(from, request.recipient, packet)
    if (packet.length > DHT_REQUEST_MAX_BYTES) return env.drops.count('dht/request too long')
    const plain = this.#open(from, request.sender, request.nonce, request.box)
    const content = plain === undefined ? undefined : decode(dhtRequestPlain, plain)
    if (content === undefined) return env.drops.count('dht/request forged or empty')
    const handler = this.#handlers[content.kind]
    if (handler === undefined) return env.drops.count('dht/request of unknown kind')
    handler(request.sender, content.data, from)
  }

  /** Seals `data` for `recipient` and sends it to all of `targets`; how many that were. */
  send(recipient: DhtPublicKey, kind: number, data: Uint8Array, targets: readonly Endpoint[]): number {
    if (targets.length === 0) return 0
    const { crypto, env, ownPublicKey, sharedKeys, stats, udp } = this.options
    const key = sharedKeys.get(recipient)
    if (key === undefined) return 0
    const plain = encode(dhtRequestPlain, { kind, data })
    const nonce = env.random.bytes(NONCE_BYTES) as Nonce
    const box = new Uint8Array(plain.length + MAC_BYTES)
    crypto.seal(box, plain, nonce, key)
    const packet = encode(dhtRequestPacket, {
      kind: PacketKind.DHT_REQUEST,
      recipient,
      sender: ownPublicKey,
      nonce,
      box,
    })
    for (const target of targets) udp.send(target, packet)
    stats.dhtRequestsSent += targets.length
    return targets.length
  }

  #open(from: Endpoint, sender: DhtPublicKey, nonce: Nonce, box: Uint8Array): Uint8Array | undefined {
    if (sameBytes(sender, this.options.ownPublicKey)) return undefined
    const key = this.options.strangerKeys.get(sender, from)
    if (key === undefined) return undefined
    const plain = new Uint8Array(box.length - MAC_BYTES)
    return this.options.crypto.open(plain, box, nonce, key) ? plain : undefined
  }

  #forward(from: Endpoint, recipient: DhtPublicKey, packet: Uint8Array): void {
    const { env, stats, table, udp } = this.options
    const nowMs = env.clock.now()
    const to = table.get(recipient)?.freshest(nowMs)?.endpoint
    if (to === undefined || to.equals(from)) return env.drops.count('dht/request for an unknown node')
    if (!this.#forwardLimit.allows(from)) return env.drops.count('dht/request not forwarded: source limit')
    udp.send(to, packet)
    stats.dhtRequestsForwarded++
  }
}
