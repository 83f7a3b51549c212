// Announce request (0x83, and 0x87 with room for a group's announcement): asks a node whether it knows a key, or to store
// where the asker is reached. Both look alike and have one size, so a node cannot tell which it is. Spec: Onion.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import type { AnyPublicKey, EphemeralPublicKey, LongTermPublicKey } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { allBut, nonce, publicKey } from './fields.js'
import { RETURN_3_BYTES } from './sizes.js'

/** 32 bytes: a node's proof that the asker receives at the address it asked from; zeros when none is known yet. */
export const PING_ID_BYTES = 32
/** 8 bytes that the node sends back, so that the asker knows what was answered. */
export const ANNOUNCE_ID_BYTES = 8
/** Ping id, sought key, data public key, request id, tag. */
const SEALED_BYTES = PING_ID_BYTES + 32 + 32 + ANNOUNCE_ID_BYTES + 16
/** A group's announcement behind the payload is at most so long (c-toxcore: ONION_MAX_EXTRA_DATA_SIZE). */
const GROUP_DATA_MAX_BYTES = 136

/** Sealed for the node: by the long-term key of who announces itself, or by a temporary key of who searches. */
export const AnnouncePayload = struct({
  pingId: bytes<Uint8Array>(PING_ID_BYTES),
  soughtKey: bytes<LongTermPublicKey>(32),
  dataPublicKey: bytes<EphemeralPublicKey>(32),
  requestId: bytes<Uint8Array>(ANNOUNCE_ID_BYTES),
})
export type AnnouncePayload = Of<typeof AnnouncePayload>

/** As the client hands it to the exit (152 bytes and tag): the exit appends the return address. */
export const AnnounceRequest = struct({
  kind: literal(PacketKind.ANNOUNCE_REQUEST_OLD, 'announce request'),
  nonce,
  publicKey,
  sealed: bytes<Uint8Array>(SEALED_BYTES),
})
export type AnnounceRequest = Of<typeof AnnounceRequest>

/** As it reaches the node. */
export const ReturnableAnnounceRequest = struct({
  kind: literal(PacketKind.ANNOUNCE_REQUEST_OLD, 'announce request'),
  nonce,
  publicKey: bytes<AnyPublicKey>(32, 'public key[32]'),
  sealed: allBut(RETURN_3_BYTES, SEALED_BYTES, SEALED_BYTES),
  returnPath: bytes<Uint8Array>(RETURN_3_BYTES),
})
export type ReturnableAnnounceRequest = Of<typeof ReturnableAnnounceRequest>

/** The newer kind: what is sealed may carry a group's announcement behind `AnnouncePayload`. */
export const ReturnableGroupAnnounceRequest = struct({
  kind: literal(PacketKind.ANNOUNCE_REQUEST, 'announce request, new'),
  nonce,
  publicKey: bytes<AnyPublicKey>(32, 'public key[32]'),
  sealed: allBut(RETURN_3_BYTES, SEALED_BYTES, SEALED_BYTES + GROUP_DATA_MAX_BYTES),
  returnPath: bytes<Uint8Array>(RETURN_3_BYTES),
})

/** The payload of the newer kind. */
export const GroupAnnouncePayload = struct({
  announce: AnnouncePayload,
  groupData: rest(0, GROUP_DATA_MAX_BYTES),
})
