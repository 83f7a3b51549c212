// The first byte of every packet inside a friend's session. Spec: Net crypto, Messenger; values as c-toxcore's net_crypto.h.
// Ids below 16 belong to net-crypto itself; 16 to 191 are lossless, 192 to 254 lossy.

export const PacketId = {
  ALIVE: 16,
  SHARE_RELAYS: 17,
  FRIEND_REQUEST: 18,
  ONLINE: 24,
  OFFLINE: 25,
  NICKNAME: 48,
  STATUS_MESSAGE: 49,
  USER_STATUS: 50,
  TYPING: 51,
  MESSAGE: 64,
  ACTION: 65,
  MSI: 69,
  FILE_SEND_REQUEST: 80,
  FILE_CONTROL: 81,
  FILE_DATA: 82,
  CONFERENCE_INVITE: 96,
  CONFERENCE_ONLINE: 97,
  CONFERENCE_DIRECT: 98,
  CONFERENCE_MESSAGE: 99,
  CONFERENCE_REJOIN: 100,
  CONFERENCE_LOSSY: 199,
} as const

export const LOSSLESS_ID_FIRST = 16
export const LOSSLESS_ID_LAST = 191
/** Lossless packets of the application's own making. */
export const CUSTOM_LOSSLESS_ID_FIRST = 160
export const CUSTOM_LOSSLESS_ID_LAST = LOSSLESS_ID_LAST

export const LOSSY_ID_FIRST = 192
export const LOSSY_ID_LAST = 254
/** Lossy packets of the application's own making; 192 to 199 carry audio, video and conferences. */
export const CUSTOM_LOSSY_ID_FIRST = 200
export const CUSTOM_LOSSY_ID_LAST = LOSSY_ID_LAST

/** A packet inside a session, its id included: what is left of 1,400 bytes behind kind, nonce, tag and two packet numbers. */
export const SESSION_PACKET_MAX_BYTES = 1400 - (1 + 2 + 16 + 4 + 4)
