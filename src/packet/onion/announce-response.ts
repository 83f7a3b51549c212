// Announce response (0x84, and 0x88 for the newer request): whether the key is known, and nodes closer to it. Spec: Onion.

import { bytes, counted, literal, many, mapped, type Of, rest, struct, u8 } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'
import { nodeInfo } from '../node-info.js'
import { ANNOUNCE_ID_BYTES } from './announce-request.js'
import { nonce } from './fields.js'
import { ONION_RESPONSE_MAX_BYTES } from './sizes.js'

/** A response names at most so many nodes, those closest to the sought key. */
export const ANNOUNCE_NODES_MAX = 4

export const IsStored = {
  /** The key is not stored; the 32 bytes are a ping id. */
  NO: 0,
  /** The key is stored; the 32 bytes are the public key that seals data for it. */
  DATA_KEY: 1,
  /** The asker itself is stored; the 32 bytes are a ping id. */
  ANNOUNCED: 2,
} as const
export type IsStored = (typeof IsStored)[keyof typeof IsStored]

const isStored = mapped<number, IsStored>(
  u8,
  (value) => value,
  (byte) => (byte <= 2 ? (byte as IsStored) : undefined),
  'uint8: 0 not stored, 1 stored, 2 the asker is stored',
)

/** Sealed with the keys of the request. */
export const AnnounceAnswer = struct({
  isStored,
  pingIdOrKey: bytes<Uint8Array>(32, 'ping id or data public key[32]'),
  nodes: many(nodeInfo, ANNOUNCE_NODES_MAX),
})
export type AnnounceAnswer = Of<typeof AnnounceAnswer>

/** The newer kind counts its nodes, because a group's announcements may follow them. */
export const GroupAnnounceAnswer = struct({
  isStored,
  pingIdOrKey: bytes<Uint8Array>(32, 'ping id or data public key[32]'),
  nodes: counted(u8, nodeInfo, ANNOUNCE_NODES_MAX),
  groupData: rest(),
})

/** Tag, is_stored and ping id at least; four IPv6 nodes at most. */
const SEALED_MIN_BYTES = 16 + 1 + 32
const SEALED_MAX_BYTES = SEALED_MIN_BYTES + ANNOUNCE_NODES_MAX * 51

export const AnnounceResponse = struct({
  kind: literal(PacketKind.ANNOUNCE_RESPONSE_OLD, 'announce response'),
  requestId: bytes<Uint8Array>(ANNOUNCE_ID_BYTES),
  nonce,
  sealed: rest(SEALED_MIN_BYTES, SEALED_MAX_BYTES),
})
export type AnnounceResponse = Of<typeof AnnounceResponse>

export const GroupAnnounceResponse = struct({
  kind: literal(PacketKind.ANNOUNCE_RESPONSE, 'announce response, new'),
  requestId: bytes<Uint8Array>(ANNOUNCE_ID_BYTES),
  nonce,
  sealed: rest(SEALED_MIN_BYTES + 1, ONION_RESPONSE_MAX_BYTES - (1 + ANNOUNCE_ID_BYTES + 24)),
})
