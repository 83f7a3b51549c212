// The handshake of a TCP relay's stream: both sides show that they own their key and agree on a session key. Spec: TCP server,
// handshake.

import { bytes, type Of, struct } from '../../codec/index.js'
import {
  type DhtPublicKey,
  MAC_BYTES,
  NONCE_BYTES,
  type Nonce,
  PUBLIC_KEY_BYTES,
  type SessionPublicKey,
} from '../../crypto/keys.js'

/** What both sides seal: the public key of this session, and the nonce of the first packet that they will send. */
export const RelayHandshakePlain = struct(
  {
    sessionPublicKey: bytes<SessionPublicKey>(PUBLIC_KEY_BYTES, 'session public key[32]'),
    baseNonce: bytes<Nonce>(NONCE_BYTES, 'base nonce[24]'),
  },
  'relay handshake, sealed',
)
export type RelayHandshakePlain = Of<typeof RelayHandshakePlain>

const sealed = bytes(PUBLIC_KEY_BYTES + NONCE_BYTES + MAC_BYTES, 'RelayHandshakePlain, sealed[72]')

/** The client's: 128 bytes, the first on the stream. Sealed with the client's DHT key for the relay's. */
export const RelayClientHandshake = struct(
  {
    publicKey: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES, 'DHT public key of the client[32]'),
    nonce: bytes<Nonce>(NONCE_BYTES, 'nonce[24]'),
    sealed,
  },
  'relay handshake of the client',
)
export type RelayClientHandshake = Of<typeof RelayClientHandshake>

/** The relay's answer: 96 bytes. */
export const RelayServerHandshake = struct(
  { nonce: bytes<Nonce>(NONCE_BYTES, 'nonce[24]'), sealed },
  'relay handshake of the relay',
)
export type RelayServerHandshake = Of<typeof RelayServerHandshake>
