// Data retrieve: hand out what you hold under this key. Needs the tag of a data search, and so an address that receives.

import { bytes, literal, type Of, struct, u64 } from '../../codec/index.js'
import { sealedPacket } from '../dht/index.js'
import { TIMED_AUTH_BYTES } from '../forwarding/sizes.js'
import { PacketKind } from '../kinds.js'
import { allBut } from '../onion/fields.js'
import { ANNOUNCEMENT_MAX_BYTES, dataPublicKey, REQUEST_ID_BYTES } from './fields.js'

/** `reserved` may tell parts of longer data some day. */
export const dataRetrieveRequest = struct(
  { dataPublicKey, reserved: literal(0, 'reserved'), auth: bytes(TIMED_AUTH_BYTES), requestId: u64 },
  'data retrieve request, plain',
)
export type DataRetrieveRequest = Of<typeof dataRetrieveRequest>

export const dataRetrieveResponse = struct(
  {
    dataPublicKey,
    isStored: literal(1, 'stored'),
    data: allBut(REQUEST_ID_BYTES, 0, ANNOUNCEMENT_MAX_BYTES),
    requestId: u64,
  },
  'data retrieve response, plain',
)
export type DataRetrieveResponse = Of<typeof dataRetrieveResponse>

export const dataRetrieveRequestPacket = sealedPacket(
  PacketKind.DATA_RETRIEVE_REQUEST,
  'data retrieve request',
  dataRetrieveRequest.minSize,
)
export const dataRetrieveResponsePacket = sealedPacket(
  PacketKind.DATA_RETRIEVE_RESPONSE,
  'data retrieve response',
  dataRetrieveResponse.minSize,
  dataRetrieveResponse.maxSize,
)
