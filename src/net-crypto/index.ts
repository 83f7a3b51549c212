// The floor's one door.
export type {
  ClosedReason,
  Connection,
  ConnectionState,
  DhtKeys,
  SessionHandlers,
} from './connection.js'
export { type Incoming, NetCrypto, type NetCryptoOptions } from './net-crypto.js'
export type { Path } from './path.js'
