// The floor's door.
export type { MessengerPacketHandler } from './context.js'
export * from './errors.js'
export * from './events.js'
export * from './files/index.js'
export type { FriendState, FriendView } from './friend.js'
export * from './messenger.js'
export * from './outbox-store.js'
export type { FriendSnapshot } from './snapshot.js'
