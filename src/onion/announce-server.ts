// The destination of onion paths: answers announce requests, stores who announces itself, and hands data on to it. Spec: Onion.
// The ping id keeps strangers from announcing a key from an address that they do not receive at, or a key that is not theirs:
// the request is sealed with the announced key itself.

import { type Endpoint, type Env, SourceLimit, sameBytes } from '../base/index.js'
import { decode, encode, encodeInto, type Of, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { type AnyPublicKey, MAC_BYTES, NONCE_BYTES, type Nonce, type SharedKey } from '../crypto/keys.js'
import { SharedKeyCache } from '../crypto/shared-key-cache.js'
import { PacketKind } from '../packet/kinds.js'
import {
  ANNOUNCE_NODES_MAX,
  AnnounceAnswer,
  AnnouncePayload,
  AnnounceResponse,
  GroupAnnounceAnswer,
  GroupAnnouncePayload,
  GroupAnnounceResponse,
  IsStored,
  OnionResponse3,
  ReturnableAnnounceRequest,
  ReturnableDataRequest,
  ReturnableGroupAnnounceRequest,
  RoutedDataResponse,
} from '../packet/onion/index.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { AnnounceStore } from './announce-store.js'
import { PingIds } from './ping-id.js'
import type { OnionDht } from './slice.js'

/**
 * About 10 µs a request, 100 µs with a fresh key. The source is an exit, which carries the requests of many peers: 2,000/s,
 * and twice that at once.
 */
const PER_SOURCE = { burst: 4000, refillMs: 1 / 2 }
/** A searcher uses one key per friend, an announcer one: enough for those of an evening. */
const ASKING_KEYS_MAX = 2048

interface OpenedRequest {
  readonly publicKey: AnyPublicKey
  readonly returnPath: Uint8Array
}

export interface AnnounceServerParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly dht: Pick<OnionDht, 'keyPair' | 'closest'>
  readonly udp: UdpSender
  readonly router: UdpRouter
}

/** Serves announce requests of both kinds and data to route requests. */
export class AnnounceServer {
  readonly store: AnnounceStore
  readonly #parts: AnnounceServerParts
  readonly #pingIds: PingIds
  readonly #keys: SharedKeyCache
  readonly #limit: SourceLimit

