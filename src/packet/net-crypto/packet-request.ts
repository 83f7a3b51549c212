// Packet Request (payload id 1): which packets the sender of the request misses. Spec: Net crypto, Packet request packet.
// What the bytes mean is in net-crypto/request-packet.ts; an empty list only acknowledges.

import { literal, rest, struct } from '../../codec/index.js'
import { PAYLOAD_MAX_BYTES } from './data.js'
import { PayloadId } from './payload-id.js'

/** At most this many gap bytes fit into one request. */
export const REQUEST_GAPS_MAX_BYTES = PAYLOAD_MAX_BYTES - 1

export const PacketRequest = struct(
  {
    id: literal(PayloadId.REQUEST, 'packet request'),
    gaps: rest(
      0,
      REQUEST_GAPS_MAX_BYTES,
      'distance to the next missing packet, or 0 for 255 received ones, each uint8',
    ),
  },
  'packet request',
)
