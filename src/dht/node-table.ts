// All nodes that any of our lists holds, each once, with packed key heads for the selection of the nearest: every nodes
// request asks for it, so it runs over one Int32Array and makes no garbage. Bounded by the lists that hold the nodes.

import { bytesKey, type Endpoint, type Millis } from '../base/index.js'
import { compareDistance, targetHead } from './distance.js'
import type { Association, DhtNode } from './node.js'

/** The nearest nodes of a selection, nearest first. Reused: read it before the next selection. */
export interface Nearest {
  count: number
  readonly nodes: (DhtNode | undefined)[]
  /** The address to tell or to use of each. */
  readonly associations: (Association | undefined)[]
}

export class NodeTable {
  readonly #byKey = new Map<string, DhtNode>()
  readonly #byEndpoint = new Map<string, DhtNode>()
  readonly #nodes: DhtNode[] = []
  #heads = new Int32Array(64)
  readonly #nearest: Nearest = { count: 0, nodes: [], associations: [] }
  #distances = new Int32Array(64)

  get size(): number {
    return this.#nodes.length
  }

  get(publicKey: Uint8Array): DhtNode | undefined {
    return this.#byKey.get(bytesKey(publicKey))
  }

  getByKey(key: string): DhtNode | undefined {
    return this.#byKey.get(key)
  }

  at(slot: number): DhtNode {
    return this.#nodes[slot]!
  }

  /** The node that answered last from `endpoint`. */
  ofEndpoint(endpoint: Endpoint): DhtNode | undefined {
    return this.#byEndpoint.get(endpoint.key)
  }

  add(node: DhtNode): void {
    if (node.slot >= 0) return
    node.slot = this.#nodes.length
    this.#nodes.push(node)
    if (node.slot === this.#heads.length) {
      const larger = new Int32Array(2 * this.#heads.length)
      larger.set(this.#heads)
      this.#heads = larger
    }
    this.#heads[node.slot] = node.head
    this.#byKey.set(node.key, node)
    for (const association of [node.v4, node.v6]) {
      if (association !== undefined) this.#byEndpoint.set(association.endpoint.key, node)
    }
  }

  remove(node: DhtNode): void {
    if (node.slot < 0) return
    const last = this.#nodes.pop()!
    if (last !== node) {
      this.#nodes[node.slot] = last
      this.#heads[node.slot] = last.head
      last.slot = node.slot
    }
    node.slot = -1
    this.#byKey.delete(node.key)
    for (const association of [node.v4, node.v6]) {
      if (association !== undefined) this.unlink(association.endpoint, node)
    }
  }

  /** Remembers that `node` answers at `endpoint` now. */
  link(endpoint: Endpoint, node: DhtNode): void {
    this.#byEndpoint.set(endpoint.key, node)
  }

  /** Forgets that `node` answers at `endpoint`, unless another node does by now. */
  unlink(endpoint: Endpoint, node: DhtNode): void {
    if (this.#byEndpoint.get(endpoint.key) === node) this.#byEndpoint.delete(endpoint.key)
  }

  /** The at most `count` good nodes that are nearest to `target`. The answer is valid until the next call. */
  nearest(target: Uint8Array, count: number, nowMs: Millis, lanAllowed = true): Nearest {
    const nearest = this.#nearest
    nearest.count = 0
    if (count <= 0) return nearest
    if (this.#distances.length < count) this.#distances = new Int32Array(count)
    const heads = this.#heads
    const distances = this.#distances
    const size = this.#nodes.length
    const head = targetHead(target)
    for (let slot = 0; slot < size; slot++) {
      const distance = heads[slot]! ^ head
      if (nearest.count === count && distance > distances[count - 1]!) continue
      const association = this.#nodes[slot]!.freshest(nowMs, lanAllowed)
      if (association !== undefined) this.#insert(slot, distance, association, count, target)
    }
    return nearest
  }

  /** One step of an insertion sort that keeps `count` nodes. Equal heads are compared in full. */
  #insert(slot: number, distance: number, association: Association, count: number, target: Uint8Array): void {
    const { nodes, associations } = this.#nearest
    const distances = this.#distances
    const node = this.#nodes[slot]!
    let at = this.#nearest.count
    while (at > 0) {
      const above = distances[at - 1]!
      if (above < distance) break
      if (above === distance && compareDistance(target, nodes[at - 1]!.publicKey, node.publicKey) <= 0) break
      if (at < count) {
        distances[at] = above
        nodes[at] = nodes[at - 1]
        associations[at] = associations[at - 1]
      }
      at--
    }
    if (at >= count) return
    distances[at] = distance
    nodes[at] = node
    associations[at] = association
    if (this.#nearest.count < count) this.#nearest.count++
  }
}
