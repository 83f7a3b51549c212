// Keeps the lists alive: forgets the dead, asks the others again, sends the random requests, punches holes. One deadline
// serves all of them, on a coarse grid, so that an idle node wakes about once a second at most.

import type { Deadline, Env, Millis } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { Asker } from './asker.js'
import type { HolePuncher } from './hole-punching.js'
import type { Neighbourhood } from './neighbourhood.js'
import { isDead } from './node.js'
import { SEARCH_NODES_MAX, type Search } from './search.js'
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
const NEVER = Number.NEGATIVE_INFINITY
const NOTHING_DUE = Number.POSITIVE_INFINITY

export interface UpkeepOptions {
  readonly env: Env
  readonly asker: Asker
  readonly ownPublicKey: DhtPublicKey
  readonly holePuncher: HolePuncher | undefined
  readonly lists: Neighbourhood
  /** The lists have been looked through. */
  readonly onDone: () => void
}

export class Upkeep {
  readonly #options: UpkeepOptions
  readonly #deadline: Deadline
  #dueMs: Millis = NOTHING_DUE
  #randomAskedMs: Millis = NEVER
  #fastLeft = FAST_REQUESTS
  #budget = 0

  constructor(options: UpkeepOptions) {
    this.#options = options
    this.#deadline = options.env.deadlines.create('dht upkeep', () => this.#run())
  }

  /** The lists have changed: looks through them soon. */
  soon(): void {
    const nowMs = this.#options.env.clock.now()
    this.#wakeBy(nowMs + (this.#fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : UPKEEP_GRID_MS))
  }

  /** As `soon`, where a new search wants its quick requests. */
  verySoon(): void {
    this.#wakeBy(this.#options.env.clock.now() + FAST_REQUEST_INTERVAL_MS)
  }

  /** What `search` seeks is lost: asks for it at once. */
  refresh(search: Search): void {
    const nowMs = this.#options.env.clock.now()
    search.forgetFound(nowMs)
    this.#wakeBy(nowMs)
  }

