// The floor's one door.
export type { Connection, ConnectionState } from './connection.js'
export type { DhtKeys } from './context.js'
export type { PacketHold } from './held-packets.js'
export { type Incoming, NetCrypto, type NetCryptoOptions } from './net-crypto.js'
export type { Path } from './path.js'
export type { SessionStats } from './sender.js'
export type { ClosedReason, SessionHandlers } from './session-handlers.js'
