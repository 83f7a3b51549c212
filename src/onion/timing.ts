// The onion's intervals and limits. Names and values as c-toxcore 0.2.18 where a peer can notice; faster at the start.

import type { Millis } from '../base/index.js'

const SECOND_MS: Millis = 1000
const MINUTE_MS: Millis = 60 * SECOND_MS

// Paths

/** Paths for our own announcement, and as many for all friends (c-toxcore: NUMBER_ONION_PATHS). */
export const PATHS_PER_POOL = 6
/** A path that never answered is given up so long after its last use (ONION_PATH_FIRST_TIMEOUT). */
export const PATH_FIRST_TIMEOUT_MS: Millis = 4 * SECOND_MS
/** A path that has answered before (ONION_PATH_TIMEOUT). */
export const PATH_TIMEOUT_MS: Millis = 10 * SECOND_MS
/** Long use of one path makes it easier to find out whose it is (ONION_PATH_MAX_LIFETIME). */
export const PATH_LIFETIME_MS: Millis = 20 * MINUTE_MS
/** So many uses in a row without an answer, the first of them so long ago, make a path doubtful: most answer within a second. */
export const DOUBTFUL_USES = 2
export const PATH_DOUBTFUL_MS: Millis = 2 * SECOND_MS
/** Uses without an answer that end a path (ONION_PATH_MAX_NO_RESPONSE_USES); a new one starts half used. */
export const PATH_UNANSWERED_MAX = 4
/** A path made while fewer than three nodes were known is replaced when it is so old and there are three. */
export const POOR_PATH_LIFETIME_MS: Millis = 20 * SECOND_MS
/** Nodes remembered to build paths from (MAX_PATH_NODES). */
export const PATH_NODES_MAX = 32

// Announce requests

/** An answer later than this is not taken (ANNOUNCE_TIMEOUT). */
export const ANNOUNCE_ANSWER_MS: Millis = 10 * SECOND_MS
/** A node that is not in the list is asked once in so long (MIN_NODE_PING_TIME). */
export const ASK_AGAIN_MS: Millis = 10 * SECOND_MS
/** … but sooner while the list has so few nodes. */
export const ASK_AGAIN_FEW_MS: Millis = SECOND_MS
export const FEW_NODES = 2
/** A listed node that left so many requests unanswered … (ONION_NODE_MAX_PINGS) */
export const NODE_UNANSWERED_MAX = 3
/** … is dropped so long after the last one (ONION_NODE_TIMEOUT). */
export const NODE_TIMEOUT_MS: Millis = 15 * SECOND_MS

// Our own announcement

/** Nodes that we announce ourselves to (MAX_ONION_CLIENTS_ANNOUNCE). */
export const ANNOUNCE_NODES = 12
/** To a node that has not stored us yet (ANNOUNCE_INTERVAL_NOT_ANNOUNCED). */
export const ANNOUNCE_RETRY_MS: Millis = 3 * SECOND_MS
/** … and sooner to one that became known so lately: perhaps a packet was lost. */
export const ANNOUNCE_RETRY_YOUNG_MS: Millis = SECOND_MS
export const YOUNG_MS: Millis = 4 * SECOND_MS
/** To a node that has (ANNOUNCE_INTERVAL_ANNOUNCED). */
export const ANNOUNCE_INTERVAL_MS: Millis = 15 * SECOND_MS
/** A node and its path are stable after so long (TIME_TO_STABLE) … */
export const STABLE_AFTER_MS: Millis = 6 * ANNOUNCE_INTERVAL_MS
/** … and are then asked every 120 s (ANNOUNCE_INTERVAL_STABLE): entries live 300 s. */
export const ANNOUNCE_STABLE_MS: Millis = 8 * ANNOUNCE_INTERVAL_MS
/** Some announce request leaves at least so often: silence for `OFFLINE_AFTER_MS` means that we are cut off. */
export const ANNOUNCE_KEEPALIVE_MS: Millis = 15 * SECOND_MS
/** Nodes asked at random when the list is less than half full. */
export const POPULATE_NODES = 6
/** How often an empty list is filled from path nodes; one that is less than half full, while there are others to ask, and while not. */
export const POPULATE_EMPTY_MS: Millis = SECOND_MS
export const POPULATE_FEW_MS: Millis = 3 * SECOND_MS
export const POPULATE_IDLE_MS: Millis = 15 * SECOND_MS
/** … and one that is more than half full (ANNOUNCE_POPULATE_TIMEOUT). */
export const POPULATE_MS: Millis = 10 * MINUTE_MS