  /** Our address has changed, or the machine slept: asks everybody again, those who know what we seek first. */
  restart(): void {
    const nowMs = this.#options.env.clock.now()
    this.#wakeUp(nowMs)
    for (const search of this.#options.lists.searches) search.forgetFound(nowMs)
    this.#wakeBy(nowMs)
  }

  stop(): void {
    this.#deadline.clear()
  }

  #wakeBy(atMs: Millis): void {
    if (atMs >= this.#dueMs) return
    this.#dueMs = atMs
    this.#deadline.set(atMs)
  }

  #run(): void {
    const { env, lists, onDone } = this.#options
    const nowMs = env.clock.now()
    if (nowMs - this.#dueMs > SLEPT_MS) {
      env.log.log('info', 'dht', 'woken after a sleep: asking all nodes again')
      this.#wakeUp(nowMs)
    }
    this.#budget = REQUESTS_AN_UPKEEP
    let nextMs = Number.POSITIVE_INFINITY
    // First of all: somebody is missed.
    for (const search of lists.searches) nextMs = Math.min(nextMs, this.#search(search, nowMs))
    nextMs = Math.min(nextMs, this.#nodes(nowMs), this.#random(nowMs))
    if (lists.isConnected && lists.randomCloseNode(nowMs) === undefined) lists.lost()
    onDone()
    this.#plan(nextMs, nowMs)
  }

  /** What is not urgent falls on one grid. */
  #plan(nextMs: Millis, nowMs: Millis): void {
    const roundedMs = nextMs > nowMs + UPKEEP_GRID_MS ? Math.ceil(nextMs / UPKEEP_GRID_MS) * UPKEEP_GRID_MS : nextMs
    this.#dueMs = this.#budget < 0 ? nowMs + BUSY_UPKEEP_MS : Math.max(nowMs + FAST_REQUEST_INTERVAL_MS, roundedMs)
    if (this.#dueMs === NOTHING_DUE) this.#deadline.clear()
    else this.#deadline.set(this.#dueMs)
  }

  /** Whether one more request may leave in this upkeep. */
  #mayAsk(): boolean {
    return this.#budget-- > 0
  }

  /** Forgets the dead; asks neighbours each minute. Backwards, since forgetting moves the last node into the gap. */
  #nodes(nowMs: Millis): Millis {
    const { lists } = this.#options
    const { table } = lists
    let nextMs = NOTHING_DUE
    for (let slot = table.size - 1; slot >= 0; slot--) {
      const node = table.at(slot)
      for (const one of [node.v6, node.v4]) {
        if (one === undefined) continue
        if (isDead(one, nowMs)) {
          table.unlink(one.endpoint, node)
          node.dropAssociation(one.endpoint.family)
          continue
        }
        const isBadMs = one.seenMs + BAD_AFTER_MS
        nextMs = Math.min(nextMs, isBadMs > nowMs ? isBadMs : isBadMs + PING_INTERVAL_MS)
        if (node.bucket < 0) continue
        if (one.askedMs + PING_INTERVAL_MS <= nowMs && this.#mayAsk()) lists.askClose(node, one, nowMs)
        nextMs = Math.min(nextMs, one.askedMs + PING_INTERVAL_MS)
      }
      if (node.v4 === undefined && node.v6 === undefined) lists.forget(node)
    }
    return nextMs
  }

  /** Now and then a random neighbour is asked who is near us. */
  #random(nowMs: Millis): Millis {
    const { asker, lists, ownPublicKey } = this.#options
    const dueMs = this.#randomAskedMs + requestInterval(this.#fastLeft)
    if (dueMs > nowMs) return dueMs
    const association = lists.randomCloseNode(nowMs)
    const node = association === undefined ? undefined : lists.table.ofEndpoint(association.endpoint)
    if (association === undefined || node === undefined) return NOTHING_DUE
    if (!this.#mayAsk()) return nowMs
    asker.ask(association.endpoint, node.publicKey, ownPublicKey)
    this.#randomAskedMs = nowMs
    if (this.#fastLeft > 0) this.#fastLeft--
    return nowMs + requestInterval(this.#fastLeft)
  }

  #search(search: Search, nowMs: Millis): Millis {
    const { holePuncher, lists } = this.#options
    const { entries } = search
    if (entries.length < SEARCH_NODES_MAX ? lists.table.size > entries.length : search.hasBad(nowMs)) {
      lists.fill(search, nowMs)
    }
    let nextMs = this.#randomOf(search, nowMs)
    for (const entry of entries) {
      if (entry.askedMs + PING_INTERVAL_MS <= nowMs && this.#mayAsk()) lists.askAbout(search, entry, nowMs)
      nextMs = Math.min(nextMs, entry.askedMs + PING_INTERVAL_MS)
    }
    return holePuncher === undefined ? nextMs : Math.min(nextMs, holePuncher.upkeep(search, nowMs))
  }

  /** Until the sought node is found, a random node near it is asked for it. */
  #randomOf(search: Search, nowMs: Millis): Millis {
    if (search.isFound(nowMs)) return NOTHING_DUE
    const dueMs = search.randomAskedMs + requestInterval(search.fastLeft)
    if (dueMs > nowMs) return dueMs
    const good = search.entries.filter(({ node }) => node.isGood(nowMs))
    if (good.length === 0) return NOTHING_DUE
    if (!this.#mayAsk()) return nowMs
    const { node } = good[this.#options.env.random.uniform(good.length)]!
    this.#options.asker.ask(node.freshest(nowMs)!.endpoint, node.publicKey, search.publicKey)
    search.randomAskedMs = nowMs
    if (search.fastLeft > 0) search.fastLeft--
    return nowMs + requestInterval(search.fastLeft)
  }

  /** The machine slept, or moved: nobody is forgotten yet, and everybody is asked again at once. */
  #wakeUp(nowMs: Millis): void {
    const { lists } = this.#options
    for (let slot = 0; slot < lists.table.size; slot++) {
      const node = lists.table.at(slot)
      for (const one of [node.v4, node.v6]) {
        if (one === undefined) continue
        one.seenMs = Math.max(one.seenMs, nowMs - BAD_AFTER_MS)
        one.askedMs = NEVER
      }
    }
    this.#fastLeft = FAST_REQUESTS
    for (const search of lists.searches) {
      search.fastLeft = FAST_REQUESTS
      for (const entry of search.entries) entry.askedMs = NEVER
    }
    if (lists.randomCloseNode(nowMs) === undefined) lists.lost()
  }
}

function requestInterval(fastLeft: number): Millis {
  return fastLeft > 0 ? FAST_REQUEST_INTERVAL_MS : RANDOM_REQUEST_INTERVAL_MS
}
