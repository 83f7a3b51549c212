// Announces us to the nodes nearest to our long-term key, so that friends find a way to us. Spec: Onion.
// A node stores us when we return the ping id that it gave us for the path; that happens in the turn in which it arrives.

import { type Millis, sameBytes } from '../base/index.js'
import type { EphemeralPublicKey, LongTermKeyPair } from '../crypto/keys.js'
import type { NodeInfo } from '../packet/node-info.js'
import { type AnnounceAnswer, IsStored } from '../packet/onion/index.js'
import type { Answered, Asker } from './announce-exchange.js'
import { AnnounceList, type ListedNode, type Stored } from './announce-list.js'
import { Budget } from './budget.js'
import type { PathPool } from './paths.js'
import {
  ANNOUNCE_INTERVAL_MS,
  ANNOUNCE_KEEPALIVE_MS,
  ANNOUNCE_NODES,
  ANNOUNCE_RATE,
  ANNOUNCE_RETRY_MS,
  ANNOUNCE_RETRY_YOUNG_MS,
  ANNOUNCE_STABLE_MS,
  COALESCE_MS,
  NODE_TIMEOUT_MS,
  NODE_UNANSWERED_MAX,
  OFFLINE_AFTER_MS,
  PATH_TIMEOUT_MS,
  POPULATE_EMPTY_MS,
  POPULATE_FEW_MS,
  POPULATE_IDLE_MS,
  POPULATE_MS,
  POPULATE_NODES,
  STABLE_AFTER_MS,
  YOUNG_MS,
} from './timing.js'
import { askNearer, askUnlisted, takeAnswer, type WalkParts } from './walk.js'