/** No answer through the onion for so long: offline (ONION_OFFLINE_TIMEOUT = 15 s × (3 + 2)). */
export const OFFLINE_AFTER_MS: Millis = 75 * SECOND_MS
/** Connected is taken back only when the signs have been bad for so long (c-toxcore counts seconds to the same effect). */
export const DISCONNECT_AFTER_MS: Millis = 4 * SECOND_MS

// Friends

/** Nodes asked for a friend (MAX_ONION_CLIENTS). */
export const FRIEND_NODES = 8
/**
 * Path nodes asked when a friend's list is less than half full: the nearest ones. With four of them, as c-toxcore asks at
 * random, one friend in twenty was not reached in a small network, whose paths all led through a node that had vanished.
 */
export const FRIEND_POPULATE_NODES = 8
/** Rounds of a search: twice a second at first, for a friend who starts together with us … */
const ROUND_FIRST_MS: Millis = SECOND_MS / 2
const FIRST_ROUNDS_MS: Millis = 2 * SECOND_MS
/** … then every 3 s up to 17 s … */
const ROUND_EARLY_MS: Millis = 3 * SECOND_MS
const EARLY_ROUNDS_MS: Millis = 17 * SECOND_MS
/** … then a quarter of the time since the friend was last seen, at least 15 s and at most 40 min (spec: Onion). */
const ROUND_MIN_MS: Millis = 15 * SECOND_MS
const ROUND_MAX_MS: Millis = 40 * MINUTE_MS

/** The pause between two rounds of a search for a friend last seen (or first sought) `ageMs` ago. */
export function searchInterval(ageMs: Millis): Millis {
  if (ageMs < FIRST_ROUNDS_MS) return ROUND_FIRST_MS
  if (ageMs < EARLY_ROUNDS_MS) return ROUND_EARLY_MS
  return Math.min(ROUND_MAX_MS, Math.max(ROUND_MIN_MS, ageMs / 4))
}

/** How often our DHT key is told to a friend who is not online: through the onion (ONION_DHTPK_SEND_INTERVAL) … */
export const DHT_KEY_BY_ONION_MS: Millis = 30 * SECOND_MS
/** … and through the DHT (DHT_DHTPK_SEND_INTERVAL). */
export const DHT_KEY_BY_DHT_MS: Millis = 20 * SECOND_MS
/** … but sooner at first, whichever way: after this, then twice this, and so on. */
export const DHT_KEY_FIRST_REPEAT_MS: Millis = 3 * SECOND_MS
/** … and while there is no way to send it, it is tried again after this, then twice this, and so on. */
export const TELL_RETRY_MS: Millis = SECOND_MS / 4

// Bounds. c-toxcore has none: with 1,400 offline friends it sends 7,500 packets a second and takes a whole core.

/** Announce requests of all friends together: 40/s, about 0.6 % of a core, and 400 at once. */
export const FRIENDS_RATE = { burst: 400, refillMs: SECOND_MS / 40 } as const
/** Of one friend: answers name nodes to ask, so a hostile node could keep us asking. 48 at once and 2/s. */
export const FRIEND_RATE = { burst: 48, refillMs: SECOND_MS / 2 } as const
/** Of our own announcement, for the same reason: 64 at once and 10/s. */
export const ANNOUNCE_RATE = { burst: 64, refillMs: SECOND_MS / 10 } as const

/** While the budget is spent, friends wait so long for the next turn. */
export const STARVED_MS: Millis = SECOND_MS / 2
/** Offline for so long, and back: friends are sought as at the start (ONION_CONNECTED_TIMEOUT). */
export const RECONNECTED_AFTER_MS: Millis = 10 * SECOND_MS
/** Data packets that one hop hands us: a friend-heavy peer gets some 400/s when all its friends start at once. */
export const DATA_RATE = { burst: 1000, refillMs: SECOND_MS / 500 } as const

/** What is due within so long is done in one wake. */
export const COALESCE_MS: Millis = SECOND_MS / 4
/** Longer than any planned sleep overshoots: the machine slept, or the clock jumped. */
export const SLEPT_MS: Millis = 60 * SECOND_MS
/** How often fresh path nodes are taken from the DHT, and while there are none. */
export const PATH_NODES_REFRESH_MS: Millis = 30 * SECOND_MS
export const PATH_NODES_WANTED_MS: Millis = SECOND_MS
