// Crypto Handshake (0x1a): session key and base nonce of the sender, under both long-term keys. Spec: Net crypto, Handshake.
// The hash binds the sealed part to the cookie in front of it, so neither can be replaced alone.

import { bytes, literal, struct } from '../../codec/index.js'
import type { Nonce, SessionPublicKey } from '../../crypto/keys.js'
import { MAC_BYTES, NONCE_BYTES, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { COOKIE_BYTES } from './cookie.js'

const SHA512_BYTES = 64

/** The sealed part: 232 bytes. */
export const HandshakePlain = struct(
  {
    baseNonce: bytes<Nonce>(NONCE_BYTES, 'base nonce[24] of the data packets that the sender will send'),
    sessionPublicKey: bytes<SessionPublicKey>(PUBLIC_KEY_BYTES, 'session public key[32] of the sender'),
    cookieHash: bytes(SHA512_BYTES, 'SHA-512[64] of the cookie in front'),
    cookie: bytes(COOKIE_BYTES, 'cookie[112] of the sender, for a handshake in answer'),
  },
  'handshake contents',
)
export const HANDSHAKE_PLAIN_BYTES = NONCE_BYTES + PUBLIC_KEY_BYTES + SHA512_BYTES + COOKIE_BYTES

/** 385 bytes; sealed from the sender's long-term key to the receiver's. */
export const Handshake = struct(
  {
    kind: literal(PacketKind.CRYPTO_HANDSHAKE, 'crypto handshake'),
    cookie: bytes(COOKIE_BYTES, 'cookie[112] that the receiver made'),
    nonce: bytes(NONCE_BYTES, 'nonce[24]'),
    sealed: bytes(HANDSHAKE_PLAIN_BYTES + MAC_BYTES, 'sealed handshake contents[248]'),
  },
  'crypto handshake',
)
export const HANDSHAKE_BYTES = 1 + COOKIE_BYTES + NONCE_BYTES + HANDSHAKE_PLAIN_BYTES + MAC_BYTES
