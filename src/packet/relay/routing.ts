// Routing request (0) and response (1): a client asks for a way to another client of the same relay. Spec: TCP server.

import { bytes, literal, type Of, struct, u8 } from '../../codec/index.js'
import { type DhtPublicKey, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { RelayPacketKind } from './kinds.js'

const publicKey = bytes<DhtPublicKey>(PUBLIC_KEY_BYTES, 'DHT public key of the other client[32]')

export const RoutingRequest = struct({ kind: literal(RelayPacketKind.ROUTING_REQUEST, 'routing request'), publicKey })
export type RoutingRequest = Of<typeof RoutingRequest>

/** `id` is 16 or more, or 0 when the relay refuses. */
export const RoutingResponse = struct({
  kind: literal(RelayPacketKind.ROUTING_RESPONSE, 'routing response'),
  id: u8,
  publicKey,
})
export type RoutingResponse = Of<typeof RoutingResponse>
