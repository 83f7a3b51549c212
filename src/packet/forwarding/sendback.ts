// Sendbacks: where an answer goes, told to the next node and handed back by it, so that the forwarding node remembers nothing.
// Nobody reads a sendback but the node that made it; its tag keeps others from making one that sends our packets elsewhere.

import type { Endpoint } from '../../base/index.js'
import { bytes, literal, mapped, type Of, rest, type Schema, struct } from '../../codec/index.js'
import { protocolEndpoint } from '../node-info.js'
import { SENDBACK_DATA_MAX_BYTES, TIMED_AUTH_BYTES } from './sizes.js'

/** First byte of the data of a sendback (c-toxcore: SENDBACK_IPPORT, SENDBACK_FORWARD, SENDBACK_TCP). */
export const SendbackKind = { REQUESTER: 0, FORWARDER: 1, RELAY_CLIENT: 2 } as const

/** IP type, address and port of a UDP host: 7 or 19 bytes. */
export const udpEndpoint: Schema<Endpoint> = mapped(
  protocolEndpoint,
  (endpoint: Endpoint) => ({ protocol: 'udp' as const, endpoint }),
  ({ protocol, endpoint }) => (protocol === 'udp' ? endpoint : undefined),
  'IP type (2: IPv4, 10: IPv6), address[4 or 16], port as uint16 (big endian)',
)

/** A whole sendback as it travels. */
export const sendback = struct({ auth: bytes(TIMED_AUTH_BYTES), data: rest(1, SENDBACK_DATA_MAX_BYTES) }, 'sendback')
export type Sendback = Of<typeof sendback>

/** Data of a sendback: the answer goes to whom the forward request came from. */
export const toRequester = struct(
  { kind: literal(SendbackKind.REQUESTER, 'to the requester'), to: udpEndpoint },
  'sendback data, to the requester',
)

/** Data of a sendback: the request was forwarded to us already; the answer goes to that node with its sendback. */
export const toForwarder = struct(
  {
    kind: literal(SendbackKind.FORWARDER, 'to a forwarder'),
    to: udpEndpoint,
    sendback: rest(0, SENDBACK_DATA_MAX_BYTES - 1 - 7),
  },
  'sendback data, to a forwarder',
)
