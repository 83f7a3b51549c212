// The folder's one door.
export { type ForwardedRequestHandler, type ForwardingParts, ForwardingServer } from './forwarding-server.js'
export { ForwardingStats } from './stats.js'
export { TimedAuth } from './timed-auth.js'
