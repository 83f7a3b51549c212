// The storing node's role in DHT announcements: tells what it holds under a key and who is nearer, hands it out, stores it. As
// c-toxcore's announce.c; the spec describes another design.
// A search is free of conditions, and its answer holds a tag for the key, the asker and its address. What costs more than an
// answer, handing out and storing, needs that tag, so that forged addresses get nothing stored and nothing sent.

import { type Endpoint, type Env, type Millis, SourceLimit, sameBytes } from '../base/index.js'
import { decode, encode, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type DhtKeyPair,
  type DhtPublicKey,
  type EphemeralPublicKey,
  MAC_BYTES,
  type Nonce,
  type SharedKey,
} from '../crypto/keys.js'
import { SharedKeyCache } from '../crypto/shared-key-cache.js'
import { type ForwardingServer, TimedAuth } from '../forwarding/index.js'
import {
  announcement,
  dataRetrieveRequest,
  dataRetrieveRequestPacket,
  dataRetrieveResponse,
  dataRetrieveResponsePacket,
  dataSearchAnswer,
  dataSearchRequest,
  dataSearchRequestPacket,
  dataSearchResponse,
  dataSearchResponsePacket,
  HASH_BYTES,
  type StoreAnnounceRequest,
  storeAnnounceRequest,
  storeAnnounceRequestPacket,
  storeAnnounceResponse,
  storeAnnounceResponsePacket,
} from '../packet/announce/index.js'
import { udpEndpoint } from '../packet/forwarding/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { type AnnounceDht, AnnounceNodes } from './announce-nodes.js'
import { AnnouncementStore } from './announcement-store.js'
import { lifetimeSeconds } from './lifetime.js'
import { sealPacket } from './seal.js'
import { AnnouncementStats } from './stats.js'

/** A tag is good for one to two minutes, as c-toxcore's (DATA_SEARCH_TIMEOUT). */
const AUTH_WINDOW_MS: Millis = 60 * 1000
/**
 * About 20 µs a request, 100 µs with a fresh key. Neighbours ask once; a searcher a few times a minute; many share a provider's
 * address or one forwarding node: 500/s, and 2,000 at once.
 */
const PER_SOURCE = { burst: 2000, refillMs: 1000 / 500 }
/** Askers beyond our lists, and the data keys of what we store: apart from the DHT's cache, so that a flood pushes no node out. */
const STRANGER_KEYS_MAX = 1024

const NOTHING = new Uint8Array(0)

export interface AnnouncementParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  readonly router: UdpRouter
  readonly dht: AnnounceDht
  /** Borrowed: the owner wipes the secret key after `close`. */
  readonly keyPair: DhtKeyPair
  readonly forwarding: ForwardingServer
}

/** Where a request came from: an address, and the forwarding node's sendback when that is not the asker's own. */
interface Source {
  readonly from: Endpoint
  readonly sendback: Uint8Array
}

interface Opened<T> {
  readonly sender: DhtPublicKey
  readonly sharedKey: SharedKey
  readonly request: T
}

/** Serves data searches, retrievals and announcements, sent to us or forwarded to us. */
export class AnnouncementServer {
  readonly stats = new AnnouncementStats()
  readonly store: AnnouncementStore
  readonly nodes: AnnounceNodes
  readonly #parts: AnnouncementParts
  readonly #auth: TimedAuth
  readonly #keys: SharedKeyCache
  readonly #limit: SourceLimit
  readonly #startMs: Millis

  constructor(parts: AnnouncementParts) {
    const { env, crypto, forwarding, keyPair, router, udp } = parts
    this.#parts = parts
    this.store = new AnnouncementStore(env.clock, keyPair.publicKey, (data) => crypto.sha256(data))
    this.nodes = new AnnounceNodes(parts)
    this.#auth = new TimedAuth(env.clock, crypto, AUTH_WINDOW_MS)
    this.#keys = new SharedKeyCache(crypto, keyPair.secretKey, STRANGER_KEYS_MAX)
    this.#limit = new SourceLimit(env.clock, PER_SOURCE, env.sourceShare)
    this.#startMs = env.clock.now()
    for (const kind of REQUEST_KINDS) {
      router.on(kind, (from, packet) => {
        const answer = this.#answer({ from, sendback: NOTHING }, packet)
        if (answer !== undefined) udp.send(from, answer)
      })
    }
    forwarding.onRequest = (from, sendback, packet) => {
      const answer = this.#answer({ from, sendback }, packet)
      if (answer !== undefined) forwarding.reply(from, sendback, answer)
    }
  }

