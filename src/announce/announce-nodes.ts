// Which of our nodes speak of announcements: those that answer a data search. Older ones stay silent, and a searcher that is sent
// to them gets no further. Each node is asked once when it comes into our lists, with a random key, as c-toxcore does.

import { BoundedMap, bytesKey, type Endpoint, type Env, type Millis, TokenBucket } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type DhtKeyPair,
  type DhtPublicKey,
  type EphemeralPublicKey,
  MAC_BYTES,
  PUBLIC_KEY_BYTES,
} from '../crypto/keys.js'
import type { Dht } from '../dht/index.js'
import {
  dataSearchRequest,
  dataSearchRequestPacket,
  dataSearchResponse,
  dataSearchResponsePacket,
} from '../packet/announce/index.js'
import { RESPONSE_NODES_MAX } from '../packet/dht/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { sealPacket } from './seal.js'

/** The close list (1,024) and the nodes of a hundred searches. The least recently named is forgotten, and asked again. */
const NODES_MAX = 2048
/** Who did not answer may have lost our packet, or been updated since. */
const ASK_AGAIN_MS: Millis = 5 * 60 * 1000
/** An answer that comes later is not worth opening. */
const ANSWER_TIMEOUT_MS: Millis = 10 * 1000
/** Joining a network fills our lists in seconds; a node of many friends meets thousands, and this is no hurry: 32, then 4/s. */
const QUESTIONS = { burst: 32, refillMs: 1000 / 4 }
/** The nearest speakers are looked for among so many nearest nodes. */
const CANDIDATES = 4 * RESPONSE_NODES_MAX

/** The part of the DHT that announcements stand on. */
export type AnnounceDht = Pick<Dht, 'closest' | 'events' | 'knows' | 'sharedKey'>

export interface AnnounceNodesParts {
  readonly env: Env
  readonly crypto: Pick<Crypto, 'seal' | 'open'>
  readonly dht: AnnounceDht
  readonly keyPair: DhtKeyPair
  readonly udp: UdpSender
  readonly router: UdpRouter
}

interface Question {
  readonly askedMs: Millis
  readonly to: Endpoint
  readonly requestId: bigint
  readonly isAnswered: boolean
}

export class AnnounceNodes {
  readonly #parts: AnnounceNodesParts
  /** The last question to each node, by its key. */
  readonly #questions = new BoundedMap<string, Question>({ capacity: NODES_MAX, whenFull: 'evict-oldest' })
  readonly #limit: TokenBucket
  readonly #stopListening: () => void

  constructor(parts: AnnounceNodesParts) {
    this.#parts = parts
    const { env, dht, router } = parts
    this.#limit = new TokenBucket(QUESTIONS.burst, QUESTIONS.refillMs, env.clock.now())
    this.#stopListening = dht.events.on('node', (node) => this.#askIfNew(node))
    router.on(PacketKind.DATA_SEARCH_RESPONSE, (from, packet) => this.#receive(from, packet))
  }

  /** Whether the node with this key has answered a data search. */
  speaks(publicKey: DhtPublicKey): boolean {
    return this.#questions.peek(bytesKey(publicKey))?.isAnswered === true
  }

  /** The nodes nearest to `key` that speak of announcements, nearest first, at most four. */
  closest(key: Uint8Array, lanAllowed: boolean): NodeInfo[] {
    const nodes = this.#parts.dht.closest(key, CANDIDATES, { lanAllowed })
    const speaking = nodes.filter(({ publicKey }) => this.speaks(publicKey)).slice(0, RESPONSE_NODES_MAX)
    for (const node of nodes) this.#askIfNew(node)
    return speaking
  }

  close(): void {
    this.#stopListening()
    this.#questions.clear()
  }

  #askIfNew({ endpoint, publicKey }: NodeInfo): void {
    const { env, crypto, dht, keyPair, udp } = this.#parts
    const nowMs = env.clock.now()
    const key = bytesKey(publicKey)
    const last = this.#questions.get(key)
    if (last !== undefined && (last.isAnswered || Math.abs(nowMs - last.askedMs) < ASK_AGAIN_MS)) return
    if (!this.#limit.take(nowMs)) return
    const sharedKey = dht.sharedKey(publicKey)
    if (sharedKey === undefined) return
    const requestId = new DataView(env.random.bytes(8).buffer).getBigUint64(0)
    const dataPublicKey = env.random.bytes(PUBLIC_KEY_BYTES) as EphemeralPublicKey
    const plain = encode(dataSearchRequest, { dataPublicKey, previousHash: undefined, requestId })
    const kind = PacketKind.DATA_SEARCH_REQUEST
    const sealing = { crypto, random: env.random, sender: keyPair.publicKey, sharedKey }
    udp.send(endpoint, sealPacket(sealing, dataSearchRequestPacket, kind, plain))
    this.#questions.set(key, { askedMs: nowMs, to: endpoint, requestId, isAnswered: false })
  }

  #receive(from: Endpoint, bytes: Uint8Array): void {
    const { env, crypto, dht } = this.#parts
    const { drops } = env
    const packet = decode(dataSearchResponsePacket, bytes)
    if (packet === undefined) return drops.count('announce/data-search-response malformed')
    const key = bytesKey(packet.sender)
    const question = this.#questions.peek(key)
    if (!this.#isAwaited(question, from)) return drops.count('announce/data-search-response unexpected')
    const sharedKey = dht.sharedKey(packet.sender)
    const plain = new Uint8Array(packet.box.length - MAC_BYTES)
    if (sharedKey === undefined || !crypto.open(plain, packet.box, packet.nonce, sharedKey)) {
      return drops.count('announce/data-search-response forged')
    }
    // Without an answer it could be our own request, sent back under another kind: both directions share one key.
    const response = decode(dataSearchResponse, plain)
    if (response?.answer === undefined) return drops.count('announce/data-search-response malformed')
    if (response.requestId !== question!.requestId) return drops.count('announce/data-search-response unexpected')
    this.#questions.set(key, { ...question!, isAnswered: true })
  }

  #isAwaited(question: Question | undefined, from: Endpoint): boolean {
    if (question === undefined || question.isAnswered || !question.to.equals(from)) return false
    return this.#parts.env.clock.now() - question.askedMs < ANSWER_TIMEOUT_MS
  }
}
