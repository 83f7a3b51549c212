// The first byte of every packet between a TCP relay and its client, inside their encrypted stream. Spec: TCP server.

import { MAC_BYTES } from '../../crypto/keys.js'

/** Values as c-toxcore's TCP_common.h. 12 to 15 are unused; from 16 on the byte is a route's id, and data follows. */
export const RelayPacketKind = {
  ROUTING_REQUEST: 0,
  ROUTING_RESPONSE: 1,
  CONNECTED: 2,
  DISCONNECTED: 3,
  PING: 4,
  PONG: 5,
  OOB_SEND: 6,
  OOB_RECEIVED: 7,
  ONION_REQUEST: 8,
  ONION_RESPONSE: 9,
  FORWARD_REQUEST: 10,
  FORWARDING: 11,
} as const

/** A route's id is also the first byte of the data that goes through it. */
export const ROUTE_ID_FIRST = 16
/** Routes of one client: 256 less the reserved ids. */
export const ROUTES_MAX = 256 - ROUTE_ID_FIRST
/** The id in a routing response that says no. */
export const ROUTE_REFUSED = 0

/** What the length in front of a sealed packet may say (c-toxcore: MAX_PACKET_SIZE). */
export const RELAY_FRAME_MAX_BYTES = 2048
/** A packet inside its frame. */
export const RELAY_PACKET_MAX_BYTES = RELAY_FRAME_MAX_BYTES - MAC_BYTES
