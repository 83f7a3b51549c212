// The floor's one door.
export * from './crypto.js'
export * from './guarded-key-pair.js'
export * from './keys.js'
export * from './load.js'
export * from './nonce.js'
export * from './shared-key-cache.js'
export * from './with-random.js'
