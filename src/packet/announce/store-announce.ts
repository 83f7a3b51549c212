// Store announce: hold this under that key for a while. The inner box is sealed with the key itself, so nobody stores under a key
// that is not his; the tag of a data search inside shows that the announcer receives where the request came from.

import { bytes, mapped, type Of, rest, struct, u8, u32, u64 } from '../../codec/index.js'
import { MAC_BYTES, NONCE_BYTES, type Nonce } from '../../crypto/keys.js'
import { sealedPacket } from '../dht/index.js'
import { TIMED_AUTH_BYTES } from '../forwarding/sizes.js'
import { PacketKind } from '../kinds.js'
import { allBut } from '../onion/fields.js'
import { ANNOUNCEMENT_MAX_BYTES, dataPublicKey, REQUEST_ID_BYTES } from './fields.js'

const dataOrRenewal = mapped(
  u8,
  (isRenewal: boolean) => (isRenewal ? 1 : 0),
  (byte) => (byte > 1 ? undefined : byte === 1),
  'uint8: 0 data to store, 1 SHA-256 of the data that is stored',
)

/** Plain text of the inner box. A renewal brings the hash (32 bytes) of what is stored, in place of the data. */
export const announcement = struct(
  {
    auth: bytes(TIMED_AUTH_BYTES),
    lifetimeSeconds: u32,
    isRenewal: dataOrRenewal,
    content: rest(0, ANNOUNCEMENT_MAX_BYTES),
  },
  'announcement, plain',
)
export type Announcement = Of<typeof announcement>

/** `box`: an announcement, sealed by the data public key for the storing node's DHT key. */
export const storeAnnounceRequest = struct(
  {
    dataPublicKey,
    nonce: bytes<Nonce>(NONCE_BYTES),
    box: allBut(REQUEST_ID_BYTES, announcement.minSize + MAC_BYTES, announcement.maxSize + MAC_BYTES),
    requestId: u64,
  },
  'store announce request, plain',
)
export type StoreAnnounceRequest = Of<typeof storeAnnounceRequest>

/** `lifetimeSeconds`: how long it is stored, at most what was asked for; `unixSeconds`: the storing node's clock. */
export const storeAnnounceResponse = struct(
  { dataPublicKey, lifetimeSeconds: u32, unixSeconds: u64, requestId: u64 },
  'store announce response, plain',
)
export type StoreAnnounceResponse = Of<typeof storeAnnounceResponse>

export const storeAnnounceRequestPacket = sealedPacket(
  PacketKind.STORE_ANNOUNCE_REQUEST,
  'store announce request',
  storeAnnounceRequest.minSize,
  storeAnnounceRequest.maxSize,
)
export const storeAnnounceResponsePacket = sealedPacket(
  PacketKind.STORE_ANNOUNCE_RESPONSE,
  'store announce response',
  storeAnnounceResponse.minSize,
)
