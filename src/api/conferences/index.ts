export { Conference } from './conference.js'
export { ConferenceList, forwardConferences } from './conference-list.js'
export type * from './events.js'
