// A search: the nodes nearest to a key that somebody here wants to reach, and what they say about it. Spec: DHT, Search List.

import { type Endpoint, type Millis, sameBytes } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { compareDistance, headOf, targetHead } from './distance.js'
import type { HolePunching } from './hole-punching.js'
import { type Association, type DhtNode, isGood } from './node.js'
import { BAD_AFTER_MS, FAST_REQUESTS } from './timing.js'

/** Nodes that one search keeps (c-toxcore: MAX_FRIEND_CLIENTS). */
export const SEARCH_NODES_MAX = 8

/** One node of a search list. */
export interface SearchEntry {
  readonly node: DhtNode
  /** When it was last asked for the sought key. */
  askedMs: Millis
  /** Where it says that the sought key answers. */
  told4: Endpoint | undefined
  told6: Endpoint | undefined
  toldMs: Millis
}

export class Search {
  readonly publicKey: DhtPublicKey
  readonly head: number
  readonly entries: SearchEntry[] = []
  readonly listeners = new Set<(endpoint: Endpoint) => void>()
  holders = 0
  /** When a random node was last asked, and how many quick ones are left. */
  randomAskedMs: Millis = Number.NEGATIVE_INFINITY
  fastLeft = FAST_REQUESTS
  holePunching: HolePunching | undefined
  /** Place in the table of searches. */
  slot = -1

  constructor(
    publicKey: DhtPublicKey,
    readonly key: string,
  ) {
    this.publicKey = publicKey.slice() as DhtPublicKey
    this.head = headOf(publicKey)
  }

  /** The sought node itself, once it has answered. */
  get soughtNode(): DhtNode | undefined {
    return this.entries.find(({ node }) => node.key === this.key)?.node
  }

  /** Good addresses of the sought node, the one that answered last first. */
  endpoints(nowMs: Millis): Endpoint[] {
    const node = this.soughtNode
    return [node?.v4, node?.v6]
      .filter((one): one is Association => one !== undefined && isGood(one, nowMs))
      .sort((a, b) => b.seenMs - a.seenMs)
      .map(({ endpoint }) => endpoint)
  }

  /** Nothing is known of the sought one any more, and every node may be asked again. */
  forgetFound(nowMs: Millis): void {
    const node = this.soughtNode
    for (const one of [node?.v4, node?.v6]) {
      if (one !== undefined) one.seenMs = Math.min(one.seenMs, nowMs - BAD_AFTER_MS)
    }
    for (const entry of this.entries) entry.askedMs = Number.NEGATIVE_INFINITY
    this.fastLeft = FAST_REQUESTS
  }

  isFound(nowMs: Millis): boolean {
    return this.soughtNode?.isGood(nowMs) ?? false
  }

  hasBad(nowMs: Millis): boolean {
    return this.entries.some(({ node }) => !node.isGood(nowMs))
  }

  entryOf(node: DhtNode): SearchEntry | undefined {
    return this.entries.find((entry) => entry.node === node)
  }

  /** Whether a node with this key would be taken in. */
  wants(publicKey: Uint8Array, nowMs: Millis): boolean {
    if (this.entries.length < SEARCH_NODES_MAX) return !this.#holds(publicKey)
    const worst = this.#worst(nowMs)
    const replaceable =
      !worst.node.isGood(nowMs) || compareDistance(this.publicKey, publicKey, worst.node.publicKey) < 0
    return replaceable && !this.#holds(publicKey)
  }

  /** Takes a node in if it is wanted; answers whether, and which node gave way. */
  add(node: DhtNode, nowMs: Millis): { added: boolean; replaced?: DhtNode } {
    if (!this.wants(node.publicKey, nowMs)) return { added: false }
    const replaced = this.entries.length < SEARCH_NODES_MAX ? undefined : this.#worst(nowMs).node
    if (replaced !== undefined) this.remove(replaced)
    this.entries.push({
      node,
      askedMs: Number.NEGATIVE_INFINITY,
      told4: undefined,
      told6: undefined,
      toldMs: Number.NEGATIVE_INFINITY,
    })
    this.entries.sort((a, b) => compareDistance(this.publicKey, a.node.publicKey, b.node.publicKey))
    node.searches.push(this)
    return replaced === undefined ? { added: true } : { added: true, replaced }
  }

  remove(node: DhtNode): void {
    const at = this.entries.findIndex((entry) => entry.node === node)
    if (at >= 0) this.entries.splice(at, 1)
    const back = node.searches.indexOf(this)
    if (back >= 0) node.searches.splice(back, 1)
  }

  /** Notes that `node` says where the sought key answers. */
  told(node: DhtNode, endpoint: Endpoint, nowMs: Millis): void {
    const entry = this.entryOf(node)
    if (entry === undefined) return
    if (endpoint.family === 4) entry.told4 = endpoint
    else entry.told6 = endpoint
    entry.toldMs = nowMs
  }

  /** Entries whose word about the sought address is recent. */
  knowing(nowMs: Millis): SearchEntry[] {
    return this.entries.filter(({ toldMs }) => toldMs + BAD_AFTER_MS > nowMs)
  }

  /** Compare `head ^ targetHead(key)` with this: a node that is farther is surely not wanted. */
  worstDistance(nowMs: Millis): number {
    if (this.entries.length < SEARCH_NODES_MAX) return 0x7fffffff
    const worst = this.#worst(nowMs).node
    return worst.isGood(nowMs) ? worst.head ^ targetHead(this.publicKey) : 0x7fffffff
  }

  /** The entry that gives way first: a bad one, else the farthest. */
  #worst(nowMs: Millis): SearchEntry {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      if (!this.entries[i]!.node.isGood(nowMs)) return this.entries[i]!
    }
    return this.entries[this.entries.length - 1]!
  }

  #holds(publicKey: Uint8Array): boolean {
    return this.entries.some(({ node }) => sameBytes(node.publicKey, publicKey))
  }
}
