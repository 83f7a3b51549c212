// The sizes that the formats of forwarding are made of, all in bytes. As c-toxcore's forwarding.h; the spec has no chapter.

/** The tag that shows a node its own words again: HMAC-SHA-512/256. */
export const TIMED_AUTH_BYTES = 32
/** A sendback's length is one byte, and its value 255 is kept for later. */
export const SENDBACK_MAX_BYTES = 254
/** What a sendback says behind its tag: 254 - 32 = 222. Each node of a chain adds 40 (IPv6: 52) bytes to it, so it ends chains. */
export const SENDBACK_DATA_MAX_BYTES = SENDBACK_MAX_BYTES - TIMED_AUTH_BYTES
/** What can be forwarded: a datagram of 2,048 - kind 1 - length 1 - the longest sendback 254 = 1,792. */
export const FORWARD_DATA_MAX_BYTES = 2048 - (1 + 1 + SENDBACK_MAX_BYTES)
/** Nodes that a packet is passed on to at most, its destination included (c-toxcore: MAX_FORWARD_CHAIN_LENGTH). */
export const FORWARD_CHAIN_MAX = 4