export class Announcer implements Asker {
  readonly list: AnnounceList
  readonly #budget: Budget
  #populateMs: Millis = 0
  #askedMs: Millis
  #answeredMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly parts: WalkParts,
    readonly paths: PathPool,
    readonly keyPair: LongTermKeyPair,
    /** Others seal data for us with this key of this run. */
    readonly dataPublicKey: EphemeralPublicKey,
    /** Called after each answer; `isFirst` after none came for long. */
    private readonly onAnswered: (isFirst: boolean) => void,
  ) {
    const { clock } = parts.env
    this.list = new AnnounceList(keyPair.publicKey, ANNOUNCE_NODES, parts.crypto)
    this.#askedMs = clock.now()
    this.#budget = new Budget(clock, ANNOUNCE_RATE)
  }

  /** Whether the onion works for us: an answer came lately. */
  get isAnswered(): boolean {
    return this.parts.env.clock.now() - this.#answeredMs < OFFLINE_AFTER_MS
  }

  /** Whether enough of the nodes that we should be announced to store us, and answers come (c-toxcore: onion_isconnected). */
  get isAnnounced(): boolean {
    if (!this.isAnswered) return false
    const listed = this.list.nodes.length
    const stored = this.list.nodes.filter((node) => node.stored.kind !== 'no').length
    const known = Math.min(this.parts.nodes.size, ANNOUNCE_NODES)
    return stored > 0 && stored >= Math.floor(listed / 2) && listed >= Math.floor(known / 2)
  }

  /** A node became known: asked at once while the list has room. */
  tryNode(node: NodeInfo): boolean {
    return askUnlisted(this.parts, this, node, this.#mayAsk)
  }

  /** Starts anew after a long sleep: old nodes are asked again at once, by new paths. */
  restart(): void {
    const nodes = this.list.clear()
    this.#populateMs = 0
    for (const node of nodes) this.tryNode(node)
  }

  /** Does what is due; returns when to come again. */
  tick(): Millis {
    const nowMs = this.parts.env.clock.now()
    this.list.prune(nowMs)
    let next = this.#populate(nowMs)
    for (const node of [...this.list.nodes]) {
      if (node.unanswered >= NODE_UNANSWERED_MAX) {
        next = Math.min(next, node.askedMs + NODE_TIMEOUT_MS)
        continue
      }
      if (this.#dueMs(node, nowMs) <= nowMs + COALESCE_MS) this.#ask(node, nowMs)
      next = Math.min(next, this.#dueMs(node, nowMs))
    }
    return Math.min(next, this.#keepAlive(nowMs))
  }

  onAnswer(answer: AnnounceAnswer, answered: Answered): void {
    const { isStored, pingIdOrKey } = answer
    const isFirst = !this.isAnswered
    this.#answeredMs = this.parts.env.clock.now()
    const isUs = isStored === IsStored.ANNOUNCED || (isStored === IsStored.DATA_KEY && this.#isOurs(pingIdOrKey))
    const stored: Stored = { kind: isUs ? 'announced' : 'no' }
    const pingId = isStored === IsStored.DATA_KEY ? undefined : pingIdOrKey
    const node = takeAnswer(this.parts, this, answered, stored, pingId)
    // The first answer brings the ping id; with it, by the same path, we are stored.
    if (node !== undefined && pingId !== undefined && !answered.withPingId) this.#ask(node, this.#answeredMs)
    askNearer(this.parts, this, answer, answered, this.#mayAsk)
    this.onAnswered(isFirst)
  }

  readonly #mayAsk = (): boolean => this.#budget.take()

  #isOurs(dataKey: Uint8Array): boolean {
    return sameBytes(dataKey, this.dataPublicKey)
  }

  #ask(node: ListedNode, nowMs: Millis): void {
    if (!this.#mayAsk()) return
    // A node that was good for long gets its last chance by another path: perhaps the path is what fails.
    const lastChance = node.unanswered === NODE_UNANSWERED_MAX - 1 && nowMs - node.addedMs >= STABLE_AFTER_MS
    if (this.parts.exchange.askListed(this, node, lastChance)) this.#askedMs = nowMs
  }

  #dueMs(node: ListedNode, nowMs: Millis): Millis {
    return node.askedMs + this.#interval(node, nowMs)
  }

  #interval(node: ListedNode, nowMs: Millis): Millis {
    const path = this.paths.alive(node.pathId)
    if (node.stored.kind === 'no' || path === undefined) {
      return nowMs - node.addedMs < YOUNG_MS ? ANNOUNCE_RETRY_YOUNG_MS : ANNOUNCE_RETRY_MS
    }
    const isStable =
      nowMs - node.addedMs >= STABLE_AFTER_MS &&
      nowMs - path.createdMs >= STABLE_AFTER_MS &&
      !(node.unanswered > 0 && nowMs - node.askedMs >= NODE_TIMEOUT_MS) &&
      !(path.unanswered > 0 && nowMs - path.usedMs >= PATH_TIMEOUT_MS)
    if (isStable) return ANNOUNCE_STABLE_MS
    return ANNOUNCE_INTERVAL_MS
  }

  #keepAlive(nowMs: Millis): Millis {
    if (nowMs + COALESCE_MS >= this.#askedMs + ANNOUNCE_KEEPALIVE_MS) {
      const waiting = this.list.nodes.filter(({ unanswered }) => unanswered < NODE_UNANSWERED_MAX)
      const longest = waiting.sort((a, b) => a.askedMs - b.askedMs)[0]
      if (longest !== undefined) this.#ask(longest, nowMs)
      else return nowMs + ANNOUNCE_KEEPALIVE_MS
    }
    return Math.max(this.#askedMs + ANNOUNCE_KEEPALIVE_MS, nowMs + COALESCE_MS)
  }

  /** Asks path nodes while the list is less than half full, and now and then while it is not full. */
  #populate(nowMs: Millis): Millis {
    const listed = this.list.nodes.length
    if (listed >= ANNOUNCE_NODES) return Number.POSITIVE_INFINITY
    if (nowMs + COALESCE_MS < this.#populateMs) return this.#populateMs
    const asked = this.parts.nodes.some(POPULATE_NODES).filter((node) => this.tryNode(node)).length
    // In a small network every node is listed, and the list is never full: then there is no hurry.
    const few = asked > 0 ? POPULATE_FEW_MS : POPULATE_IDLE_MS
    const interval = listed > ANNOUNCE_NODES / 2 ? POPULATE_MS : listed > 0 ? few : POPULATE_EMPTY_MS
    this.#populateMs = nowMs + interval
    return this.#populateMs
  }
}
