// The folder's door.
export type { RelayFailure, RelayFailureCode } from './failure.js'
export { RelayConnection } from './relay-connection.js'
export {
  type OobRelay,
  type RelayedPeer,
  type RelayedPeerHandlers,
  type RelayHop,
  RelayPool,
  type RelayPoolParts,
  type RelaySnapshot,
  type RelayState,
  type RelayTarget,
} from './relay-pool.js'
export { RelayServer, type RelayServerLimits } from './relay-server.js'
