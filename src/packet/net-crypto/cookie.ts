// Cookie: what a peer must echo to show that it receives at its address and holds its DHT key. Spec: Net crypto, Cookies.
// Only its maker reads it: sealed with a secret of this run, it lets the maker keep no state for strangers.

import { bytes, struct, u64 } from '../../codec/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../crypto/keys.js'
import { MAC_BYTES, NONCE_BYTES, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'

/** The sealed part of a cookie: when it was made (whole seconds of the maker's monotonic clock) and for whom. */
export const CookieContents = struct(
  {
    madeAtSeconds: u64,
    longTermPublicKey: bytes<LongTermPublicKey>(PUBLIC_KEY_BYTES, 'long-term public key[32] of whom it was made for'),
    dhtPublicKey: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES, 'DHT public key[32] of whom it was made for'),
  },
  'cookie contents',
)

const CONTENTS_BYTES = 8 + PUBLIC_KEY_BYTES + PUBLIC_KEY_BYTES

/** 112 bytes: nonce, then the sealed contents. */
export const COOKIE_BYTES = NONCE_BYTES + CONTENTS_BYTES + MAC_BYTES

/** A cookie as it travels: secretbox under the maker's symmetric key. */
export const Cookie = struct(
  {
    nonce: bytes(NONCE_BYTES, 'nonce[24]'),
    sealed: bytes(CONTENTS_BYTES + MAC_BYTES, 'sealed cookie contents[88]'),
  },
  'cookie',
)
