// The folder's door.
export { RelayServer, type RelayServerLimits } from './relay-server.js'
