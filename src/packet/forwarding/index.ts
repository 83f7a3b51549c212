// The wire formats of forwarding.
export * from './chain.js'
export * from './forward-reply.js'
export * from './forward-request.js'
export * from './forwarding.js'
export * from './sendback.js'
export * from './sizes.js'
