// Who is in our lists: takes in nodes that answered, asks those that others told us about, and keeps the lists alive.
// A node enters a list only after it has answered a request of ours from the address that it is known by.

import { bytesKey, type Deadline, Emitter, type Endpoint, type Env, type Millis, TokenBucket } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { Asker } from './asker.js'
import { CloseList } from './close-list.js'
import { headOf } from './distance.js'
import type { HolePuncher } from './hole-punching.js'
import { type Association, DhtNode, isDead, isGood } from './node.js'
import type { NodeTable } from './node-table.js'
import { SEARCH_NODES_MAX, type Search, type SearchEntry } from './search.js'
import { Searches } from './searches.js'
import {
  BAD_AFTER_MS,
  FAST_REQUEST_INTERVAL_MS,
  FAST_REQUESTS,
  PING_INTERVAL_MS,
  RANDOM_REQUEST_INTERVAL_MS,
  SLEPT_MS,
  UPKEEP_GRID_MS,
} from './timing.js'

/** Requests of one upkeep; more wait for the next, so that a thousand searches do not speak in one breath. */
const REQUESTS_AN_UPKEEP = 64
const BUSY_UPKEEP_MS: Millis = 100
/** Requests sent at once when a node or a search is new: a burst, then 200 a second; the rest is the upkeep's. */
const FOLLOW_UPS_BURST = 64
const FOLLOW_UP_REFILL_MS: Millis = 5
const NEVER = Number.NEGATIVE_INFINITY

export type NeighbourhoodEvents = {
  /** The first node answers, or the last one has gone silent. */
  connection: [connected: boolean]
  /** An address of a node has proven itself: new, changed, or good again. */
  node: [node: NodeInfo]
}

export interface NeighbourhoodOptions {
  readonly env: Env
  readonly table: NodeTable
  readonly asker: Asker
  readonly ownPublicKey: DhtPublicKey
  readonly holePuncher: HolePuncher | undefined
  /** Nobody answers any more: these are all that we know. */
  readonly onLost: (known: readonly NodeInfo[]) => void
  /** The lists have been looked through. */
  readonly onUpkeep: () => void
}

export class Neighbourhood {
  readonly table: NodeTable
  readonly close: CloseList
  readonly searches = new Searches()
  readonly events = new Emitter<NeighbourhoodEvents>()
  isConnected = false
  readonly #upkeep: Deadline
  #dueMs: Millis = Number.POSITIVE_INFINITY
  readonly #followUps: TokenBucket
  #randomAskedMs: Millis = NEVER
  #fastLeft = FAST_REQUESTS
  #budget = 0

  readonly #options: NeighbourhoodOptions

