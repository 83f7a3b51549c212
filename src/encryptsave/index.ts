// The floor's one door.
export * from './encryptsave.js'
