// The wire formats of the DHT.
export * from './bootstrap-info.js'
export * from './lan-discovery.js'
export * from './nat-ping.js'
export * from './nodes.js'
export * from './ping.js'
export * from './request.js'
export * from './sealed.js'
