// The links of one conference: friend connections to a few of its peers, over which everything is said. Spec: Group.
// A link is kept as long as there is a reason for it, and works once both ends have sent their online packet.

import { type Millis, TokenBucket } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/keys.js'
import type { FriendConnection, FriendConnections } from '../friend/index.js'
import { readdress } from '../packet/conference/index.js'

/** Links of one conference, as in c-toxcore. One more pushes out one that is no neighbour's, best one that does not work. */
export const LINKS_MAX = 16

/** Why a link is kept, as bits. */
export const LinkReason = {
  /** They are one of our neighbours on the ring. */
  NEIGHBOUR: 1,
  /** We let them in, and others do not hear of them without us. */
  INTRODUCING: 2,
  /** They let us in. */
  INTRODUCER: 4,
} as const
export type LinkReason = (typeof LinkReason)[keyof typeof LinkReason]

/** Peer queries in one go, and how often then: an answer may be 4,096 peers long, and who got one gains nothing by the next. */
const QUERIES_BURST = 8
const QUERY_EVERY_MS = 1_000

export class Link {
  reasons = 0
  /** Whether they have told us where to write to: `theirNumber`. */
  isOnline = false
  /** When we last told them again that we are online. */
  repeatedMs: Millis = Number.NEGATIVE_INFINITY
  /** When they last said something of their own over it. */
  heardMs: Millis = Number.NEGATIVE_INFINITY
  /** The conference's number at their end. */
  theirNumber = 0
  /** Their queries that we still answer, and ours that we still ask. */
  readonly answers: TokenBucket
  readonly queries: TokenBucket

  constructor(
    readonly connection: FriendConnection,
    nowMs: Millis,
  ) {
    this.answers = new TokenBucket(QUERIES_BURST, QUERY_EVERY_MS, nowMs)
    this.queries = new TokenBucket(QUERIES_BURST, QUERY_EVERY_MS, nowMs)
  }

  has(reason: LinkReason): boolean {
    return (this.reasons & reason) !== 0
  }

  /** Sends a packet whose bytes 1 and 2 are the conference's number at the other end; whether it is on its way. */
  send(packet: Uint8Array): boolean {
    readdress(packet, this.theirNumber)
    return this.connection.sendLossless(packet) !== undefined
  }
}

export class Links {
  /** In the order in which they were made. */
  readonly #links = new Map<FriendConnection, Link>()
  readonly #connections: FriendConnections
  readonly #now: () => Millis

  constructor(connections: FriendConnections, now: () => Millis) {
    this.#connections = connections
    this.#now = now
  }

  get size(): number {
    return this.#links.size
  }

  /** How many work. */
  get onlineCount(): number {
    let count = 0
    for (const { isOnline } of this.#links.values()) if (isOnline) count++
    return count
  }

  of(connection: FriendConnection): Link | undefined {
    return this.#links.get(connection)
  }

  ofKey(publicKey: LongTermPublicKey): Link | undefined {
    const connection = this.#connections.get(publicKey)
    return connection && this.#links.get(connection)
  }

  /** All of them, or those with `reason`; the array is the caller's. */
  list(reason?: LinkReason): Link[] {
    const all = [...this.#links.values()]
    return reason === undefined ? all : all.filter((link) => link.has(reason))
  }

  /** The link with the owner of `publicKey`, made if there is none. `dhtPublicKey` helps to find somebody who is no friend. */
  keep(publicKey: LongTermPublicKey, reason: LinkReason, dhtPublicKey?: DhtPublicKey): Link {
    let link = this.ofKey(publicKey)
    if (link === undefined) {
      this.#makeRoom()
      const isNew = this.#connections.get(publicKey) === undefined
      const connection = this.#connections.open(publicKey)
      if (isNew && dhtPublicKey !== undefined) connection.suggestDhtKey(dhtPublicKey)
      link = new Link(connection, this.#now())
      this.#links.set(connection, link)
    }
    link.reasons |= reason
    return link
  }

  /** Takes a reason away; without any left the link ends. */
  release(link: Link, reason: LinkReason): void {
    link.reasons &= ~reason
    if (link.reasons === 0) this.end(link)
  }

  /** Ends a link; a session that nobody else needs ends with it. */
  end(link: Link): void {
    if (this.#links.delete(link.connection)) this.#connections.release(link.connection)
  }

  /** Hands out all links and forgets them; whoever takes them has to release their connections. */
  takeAll(): Link[] {
    const all = this.list()
    this.#links.clear()
    return all
  }

  /** Sends a packet over all links that work, but for `except`: over how many. */
  sendToAll(packet: Uint8Array, except?: Link): number {
    let sent = 0
    for (const link of this.#links.values()) if (link.isOnline && link !== except && link.send(packet)) sent++
    return sent
  }

  #makeRoom(): void {
    if (this.#links.size < LINKS_MAX) return
    const others = this.list().filter((link) => !link.has(LinkReason.NEIGHBOUR))
    const victim = others.find(({ isOnline }) => !isOnline) ?? others[0]
    if (victim !== undefined) this.end(victim)
  }
}
