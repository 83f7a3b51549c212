// Friends (3): records of 2,216 bytes each. Spec: State Format, Friends. Sizes in them are big endian.
// The paddings are those that a C compiler once left; they are written as zeros and may hold anything when read.

import { bytes, type Of, struct, u8, u16, u64 } from '../../codec/index.js'
import type { LongTermPublicKey } from '../../crypto/keys.js'
import { NOSPAM_BYTES } from '../friend/friend-request.js'
import { NAME_MAX_BYTES } from '../messenger/nickname.js'
import { STATUS_MESSAGE_MAX_BYTES } from '../messenger/status-message.js'
import { USER_STATUSES, type UserStatus } from '../messenger/user-status.js'

/** The place for the message; c-toxcore sends at most 1,016 bytes of it and drops a friend whose message is longer. */
const REQUEST_MESSAGE_FIELD_BYTES = 1024
const REQUEST_MESSAGE_MAX_BYTES = 1016

const ADDED = 1
const CONFIRMED = 3

export const FriendRecord = struct(
  {
    state: u8,
    publicKey: bytes<LongTermPublicKey>(32, 'long-term public key[32]'),
    requestMessage: bytes(REQUEST_MESSAGE_FIELD_BYTES),
    padding1: bytes(1, 'padding[1]'),
    requestMessageSize: u16,
    name: bytes(NAME_MAX_BYTES),
    nameSize: u16,
    statusMessage: bytes(STATUS_MESSAGE_MAX_BYTES),
    padding2: bytes(1, 'padding[1]'),
    statusMessageSize: u16,
    status: u8,
    padding3: bytes(3, 'padding[3]'),
    nospam: bytes(NOSPAM_BYTES, 'nospam[4], as in the Tox ID'),
    lastSeen: u64,
  },
  'friend record',
)
export type FriendRecord = Of<typeof FriendRecord>

export const FRIEND_RECORD_BYTES = FriendRecord.maxSize

/** Someone whom we have asked, and who has not been seen since. */
export interface PendingFriend {
  readonly state: 'pending'
  readonly publicKey: LongTermPublicKey
  /** Of the friend's Tox ID: 4 bytes that the request carries. */
  readonly nospam: Uint8Array
  /** 1 to 1,016 bytes. */
  readonly requestMessage: Uint8Array
}

/** Someone who is a friend. */
export interface ConfirmedFriend {
  readonly state: 'confirmed'
  readonly publicKey: LongTermPublicKey
  /** As last heard, at most 128 bytes; meant to be UTF-8. */
  readonly name: Uint8Array
  /** As last heard, at most 1,007 bytes; meant to be UTF-8. */
  readonly statusMessage: Uint8Array
  /** As last heard. */
  readonly status: UserStatus
  /** When the friend was last seen online, in seconds since 1970; 0 when never. */
  readonly lastSeenUnix: number
}

export type SavedFriend = PendingFriend | ConfirmedFriend

/** The friend of a record; `undefined` for an empty record and for a request that could never be sent. */
export function friendOfRecord(record: FriendRecord): SavedFriend | undefined {
  const { publicKey } = record
  if (record.state >= CONFIRMED) {
    return {
      state: 'confirmed',
      publicKey,
      name: used(record.name, record.nameSize),
      statusMessage: used(record.statusMessage, record.statusMessageSize),
      status: USER_STATUSES[record.status] ?? 'none',
      lastSeenUnix: Math.min(Number(record.lastSeen), Number.MAX_SAFE_INTEGER),
    }
  }
  const size = record.requestMessageSize
  if (record.state < ADDED || size < 1 || size > REQUEST_MESSAGE_MAX_BYTES) return undefined
  return { state: 'pending', publicKey, nospam: record.nospam, requestMessage: record.requestMessage.slice(0, size) }
}

/** The record of a friend. Throws RangeError for a field that is too long. */
export function recordOfFriend(friend: SavedFriend): FriendRecord {
  const confirmed = friend.state === 'confirmed' ? friend : undefined
  const pending = friend.state === 'pending' ? friend : undefined
  return {
    state: pending === undefined ? CONFIRMED : ADDED,
    publicKey: friend.publicKey,
    requestMessage: padded(pending?.requestMessage, REQUEST_MESSAGE_FIELD_BYTES),
    padding1: new Uint8Array(1),
    requestMessageSize: pending?.requestMessage.length ?? 0,
    name: padded(confirmed?.name, NAME_MAX_BYTES),
    nameSize: confirmed?.name.length ?? 0,
    statusMessage: padded(confirmed?.statusMessage, STATUS_MESSAGE_MAX_BYTES),
    padding2: new Uint8Array(1),
    statusMessageSize: confirmed?.statusMessage.length ?? 0,
    status: USER_STATUSES.indexOf(confirmed?.status ?? 'none'),
    padding3: new Uint8Array(3),
    nospam: pending?.nospam ?? new Uint8Array(NOSPAM_BYTES),
    lastSeen: BigInt(Math.floor(confirmed?.lastSeenUnix ?? 0)),
  }
}

/** The used part of a field; a size that the field cannot have means that nothing is known. */
function used(field: Uint8Array, size: number): Uint8Array {
  return field.slice(0, size > field.length ? 0 : size)
}

function padded(value: Uint8Array = new Uint8Array(0), length: number): Uint8Array {
  const field = new Uint8Array(length)
  field.set(value)
  return field
}
