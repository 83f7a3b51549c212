// Friend Request: nospam and a message, through the onion (32) or inside a session that exists already (18).
// Spec: Friend requests. The nospam proves that the sender has seen the receiver's Tox ID.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketId } from './packet-id.js'

export const NOSPAM_BYTES = 4
/** What we send at most. c-toxcore 0.2.18 promises 1,016, but what exceeds 921 never arrives; later ones say 921 too. */
export const FRIEND_REQUEST_MESSAGE_MAX_BYTES = 921
/** What an onion data packet could carry behind kind and nospam, and so what c-toxcore reads. */
const FRIEND_REQUEST_MESSAGE_READ_MAX_BYTES = 1016

/** The kind of onion data that is a friend request. */
export const ONION_FRIEND_REQUEST_KIND = 32

const request = {
  nospam: bytes(NOSPAM_BYTES, 'nospam[4], as in the Tox ID'),
  message: rest(1, FRIEND_REQUEST_MESSAGE_READ_MAX_BYTES),
}

/** As onion data: the data packet names and proves the sender's long-term key. */
export const OnionFriendRequest = struct(
  { kind: literal(ONION_FRIEND_REQUEST_KIND, 'friend request'), ...request },
  'friend request (onion data)',
)
export type OnionFriendRequest = Of<typeof OnionFriendRequest>

/** Inside an established session, for peers who are connected but no friends yet (they share a conference). */
export const DirectFriendRequest = struct(
  { id: literal(PacketId.FRIEND_REQUEST, 'friend request'), ...request },
  'friend request (session)',
)
export type DirectFriendRequest = Of<typeof DirectFriendRequest>
