// Onion data: small messages between peers that know each other's long-term keys, through the nodes that store the receiver.
// The receiver learns who sent it; the nodes between learn neither. Spec: Onion, data to route packets.

import { bytesKey, type Endpoint, type Env, SourceLimit } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type EphemeralKeyPair,
  type EphemeralPublicKey,
  type EphemeralSecretKey,
  type LongTermKeyPair,
  type LongTermPublicKey,
  MAC_BYTES,
  NONCE_BYTES,
  type Nonce,
  type SharedKey,
} from '../crypto/keys.js'
import { PacketKind } from '../packet/kinds.js'
import { DataRequest, DataResponse, ONION_PLAIN_MAX_BYTES, OnionData } from '../packet/onion/index.js'
import type { StoringNode } from './friend-search.js'
import type { PathPool } from './paths.js'
import type { ResponseSource } from './slice.js'
import { DATA_RATE } from './timing.js'

/** Handles a message whose first byte it registered for. `plain` (kind included) is a view that lives for the turn. */
export type OnionDataHandler = (sender: LongTermPublicKey, plain: Uint8Array) => void

export interface DataChannelParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly keyPair: LongTermKeyPair
  /** What we announce; of this run. */
  readonly dataKeyPair: EphemeralKeyPair
  readonly paths: PathPool
}

export class DataChannel {
  readonly #parts: DataChannelParts
  readonly #handlers: (OnionDataHandler | undefined)[] = new Array(256).fill(undefined)
  readonly #limit: SourceLimit

  constructor(parts: DataChannelParts) {
    this.#parts = parts
    this.#limit = new SourceLimit(parts.env.clock, DATA_RATE)
  }

  /** Registers the one handler of messages whose first byte is `kind`. */
  on(kind: number, handler: OnionDataHandler): void {
    if (this.#handlers[kind] !== undefined) throw new Error(`onion data kind ${kind} has a handler already`)
    this.#handlers[kind] = handler
  }

  /**
   * Sends `plain` (1 to 948 bytes) to a friend through each of `nodes`; `sharedKey` is that of both long-term keys.
   * Returns how many nodes it was sent to: it may arrive once, several times or never.
   */
  send(friend: LongTermPublicKey, sharedKey: SharedKey, nodes: readonly StoringNode[], plain: Uint8Array): number {
    if (plain.length < 1 || plain.length > ONION_PLAIN_MAX_BYTES) {
      throw new RangeError(`onion data must be 1 to ${ONION_PLAIN_MAX_BYTES} bytes, not ${plain.length}`)
    }
    const { env, keyPair, paths } = this.#parts
    const nonce = env.random.bytes(NONCE_BYTES) as Nonce
    const data = encode(OnionData, { sender: keyPair.publicKey, sealed: this.#seal(plain, nonce, sharedKey) })
    // Nodes mostly name one data key, and then one packet serves all.
    const requests = new Map<string, Uint8Array | undefined>()
    let sent = 0
    for (const { node, dataPublicKey } of nodes) {
      const name = bytesKey(dataPublicKey)
      if (!requests.has(name)) requests.set(name, this.#request(friend, dataPublicKey, nonce, data))
      const request = requests.get(name)
      const path = request && paths.useProven()
      if (path === undefined) continue
      path.send(node.endpoint, request!)
      sent++
    }
    return sent
  }

  /** Handles a data to route response (0x86). */
  receive(from: ResponseSource, packet: Uint8Array): void {
    if (from !== 'relay' && !this.#limit.allows(from as Endpoint)) return this.#drop('data source floods')
    const response = decode(DataResponse, packet)
    if (response === undefined) return this.#drop('data-response malformed')
    const { crypto, keyPair, dataKeyPair } = this.#parts
    const { nonce } = response
    const outer = this.#open(response.sealed, nonce, crypto.sharedKey(response.publicKey, dataKeyPair.secretKey))
    const data = outer && decode(OnionData, outer)
    if (data === undefined) return this.#drop('data-response does not open')
    const plain = this.#open(data.sealed, nonce, crypto.sharedKey(data.sender, keyPair.secretKey))
    if (plain === undefined) return this.#drop('data does not open')
    const handler = this.#handlers[plain[0]!]
    if (handler === undefined) return this.#drop('data of unknown kind')
    handler(data.sender, plain)
  }

  #request(
    destination: LongTermPublicKey,
    dataPublicKey: EphemeralPublicKey,
    nonce: Nonce,
    data: Uint8Array,
  ): Uint8Array | undefined {
    const { crypto } = this.#parts
    const { publicKey, secretKey } = crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>()
    const key = crypto.sharedKey(dataPublicKey, secretKey)
    crypto.wipe(secretKey)
    if (key === undefined) return undefined
    const sealed = this.#seal(data, nonce, key)
    crypto.wipe(key)
    return encode(DataRequest, { kind: PacketKind.DATA_TO_ROUTE_REQUEST, destination, nonce, publicKey, sealed })
  }

  #seal(plain: Uint8Array, nonce: Nonce, key: SharedKey): Uint8Array {
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    this.#parts.crypto.seal(sealed, plain, nonce, key)
    return sealed
  }

  /** Opens with a key that is used once, and wipes it. */
  #open(sealed: Uint8Array, nonce: Nonce, key: SharedKey | undefined): Uint8Array | undefined {
    if (key === undefined) return undefined
    const plain = new Uint8Array(sealed.length - MAC_BYTES)
    const isGood = this.#parts.crypto.open(plain, sealed, nonce, key)
    this.#parts.crypto.wipe(key)
    return isGood ? plain : undefined
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`onion/${why}`)
  }
}
