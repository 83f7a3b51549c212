// The wire formats of DHT announcements.
export * from './data-retrieve.js'
export * from './data-search.js'
export * from './fields.js'
export * from './store-announce.js'
