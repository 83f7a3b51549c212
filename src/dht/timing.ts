// How long a node counts as good, and how often it is asked. Spec: DHT; values as c-toxcore's DHT.h, since both sides of a
// conversation must agree on who is still there.

import type { Millis } from '../base/index.js'

const SECOND_MS = 1000

/** Every node in our lists is asked this often. */
export const PING_INTERVAL_MS: Millis = 60 * SECOND_MS
/** An answer that takes longer is no answer. */
export const RESPONSE_TIMEOUT_MS: Millis = 5 * SECOND_MS

const PINGS_MISSED_BEFORE_BAD = 1
const PING_ROUND_TRIP_MS = 2 * SECOND_MS
/** A node that has not answered for this long is bad: neither told to others nor counted as a connection. 122 s. */
export const BAD_AFTER_MS: Millis = PING_INTERVAL_MS + PINGS_MISSED_BEFORE_BAD * (PING_INTERVAL_MS + PING_ROUND_TRIP_MS)
/** A bad node gets one more chance, then it is forgotten. 182 s. */
export const DEAD_AFTER_MS: Millis = BAD_AFTER_MS + PING_INTERVAL_MS

/** Each list asks a random good node of its own this often, to learn of newcomers. */
export const RANDOM_REQUEST_INTERVAL_MS: Millis = 20 * SECOND_MS
/** A young list asks this many times more, quickly: the neighbourhood is still unknown. */
export const FAST_REQUESTS = 5
/** c-toxcore: one a second. Ours come sooner, since two fresh peers shall meet within a second. */
export const FAST_REQUEST_INTERVAL_MS: Millis = 250

/** An answered nodes request to the same node about the same key within this time would teach nothing new. */
export const SAME_QUESTION_MS: Millis = 200

/** The upkeep of all lists wakes on this grid, so that their deadlines fall together. */
export const UPKEEP_GRID_MS: Millis = SECOND_MS
/** Waking this much later than asked means that the machine slept: everything we know may be stale. */
export const SLEPT_MS: Millis = 30 * SECOND_MS
