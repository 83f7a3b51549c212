// Sends announce requests through paths and matches their answers. What was asked is remembered here under a random request
// id; the answer is sealed with keys that only the asked node has, so nobody else can answer. Spec: Onion.

import { BoundedMap, bytesKey, type Endpoint, type Env, type Millis } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type AnyPublicKey,
  type AnySecretKey,
  type EphemeralPublicKey,
  type KeyPair,
  MAC_BYTES,
  NONCE_BYTES,
  type Nonce,
  type SharedKey,
} from '../crypto/keys.js'
import { PacketKind } from '../packet/kinds.js'
import type { NodeInfo } from '../packet/node-info.js'
import {
  ANNOUNCE_ID_BYTES,
  AnnounceAnswer,
  AnnouncePayload,
  AnnounceRequest,
  AnnounceResponse,
  PING_ID_BYTES,
} from '../packet/onion/index.js'
import type { AnnounceList, ListedNode } from './announce-list.js'
import type { PathPool } from './paths.js'
import type { ResponseSource } from './slice.js'
import { ANNOUNCE_ANSWER_MS } from './timing.js'

/** Requests under way: ten seconds at the highest rate are some 900. The oldest makes room. */
const PENDING_MAX = 1024

/** Who asks: our announcement, or the search for one friend. */
export interface Asker {
  readonly list: AnnounceList
  readonly paths: PathPool
  /** Seals the requests: our long-term keys, or temporary ones that only this search uses. */
  readonly keyPair: KeyPair<AnyPublicKey, AnySecretKey>
  /** What others are to seal data for us with; zeros for searches. */
  readonly dataPublicKey: EphemeralPublicKey
  /** An answer to a request of this asker arrived; `node` is listed unless nearer ones fill the list. */
  onAnswer(answer: AnnounceAnswer, answered: Answered): void
}

/** What was asked, for who handles the answer. */
export interface Answered {
  readonly asked: NodeInfo
  readonly pathId: number
  /** Whether the request carried a ping id that the node had given for this path. */
  readonly withPingId: boolean
  /** The answer's way in; LAN addresses are believed from a LAN only. */
  readonly from: ResponseSource
  /** The box key of the question; `keep` makes it the handler's own, else it is wiped after the handling. */
  readonly sharedKey: SharedKey
  keep(): void
}

interface Pending {
  readonly asker: Asker
  readonly node: NodeInfo
  readonly pathId: number
  readonly withPingId: boolean
  readonly sentMs: Millis
  readonly sharedKey: SharedKey
  /** Whether the shared key is ours to wipe. */
  ownsKey: boolean
}

export interface ExchangeParts {
  readonly env: Env
  readonly crypto: Crypto
}

export class AnnounceExchange {
  readonly #parts: ExchangeParts
  readonly #pending: BoundedMap<string, Pending>

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.#pending = new BoundedMap({
      capacity: PENDING_MAX,
      whenFull: 'evict-oldest',
      onEvict: (_, pending) => this.#forget(pending),
    })
  }

  /** Asks a node that is not listed. False when no path can be built, or its key is impossible. */
  askNew(asker: Asker, node: NodeInfo): boolean {
    const sharedKey = this.#parts.crypto.sharedKey(node.publicKey, asker.keyPair.secretKey)
    if (sharedKey === undefined) return false
    const sent = this.#ask(asker, node, sharedKey, true, undefined, undefined)
    if (!sent) this.#parts.crypto.wipe(sharedKey)
    return sent
  }

  /** Asks a listed node, with its ping id; by the path that this holds for unless `anyPath` (or it is gone). */
  askListed(asker: Asker, node: ListedNode, anyPath = false): boolean {
    const sent = this.#ask(asker, node, node.sharedKey, false, node.pingId, anyPath ? undefined : node.pathId)
    if (sent) {
      node.askedMs = this.#parts.env.clock.now()
      node.unanswered++
    }
    return sent
  }

  /** Handles an announce response (0x84). */
  receive(from: ResponseSource, packet: Uint8Array): void {
    const response = decode(AnnounceResponse, packet)
    if (response === undefined) return this.#drop('announce-response malformed')
    const id = bytesKey(response.requestId)
    const pending = this.#pending.peek(id)
    if (pending === undefined) return this.#drop('announce-response not asked for')
    const plain = new Uint8Array(response.sealed.length - MAC_BYTES)
    const { crypto, env } = this.#parts
    if (!crypto.open(plain, response.sealed, response.nonce, pending.sharedKey)) {
      return this.#drop('announce-response does not open')
    }
    this.#pending.delete(id)
    const answer = decode(AnnounceAnswer, plain)
    if (answer === undefined) this.#drop('announce-answer malformed')
    else if (env.clock.now() - pending.sentMs > ANNOUNCE_ANSWER_MS) this.#drop('announce-response too late')
    else this.#answer(pending, answer, from)
    this.#forget(pending)
  }

  /** Forgets what `asker` asked. */
  forget(asker: Asker): void {
    for (const [id, pending] of [...this.#pending]) {
      if (pending.asker !== asker) continue
      this.#forget(pending)
      this.#pending.delete(id)
    }
  }

  /** Forgets all. */
  close(): void {
    for (const pending of this.#pending.values()) this.#forget(pending)
    this.#pending.clear()
  }

  #answer(pending: Pending, answer: AnnounceAnswer, from: ResponseSource): void {
    const { asker, node, pathId, withPingId, sharedKey } = pending
    asker.paths.answered(pathId)
    const keep = (): void => {
      pending.ownsKey = false
    }
    asker.onAnswer(answer, { asked: node, pathId, withPingId, from, sharedKey, keep })
  }

  #ask(
    asker: Asker,
    node: NodeInfo,
    sharedKey: SharedKey,
    ownsKey: boolean,
    pingId: Uint8Array | undefined,
    pathId: number | undefined,
  ): boolean {
    const { env, crypto } = this.#parts
    const path = asker.paths.use(pathId)
    if (path === undefined) return false
    const requestId = env.random.bytes(ANNOUNCE_ID_BYTES)
    const withPingId = pingId !== undefined && path.id === pathId
    const plain = encode(AnnouncePayload, {
      pingId: withPingId ? pingId : ZERO_PING_ID,
      soughtKey: asker.list.key,
      dataPublicKey: asker.dataPublicKey,
      requestId,
    })
    const nonce = env.random.bytes(NONCE_BYTES) as Nonce
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    crypto.seal(sealed, plain, nonce, sharedKey)
    const kind = PacketKind.ANNOUNCE_REQUEST_OLD
    path.send(node.endpoint, encode(AnnounceRequest, { kind, nonce, publicKey: asker.keyPair.publicKey, sealed }))
    const { publicKey, endpoint } = node
    this.#pending.set(bytesKey(requestId), {
      asker,
      node: { publicKey, endpoint },
      pathId: path.id,
      withPingId,
      sentMs: env.clock.now(),
      sharedKey,
      ownsKey,
    })
    return true
  }

  #forget(pending: Pending): void {
    if (pending.ownsKey) this.#parts.crypto.wipe(pending.sharedKey)
    pending.ownsKey = false
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`onion/${why}`)
  }
}

const ZERO_PING_ID = new Uint8Array(PING_ID_BYTES)

/** Whether an address that an answer names may be believed: of a LAN only when the answer came from one. */
export function isCredible(named: Endpoint, from: ResponseSource): boolean {
  return named.isSendable && (!named.isLan || (from !== 'relay' && from.isLan))
}
