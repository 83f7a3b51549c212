// Nodes request and response: who do you know that is close to this key? Spec: DHT, Nodes Service.

import { bytes, counted, type Of, struct, u8, u64 } from '../../codec/index.js'
import { type DhtPublicKey, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { nodeInfo } from '../node-info.js'
import { SEALED_OVERHEAD_BYTES, sealedPacket } from './sealed.js'

/** Most nodes that one response names (c-toxcore: MAX_SENT_NODES). */
export const RESPONSE_NODES_MAX = 4

/** Plain text of a nodes request. */
export const nodesRequest = struct(
  { sought: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES), requestId: u64 },
  'nodes request, plain',
)
export type NodesRequest = Of<typeof nodesRequest>

/** Plain text of a nodes response. c-toxcore ignores one without nodes; we take it as a sign of life. */
export const nodesResponse = struct(
  { nodes: counted(u8, nodeInfo, RESPONSE_NODES_MAX), requestId: u64 },
  'nodes response, plain',
)
export type NodesResponse = Of<typeof nodesResponse>

/** 32 + 8 bytes. */
export const NODES_REQUEST_PLAIN_BYTES = nodesRequest.minSize
/** 113 bytes. */
export const NODES_REQUEST_BYTES = SEALED_OVERHEAD_BYTES + NODES_REQUEST_PLAIN_BYTES
/** 9 to 213 bytes. */
export const NODES_RESPONSE_PLAIN_MIN_BYTES = nodesResponse.minSize
export const NODES_RESPONSE_PLAIN_MAX_BYTES = nodesResponse.maxSize

export const nodesRequestPacket = sealedPacket(PacketKind.NODES_REQUEST, 'nodes request', NODES_REQUEST_PLAIN_BYTES)
export const nodesResponsePacket = sealedPacket(
  PacketKind.NODES_RESPONSE,
  'nodes response',
  NODES_RESPONSE_PLAIN_MIN_BYTES,
  NODES_RESPONSE_PLAIN_MAX_BYTES,
)
