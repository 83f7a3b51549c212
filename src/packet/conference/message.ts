// Conference message (99): from one peer to all, relayed from link to link. Spec: Group, Message packets and Message ids.
// Nothing proves who a message is from: every peer can speak in the name of any other. That is the protocol.

import { literal, type Of, rest, struct, u8, u32 } from '../../codec/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../friend/packet-id.js'
import { NAME_MAX_BYTES } from '../messenger/nickname.js'
import { conferenceNumber, dhtPublicKey, longTermPublicKey, peerNumber } from './fields.js'

export const ConferenceMessageKind = {
  PING: 0,
  NEW_PEER: 16,
  KILL_PEER: 17,
  FREEZE_PEER: 18,
  NAME: 48,
  TITLE: 49,
  TEXT: 64,
  ACTION: 65,
} as const

const HEAD_BYTES = 1 + 2 + 2 + 4 + 1
/** 1,363: one session packet without what stands in front. Longer texts are the application's to split. */
export const CONFERENCE_TEXT_MAX_BYTES = SESSION_PACKET_MAX_BYTES - HEAD_BYTES

/** `messageNumber` counts what a peer sends to the conference. A relay changes `conferenceNumber` and nothing else. */
export const ConferenceMessage = struct(
  {
    id: literal(PacketId.CONFERENCE_MESSAGE, 'conference message'),
    conferenceNumber,
    peerNumber,
    messageNumber: u32,
    kind: u8,
    data: rest(0, CONFERENCE_TEXT_MAX_BYTES),
  },
  'conference message',
)
export type ConferenceMessage = Of<typeof ConferenceMessage>

/** Data of kind 16: who was let in, or comes back; sent by who lets them in. */
export const NewPeer = struct({ peerNumber, publicKey: longTermPublicKey, dhtPublicKey }, 'new peer')
export type NewPeer = Of<typeof NewPeer>

/** Data of kinds 17 (for good) and 18 (for now): who leaves; nobody but they themselves may say so. */
export const LeavingPeer = struct({ peerNumber }, 'leaving peer')
export type LeavingPeer = Of<typeof LeavingPeer>

/** Data of kind 48. */
export const PeerName = rest(0, NAME_MAX_BYTES)
/** Data of kind 49. */
export const ConferenceTitle = rest(1, NAME_MAX_BYTES)
/** Data of kinds 64 and 65. */
export const ConferenceText = rest(1, CONFERENCE_TEXT_MAX_BYTES)

/** Readdresses a message or lossy packet in place. */
export function readdress(packet: Uint8Array, conferenceNumber: number): void {
  packet[1] = conferenceNumber >> 8
  packet[2] = conferenceNumber & 0xff
}
