// The first byte of a session's payload says what it is. Spec: Net crypto; c-toxcore: PACKET_ID_*.

export const PayloadId = {
  /** Zeros in front of the payload. */
  PADDING: 0,
  /** Names the packets that are missing; also carries acknowledgement alone. */
  REQUEST: 1,
  /** The sender has closed the session. */
  KILL: 2,
} as const

/** Delivered once and in order. Ids 3 to 15 are reserved: peers drop them. */
export const LOSSLESS_ID_MIN = 16
export const LOSSLESS_ID_MAX = 191
/** Delivered at most as sent, in any order. 255 is reserved. */
export const LOSSY_ID_MIN = 192
export const LOSSY_ID_MAX = 254