  /** Forgets what is stored, and overwrites all keys. */
  close(): void {
    this.#parts.forwarding.onRequest = undefined
    this.nodes.close()
    this.store.clear()
    this.#auth.wipe()
    this.#keys.clear()
  }

  #answer(source: Source, packet: Uint8Array): Uint8Array | undefined {
    if (!this.#limit.allows(source.from)) return this.#drop('source floods')
    switch (packet[0]) {
      case PacketKind.DATA_SEARCH_REQUEST:
        return this.#search(source, packet)
      case PacketKind.DATA_RETRIEVE_REQUEST:
        return this.#retrieve(source, packet)
      case PacketKind.STORE_ANNOUNCE_REQUEST:
        return this.#announce(source, packet)
      default:
        return this.#drop('forwarded request of unknown kind')
    }
  }

  #search(source: Source, packet: Uint8Array): Uint8Array | undefined {
    const opened = this.#open(dataSearchRequestPacket, dataSearchRequest, packet)
    if (opened === undefined) return this.#drop('data-search-request malformed or forged')
    const { dataPublicKey, previousHash, requestId } = opened.request
    const answer = {
      storedHash: this.store.get(dataPublicKey)?.hash,
      auth: this.#auth.of(wordsOf(source, opened.sender, dataPublicKey)),
      wouldStore: this.store.wouldTake(dataPublicKey),
      // Nobody gets LAN addresses from beyond the LAN.
      nodes: this.nodes.closest(dataPublicKey, source.from.isLan),
    }
    this.stats.searches++
    const isUnchanged = previousHash !== undefined && sameBytes(previousHash, this.#hashOf(dataPublicKey, answer))
    const response = { dataPublicKey, answer: isUnchanged ? undefined : answer, requestId }
    const plain = encode(dataSearchResponse, response)
    return this.#seal(opened, dataSearchResponsePacket, PacketKind.DATA_SEARCH_RESPONSE, plain)
  }

  #retrieve(source: Source, packet: Uint8Array): Uint8Array | undefined {
    const opened = this.#open(dataRetrieveRequestPacket, dataRetrieveRequest, packet)
    if (opened === undefined) return this.#drop('data-retrieve-request malformed or forged')
    const { auth, dataPublicKey, requestId } = opened.request
    if (!this.#auth.isGood(auth, wordsOf(source, opened.sender, dataPublicKey))) return this.#drop('tag is not ours')
    const stored = this.store.get(dataPublicKey)
    if (stored === undefined) return this.#drop('data-retrieve-request for what is not stored')
    this.stats.retrieved++
    const plain = encode(dataRetrieveResponse, { dataPublicKey, isStored: 1, data: stored.data, requestId })
    return this.#seal(opened, dataRetrieveResponsePacket, PacketKind.DATA_RETRIEVE_RESPONSE, plain)
  }

  #announce(source: Source, packet: Uint8Array): Uint8Array | undefined {
    const opened = this.#open(storeAnnounceRequestPacket, storeAnnounceRequest, packet)
    if (opened === undefined) return this.#drop('store-announce-request malformed or forged')
    const { dataPublicKey, requestId } = opened.request
    const announced = this.#openAnnouncement(opened.request)
    if (announced === undefined) return this.#drop('announcement malformed or forged')
    if (!this.#auth.isGood(announced.auth, wordsOf(source, opened.sender, dataPublicKey))) {
      return this.#drop('tag is not ours')
    }
    const { clock } = this.#parts.env
    const seconds = lifetimeSeconds(announced.lifetimeSeconds, clock.now() - this.#startMs)
    const isKept = announced.isRenewal
      ? this.#renew(dataPublicKey, announced.content, seconds)
      : this.store.put(dataPublicKey, announced.content, seconds * 1000)
    if (!isKept) return this.#drop('announcement not kept')
    this.stats.stored++
    const unixSeconds = BigInt(clock.unixSeconds())
    const plain = encode(storeAnnounceResponse, { dataPublicKey, lifetimeSeconds: seconds, unixSeconds, requestId })
    return this.#seal(opened, storeAnnounceResponsePacket, PacketKind.STORE_ANNOUNCE_RESPONSE, plain)
  }

