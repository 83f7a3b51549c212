// What the savedata keeps of the friend list, and how a friend list is made of it again. Spec: State Format, Friends.

import type { LongTermPublicKey } from '../crypto/keys.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import type { Friend, FriendState } from './friend.js'

export interface FriendSnapshot {
  readonly publicKey: LongTermPublicKey
  readonly state: Exclude<FriendState, 'deleted'>
  /** While added or requested: what we ask with, else empty. */
  readonly nospam: Uint8Array
  readonly requestMessage: Uint8Array
  readonly name: Uint8Array
  readonly statusMessage: Uint8Array
  readonly status: UserStatus
  readonly lastSeenUnix: number
  /** How long the last request is given; the `.tox` file has no place for it, a loaded request begins anew. */
  readonly requestRetryMs: number
}

/** A friend as saved; `unixSeconds` is now: an online friend is seen now. */
export function snapshotOf(friend: Friend, unixSeconds: number): FriendSnapshot {
  return {
    publicKey: friend.publicKey,
    state: friend.state === 'deleted' ? 'confirmed' : friend.state,
    nospam: friend.request?.nospam ?? new Uint8Array(4),
    requestMessage: friend.request?.message ?? new Uint8Array(0),
    name: friend.name,
    statusMessage: friend.statusMessage,
    status: friend.status,
    lastSeenUnix: friend.state === 'online' ? unixSeconds : friend.lastSeenUnix,
    requestRetryMs: friend.request?.retryMs ?? 0,
  }
}
