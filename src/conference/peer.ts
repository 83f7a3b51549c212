// One who is in a conference, or was.

import { type Millis, TokenBucket } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/keys.js'
import { ringPosition } from './ring.js'
import { SeenLossy } from './seen-lossy.js'
import { SeenMessages } from './seen-messages.js'

/** Names and titles that a peer may give in one go, and how often then: people cannot, and every one is an event. */
const CHANGES_BURST = 16
const CHANGE_EVERY_MS = 1_000

export class Peer {
  name: Uint8Array = EMPTY
  /** Whether they told their name themselves: what others say of it then no longer counts. */
  hasToldName = false
  /** Whether the DHT key was learned since we last lost sight of them. */
  isDhtKeyFresh = true
  isFrozen = false
  /** The place in the list of the present, or of the frozen. */
  index = -1
  lastActiveMs: Millis = 0
  /** In seconds since 1970. */
  lastActiveUnix = 0
  readonly ringPosition: bigint
  readonly seen = new SeenMessages()
  #seenLossy: SeenLossy | undefined
  #changes: TokenBucket | undefined

  constructor(
    readonly number: number,
    readonly publicKey: LongTermPublicKey,
    public dhtPublicKey: DhtPublicKey,
  ) {
    this.ringPosition = ringPosition(publicKey)
  }

  get seenLossy(): SeenLossy {
    this.#seenLossy ??= new SeenLossy()
    return this.#seenLossy
  }

  /** Whether they may change a name or title once more now. */
  mayChange(nowMs: Millis): boolean {
    this.#changes ??= new TokenBucket(CHANGES_BURST, CHANGE_EVERY_MS, nowMs)
    return this.#changes.take(nowMs)
  }
}

const EMPTY = new Uint8Array(0)
