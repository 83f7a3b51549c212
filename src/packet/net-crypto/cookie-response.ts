// Cookie Response (0x19): the answer to a cookie request. Spec: Net crypto, Cookie Response.

import { bytes, literal, struct, u64 } from '../../codec/index.js'
import { MAC_BYTES, NONCE_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { COOKIE_BYTES } from './cookie.js'

/** The sealed part: 120 bytes. The request id comes back as it was sent. */
export const CookieResponsePlain = struct(
  { cookie: bytes(COOKIE_BYTES, 'cookie[112]'), requestId: u64 },
  'cookie response contents',
)
export const COOKIE_RESPONSE_PLAIN_BYTES = COOKIE_BYTES + 8

/** 161 bytes; sealed with the shared key of the request. */
export const CookieResponse = struct(
  {
    kind: literal(PacketKind.COOKIE_RESPONSE, 'cookie response'),
    nonce: bytes(NONCE_BYTES, 'nonce[24]'),
    sealed: bytes(COOKIE_RESPONSE_PLAIN_BYTES + MAC_BYTES, 'sealed cookie response contents[136]'),
  },
  'cookie response',
)
export const COOKIE_RESPONSE_BYTES = 1 + NONCE_BYTES + COOKIE_RESPONSE_PLAIN_BYTES + MAC_BYTES
