// The floor's door.
export { Conferences } from './conferences.js'
export type * from './errors.js'
export * from './events.js'
