// Connected (2): both ends of a route are there. Disconnected (3): the other end is gone; from a client: it gives the route up.
// Spec: TCP server.

import { literal, type Of, struct, u8 } from '../../codec/index.js'
import { RelayPacketKind } from './kinds.js'

export const RouteConnected = struct({ kind: literal(RelayPacketKind.CONNECTED, 'connected'), id: u8 })
export type RouteConnected = Of<typeof RouteConnected>

export const RouteDisconnected = struct({ kind: literal(RelayPacketKind.DISCONNECTED, 'disconnected'), id: u8 })
export type RouteDisconnected = Of<typeof RouteDisconnected>
