// Direct conference packets (98): between two linked peers, never relayed. Spec: Group, Peer query packet and those around it.

import { literal, many, type Of, rest, sized, struct, u8 } from '../../codec/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../friend/packet-id.js'
import { NAME_MAX_BYTES } from '../messenger/nickname.js'
import { conferenceNumber, dhtPublicKey, longTermPublicKey, peerNumber } from './fields.js'

export const DirectKind = { INTRODUCED: 1, QUERY: 8, PEERS: 9, TITLE: 10 } as const

/** In front of every one: the number of the conference at who receives it. */
const head = { id: literal(PacketId.CONFERENCE_DIRECT, 'conference, direct'), conferenceNumber }

/** "Others carry what you say to me: the conference knows me without you". */
export const PeerIntroduced = struct({ ...head, kind: literal(DirectKind.INTRODUCED, 'introduced') }, 'introduced')
export type PeerIntroduced = Of<typeof PeerIntroduced>

/** "Who is there, and what is the title?" */
export const PeerQuery = struct({ ...head, kind: literal(DirectKind.QUERY, 'peer query') }, 'peer query')
export type PeerQuery = Of<typeof PeerQuery>

/** A peer as others are told of them. */
export const PeerEntry = struct(
  { peerNumber, publicKey: longTermPublicKey, dhtPublicKey, name: sized(u8, NAME_MAX_BYTES) },
  'peer',
)
export type PeerEntry = Of<typeof PeerEntry>

const PEERS_HEAD_BYTES = 1 + 2 + 1
/** What one packet holds. */
export const PEERS_MAX_BYTES = SESSION_PACKET_MAX_BYTES - PEERS_HEAD_BYTES

/** Peers, the sender and the receiver among them; as many packets as it takes. */
export const PeerList = struct(
  {
    ...head,
    kind: literal(DirectKind.PEERS, 'peers'),
    peers: many(PeerEntry, Math.floor(PEERS_MAX_BYTES / PeerEntry.minSize), 1),
  },
  'peers',
)
export type PeerList = Of<typeof PeerList>

export const TitleAnswer = struct(
  { ...head, kind: literal(DirectKind.TITLE, 'title'), title: rest(1, NAME_MAX_BYTES) },
  'title',
)
export type TitleAnswer = Of<typeof TitleAnswer>
