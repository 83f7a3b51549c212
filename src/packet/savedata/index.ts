// The folder's one door: the parts of a `.tox` file.
export * from './conferences.js'
export * from './friend.js'
export * from './nodes.js'
export * from './nospam-and-keys.js'
export * from './section.js'
