// A node that has answered us, with its IPv4 and IPv6 address. One object serves the close list and every search that holds it.

import { bytesKey, type Endpoint, type Millis } from '../base/index.js'
import { encode } from '../codec/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { nodeInfo } from '../packet/node-info.js'
import { headOf } from './distance.js'
import type { Search } from './search.js'
import { BAD_AFTER_MS, DEAD_AFTER_MS } from './timing.js'

/** One address of a node. */
export interface Association {
  readonly endpoint: Endpoint
  readonly isLan: boolean
  /** This address and the node's key as a nodes response holds them. */
  readonly packed: Uint8Array
  /** When the node last answered from there. */
  seenMs: Millis
  /** When it was last asked there for our own sake (close list). */
  askedMs: Millis
}

export class DhtNode {
  readonly publicKey: DhtPublicKey
  readonly head: number
  v4: Association | undefined
  v6: Association | undefined
  /** Place in the node table, -1 outside. */
  slot = -1
  /** The k-bucket that holds it, -1 for none. */
  bucket = -1
  /** The searches that hold it. */
  readonly searches: Search[] = []

  constructor(
    publicKey: DhtPublicKey,
    /** `bytesKey(publicKey)`. */
    readonly key: string = bytesKey(publicKey),
  ) {
    this.publicKey = publicKey.slice() as DhtPublicKey
    this.head = headOf(publicKey)
  }

  /** Whether any list holds it. */
  get isHeld(): boolean {
    return this.bucket >= 0 || this.searches.length > 0
  }

  association(family: 4 | 6): Association | undefined {
    return family === 4 ? this.v4 : this.v6
  }

  /** The address that answered last, if that is recent enough to be trusted. LAN addresses on wish only. */
  freshest(nowMs: Millis, lanAllowed = true): Association | undefined {
    const { v4, v6 } = this
    const good4 = v4 !== undefined && isGood(v4, nowMs) && (lanAllowed || !v4.isLan)
    const good6 = v6 !== undefined && isGood(v6, nowMs) && (lanAllowed || !v6.isLan)
    if (good4 && good6) return v4!.seenMs >= v6!.seenMs ? v4 : v6
    if (good4) return v4
    return good6 ? v6 : undefined
  }

  /** The addresses that answered recently, the one that did last first. */
  goodAssociations(nowMs: Millis): Association[] {
    const first = this.freshest(nowMs)
    const second = first === this.v4 ? this.v6 : this.v4
    if (first === undefined) return []
    return second !== undefined && isGood(second, nowMs) ? [first, second] : [first]
  }

  isGood(nowMs: Millis): boolean {
    return (this.v4 !== undefined && isGood(this.v4, nowMs)) || (this.v6 !== undefined && isGood(this.v6, nowMs))
  }

  /** Whether it answered recently from this address. */
  isGoodAt(endpoint: Endpoint, nowMs: Millis): boolean {
    const association = this.association(endpoint.family)
    return association?.endpoint.equals(endpoint) === true && isGood(association, nowMs)
  }

  /** Notes an answer from `endpoint`; true when that address is news: first seen, changed, or good again. */
  answeredFrom(endpoint: Endpoint, nowMs: Millis): boolean {
    const known = this.association(endpoint.family)
    if (known?.endpoint.key === endpoint.key) {
      const wasBad = !isGood(known, nowMs)
      known.seenMs = nowMs
      return wasBad
    }
    const isLan = endpoint.isLan
    // A public address that works is not given up for one that only works next door.
    if (known !== undefined && isLan && !known.isLan && isGood(known, nowMs)) return false
    const packed = encode(nodeInfo, { endpoint, publicKey: this.publicKey })
    const fresh = { endpoint, isLan, packed, seenMs: nowMs, askedMs: Number.NEGATIVE_INFINITY }
    if (endpoint.family === 4) this.v4 = fresh
    else this.v6 = fresh
    return true
  }

  dropAssociation(family: 4 | 6): void {
    if (family === 4) this.v4 = undefined
    else this.v6 = undefined
  }
}

export function isGood(association: Association, nowMs: Millis): boolean {
  return association.seenMs + BAD_AFTER_MS > nowMs
}

export function isDead(association: Association, nowMs: Millis): boolean {
  return association.seenMs + DEAD_AFTER_MS <= nowMs
}
