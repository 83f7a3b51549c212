// The close list: 128 k-buckets of 8 nodes, by how many leading bits a node's key shares with ours. Spec: DHT, Close List.
// A good node is never displaced, so nobody can push our neighbours out by making up closer keys.

import type { Millis } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { sharedPrefixBits } from './distance.js'
import type { DhtNode } from './node.js'

export const BUCKETS = 128
export const BUCKET_NODES_MAX = 8
/** c-toxcore: LCLIENT_LIST. */
export const CLOSE_LIST_MAX = BUCKETS * BUCKET_NODES_MAX

export class CloseList {
  readonly #buckets: DhtNode[][] = Array.from({ length: BUCKETS }, () => [])
  #size = 0

  constructor(private readonly ownPublicKey: DhtPublicKey) {}

  get size(): number {
    return this.#size
  }

  /** The bucket of a key: its shared prefix, the last bucket for all that share more. */
  bucketOf(publicKey: Uint8Array): number {
    return Math.min(sharedPrefixBits(this.ownPublicKey, publicKey), BUCKETS - 1)
  }

  /** Whether the bucket of `publicKey` has room or a bad node to replace. */
  hasRoomFor(publicKey: Uint8Array, nowMs: Millis): boolean {
    const bucket = this.#buckets[this.bucketOf(publicKey)]!
    if (bucket.length < BUCKET_NODES_MAX) return true
    for (let i = 0; i < bucket.length; i++) if (!bucket[i]!.isGood(nowMs)) return true
    return false
  }

  /** Adds a node; returns false when its bucket is full of good ones, else true or the bad node that gave way. */
  add(node: DhtNode, nowMs: Millis): boolean | DhtNode {
    if (node.bucket >= 0) return true
    const index = this.bucketOf(node.publicKey)
    const bucket = this.#buckets[index]!
    if (bucket.length < BUCKET_NODES_MAX) {
      bucket.push(node)
      node.bucket = index
      this.#size++
      return true
    }
    const at = bucket.findIndex((one) => !one.isGood(nowMs))
    if (at < 0) return false
    const replaced = bucket[at]!
    replaced.bucket = -1
    bucket[at] = node
    node.bucket = index
    return replaced
  }

  remove(node: DhtNode): void {
    if (node.bucket < 0) return
    const bucket = this.#buckets[node.bucket]!
    bucket.splice(bucket.indexOf(node), 1)
    node.bucket = -1
    this.#size--
  }

  /** Nodes from the farthest bucket to the closest. */
  *[Symbol.iterator](): IterableIterator<DhtNode> {
    for (const bucket of this.#buckets) yield* bucket
  }
}
