// The floor's one door.

export { BUCKET_NODES_MAX, CLOSE_LIST_MAX } from './close-list.js'
export * from './dht.js'
export { DhtWorker, type DhtWorkerParts } from './dht-worker.js'
export { compareDistance, sharedPrefixBits } from './distance.js'
export { LAN_INTERVAL_MS, type LanDiscoveryOptions } from './lan-discovery.js'
export type { DhtRequestHandler } from './requests.js'
export { SEARCH_NODES_MAX } from './search.js'
export type { SearchHandle } from './search-handle.js'
export type { DhtStats } from './stats.js'
export { BAD_AFTER_MS, DEAD_AFTER_MS, PING_INTERVAL_MS } from './timing.js'
export type { SharedKeys } from './wire.js'
