// What a storing node has done, for its owner.

export class AnnouncementStats {
  /** Data searches answered. */
  searches = 0
  /** Announcements handed out. */
  retrieved = 0
  /** Announcements stored or renewed. */
  stored = 0
}
