// The folder's one door.
export { AnnounceServer, type AnnounceServerParts } from './announce-server.js'
export { OnionClient, type OnionClientParts, type OnionEvents } from './client.js'
export type { OnionDataHandler } from './data-channel.js'
export type { LearnedDhtKey } from './dht-key-exchange.js'
export type { OnionFriend } from './friend.js'
export type { ReturnKey } from './return-seal.js'
export { OnionRouter, type OnionRouterParts } from './router.js'
export type { FirstHop, OnionDht, RelayHops, ResponseSource } from './slice.js'
