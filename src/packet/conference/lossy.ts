// Conference lossy packet (199): audio, relayed to few. Spec: Group, Lossy Message packets.

import { literal, type Of, rest, struct, u16 } from '../../codec/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../friend/packet-id.js'
import { conferenceNumber, peerNumber } from './fields.js'

const HEAD_BYTES = 1 + 2 + 2 + 2
export const CONFERENCE_LOSSY_MAX_BYTES = SESSION_PACKET_MAX_BYTES - HEAD_BYTES

/** `data` begins with a byte that tells what it is; audio is 192. */
export const ConferenceLossy = struct(
  {
    id: literal(PacketId.CONFERENCE_LOSSY, 'conference, lossy'),
    conferenceNumber,
    peerNumber,
    packetNumber: u16,
    data: rest(1, CONFERENCE_LOSSY_MAX_BYTES),
  },
  'conference lossy packet',
)
export type ConferenceLossy = Of<typeof ConferenceLossy>
