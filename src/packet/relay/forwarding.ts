// Forwarding over a relay: a client has a packet passed on to a node (10) and gets the answer (11). As c-toxcore's TCP_server.c.

import { literal, type Of, rest, struct } from '../../codec/index.js'
import { udpEndpoint } from '../forwarding/sendback.js'
import { FORWARD_DATA_MAX_BYTES } from '../forwarding/sizes.js'
import { RelayPacketKind } from './kinds.js'

export const RelayForwardRequest = struct({
  kind: literal(RelayPacketKind.FORWARD_REQUEST, 'forward request'),
  to: udpEndpoint,
  data: rest(0, FORWARD_DATA_MAX_BYTES),
})
export type RelayForwardRequest = Of<typeof RelayForwardRequest>

export const RelayForwarding = struct({
  kind: literal(RelayPacketKind.FORWARDING, 'forwarding'),
  data: rest(0, FORWARD_DATA_MAX_BYTES),
})
export type RelayForwarding = Of<typeof RelayForwarding>
