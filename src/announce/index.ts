// The folder's one door.
export { type AnnounceDht, AnnounceNodes } from './announce-nodes.js'
export { type AnnouncementParts, AnnouncementServer } from './announcement-server.js'
export { ANNOUNCEMENTS_MAX, AnnouncementStore, type StoredAnnouncement } from './announcement-store.js'
export { AnnouncementStats } from './stats.js'
