// Who is in our lists: takes in nodes that answered, asks those that others told us about.
// A node enters a list only after it has answered a request of ours from the address that it is known by.

import { bytesKey, Emitter, type Endpoint, type Env, type Millis, TokenBucket } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { Asker } from './asker.js'
import { CloseList } from './close-list.js'
import { headOf } from './distance.js'
import { type Association, DhtNode, isGood } from './node.js'
import type { NodeTable } from './node-table.js'
import { SEARCH_NODES_MAX, type Search, type SearchEntry } from './search.js'
import { Searches } from './searches.js'

/** Requests sent at once when a node or a search is new: a burst, then 200 a second; the rest is the upkeep's. */
const FOLLOW_UPS_BURST = 64
const FOLLOW_UP_REFILL_MS: Millis = 5

export type NeighbourhoodEvents = {
  /** The first node answers, or the last one has gone silent. */
  connection: [connected: boolean]
  /** An address of a node has proven itself: new, changed, or good again. */
  node: [node: NodeInfo]
  /** The answer to a request of ours names this node; nobody has asked it yet. */
  named: [node: NodeInfo]
}

export interface NeighbourhoodOptions {
  readonly env: Env
  readonly table: NodeTable
  readonly asker: Asker
  readonly ownPublicKey: DhtPublicKey
  /** Nobody answers any more: these are all that we know. */
  readonly onLost: (known: readonly NodeInfo[]) => void
  /** A list has a new node or a search is new: there will be something to ask soon. */
  readonly onNews: () => void
}

export class Neighbourhood {
  readonly table: NodeTable
  readonly close: CloseList
  readonly searches = new Searches()
  readonly events = new Emitter<NeighbourhoodEvents>()
  isConnected = false
  readonly #followUps: TokenBucket

  readonly #options: NeighbourhoodOptions

  constructor(options: NeighbourhoodOptions) {
    const { env, table, ownPublicKey } = options
    this.#options = options
    this.table = table
    this.close = new CloseList(ownPublicKey)
    this.#followUps = new TokenBucket(FOLLOW_UPS_BURST, FOLLOW_UP_REFILL_MS, env.clock.now())
  }

  /** `publicKey` has answered a request from `from`; `sought` is the key it was asked for, if any. */
  answered(publicKey: DhtPublicKey, from: Endpoint, sought = ''): void {
    const nowMs = this.#options.env.clock.now()
    const key = bytesKey(publicKey)
    const node = this.table.getByKey(key) ?? new DhtNode(publicKey, key)
    const before = node.association(from.family)
    const isNews = node.answeredFrom(from, nowMs)
    if (isNews) this.#moved(node, before, from)
    if (isNews || node.bucket < 0) this.#takeIn(node, sought, nowMs)
    if (node.slot < 0 || !isNews) return
    const association = node.association(from.family)!
    if (association.endpoint.key !== from.key) return
    this.events.emit('node', { endpoint: from, publicKey: node.publicKey })
    const search = this.searches.get(key)
    if (search !== undefined) for (const listener of [...search.listeners]) listener(from)
  }

  /** A node says that `node` exists. Asks it when a list would take it in, for nobody is believed. */
  consider({ endpoint, publicKey }: NodeInfo): void {
    const nowMs = this.#options.env.clock.now()
    const known = this.table.get(publicKey)
    const association = known?.association(endpoint.family)
    const isGoodThere = association !== undefined && isGood(association, nowMs)
    // A friend may have moved; what others have is found out when it goes silent.
    if (isGoodThere && (association.endpoint.equals(endpoint) || this.searches.get(known!.key) === undefined)) return
    let sought: DhtPublicKey | undefined
    this.searches.forEachWanting(publicKey, headOf(publicKey), nowMs, (search) => {
      sought = search.publicKey
      return false
    })
    // A node of ours may have a second address; a strange one needs room.
    if (sought === undefined && known === undefined && !this.close.hasRoomFor(publicKey, nowMs)) return
    this.#options.asker.askStranger(endpoint, publicKey, sought ?? this.#options.ownPublicKey)
  }

  /** Begins a search with the nearest nodes that we know, and asks them at once. */
  begin(search: Search): void {
    const nowMs = this.#options.env.clock.now()
    this.searches.add(search)
    this.fill(search, nowMs)
    for (const entry of search.entries) this.#followUp(entry.node, search, nowMs)
    this.#options.onNews()
  }

  end(search: Search): void {
    for (const { node } of [...search.entries]) {
      search.remove(node)
      this.#release(node)
    }
    this.searches.remove(search)
  }

  /** A random good node of the close list. */
  randomCloseNode(nowMs: Millis): Association | undefined {
    const size = this.table.size
    const start = size === 0 ? 0 : this.#options.env.random.uniform(size)
    for (let i = 0; i < size; i++) {
      const node = this.table.at((start + i) % size)
      const association = node.bucket >= 0 ? node.freshest(nowMs) : undefined
      if (association !== undefined) return association
    }
    return undefined
  }

