// Conference invitation (96): a friend offers a conference, and the answer to it. Spec: Group, Invite packets.

import { literal, type Of, struct } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'
import { conferenceNumber, identity, peerNumber } from './fields.js'

const id = literal(PacketId.CONFERENCE_INVITE, 'conference invitation')

/** What an invitation offers and its answer repeats: the inviter's number of the conference, and which one it is. */
export const ConferenceCookie = struct({ conferenceNumber, ...identity }, 'conference cookie')
export type ConferenceCookie = Of<typeof ConferenceCookie>

export const ConferenceInvite = struct({ id, kind: literal(0, 'invite'), cookie: ConferenceCookie }, 'invitation')
export type ConferenceInvite = Of<typeof ConferenceInvite>

/** "I come": the inviter gives a peer number and tells everybody. `conferenceNumber` is the one of who answers. */
export const ConferenceAccept = struct(
  { id, kind: literal(1, 'accept'), conferenceNumber, cookie: ConferenceCookie },
  'acceptance',
)
export type ConferenceAccept = Of<typeof ConferenceAccept>

/** "I am in there": two parts of a conference find each other again. */
export const ConferenceMember = struct(
  { id, kind: literal(2, 'member'), conferenceNumber, cookie: ConferenceCookie, peerNumber },
  'membership',
)
export type ConferenceMember = Of<typeof ConferenceMember>
