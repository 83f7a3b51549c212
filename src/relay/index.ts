// The folder's door.
export type { RelayFailure, RelayFailureCode } from './failure.js'
export { RelayConnection } from './relay-connection.js'
export { RelayPool } from './relay-pool.js'
export { RelayServer, type RelayServerLimits } from './relay-server.js'
export type * from './relay-types.js'
export type { RelayMeter } from './secure-stream.js'
