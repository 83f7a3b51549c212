// Seals and opens DHT packets. The hot path (a nodes request and its response) is laid out by hand over scratch buffers that
// are made once; the schemas of packet/dht/ stay the reference, and a test holds this file against them.

import type { Endpoint, Random } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { type DhtPublicKey, MAC_BYTES, PUBLIC_KEY_BYTES, type SharedKey } from '../crypto/keys.js'
import {
  NODES_REQUEST_PLAIN_BYTES,
  NODES_RESPONSE_PLAIN_MAX_BYTES,
  PING_PLAIN_BYTES,
  SEALED_BOX_AT,
  SEALED_NONCE_AT,
  SEALED_OVERHEAD_BYTES,
  SEALED_SENDER_AT,
} from '../packet/dht/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { UdpSender } from '../transport/udp.js'
import type { Nearest } from './node-table.js'
import { Nonces } from './nonces.js'
import type { StrangerKeys } from './stranger-keys.js'

const REQUEST_ID_BYTES = 8
const PLAIN_MAX_BYTES = NODES_RESPONSE_PLAIN_MAX_BYTES
const PACKET_MAX_BYTES = SEALED_OVERHEAD_BYTES + PLAIN_MAX_BYTES

/** Where shared keys come from: a `SharedKeyCache`. A key is used within the turn and not kept. */
export interface SharedKeys {
  get(publicKey: DhtPublicKey): SharedKey | undefined
  /** As `get`, but `undefined` for a key that is not remembered. */
  recall(publicKey: DhtPublicKey): SharedKey | undefined
}

export interface WireOptions {
  readonly crypto: Pick<Crypto, 'seal' | 'open'>
  readonly random: Random
  readonly udp: UdpSender
  readonly ownPublicKey: DhtPublicKey
  readonly sharedKeys: SharedKeys
  readonly strangerKeys: StrangerKeys
}

/** A buffer and, made when first needed, its views of each length. */
class Scratch {
  readonly bytes: Uint8Array
  readonly #views: (Uint8Array | undefined)[] = []

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  /** The first `length` bytes. */
  first(length: number): Uint8Array {
    return (this.#views[length] ??= this.bytes.subarray(0, length))
  }
}

export class DhtWire {
  /** The packet being opened, with its parts as fixed views. */
  readonly #in = new Uint8Array(PACKET_MAX_BYTES)
  readonly #inSender = this.#in.subarray(SEALED_SENDER_AT, SEALED_NONCE_AT) as DhtPublicKey
  readonly #inNonce = this.#in.subarray(SEALED_NONCE_AT, SEALED_BOX_AT)
  readonly #inBoxes: (Uint8Array | undefined)[] = []
  readonly #opened = new Scratch(PLAIN_MAX_BYTES)
  readonly #openedView = new DataView(this.#opened.bytes.buffer)
  /** The plain text being sealed. */
  readonly #plain = new Scratch(PLAIN_MAX_BYTES)
  readonly #plainView = new DataView(this.#plain.bytes.buffer)
  readonly #nonce = new Uint8Array(24)
  readonly #nonces: Nonces
  #sharedKey: SharedKey | undefined

  constructor(private readonly options: WireOptions) {
    this.#nonces = new Nonces(options.random)
  }

  /** The sender's key of the packet that `open` opened last: a view until the next `open`. */
  get sender(): DhtPublicKey {
    return this.#inSender
  }

  /** The plain text that `open` opened last, as bytes that the next `open` overwrites. */
  get opened(): Uint8Array {
    return this.#opened.bytes
  }

  /** The big-endian number at `at` of the opened plain text. */
  openedId(at: number): bigint {
    return this.#openedView.getBigUint64(at)
  }

