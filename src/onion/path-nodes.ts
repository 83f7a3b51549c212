// The nodes that paths are built from: the DHT's, those that answered announce requests, those of paths that worked.
// A separate list of nodes from savedata serves before the DHT answers, and bootstrap nodes where it never will because there is
// no UDP. Nodes of failing paths leave sooner.

import { bytesKey, type Endpoint, type Random, sameBytes } from '../base/index.js'
import { compareDistance } from '../dht/distance.js'
import type { NodeInfo } from '../packet/node-info.js'
import { PATH_NODES_MAX } from './timing.js'

/** Failed paths in a row, among the nodes' last ones, that make a node leave. */
const FAILURES_MAX = 6
/** Never shrink below this: three hops need three nodes. */
const NODES_MIN = 3
/** Failed paths in a row that make a node suspect: hops are then chosen among the others, be they two or one. */
const SUSPECT_FAILURES = 2
/** One pick in eight trusts suspects as well, so that one who was blamed for another's silence can prove itself. */
const TRUST_ALL_ONE_IN = 8

interface Known {
  readonly node: NodeInfo
  failures: number
}

/** At most 32 nodes; the oldest makes room. */
export class PathNodes {
  readonly #nodes = new Map<string, Known>()
  readonly #saved: NodeInfo[] = []
  /** Those that the user named; at most 32. */
  readonly #bootstrap: NodeInfo[] = []

  constructor(
    private readonly random: Random,
    /** Whether our socket speaks to such addresses: hop 1 must be one; the others are reached by those before them. */
    private readonly isReachable: (endpoint: Endpoint) => boolean = () => true,
    /** Whether bootstrap nodes serve as well, though they never answered us: relays lead to them while UDP does not. */
    private readonly usesBootstrap: () => boolean = () => false,
  ) {}

  /** How many nodes are known to work. */
  get size(): number {
    return this.#nodes.size
  }

  /**
   * As `add`, for a node that has answered us from its address without anybody between: who had another key there has
   * restarted as this one, and is gone.
   */
  addProven(node: NodeInfo): boolean {
    const key = bytesKey(node.publicKey)
    for (const [other, { node: former }] of this.#nodes) {
      if (other !== key && former.endpoint.equals(node.endpoint)) this.#nodes.delete(other)
    }
    return this.add(node)
  }

  /** Adds a node that answers; returns whether it is new. A known node's new address replaces the old one. */
  add(node: NodeInfo): boolean {
    if (!node.endpoint.isSendable) return false
    const key = bytesKey(node.publicKey)
    const known = this.#nodes.get(key)
    if (known?.node.endpoint.equals(node.endpoint)) return false
    if (known === undefined && this.#nodes.size >= PATH_NODES_MAX) {
      for (const oldest of this.#nodes.keys()) {
        this.#nodes.delete(oldest)
        break
      }
    }
    this.#nodes.set(key, { node, failures: 0 })
    return known === undefined
  }

  /** Adds nodes of an earlier run: used until any node is known to work. At most 32. */
  addSaved(nodes: readonly NodeInfo[]): void {
    this.#saved.push(
      ...nodes.filter(({ endpoint }) => endpoint.isSendable).slice(0, PATH_NODES_MAX - this.#saved.length),
    )
  }

