// The floor's one door.
export * from './combine.js'
export * from './scalars.js'
export * from './schema.js'
