// A peer without an engine that searches, retrieves and announces: builds requests, opens answers.

import { concatBytes } from '../../src/base/index.js'
import { decode, encode, type Schema, u64 } from '../../src/codec/index.js'
import type { Crypto } from '../../src/crypto/crypto.js'
import type {
  DhtKeyPair,
  DhtPublicKey,
  DhtSecretKey,
  EphemeralKeyPair,
  EphemeralPublicKey,
  EphemeralSecretKey,
  Nonce,
  SharedKey,
} from '../../src/crypto/keys.js'
import {
  announcement,
  dataRetrieveRequest,
  dataRetrieveResponse,
  dataSearchRequest,
  dataSearchResponse,
  storeAnnounceResponse,
} from '../../src/packet/announce/index.js'

const HEAD_BYTES = 1 + 32 + 24

export class Asker {
  readonly keyPair: DhtKeyPair
  /** Announces under this key. */
  readonly data: EphemeralKeyPair
  readonly #sharedKey: SharedKey

  constructor(
    readonly crypto: Crypto,
    /** The DHT key of the node that is asked. */
    readonly server: DhtPublicKey,
  ) {
    this.keyPair = crypto.keyPair<DhtPublicKey, DhtSecretKey>()
    this.data = crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>()
    this.#sharedKey = crypto.sharedKey(server, this.keyPair.secretKey)!
  }

  search(options: { key?: EphemeralPublicKey; previousHash?: Uint8Array; requestId?: bigint } = {}): Uint8Array {
    const { key = this.data.publicKey, previousHash, requestId = 1n } = options
    return this.seal(0x93, encode(dataSearchRequest, { dataPublicKey: key, previousHash, requestId }))
  }

  retrieve(auth: Uint8Array, options: { key?: EphemeralPublicKey; requestId?: bigint } = {}): Uint8Array {
    const { key = this.data.publicKey, requestId = 2n } = options
    return this.seal(0x95, encode(dataRetrieveRequest, { dataPublicKey: key, reserved: 0, auth, requestId }))
  }

  announce(
    auth: Uint8Array,
    content: Uint8Array,
    options: { lifetimeSeconds?: number; isRenewal?: boolean; requestId?: bigint; key?: EphemeralPublicKey } = {},
  ): Uint8Array {
    const { lifetimeSeconds = 300, isRenewal = false, requestId = 3n, key = this.data.publicKey } = options
    // By hand where contents may be longer than a schema takes.
    const head = encode(announcement, { auth, lifetimeSeconds, isRenewal, content: new Uint8Array() })
    const plain = concatBytes(head, content)
    const nonce = this.#nonce()
    const box = new Uint8Array(plain.length + 16)
    this.crypto.seal(box, plain, nonce, this.crypto.sharedKey(this.server, this.data.secretKey)!)
    return this.seal(0x97, concatBytes(key, nonce, box, encode(u64, requestId)))
  }

  seal(kind: number, plain: Uint8Array): Uint8Array {
    const packet = new Uint8Array(HEAD_BYTES + 16 + plain.length)
    packet[0] = kind
    packet.set(this.keyPair.publicKey, 1)
    const nonce = this.#nonce()
    packet.set(nonce, 33)
    this.crypto.seal(packet.subarray(HEAD_BYTES), plain, nonce, this.#sharedKey)
    return packet
  }

  /** The plain text of an answer of `kind`; undefined when it is none from the server to us. */
  open(kind: number, packet: Uint8Array): Uint8Array | undefined {
    if (packet[0] !== kind || packet.length < HEAD_BYTES + 16) return undefined
    const plain = new Uint8Array(packet.length - HEAD_BYTES - 16)
    const nonce = packet.subarray(33, HEAD_BYTES)
    return this.crypto.open(plain, packet.subarray(HEAD_BYTES), nonce, this.#sharedKey) ? plain : undefined
  }

  found = (packet: Uint8Array) => this.#decode(0x94, dataSearchResponse, packet)
  retrieved = (packet: Uint8Array) => this.#decode(0x96, dataRetrieveResponse, packet)
  stored = (packet: Uint8Array) => this.#decode(0x98, storeAnnounceResponse, packet)

  #decode<T>(kind: number, schema: Schema<T>, packet: Uint8Array): T | undefined {
    const plain = this.open(kind, packet)
    return plain && decode(schema, plain)
  }

  #nonce(): Nonce {
    const nonce = new Uint8Array(24) as Nonce
    this.crypto.randomFill(nonce)
    return nonce
  }
}