  /** An announcer that believes in other data than ours has to store it anew: what we hold is given up, as c-toxcore does. */
  #renew(dataPublicKey: EphemeralPublicKey, hash: Uint8Array, seconds: number): boolean {
    const stored = this.store.get(dataPublicKey)
    if (stored === undefined || hash.length !== HASH_BYTES) return false
    const isSame = sameBytes(hash, stored.hash)
    if (isSame) this.store.renew(stored, seconds * 1000)
    else this.store.delete(stored)
    return isSame
  }

  /** SHA-256 of an answer as its asker keeps it: the plain text without the request id. */
  #hashOf(dataPublicKey: EphemeralPublicKey, answer: Parameters<typeof dataSearchAnswer.size>[0]): Uint8Array {
    const text = new Uint8Array(dataPublicKey.length + dataSearchAnswer.size(answer))
    text.set(dataPublicKey)
    text.set(encode(dataSearchAnswer, answer), dataPublicKey.length)
    return this.#parts.crypto.sha256(text)
  }

  #open<T>(frame: Schema<Frame>, schema: Schema<T>, bytes: Uint8Array): Opened<T> | undefined {
    const { dht, keyPair } = this.#parts
    const packet = decode(frame, bytes)
    if (packet === undefined || sameBytes(packet.sender, keyPair.publicKey)) return undefined
    const sharedKey = dht.knows(packet.sender) ? dht.sharedKey(packet.sender) : this.#keys.get(packet.sender)
    const plain = sharedKey && this.#openBox(packet.box, packet.nonce, sharedKey)
    const request = plain && decode(schema, plain)
    return request && { sender: packet.sender, sharedKey: sharedKey!, request }
  }

  #openAnnouncement({ dataPublicKey, nonce, box }: StoreAnnounceRequest) {
    const sharedKey = this.#keys.get(dataPublicKey)
    const plain = sharedKey && this.#openBox(box, nonce, sharedKey)
    return plain && decode(announcement, plain)
  }

  #openBox(box: Uint8Array, nonce: Nonce, sharedKey: SharedKey): Uint8Array | undefined {
    const plain = new Uint8Array(box.length - MAC_BYTES)
    return this.#parts.crypto.open(plain, box, nonce, sharedKey) ? plain : undefined
  }

  #seal<K extends number>(
    { sharedKey }: Opened<unknown>,
    schema: Schema<Frame & { readonly kind: K }>,
    kind: K,
    plain: Uint8Array,
  ): Uint8Array {
    const { crypto, env, keyPair } = this.#parts
    return sealPacket({ crypto, random: env.random, sender: keyPair.publicKey, sharedKey }, schema, kind, plain)
  }

  #drop(why: string): undefined {
    this.#parts.env.drops.count(`announce/${why}`)
  }
}

const REQUEST_KINDS = [
  PacketKind.DATA_SEARCH_REQUEST,
  PacketKind.DATA_RETRIEVE_REQUEST,
  PacketKind.STORE_ANNOUNCE_REQUEST,
] as const

interface Frame {
  readonly kind: number
  readonly sender: DhtPublicKey
  readonly nonce: Nonce
  readonly box: Uint8Array
}

/** What a tag speaks for: the key that the request is about, the asker, and the whole way back to it. */
function wordsOf({ from, sendback }: Source, sender: DhtPublicKey, dataPublicKey: EphemeralPublicKey): Uint8Array {
  const endpoint = encode(udpEndpoint, from)
  const words = new Uint8Array(2 * sender.length + endpoint.length + sendback.length)
  words.set(dataPublicKey)
  words.set(sender, sender.length)
  words.set(endpoint, 2 * sender.length)
  words.set(sendback, 2 * sender.length + endpoint.length)
  return words
}
