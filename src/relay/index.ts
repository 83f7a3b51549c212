// The folder's door.
export { RelayConnection } from './relay-connection.js'
export { RelayServer, type RelayServerLimits } from './relay-server.js'
