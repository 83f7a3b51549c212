// Looks for the nodes that store a friend's announcement. Spec: Onion.
// A temporary key seals all questions of one search, so that nodes cannot tell who asks, nor that two searches are one peer's.

import { type Millis, sameBytes } from '../base/index.js'
import type { EphemeralKeyPair, EphemeralPublicKey, EphemeralSecretKey, LongTermPublicKey } from '../crypto/keys.js'
import { type AnnounceAnswer, IsStored } from '../packet/onion/index.js'
import type { Answered, Asker } from './announce-exchange.js'
import { AnnounceList, type ListedNode, type Stored } from './announce-list.js'
import { Budget } from './budget.js'
import type { PathPool } from './paths.js'
import {
  COALESCE_MS,
  FRIEND_NODES,
  FRIEND_POPULATE_NODES,
  FRIEND_RATE,
  NODE_UNANSWERED_MAX,
  STARVED_MS,
  searchInterval,
} from './timing.js'
import { askNearer, askUnlisted, takeAnswer, type WalkParts } from './walk.js'

/** A node that stores the friend, and the key that seals data for it. */
export interface StoringNode {
  readonly node: ListedNode
  readonly dataPublicKey: EphemeralPublicKey
}

export class FriendSearch implements Asker {
  readonly list: AnnounceList
  /** Searches do not announce: zeros. */
  readonly dataPublicKey = NO_KEY
  readonly #budget: Budget
  #keyPair: EphemeralKeyPair | undefined
  #isClosed = false
  /** Whether a round was made since the (re)start: nobody waits for a first one behind others' third. */
  #isBegun = false
  /** When the search began, or the friend was last seen. */
  #seenMs: Millis
  /** When the next round is due. */
  roundMs: Millis

  constructor(
    private readonly parts: WalkParts,
    readonly paths: PathPool,
    friend: LongTermPublicKey,
    /** Of all friends together. */
    private readonly sharedBudget: Budget,
    /** A node says for the first time that it stores the friend, or names a new data key: the friend started anew. */
    private readonly onFound: (found: StoringNode) => void,
  ) {
    const nowMs = parts.env.clock.now()
    this.list = new AnnounceList(friend, FRIEND_NODES, parts.crypto)
    this.#budget = new Budget(parts.env.clock, FRIEND_RATE)
    this.#seenMs = nowMs
    this.roundMs = nowMs
  }

  /** Made when first needed: 1,400 key pairs at the start would take a tenth of a second. */
  get keyPair(): EphemeralKeyPair {
    return (this.#keyPair ??= this.parts.crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>())
  }

  /** How many intervals the next round is overdue: who waits longest by its own measure comes first. */
  urgency(nowMs: Millis): number {
    return (nowMs - this.roundMs) / (this.#isBegun ? this.#interval(nowMs) : searchInterval(0))
  }

  /** Nodes that answer and store the friend; none while too few of the answering nodes say so (as c-toxcore). */
  get storing(): readonly StoringNode[] {
    // Asked for every friend in every wake, and of most friends nothing is known.
    if (!this.list.nodes.some(({ stored }) => stored.kind === 'data-key')) return NO_NODES
    const answering = this.list.nodes.filter(({ unanswered }) => unanswered < NODE_UNANSWERED_MAX)
    const storing = answering.flatMap((node) =>
      node.stored.kind === 'data-key' ? [{ node, dataPublicKey: node.stored.dataPublicKey }] : [],
    )
    // One liar among many would learn who seeks whom.
    return storing.length >= Math.floor((answering.length - 1) / 4) + 1 ? storing : []
  }

  /** The friend was seen: the search is young again. */
  seen(): void {
    this.#seenMs = this.parts.env.clock.now()
    this.roundMs = Math.min(this.roundMs, this.#seenMs + this.#interval(this.#seenMs))
  }

  /** Seeks at once and as often as at the beginning. */
  restart(): void {
    this.#seenMs = this.parts.env.clock.now()
    this.roundMs = this.#seenMs
    this.#isBegun = false
  }

  /** Whether the next round may begin: somewhat early, so that several friends share a wake. */
  isDue(nowMs: Millis): boolean {
    return this.roundMs <= nowMs + Math.max(COALESCE_MS, this.#interval(nowMs) / 32)
  }

  /** Asks all listed nodes, and path nodes while few are listed. */
  round(): void {
    const nowMs = this.parts.env.clock.now()
    this.list.prune(nowMs)
    const isDone = this.#askListed() && this.#populate()
    // Who waits for the shared budget keeps its place: the longer it waits the more urgent it is.
    if (!isDone && this.sharedBudget.isSpent) return
    this.#isBegun = true
    this.roundMs = nowMs + (isDone ? this.#interval(nowMs) : STARVED_MS)
  }

  onAnswer(answer: AnnounceAnswer, answered: Answered): void {
    const { isStored, pingIdOrKey } = answer
    if (isStored === IsStored.ANNOUNCED) return
    const before = this.list.find(answered.asked.publicKey)?.stored
    const stored: Stored =
      isStored === IsStored.DATA_KEY
        ? { kind: 'data-key', dataPublicKey: pingIdOrKey as EphemeralPublicKey }
        : { kind: 'no' }
    const node = takeAnswer(this.parts, this, answered, stored, undefined)
    if (node !== undefined && stored.kind === 'data-key') {
      this.seen()
      const isKnown = before?.kind === 'data-key' && sameBytes(before.dataPublicKey, stored.dataPublicKey)
      if (!isKnown) this.onFound({ node, dataPublicKey: stored.dataPublicKey })
    }
    askNearer(this.parts, this, answer, answered, this.#mayAsk)
  }

  /** Forgets all and overwrites the keys. */
  close(): void {
    this.#isClosed = true
    this.parts.exchange.forget(this)
    this.list.clear()
    if (this.#keyPair !== undefined) this.parts.crypto.wipe(this.#keyPair.secretKey)
    this.#keyPair = undefined
  }

  readonly #mayAsk = (): boolean => !this.#isClosed && this.#budget.take() && this.sharedBudget.take()

  #askListed(): boolean {
    for (const node of [...this.list.nodes].sort((a, b) => a.askedMs - b.askedMs)) {
      const isAskedInThisRound = node.askedMs > this.roundMs
      if (node.unanswered >= NODE_UNANSWERED_MAX || isAskedInThisRound) continue
      if (!this.#mayAsk()) return false
      this.parts.exchange.askListed(this, node, true)
    }
    return true
  }

  #populate(): boolean {
    if (this.list.nodes.length > FRIEND_NODES / 2) return true
    let mayAsk = true
    const ask = (): boolean => (mayAsk = this.#mayAsk())
    for (const node of this.parts.nodes.nearest(this.list.key, FRIEND_POPULATE_NODES)) {
      askUnlisted(this.parts, this, node, ask)
    }
    return mayAsk
  }

  #interval(nowMs: Millis): Millis {
    return searchInterval(nowMs - this.#seenMs)
  }
}

const NO_NODES: readonly StoringNode[] = []
const NO_KEY = new Uint8Array(32) as EphemeralPublicKey
