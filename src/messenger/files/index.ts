// The folder's door.
export type * from './errors.js'
export type * from './events.js'
export { Files } from './files.js'
export type { AwaitedChunks, FileOffer } from './sender.js'
