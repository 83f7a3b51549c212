// Cookie Request (0x18): asks a peer, by its DHT key, for a cookie. Spec: Net crypto, Cookie Request.

import { bytes, literal, struct, u64 } from '../../codec/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../crypto/keys.js'
import { MAC_BYTES, NONCE_BYTES, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'

/** The sealed part: 72 bytes. The padding keeps the request nearly as long as its answer, so it does not amplify. */
export const CookieRequestPlain = struct(
  {
    longTermPublicKey: bytes<LongTermPublicKey>(PUBLIC_KEY_BYTES, 'long-term public key[32] of the sender'),
    padding: bytes(PUBLIC_KEY_BYTES, 'padding[32], zero'),
    requestId: u64,
  },
  'cookie request contents',
)
export const COOKIE_REQUEST_PLAIN_BYTES = PUBLIC_KEY_BYTES + PUBLIC_KEY_BYTES + 8

/** 145 bytes; sealed from the sender's DHT key to the receiver's. */
export const CookieRequest = struct(
  {
    kind: literal(PacketKind.COOKIE_REQUEST, 'cookie request'),
    dhtPublicKey: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES, 'DHT public key[32] of the sender'),
    nonce: bytes(NONCE_BYTES, 'nonce[24]'),
    sealed: bytes(COOKIE_REQUEST_PLAIN_BYTES + MAC_BYTES, 'sealed cookie request contents[88]'),
  },
  'cookie request',
)
export const COOKIE_REQUEST_BYTES = 1 + PUBLIC_KEY_BYTES + NONCE_BYTES + COOKIE_REQUEST_PLAIN_BYTES + MAC_BYTES