  /** Every address of every node that is known, good ones first. */
  knownNodes(): NodeInfo[] {
    const nowMs = this.#options.env.clock.now()
    const good: NodeInfo[] = []
    const bad: NodeInfo[] = []
    for (let slot = 0; slot < this.table.size; slot++) {
      const { publicKey, v4, v6 } = this.table.at(slot)
      for (const one of [v4, v6]) {
        if (one !== undefined) (isGood(one, nowMs) ? good : bad).push({ endpoint: one.endpoint, publicKey })
      }
    }
    return [...good, ...bad]
  }

  /** One address, one node: whoever answered there before has restarted with a new key. */
  #moved(node: DhtNode, before: Association | undefined, to: Endpoint): void {
    if (before !== undefined) this.table.unlink(before.endpoint, node)
    const former = this.table.ofEndpoint(to)
    if (former !== undefined && former !== node) {
      former.dropAssociation(to.family)
      if (former.v4 === undefined && former.v6 === undefined) this.forget(former)
    }
    if (node.slot >= 0) this.table.link(to, node)
  }

  /** Puts a node that is known good into every list that wants it, and asks it there what it was not just asked. */
  #takeIn(node: DhtNode, sought: string, nowMs: Millis): void {
    const isNewNeighbour = node.bucket < 0
    const place = this.close.add(node, nowMs)
    if (typeof place === 'object') this.#release(place)
    const isNew: Search[] = []
    this.searches.forEachWanting(node.publicKey, node.head, nowMs, (search) => {
      if (this.#addTo(search, node, nowMs)) isNew.push(search)
      this.searches.refresh(search, nowMs)
      return true
    })
    if (!node.isHeld) return
    this.table.add(node)
    if (isNewNeighbour && node.bucket >= 0) this.#followUpClose(node, sought, nowMs)
    for (const search of isNew) {
      if (search.key === sought) search.entryOf(node)!.askedMs = nowMs
      else this.#followUp(node, search, nowMs)
    }
    this.#options.onNews()
    if (this.isConnected || node.bucket < 0) return
    this.isConnected = true
    this.events.emit('connection', true)
  }

  #addTo(search: Search, node: DhtNode, nowMs: Millis): boolean {
    const { added, replaced } = search.add(node, nowMs)
    if (replaced !== undefined) this.#release(replaced)
    return added
  }

  /** Gives a search that lacks good nodes the nearest of all that we know. */
  fill(search: Search, nowMs: Millis): void {
    const { count, nodes } = this.table.nearest(search.publicKey, SEARCH_NODES_MAX, nowMs)
    for (const node of nodes.slice(0, count)) this.#addTo(search, node!, nowMs)
    this.searches.refresh(search, nowMs)
  }

  #followUpClose(node: DhtNode, sought: string, nowMs: Millis): void {
    const association = node.freshest(nowMs)
    if (association === undefined) return
    if (sought === bytesKey(this.#options.ownPublicKey)) association.askedMs = nowMs
    else if (this.#followUps.take(nowMs)) this.askClose(node, association, nowMs)
  }

  #followUp(node: DhtNode, search: Search, nowMs: Millis): void {
    const entry = search.entryOf(node)
    if (entry !== undefined && this.#followUps.take(nowMs)) this.askAbout(search, entry, nowMs)
  }

  /** Asks a neighbour about our own key, and so whether it is still there. */
  askClose(node: DhtNode, association: Association, nowMs: Millis): void {
    association.askedMs = nowMs
    this.#options.asker.ask(association.endpoint, node.publicKey, this.#options.ownPublicKey)
  }

  /** Asks a node of a search about the sought key, at each of its addresses. */
  askAbout(search: Search, entry: SearchEntry, nowMs: Millis): void {
    const { node } = entry
    entry.askedMs = nowMs
    for (const one of [node.v6, node.v4]) {
      if (one !== undefined) this.#options.asker.ask(one.endpoint, node.publicKey, search.publicKey)
    }
  }

  /** A list let go of `node`; nobody else may hold it. */
  #release(node: DhtNode): void {
    if (!node.isHeld) this.table.remove(node)
  }

  /** Takes a node out of every list. */
  forget(node: DhtNode): void {
    this.close.remove(node)
    for (const search of [...node.searches]) {
      search.remove(node)
      this.searches.refresh(search, this.#options.env.clock.now())
    }
    this.table.remove(node)
  }

  /** Nobody answers any more. */
  lost(): void {
    this.#options.onLost(this.knownNodes())
    if (!this.isConnected) return
    this.isConnected = false
    this.events.emit('connection', false)
  }
}
