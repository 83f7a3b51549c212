// The floor's door.
export * from './friend-connection.js'
export type { FriendPath } from './friend-connection-owner.js'
export * from './friend-connections.js'
export * from './friend-requests.js'
export * from './slices.js'
