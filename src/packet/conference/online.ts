// Conference online (97) and rejoin (100): how two peers link up. Spec: Group, Peer online packet and Rejoin packet.

import { literal, type Of, struct } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'
import { conferenceNumber, identity } from './fields.js'

/** "I link up with you": both have to send one; `conferenceNumber` is where the sender wants to be written to. */
export const ConferenceOnline = struct(
  { id: literal(PacketId.CONFERENCE_ONLINE, 'conference online'), conferenceNumber, ...identity },
  'conference online',
)
export type ConferenceOnline = Of<typeof ConferenceOnline>

/** "I have lost sight of you in this conference, let me in again". */
export const ConferenceRejoin = struct(
  { id: literal(PacketId.CONFERENCE_REJOIN, 'conference rejoin'), ...identity },
  'conference rejoin',
)
export type ConferenceRejoin = Of<typeof ConferenceRejoin>