  /**
   * Opens a sealed packet into `opened`; the length of its plain text, or -1 when forged, from ourselves, not fitting, or of a
   * source that brings too many fresh keys.
   */
  open(from: Endpoint, packet: Uint8Array): number {
    const length = packet.length - SEALED_OVERHEAD_BYTES
    if (length < 0 || length > PLAIN_MAX_BYTES) return -1
    this.#in.set(packet)
    if (this.#isOwn()) return -1
    this.#sharedKey = this.options.strangerKeys.get(this.#inSender, from)
    if (this.#sharedKey === undefined) return -1
    const box = (this.#inBoxes[length] ??= this.#in.subarray(SEALED_BOX_AT, SEALED_OVERHEAD_BYTES + length))
    return this.options.crypto.open(this.#opened.first(length), box, this.#inNonce, this.#sharedKey) ? length : -1
  }

  /** Answers the ping request that was opened last. */
  answerPing(to: Endpoint): void {
    const plain = this.#plain.bytes
    plain[0] = PacketKind.PING_RESPONSE
    for (let i = 1; i < PING_PLAIN_BYTES; i++) plain[i] = this.#opened.bytes[i]!
    this.#seal(to, PacketKind.PING_RESPONSE, PING_PLAIN_BYTES, this.#sharedKey!)
  }

  /** Answers the nodes request that was opened last with these nodes. */
  answerNodes(to: Endpoint, nearest: Nearest): void {
    const plain = this.#plain.bytes
    const opened = this.#opened.bytes
    plain[0] = nearest.count
    let at = 1
    for (let i = 0; i < nearest.count; i++) {
      const packed = nearest.associations[i]!.packed
      plain.set(packed, at)
      at += packed.length
    }
    for (let i = 0; i < REQUEST_ID_BYTES; i++) plain[at + i] = opened[PUBLIC_KEY_BYTES + i]!
    this.#seal(to, PacketKind.NODES_RESPONSE, at + REQUEST_ID_BYTES, this.#sharedKey!)
  }

  /** Sends a ping request; false when `publicKey` is no usable key. */
  ping(to: Endpoint, publicKey: DhtPublicKey, requestId: bigint): boolean {
    const key = this.options.sharedKeys.get(publicKey)
    if (key === undefined) return false
    this.#plain.bytes[0] = PacketKind.PING_REQUEST
    this.#plainView.setBigUint64(1, requestId)
    this.#seal(to, PacketKind.PING_REQUEST, PING_PLAIN_BYTES, key)
    return true
  }

  /** Sends a nodes request for `sought`; false when `publicKey` is no usable key. */
  askNodes(to: Endpoint, publicKey: DhtPublicKey, sought: DhtPublicKey, requestId: bigint): boolean {
    const key = this.options.sharedKeys.get(publicKey)
    if (key === undefined) return false
    this.#plain.bytes.set(sought)
    this.#plainView.setBigUint64(PUBLIC_KEY_BYTES, requestId)
    this.#seal(to, PacketKind.NODES_REQUEST, NODES_REQUEST_PLAIN_BYTES, key)
    return true
  }

  /** Seals the first `length` bytes of the scratch plain text straight into the send arena. */
  #seal(to: Endpoint, kind: number, length: number, key: SharedKey): void {
    const packet = this.options.udp.reserve(to, SEALED_OVERHEAD_BYTES + length)
    const own = this.options.ownPublicKey
    packet[0] = kind
    for (let i = 0; i < PUBLIC_KEY_BYTES; i++) packet[SEALED_SENDER_AT + i] = own[i]!
    this.#nonces.writeTo(this.#nonce, 0)
    for (let i = 0; i < 24; i++) packet[SEALED_NONCE_AT + i] = this.#nonce[i]!
    const box = packet.subarray(SEALED_BOX_AT, SEALED_BOX_AT + length + MAC_BYTES)
    this.options.crypto.seal(box, this.#plain.first(length), this.#nonce, key)
  }

  #isOwn(): boolean {
    const own = this.options.ownPublicKey
    for (let i = 0; i < PUBLIC_KEY_BYTES; i++) if (own[i] !== this.#inSender[i]) return false
    return true
  }
}
