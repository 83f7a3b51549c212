// How long an announcement is kept: a node that has just come may be gone as soon, and promises little.

import type { Millis } from '../base/index.js'

/** As c-toxcore: a quarter of how long we have been up, within 10 s and 15 minutes, at most what was asked for. Seconds. */
export function lifetimeSeconds(requestedSeconds: number, uptimeMs: Millis): number {
  const promised = Math.min(LIFETIME_MAX_SECONDS, Math.floor(uptimeMs / 1000 / UPTIME_RATIO))
  return Math.min(requestedSeconds, Math.max(LIFETIME_MIN_SECONDS, promised))
}

const LIFETIME_MAX_SECONDS = 15 * 60
const LIFETIME_MIN_SECONDS = 10
const UPTIME_RATIO = 4
