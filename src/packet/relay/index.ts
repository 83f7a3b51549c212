// The wire formats of TCP relays.
export * from './forwarding.js'
export * from './handshake.js'
export * from './kinds.js'
export * from './notices.js'
export * from './onion.js'
export * from './oob.js'
export * from './ping.js'
export * from './routing.js'
