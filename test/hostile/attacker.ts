// A stranger with keys of its own who seals well-formed packets for a target: what floods and comparisons are made of.

import type { Endpoint } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import type { AnyPublicKey, Crypto, DhtPublicKey, LongTermPublicKey, Nonce } from '../../src/crypto/index.js'
import {
  type AnySecretKey,
  type EphemeralPublicKey,
  type KeyPair,
  MAC_BYTES,
  NONCE_BYTES,
  type SharedKey,
} from '../../src/crypto/keys.js'
import { nodesRequest, pingRequest, sealedPacket } from '../../src/packet/dht/index.js'
import { ONION_FRIEND_REQUEST_KIND, OnionFriendRequest } from '../../src/packet/friend/friend-request.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { CookieRequest, CookieRequestPlain } from '../../src/packet/net-crypto/index.js'
import {
  AnnouncePayload,
  DataResponse,
  ExitLayer,
  Layer1,
  Layer2,
  OnionData,
  OnionInitial,
  ReturnableAnnounceRequest,
} from '../../src/packet/onion/index.js'

export interface Node {
  readonly endpoint: Endpoint
  readonly publicKey: DhtPublicKey
}

export class Attacker {
  readonly keyPair: KeyPair
  readonly #sharedKeys = new Map<AnyPublicKey, SharedKey>()

  constructor(readonly crypto: Crypto) {
    this.keyPair = crypto.keyPair()
  }

  /** One key in every role. */
  get publicKey(): DhtPublicKey {
    return this.keyPair.publicKey as DhtPublicKey
  }

  get longTermPublicKey(): LongTermPublicKey {
    return this.keyPair.publicKey as LongTermPublicKey
  }

  get #ephemeralPublicKey(): EphemeralPublicKey {
    return this.keyPair.publicKey as EphemeralPublicKey
  }

  /** Nonce, then tag and text. */
  seal(to: AnyPublicKey, plain: Uint8Array, nonce = this.nonce()): { nonce: Nonce; sealed: Uint8Array } {
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    this.crypto.seal(sealed, plain, nonce, this.sharedKey(to))
    return { nonce, sealed }
  }

  open(from: AnyPublicKey, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < MAC_BYTES) return undefined
    const plain = new Uint8Array(sealed.length - MAC_BYTES)
    return this.crypto.open(plain, sealed, nonce as Nonce, this.sharedKey(from)) ? plain : undefined
  }

  sharedKey(of: AnyPublicKey): SharedKey {
    let key = this.#sharedKeys.get(of)
    if (key === undefined) {
      key = this.crypto.sharedKey(of, this.keyPair.secretKey as AnySecretKey)!
      this.#sharedKeys.set(of, key)
    }
    return key
  }

  nonce(): Nonce {
    const nonce = new Uint8Array(NONCE_BYTES)
    this.crypto.randomFill(nonce)
    return nonce as Nonce
  }

  /** A DHT packet of any kind around any plain text. */
  dht(to: DhtPublicKey, kind: number, plain: Uint8Array): Uint8Array {
    const { nonce, sealed: box } = this.seal(to, plain)
    return encode(sealedPacket(kind, 'any', 0, 2048), { kind, sender: this.publicKey, nonce, box })
  }

  ping(to: DhtPublicKey, requestId = 1n): Uint8Array {
    return this.dht(to, PacketKind.PING_REQUEST, encode(pingRequest, { kind: 0, requestId }))
  }

  askNodes(to: DhtPublicKey, sought: DhtPublicKey = this.publicKey, requestId = 1n): Uint8Array {
    return this.dht(to, PacketKind.NODES_REQUEST, encode(nodesRequest, { sought, requestId }))
  }

  cookieRequest(to: DhtPublicKey, requestId = 1n, longTermPublicKey = this.longTermPublicKey): Uint8Array {
    const plain = encode(CookieRequestPlain, { longTermPublicKey, padding: new Uint8Array(32), requestId })
    const { nonce, sealed } = this.seal(to, plain)
    return encode(CookieRequest, { kind: PacketKind.COOKIE_REQUEST, dhtPublicKey: this.publicKey, nonce, sealed })
  }

  /** As an exit hands it to the node. */
  announce(
    to: DhtPublicKey,
    pingId: Uint8Array = new Uint8Array(32),
    soughtKey: LongTermPublicKey = this.longTermPublicKey,
  ): Uint8Array {
    const payload = { pingId, soughtKey, dataPublicKey: this.#ephemeralPublicKey, requestId: new Uint8Array(8).fill(7) }
    const { nonce, sealed } = this.seal(to, encode(AnnouncePayload, payload))
    const returnPath = new Uint8Array(177).fill(6)
    const kind = PacketKind.ANNOUNCE_REQUEST_OLD
    return encode(ReturnableAnnounceRequest, { kind, nonce, publicKey: this.publicKey, sealed, returnPath })
  }

  /** Through `hops` to `target`; this key is used for every layer. */
  onion(hops: readonly [Node, Node, Node], target: Endpoint, data: Uint8Array): Uint8Array {
    const publicKey = this.#ephemeralPublicKey
    const nonce = this.nonce()
    const exit = this.seal(hops[2].publicKey, encode(ExitLayer, { to: target, data }), nonce).sealed
    const layer2 = encode(Layer2, { to: hops[2].endpoint, publicKey, sealed: exit })
    const second = this.seal(hops[1].publicKey, layer2, nonce).sealed
    const layer1 = encode(Layer1, { to: hops[1].endpoint, publicKey, sealed: second })
    const { sealed } = this.seal(hops[0].publicKey, layer1, nonce)
    return encode(OnionInitial, { kind: PacketKind.ONION_INITIAL, nonce, publicKey, sealed })
  }

  /** A friend request as the last hop hands it to its receiver. */
  friendRequest(to: LongTermPublicKey, dataKey: EphemeralPublicKey, nospam: Uint8Array, text = 'hi'): Uint8Array {
    const message = new TextEncoder().encode(text)
    const plain = encode(OnionFriendRequest, { kind: ONION_FRIEND_REQUEST_KIND, nospam, message })
    const inner = this.seal(to, plain)
    const data = encode(OnionData, { sender: this.longTermPublicKey, sealed: inner.sealed })
    const { nonce, sealed } = this.seal(dataKey, data, inner.nonce)
    const publicKey = this.#ephemeralPublicKey
    return encode(DataResponse, { kind: PacketKind.DATA_TO_ROUTE_RESPONSE, nonce, publicKey, sealed })
  }
}
