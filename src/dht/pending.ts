// Requests that wait for their response. A response counts only if it brings the random id of its request, from the node and
// the address that were asked: nobody can answer for another, and nobody can make us believe a forged address.

import type { Endpoint, Millis, Random } from '../base/index.js'
import { BoundedMap, sameBytes } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { RESPONSE_TIMEOUT_MS } from './timing.js'

/** Ids are 64 bits wide; when full, the oldest request is given up (hole punching guesses many ports at once). */
const PENDING_MAX = 4096

type RequestKind = 'ping' | 'nodes'

export interface Pending {
  readonly kind: RequestKind
  readonly publicKey: DhtPublicKey
  /** The key that a nodes request asks for, as a map key; empty for a ping. */
  readonly sought: string
  readonly to: Endpoint
  readonly sentMs: Millis
}

export class PendingRequests {
  readonly #pending = new BoundedMap<bigint, Pending>({
    capacity: PENDING_MAX,
    whenFull: 'evict-oldest',
    onEvict: (_, request) => this.#uncount(request),
  })
  /** How many requests wait for an answer from each endpoint; as many as requests at most. */
  readonly #perEndpoint = new Map<string, number>()
  readonly #id = new BigUint64Array(1)
  readonly #idBytes = new Uint8Array(this.#id.buffer)

  constructor(private readonly random: Random) {}

  get size(): number {
    return this.#pending.size
  }

  /** A fresh request id for a request to `publicKey` at `to`. */
  add(kind: RequestKind, publicKey: Uint8Array, to: Endpoint, nowMs: Millis, sought = ''): bigint {
    this.#forgetLate(nowMs)
    this.random.fill(this.#idBytes)
    // c-toxcore never uses 0; two equal ids of 64 bits do not happen.
    if (this.#id[0] === 0n) this.#id[0] = 1n
    this.#pending.set(this.#id[0]!, { kind, publicKey: publicKey.slice() as DhtPublicKey, sought, to, sentMs: nowMs })
    this.#perEndpoint.set(to.key, (this.#perEndpoint.get(to.key) ?? 0) + 1)
    return this.#id[0]!
  }

  /** Whether anything was asked there: if not, a response is not worth opening. */
  expects(from: Endpoint): boolean {
    return this.#perEndpoint.has(from.key)
  }

  /** The request of ours that this answers, if any; each request is answered once. */
  take(kind: RequestKind, id: bigint, publicKey: Uint8Array, from: Endpoint, nowMs: Millis): Pending | undefined {
    const request = this.#pending.peek(id)
    if (request === undefined || request.kind !== kind) return undefined
    if (!request.to.equals(from) || !sameBytes(request.publicKey, publicKey)) return undefined
    this.#pending.delete(id)
    this.#uncount(request)
    return nowMs - request.sentMs < RESPONSE_TIMEOUT_MS ? request : undefined
  }

  #forgetLate(nowMs: Millis): void {
    for (const [id, request] of this.#pending) {
      if (nowMs - request.sentMs < RESPONSE_TIMEOUT_MS) break
      this.#pending.delete(id)
      this.#uncount(request)
    }
  }

  #uncount({ to }: Pending): void {
    const left = (this.#perEndpoint.get(to.key) ?? 1) - 1
    if (left > 0) this.#perEndpoint.set(to.key, left)
    else this.#perEndpoint.delete(to.key)
  }
}
