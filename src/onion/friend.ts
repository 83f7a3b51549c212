// What the onion knows about one friend.

import type { Millis } from '../base/index.js'
import type { DhtPublicKey, LongTermKeyPair, LongTermPublicKey, SharedKey } from '../crypto/keys.js'
import type { Budget } from './budget.js'
import { FriendSearch, type StoringNode } from './friend-search.js'
import type { PathPool } from './paths.js'
import {
  COALESCE_MS,
  DHT_KEY_BY_DHT_MS,
  DHT_KEY_BY_ONION_MS,
  DHT_KEY_FIRST_REPEAT_MS,
  TELL_RETRY_MS,
} from './timing.js'
import type { WalkParts } from './walk.js'

/** A friend as the modules above see it. */
export interface OnionFriend {
  readonly publicKey: LongTermPublicKey
  /** The friend's DHT key of its present run, as far as known. */
  readonly dhtPublicKey: DhtPublicKey | undefined
  readonly isOnline: boolean
  /** While online, nothing is sought or sent; when a friend goes offline, the search starts anew at once. */
  setOnline(isOnline: boolean): void
  /** The DHT key was learned in another way (a handshake, a group). */
  setDhtPublicKey(key: DhtPublicKey): void
  /** Nodes that store the friend's announcement now: messages to it can leave. */
  readonly isReachable: boolean
  /** Stops seeking; the handle is dead afterwards. */
  remove(): void
}

export interface FriendParts {
  readonly walk: WalkParts
  readonly paths: PathPool
  readonly keyPair: LongTermKeyPair
  readonly budget: Budget
  onFound(friend: Friend, found: StoringNode): void
  /** Something is due sooner. */
  onHurry(): void
  onRemove(friend: Friend): void
}

/** @internal The whole of it, for the onion's own files. */
export class Friend implements OnionFriend {
  readonly search: FriendSearch
  dhtPublicKey: DhtPublicKey | undefined
  isOnline = false
  isRemoved = false
  /** The greatest number that the friend has sent: what comes again is dropped. */
  noReplay = 0n
  readonly toldByOnion = new Told(DHT_KEY_BY_ONION_MS)
  readonly toldByDht = new Told(DHT_KEY_BY_DHT_MS)
  #sharedKey: SharedKey | undefined

  constructor(
    private readonly parts: FriendParts,
    readonly publicKey: LongTermPublicKey,
    /** Seconds since 1970; the most recently seen come first when not all can be sought at once. */
    readonly lastSeenUnix: number,
  ) {
    const { walk, paths, budget } = parts
    this.search = new FriendSearch(walk, paths, publicKey, budget, (found) => parts.onFound(this, found))
  }

  get isReachable(): boolean {
    return this.search.storing.length > 0
  }

  /** The box key of both long-term keys; `undefined` for an impossible key. */
  get sharedKey(): SharedKey | undefined {
    this.#sharedKey ??= this.parts.walk.crypto.sharedKey(this.publicKey, this.parts.keyPair.secretKey)
    return this.#sharedKey
  }

  setOnline(isOnline: boolean): void {
    if (this.isRemoved || this.isOnline === isOnline) return
    this.isOnline = isOnline
    if (isOnline) return
    // A friend whose clock was set back must be heard again (as c-toxcore).
    this.noReplay = 0n
    this.restart()
    this.parts.onHurry()
  }

  setDhtPublicKey(key: DhtPublicKey): void {
    this.dhtPublicKey = key
    this.search.seen()
  }

  /** Seeks and tells as at the beginning. */
  restart(): void {
    this.search.restart()
    this.toldByOnion.reset()
    this.toldByDht.reset()
  }

  remove(): void {
    if (this.isRemoved) return
    this.isRemoved = true
    this.close()
    this.parts.onRemove(this)
  }

  /** Overwrites the keys. */
  close(): void {
    this.search.close()
    if (this.#sharedKey !== undefined) this.parts.walk.crypto.wipe(this.#sharedKey)
    this.#sharedKey = undefined
  }
}

/**
 * How often and when something was told. Tellings through several nodes in one burst are one round: a burst may be lost as a
 * whole, so the rounds that follow come soon and then ever more slowly.
 */
class Told {
  /** Tellings that left. */
  times = 0
  #rounds = 0
  #roundMs: Millis = Number.NEGATIVE_INFINITY
  #failures = 0
  #failedMs: Millis = Number.NEGATIVE_INFINITY

  constructor(private readonly intervalMs: Millis) {}

  /** It was told now, or could not be, because there is no way yet. */
  at(nowMs: Millis, isSent: boolean): void {
    if (!isSent) {
      this.#failures++
      this.#failedMs = nowMs
      return
    }
    this.times++
    this.#failures = 0
    if (this.dueMs > nowMs + COALESCE_MS) return
    this.#rounds++
    this.#roundMs = nowMs
  }

  /** When the next round is due. */
  get dueMs(): Millis {
    const { intervalMs } = this
    if (this.#failures > 0) {
      return this.#failedMs + Math.min(intervalMs, TELL_RETRY_MS * 2 ** (this.#failures - 1))
    }
    return this.#roundMs + Math.min(intervalMs, DHT_KEY_FIRST_REPEAT_MS * 2 ** (this.#rounds - 1))
  }

  reset(): void {
    this.times = 0
    this.#rounds = 0
    this.#roundMs = Number.NEGATIVE_INFINITY
    this.#failures = 0
  }
}
