// Data search: do you hold something under this key, would you, and who is nearer? Every request about a key begins here, for
// the answer holds the tag without which nothing is handed out or stored.
// Nodes also learn with it from each other who speaks of announcements at all.

import { bytes, counted, flag, type Of, struct, u8, u64 } from '../../codec/index.js'
import { RESPONSE_NODES_MAX, SEALED_OVERHEAD_BYTES, sealedPacket } from '../dht/index.js'
import { TIMED_AUTH_BYTES } from '../forwarding/sizes.js'
import { PacketKind } from '../kinds.js'
import { nodeInfo } from '../node-info.js'
import { dataPublicKey, flagged, hash, ifMoreThan, REQUEST_ID_BYTES } from './fields.js'

/** `previousHash`: SHA-256 of the last answer's plain text without its request id; an equal answer is not sent again. */
export const dataSearchRequest = struct(
  { dataPublicKey, previousHash: ifMoreThan(REQUEST_ID_BYTES, hash), requestId: u64 },
  'data search request, plain',
)
export type DataSearchRequest = Of<typeof dataSearchRequest>

/** `storedHash`: SHA-256 of what is held; `auth`: to be shown with the next request, good for 60 to 120 seconds. */
export const dataSearchAnswer = struct(
  {
    storedHash: flagged(hash),
    auth: bytes(TIMED_AUTH_BYTES),
    wouldStore: flag,
    nodes: counted(u8, nodeInfo, RESPONSE_NODES_MAX),
  },
  'stored hash, tag, whether it would store, nodes',
)
export type DataSearchAnswer = Of<typeof dataSearchAnswer>

/** Without `answer`, the answer is the one whose hash the request named. */
export const dataSearchResponse = struct(
  { dataPublicKey, answer: ifMoreThan(REQUEST_ID_BYTES, dataSearchAnswer), requestId: u64 },
  'data search response, plain',
)
export type DataSearchResponse = Of<typeof dataSearchResponse>

/** A request without a hash, on the wire: 73 + 32 + 8 = 113 bytes. */
export const DATA_SEARCH_REQUEST_MIN_BYTES = SEALED_OVERHEAD_BYTES + dataSearchRequest.minSize

export const dataSearchRequestPacket = sealedPacket(
  PacketKind.DATA_SEARCH_REQUEST,
  'data search request',
  dataSearchRequest.minSize,
  dataSearchRequest.maxSize,
)
export const dataSearchResponsePacket = sealedPacket(
  PacketKind.DATA_SEARCH_RESPONSE,
  'data search response',
  dataSearchResponse.minSize,
  dataSearchResponse.maxSize,
)
