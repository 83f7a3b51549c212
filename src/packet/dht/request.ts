// DHT request: a sealed packet that a node who knows the addressee passes on. Spec: DHT, DHT Request Packets.
// The forwarding node cannot read it; the addressee learns the sender's key from the box, not the sender's address.

import { bytes, literal, type Of, rest, struct, u8 } from '../../codec/index.js'
import { type DhtPublicKey, MAC_BYTES, NONCE_BYTES, type Nonce, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'

/** The first byte inside a DHT request (c-toxcore: CRYPTO_PACKET_*). */
export const DhtRequestKind = {
  FRIEND_REQUEST: 32,
  DHT_PUBLIC_KEY: 156,
  NAT_PING: 254,
} as const

/** 1 + 32 + 32 + 24 bytes stand before the box. */
export const DHT_REQUEST_BOX_AT = 1 + 2 * PUBLIC_KEY_BYTES + NONCE_BYTES
/** The largest DHT request that an addressee accepts (c-toxcore: MAX_CRYPTO_REQUEST_SIZE). */
export const DHT_REQUEST_MAX_BYTES = 1024
/** Forwarding nodes pass on a little more than addressees accept. */
export const DHT_REQUEST_FORWARD_MAX_BYTES = DHT_REQUEST_MAX_BYTES + MAC_BYTES
/** The most that the plain text behind the kind can hold: 1024 - 89 - 16 - 1 = 918 bytes. */
export const DHT_REQUEST_DATA_MAX_BYTES = DHT_REQUEST_MAX_BYTES - DHT_REQUEST_BOX_AT - MAC_BYTES - 1

export const dhtRequestPacket = struct(
  {
    kind: literal(PacketKind.DHT_REQUEST, 'DHT request'),
    recipient: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES),
    sender: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES),
    nonce: bytes<Nonce>(NONCE_BYTES),
    box: rest(MAC_BYTES + 1, DHT_REQUEST_FORWARD_MAX_BYTES - DHT_REQUEST_BOX_AT),
  },
  'DHT request',
)
export type DhtRequestPacket = Of<typeof dhtRequestPacket>

/** Plain text of a DHT request: what it is, and at least one byte of it. */
export const dhtRequestPlain = struct({ kind: u8, data: rest(1, DHT_REQUEST_DATA_MAX_BYTES) }, 'DHT request, plain')
export type DhtRequestPlain = Of<typeof dhtRequestPlain>
