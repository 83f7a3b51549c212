// The wire of net crypto: one door.
export * from './cookie.js'
export * from './cookie-request.js'
export * from './cookie-response.js'
export * from './data.js'
export * from './handshake.js'
export * from './kill.js'
export * from './packet-request.js'
export * from './payload-id.js'