  constructor(options: NeighbourhoodOptions) {
    const { env, table, ownPublicKey } = options
    this.#options = options
    this.table = table
    this.close = new CloseList(ownPublicKey)
    this.#followUps = new TokenBucket(FOLLOW_UPS_BURST, FOLLOW_UP_REFILL_MS, env.clock.now())
    this.#upkeep = env.deadlines.create('dht upkeep', () => this.#keepUp())
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
    this.#fill(search, nowMs)
    for (const entry of search.entries) this.#followUp(entry.node, search, nowMs)
    this.wakeBy(nowMs + FAST_REQUEST_INTERVAL_MS)
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

  wakeBy(atMs: Millis): void {
    if (atMs >= this.#dueMs) return
    this.#dueMs = atMs
    this.#upkeep.set(atMs)
  }

  stop(): void {
    this.#upkeep.clear()
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
      if (former.v4 === undefined && former.v6 === undefined) this.#forget(former)
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
    this.wakeBy(nowMs + (this.#fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : UPKEEP_GRID_MS))
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
  #fill(search: Search, nowMs: Millis): void {
    const { count, nodes } = this.table.nearest(search.publicKey, SEARCH_NODES_MAX, nowMs)
    for (const node of nodes.slice(0, count)) this.#addTo(search, node!, nowMs)
    this.searches.refresh(search, nowMs)
  }

  #followUpClose(node: DhtNode, sought: string, nowMs: Millis): void {
    const association = node.freshest(nowMs)
    if (association === undefined) return
    if (sought === bytesKey(this.#options.ownPublicKey)) association.askedMs = nowMs
    else if (this.#followUps.take(nowMs)) this.#askClose(node, association, nowMs)
  }

  #followUp(node: DhtNode, search: Search, nowMs: Millis): void {
    const entry = search.entryOf(node)
    if (entry !== undefined && this.#followUps.take(nowMs)) this.#askAbout(search, entry, nowMs)
  }

  #askClose(node: DhtNode, association: Association, nowMs: Millis): void {
    association.askedMs = nowMs
    this.#options.asker.ask(association.endpoint, node.publicKey, this.#options.ownPublicKey)
  }

  #askAbout(search: Search, entry: SearchEntry, nowMs: Millis): void {
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

  #forget(node: DhtNode): void {
    this.close.remove(node)
    for (const search of [...node.searches]) {
      search.remove(node)
      this.searches.refresh(search, this.#options.env.clock.now())
    }
    this.table.remove(node)
  }

  #lost(): void {
    this.#options.onLost(this.knownNodes())
    if (!this.isConnected) return
    this.isConnected = false
    this.events.emit('connection', false)
  }

  /** Everything that is due: dead nodes forgotten, others asked again, random requests, hole punching. */
  #keepUp(): void {
    const nowMs = this.#options.env.clock.now()
    if (nowMs - this.#dueMs > SLEPT_MS) this.#wake(nowMs)
    this.#budget = REQUESTS_AN_UPKEEP
    let nextMs = this.#keepUpNodes(nowMs)
    nextMs = Math.min(nextMs, this.#keepUpClose(nowMs))
    for (const search of this.searches) nextMs = Math.min(nextMs, this.#keepUpSearch(search, nowMs))
    if (this.isConnected && !this.#hasGoodNeighbour(nowMs)) this.#lost()
    this.#options.onUpkeep()
    const soonestMs = this.#budget <= 0 ? nowMs + BUSY_UPKEEP_MS : nowMs + FAST_REQUEST_INTERVAL_MS
    // Deadlines that are not urgent fall on one grid.
    const roundedMs = nextMs > nowMs + UPKEEP_GRID_MS ? Math.ceil(nextMs / UPKEEP_GRID_MS) * UPKEEP_GRID_MS : nextMs
    this.#dueMs = this.#budget <= 0 ? soonestMs : Math.max(soonestMs, roundedMs)
    if (this.#dueMs === Number.POSITIVE_INFINITY) this.#upkeep.clear()
    else this.#upkeep.set(this.#dueMs)
  }

  /** Forgets the dead; asks neighbours each minute. Backwards, since forgetting moves the last node into the gap. */
  #keepUpNodes(nowMs: Millis): Millis {
    let nextMs = Number.POSITIVE_INFINITY
    for (let slot = this.table.size - 1; slot >= 0; slot--) {
      const node = this.table.at(slot)
      for (const one of [node.v6, node.v4]) {
        if (one === undefined) continue
        if (isDead(one, nowMs)) {
          this.table.unlink(one.endpoint, node)
          node.dropAssociation(one.endpoint.family)
          continue
        }
        nextMs = Math.min(nextMs, one.seenMs + BAD_AFTER_MS > nowMs ? one.seenMs + BAD_AFTER_MS : nextMs)
        if (node.bucket < 0) continue
        if (one.askedMs + PING_INTERVAL_MS > nowMs) nextMs = Math.min(nextMs, one.askedMs + PING_INTERVAL_MS)
        else if (this.#budget-- > 0) this.#askClose(node, one, nowMs)
      }
      if (node.v4 === undefined && node.v6 === undefined) this.#forget(node)
    }
    return nextMs
  }

  #keepUpClose(nowMs: Millis): Millis {
    const intervalMs = this.#fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : RANDOM_REQUEST_INTERVAL_MS
    if (nowMs - this.#randomAskedMs < intervalMs) return this.#randomAskedMs + intervalMs
    const association = this.randomCloseNode(nowMs)
    if (association === undefined) return Number.POSITIVE_INFINITY
    this.#randomAskedMs = nowMs
    if (this.#fastLeft > 0) this.#fastLeft--
    const node = this.table.ofEndpoint(association.endpoint)
    if (node !== undefined && this.#budget-- > 0)
      this.#options.asker.ask(association.endpoint, node.publicKey, this.#options.ownPublicKey)
    return nowMs + (this.#fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : RANDOM_REQUEST_INTERVAL_MS)
  }

  #keepUpSearch(search: Search, nowMs: Millis): Millis {
    const { entries } = search
    if (entries.length < SEARCH_NODES_MAX ? this.table.size > entries.length : search.hasBad(nowMs)) {
      this.#fill(search, nowMs)
    }
    let nextMs = Number.POSITIVE_INFINITY
    for (const entry of entries) {
      if (entry.askedMs + PING_INTERVAL_MS > nowMs) nextMs = Math.min(nextMs, entry.askedMs + PING_INTERVAL_MS)
      else if (this.#budget-- > 0) this.#askAbout(search, entry, nowMs)
    }
    nextMs = Math.min(nextMs, this.#askRandomOf(search, nowMs))
    return this.#options.holePuncher === undefined
      ? nextMs
      : Math.min(nextMs, this.#options.holePuncher.upkeep(search, nowMs))
  }

  #askRandomOf(search: Search, nowMs: Millis): Millis {
    if (search.isFound(nowMs)) return Number.POSITIVE_INFINITY
    const intervalMs = search.fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : RANDOM_REQUEST_INTERVAL_MS
    if (nowMs - search.randomAskedMs < intervalMs) return search.randomAskedMs + intervalMs
    const good = search.entries.filter(({ node }) => node.isGood(nowMs))
    if (good.length === 0) return Number.POSITIVE_INFINITY
    if (this.#budget-- > 0) {
      const { node } = good[this.#options.env.random.uniform(good.length)]!
      this.#options.asker.ask(node.freshest(nowMs)!.endpoint, node.publicKey, search.publicKey)
      search.randomAskedMs = nowMs
      if (search.fastLeft > 0) search.fastLeft--
    }
    return nowMs + (search.fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : RANDOM_REQUEST_INTERVAL_MS)
  }

  #hasGoodNeighbour(nowMs: Millis): boolean {
    return this.randomCloseNode(nowMs) !== undefined
  }

  /** The machine slept: nobody is known to be good, and everybody is asked again at once. */
  #wake(nowMs: Millis): void {
    this.#options.env.log.log('info', 'dht', 'woken after a sleep: asking all nodes again')
    for (let slot = 0; slot < this.table.size; slot++) {
      const node = this.table.at(slot)
      for (const one of [node.v4, node.v6]) {
        if (one === undefined) continue
        one.seenMs = Math.max(one.seenMs, nowMs - BAD_AFTER_MS)
        one.askedMs = NEVER
      }
    }
    this.#fastLeft = FAST_REQUESTS
    for (const search of this.searches) {
      search.fastLeft = FAST_REQUESTS
      for (const entry of search.entries) entry.askedMs = NEVER
    }
    if (!this.#hasGoodNeighbour(nowMs)) this.#lost()
  }
}
