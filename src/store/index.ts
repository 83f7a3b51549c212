export * from './store.js'
export * from './transfers.js'