  /** Adds a node that the user bootstraps from; the oldest makes room. */
  addBootstrap(node: NodeInfo): void {
    if (!node.endpoint.isSendable || this.#bootstrap.some((one) => sameBytes(one.publicKey, node.publicKey))) return
    if (this.#bootstrap.length >= PATH_NODES_MAX) this.#bootstrap.shift()
    this.#bootstrap.push(node)
  }

  /** All nodes that may be used now. */
  list(): NodeInfo[] {
    const proven = Array.from(this.#nodes.values(), ({ node }) => node)
    // One node makes no path that hides anything: as in c-toxcore two are enough.
    const isEnough = proven.length >= 2 || this.#bootstrap.length === 0 || !this.usesBootstrap()
    if (isEnough) return proven.length > 0 ? proven : this.#saved.slice()
    const others = [...this.#saved, ...this.#bootstrap].filter(({ publicKey }) => !this.#nodes.has(bytesKey(publicKey)))
    return [...proven, ...others]
  }

  /** What savedata keeps: the youngest first, then saved ones of earlier runs. */
  backup(count: number): NodeInfo[] {
    const young = Array.from(this.#nodes.values(), ({ node }) => node).reverse()
    const old = this.#saved.filter(({ publicKey }) => !this.#nodes.has(bytesKey(publicKey)))
    return [...young, ...old].slice(0, count)
  }

  /** Three nodes by chance: different ones when three are known, else as many different ones as there are, repeated. */
  pickThree(): [NodeInfo, NodeInfo, NodeInfo] | undefined {
    const nodes = this.#hops()
    if (nodes.every((node) => this.#isSuspect(node))) return this.#pickAny(nodes)
    const firsts = nodes.filter(({ endpoint }) => this.isReachable(endpoint))
    if (firsts.length === 0) return undefined
    const first = firsts[this.random.uniform(firsts.length)]!
    const [second = first, exit] = this.#shuffle(
      nodes.filter((node) => node !== first),
      2,
    )
    return [first, second, exit ?? (this.random.uniform(2) === 0 ? first : second)]
  }

  /** The second hop and the exit of a path that begins with a relay: different ones when two are known. */
  pickTwo(): [NodeInfo, NodeInfo] | undefined {
    const [second, exit] = this.#shuffle(this.#hops(), 2)
    return second && [second, exit ?? second]
  }

  /** When all are suspect, somebody is blamed for another: hops that may repeat leave the guilty one out now and then. */
  #pickAny(nodes: readonly NodeInfo[]): [NodeInfo, NodeInfo, NodeInfo] | undefined {
    const firsts = nodes.filter(({ endpoint }) => this.isReachable(endpoint))
    if (firsts.length === 0) return undefined
    const any = (from: readonly NodeInfo[]): NodeInfo => from[this.random.uniform(from.length)]!
    return [any(firsts), any(nodes), any(nodes)]
  }

  /** Up to `count` nodes by chance, all different. */
  some(count: number): NodeInfo[] {
    return this.#shuffle(this.list(), count)
  }

  /** Up to `count` nodes nearest to `key`. */
  nearest(key: Uint8Array, count: number): NodeInfo[] {
    return this.list()
      .sort((a, b) => compareDistance(key, a.publicKey, b.publicKey))
      .slice(0, count)
  }

  /** A path through these nodes answered. */
  worked(nodes: readonly NodeInfo[]): void {
    for (const node of nodes) {
      this.add(node)
      const known = this.#nodes.get(bytesKey(node.publicKey))
      if (known !== undefined) known.failures = 0
    }
  }

  /** A path through these nodes was given up: one of them may be gone. */
  failed(nodes: readonly NodeInfo[]): void {
    for (const { publicKey } of nodes) {
      const key = bytesKey(publicKey)
      const known = this.#nodes.get(key)
      if (known !== undefined && ++known.failures >= FAILURES_MAX && this.#nodes.size > NODES_MIN)
        this.#nodes.delete(key)
    }
  }

  /**
   * Who may be a hop. In a small network one node that vanished would be part of every path: suspects are left out while
   * there is anybody else. A node of the Internet cannot pass anything on to our LAN: LAN nodes are hops only where there are
   * no others.
   */
  #hops(): NodeInfo[] {
    const trustAll = this.random.uniform(TRUST_ALL_ONE_IN) === 0
    const all = this.list()
    const trusted = trustAll ? all : all.filter((node) => !this.#isSuspect(node))
    const nodes = trusted.length > 0 ? trusted : all
    const beyond = nodes.filter(({ endpoint }) => !endpoint.isLan)
    return beyond.length >= NODES_MIN ? beyond : nodes
  }

  #isSuspect({ publicKey }: NodeInfo): boolean {
    return (this.#nodes.get(bytesKey(publicKey))?.failures ?? 0) >= SUSPECT_FAILURES
  }

  /** The first `count` of `nodes` shuffled (Fisher and Yates); shuffles in place. */
  #shuffle(nodes: NodeInfo[], count: number): NodeInfo[] {
    const wanted = Math.min(count, nodes.length)
    for (let i = 0; i < wanted; i++) {
      const j = i + this.random.uniform(nodes.length - i)
      const node = nodes[i]!
      nodes[i] = nodes[j]!
      nodes[j] = node
    }
    return nodes.slice(0, wanted)
  }
}
