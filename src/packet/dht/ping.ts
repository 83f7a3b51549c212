// Ping request and response: is this node there, and does it hold its key? Spec: DHT, Ping Service.
// The kind stands inside the box too: both directions share one key, and so a request cannot be echoed as its own response.

import { literal, type Of, struct, u64 } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { SEALED_OVERHEAD_BYTES, sealedPacket } from './sealed.js'

/** Plain text of a ping request; `requestId` is random and never 0. */
export const pingRequest = struct(
  { kind: literal(PacketKind.PING_REQUEST, 'ping request'), requestId: u64 },
  'ping request, plain',
)
export type PingRequest = Of<typeof pingRequest>

/** Plain text of a ping response: the id of its request. */
export const pingResponse = struct(
  { kind: literal(PacketKind.PING_RESPONSE, 'ping response'), requestId: u64 },
  'ping response, plain',
)
export type PingResponse = Of<typeof pingResponse>

/** 1 + 8 bytes. */
export const PING_PLAIN_BYTES = pingRequest.minSize
/** A ping on the wire, in both directions: 82 bytes. */
export const PING_PACKET_BYTES = SEALED_OVERHEAD_BYTES + PING_PLAIN_BYTES

export const pingRequestPacket = sealedPacket(PacketKind.PING_REQUEST, 'ping request', PING_PLAIN_BYTES)
export const pingResponsePacket = sealedPacket(PacketKind.PING_RESPONSE, 'ping response', PING_PLAIN_BYTES)
