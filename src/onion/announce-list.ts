// The nodes nearest to a key that answer: where we announce ourselves, or where a friend may have. Spec: Onion.

import { BoundedMap, bytesKey, type Endpoint, type Millis, sameBytes } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtPublicKey, EphemeralPublicKey, LongTermPublicKey, SharedKey } from '../crypto/keys.js'
import { compareDistance } from '../dht/distance.js'
import type { NodeInfo } from '../packet/node-info.js'
import { ASK_AGAIN_FEW_MS, ASK_AGAIN_MS, FEW_NODES, NODE_TIMEOUT_MS, NODE_UNANSWERED_MAX } from './timing.js'

/** Nodes asked lately that are remembered, so that a dead one whom many name is not asked over and over. */
const ASKED_MAX = 32

/** What a node says about the key. */
export type Stored =
  | { readonly kind: 'no' }
  /** It stores the key, or us. */
  | { readonly kind: 'announced' }
  /** It stores a friend, who takes data sealed for this key. */
  | { readonly kind: 'data-key'; readonly dataPublicKey: EphemeralPublicKey }

/** A node that has answered. */
export interface ListedNode extends NodeInfo {
  readonly publicKey: DhtPublicKey
  endpoint: Endpoint
  /** Box key of the list's asking key and the node; owned by the list. */
  readonly sharedKey: SharedKey
  readonly addedMs: Millis
  stored: Stored
  /** The node's last ping id and the path that it holds for. */
  pingId: Uint8Array | undefined
  pathId: number
  askedMs: Millis
  unanswered: number
}

/** Nodes nearest to `key`, nearest first. */
export class AnnounceList {
  readonly #nodes: ListedNode[] = []
  readonly #asked = new BoundedMap<string, Millis>({ capacity: ASKED_MAX, whenFull: 'evict-oldest' })

  constructor(
    readonly key: LongTermPublicKey,
    readonly capacity: number,
    private readonly crypto: Crypto,
  ) {}

  /** Nearest first. */
  get nodes(): readonly ListedNode[] {
    return this.#nodes
  }

  find(publicKey: DhtPublicKey): ListedNode | undefined {
    return this.#nodes.find((node) => sameBytes(node.publicKey, publicKey))
  }

  /** Whether a node of this key would be kept if it answered. */
  wants(publicKey: DhtPublicKey): boolean {
    const farthest = this.#nodes[this.#nodes.length - 1]
    if (farthest === undefined || this.#nodes.length < this.capacity) return true
    return compareDistance(this.key, publicKey, farthest.publicKey) < 0
  }

  /** Whether an unlisted node may be asked now. */
  mayAsk(publicKey: DhtPublicKey, nowMs: Millis): boolean {
    const askedMs = this.#asked.peek(bytesKey(publicKey))
    // While hardly anybody answers, a lost packet must not cost ten seconds.
    const pauseMs = this.#nodes.length < FEW_NODES ? ASK_AGAIN_FEW_MS : ASK_AGAIN_MS
    return askedMs === undefined || nowMs - askedMs >= pauseMs
  }

  /** Remembers that an unlisted node was asked. */
  asked(publicKey: DhtPublicKey, nowMs: Millis): void {
    this.#asked.set(bytesKey(publicKey), nowMs)
  }

  /** Adds a node that has answered. False when nearer ones fill the list. Takes over its shared key. */
  add(node: ListedNode): boolean {
    if (!this.wants(node.publicKey)) return false
    if (this.#nodes.length >= this.capacity) this.crypto.wipe(this.#nodes.pop()!.sharedKey)
    const at = this.#nodes.findIndex((other) => compareDistance(this.key, node.publicKey, other.publicKey) < 0)
    this.#nodes.splice(at < 0 ? this.#nodes.length : at, 0, node)
    return true
  }

  /** Drops nodes that do not answer any more. */
  prune(nowMs: Millis): void {
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const { unanswered, askedMs } = this.#nodes[i]!
      if (unanswered < NODE_UNANSWERED_MAX || nowMs - askedMs < NODE_TIMEOUT_MS) continue
      this.crypto.wipe(this.#nodes[i]!.sharedKey)
      this.#nodes.splice(i, 1)
    }
  }

  /** Forgets all nodes and whom it asked. Returns the nodes. */
  clear(): NodeInfo[] {
    const nodes = this.#nodes.map(({ publicKey, endpoint }) => ({ publicKey, endpoint }))
    for (const { sharedKey } of this.#nodes) this.crypto.wipe(sharedKey)
    this.#nodes.length = 0
    this.#asked.clear()
    return nodes
  }
}