  constructor(parts: AnnounceServerParts) {
    const { env, crypto, dht, router } = parts
    this.#parts = parts
    this.store = new AnnounceStore(env.clock, dht.keyPair.publicKey)
    this.#pingIds = new PingIds(env.clock, crypto)
    this.#keys = new SharedKeyCache(crypto, dht.keyPair.secretKey, ASKING_KEYS_MAX)
    this.#limit = new SourceLimit(env.clock, PER_SOURCE, env.sourceShare)
    const serve = (kind: number, handler: (from: Endpoint, packet: Uint8Array) => void): void =>
      router.on(kind, (from, packet) => {
        if (this.#limit.allows(from)) handler(from, packet)
        else this.#drop('source floods')
      })
    serve(PacketKind.ANNOUNCE_REQUEST_OLD, (from, packet) => this.#announce(from, packet))
    serve(PacketKind.ANNOUNCE_REQUEST, (from, packet) => this.#groupAnnounce(from, packet))
    serve(PacketKind.DATA_TO_ROUTE_REQUEST, (_, packet) => this.#route(packet))
  }

  /** Overwrites all keys. */
  close(): void {
    this.#pingIds.wipe()
    this.#keys.clear()
  }

  #announce(from: Endpoint, packet: Uint8Array): void {
    const request = decode(ReturnableAnnounceRequest, packet)
    if (request === undefined) return this.#drop('announce-request malformed')
    const key = this.#keys.get(request.publicKey)
    const plain = key && this.#open(request, key)
    const payload = plain && decode(AnnouncePayload, plain)
    if (payload === undefined) return this.#drop('announce-request does not open')
    const answer = this.#answer(from, request, payload)
    const { nonce, sealed } = this.#seal(AnnounceAnswer, answer, key!)
    const kind = PacketKind.ANNOUNCE_RESPONSE_OLD
    this.#respond(from, request.returnPath, AnnounceResponse, { kind, requestId: payload.requestId, nonce, sealed })
  }

  #groupAnnounce(from: Endpoint, packet: Uint8Array): void {
    const request = decode(ReturnableGroupAnnounceRequest, packet)
    if (request === undefined) return this.#drop('announce-request malformed')
    const key = this.#keys.get(request.publicKey)
    const plain = key && this.#open(request, key)
    const payload = plain && decode(GroupAnnouncePayload, plain)
    if (payload === undefined) return this.#drop('announce-request does not open')
    // As c-toxcore 0.2.18, which has no store for group announcements either.
    if (payload.groupData.length > 0) return this.#drop('group announcement is not served')
    const answer = this.#answer(from, request, payload.announce)
    const { nonce, sealed } = this.#seal(GroupAnnounceAnswer, { ...answer, groupData: NOTHING }, key!)
    const { requestId } = payload.announce
    const kind = PacketKind.ANNOUNCE_RESPONSE
    this.#respond(from, request.returnPath, GroupAnnounceResponse, { kind, requestId, nonce, sealed })
  }

  #answer(from: Endpoint, request: OpenedRequest, payload: AnnouncePayload): AnnounceAnswer {
    const { publicKey, returnPath } = request
    const { pingId, soughtKey, dataPublicKey } = payload
    const nodes = this.#parts.dht.closest(soughtKey, ANNOUNCE_NODES_MAX, { lan: from.isLan })
    const announces = this.#pingIds.isGood(pingId, publicKey, from)
    if (announces) this.store.put({ publicKey, dataPublicKey, exit: from, returnPath })
    const entry = this.store.get(announces ? publicKey : soughtKey)
    if (entry !== undefined && !sameBytes(entry.publicKey, publicKey)) {
      return { isStored: IsStored.DATA_KEY, pingIdOrKey: entry.dataPublicKey, nodes }
    }
    // A data key of an earlier run of the same peer is outdated: it has to announce itself again.
    const isStored = entry !== undefined && sameBytes(entry.dataPublicKey, dataPublicKey)
    return {
      isStored: isStored ? IsStored.ANNOUNCED : IsStored.NO,
      pingIdOrKey: this.#pingIds.of(publicKey, from),
      nodes,
    }
  }

  #route(packet: Uint8Array): void {
    const request = decode(ReturnableDataRequest, packet)
    if (request === undefined) return this.#drop('data-request malformed')
    const entry = this.store.get(request.destination)
    if (entry === undefined) return this.#drop('data-request for an unknown key')
    const { nonce, publicKey, sealed } = request
    const kind = PacketKind.DATA_TO_ROUTE_RESPONSE
    this.#respond(entry.exit, entry.returnPath, RoutedDataResponse, { kind, nonce, publicKey, sealed })
  }

  #respond<T>(exit: Endpoint, returnPath: Uint8Array, schema: Schema<T>, answer: T): void {
    const data = encode(schema, answer)
    const packet: Of<typeof OnionResponse3> = { kind: PacketKind.ONION_RESPONSE_3, returnPath, data }
    encodeInto(OnionResponse3, packet, this.#parts.udp.reserve(exit, OnionResponse3.size(packet)))
  }

  #open(request: { nonce: Nonce; sealed: Uint8Array }, key: SharedKey): Uint8Array | undefined {
    const plain = new Uint8Array(request.sealed.length - MAC_BYTES)
    return this.#parts.crypto.open(plain, request.sealed, request.nonce, key) ? plain : undefined
  }

  #seal<T>(schema: Schema<T>, value: T, key: SharedKey): { nonce: Nonce; sealed: Uint8Array } {
    const plain = encode(schema, value)
    const nonce = this.#parts.env.random.bytes(NONCE_BYTES) as Nonce
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    this.#parts.crypto.seal(sealed, plain, nonce, key)
    return { nonce, sealed }
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`onion/${why}`)
  }
}

const NOTHING = new Uint8Array(0)
