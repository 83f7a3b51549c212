// The folder's one door.
export * from './direct.js'
export * from './fields.js'
export * from './invite.js'
export * from './lossy.js'
export * from './message.js'
export * from './online.js'
