// One entry of the friend list.

import type { Millis } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { FriendConnection } from '../friend/index.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import type { ConnectionStatus } from './events.js'
import type { Intake } from './intake.js'
import type { Outbox } from './outbox.js'
import { Receipts } from './receipts.js'

/**
 * Added: a request is to be sent. Requested: it was. Confirmed: known to be wanted by both, or added without a request, now
 * offline. Online: they told us so. Deleted: no entry any more, for those who still hold it.
 */
export type FriendState = 'added' | 'requested' | 'confirmed' | 'online' | 'deleted'

/** What we ask a friend with, until they answer. */
export interface PendingRequest {
  /** Of the Tox ID that the user gave. */
  nospam: Uint8Array
  readonly message: Uint8Array
  /** How long a request that was sent may go unanswered before the next one. */
  retryMs: Millis
  /** When to do something about it. */
  dueMs: Millis
  readonly addedMs: Millis
}

/** What we have yet to tell a friend about ourselves, as bits; sent in this order. */
export const Untold = { NAME: 1, STATUS_MESSAGE: 2, STATUS: 4, TYPING: 8, ALL: 15 } as const

/** What the user may see of a friend. */
export interface FriendView {
  readonly number: number
  readonly publicKey: LongTermPublicKey
  readonly state: FriendState
  /** Never written to: a new name is a new array. */
  readonly name: Uint8Array
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
  /** Whether they write to us now. */
  readonly isTyping: boolean
  readonly connectionStatus: ConnectionStatus
  /** Seconds since 1970, 0 when never seen; while the friend is online, the moment of their coming. */
  readonly lastSeenUnix: number
}

export class Friend implements FriendView {
  name: Uint8Array = EMPTY
  statusMessage: Uint8Array = EMPTY
  status: UserStatus = 'none'
  isTyping = false
  connectionStatus: ConnectionStatus = 'none'
  lastSeenUnix = 0
  /** While added or requested. */
  request: PendingRequest | undefined
  /** Whether we write to them now. */
  typingTold = false
  untold = 0
  /** Ids of sent messages count from 1, by friend. */
  lastMessageId: number
  readonly receipts = new Receipts()
  /** Only where messages are acknowledged by somebody's word. */
  intake: Intake | undefined

  constructor(
    readonly number: number,
    readonly publicKey: LongTermPublicKey,
    readonly connection: FriendConnection,
    readonly outbox: Outbox,
    public state: FriendState,
  ) {
    this.lastMessageId = outbox.lastMessageId
  }

  /** The id of the next message: uint32, never 0. */
  nextMessageId(): number {
    this.lastMessageId = (this.lastMessageId + 1) >>> 0 || 1
    return this.lastMessageId
  }
}

const EMPTY = new Uint8Array(0)
