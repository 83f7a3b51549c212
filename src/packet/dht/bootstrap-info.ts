// Bootstrap info: which version runs here, and the message of the day. Not sealed. Spec: Bootstrap Info packet.
// The request is padded to 78 bytes, so that asking with a forged address wins an attacker little.

import { bytes, literal, type Of, rest, struct, u32 } from '../../codec/index.js'
import { PacketKind } from '../kinds.js'

export const BOOTSTRAP_INFO_REQUEST_BYTES = 78
export const MOTD_MAX_BYTES = 256

export const bootstrapInfoRequest = struct(
  { kind: literal(PacketKind.BOOTSTRAP_INFO, 'bootstrap info'), padding: bytes(BOOTSTRAP_INFO_REQUEST_BYTES - 1) },
  'bootstrap info request',
)
export type BootstrapInfoRequest = Of<typeof bootstrapInfoRequest>

/** `motd` is UTF-8 text, by custom with a zero byte at the end. */
export const bootstrapInfoResponse = struct(
  { kind: literal(PacketKind.BOOTSTRAP_INFO, 'bootstrap info'), version: u32, motd: rest(0, MOTD_MAX_BYTES) },
  'bootstrap info response',
)
export type BootstrapInfoResponse = Of<typeof bootstrapInfoResponse>
