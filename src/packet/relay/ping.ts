// Ping (4) and pong (5): is the other side of the stream alive? Spec: TCP server.

import { literal, mapped, type Of, struct, u64 } from '../../codec/index.js'
import { RelayPacketKind } from './kinds.js'

const pingId = mapped(
  u64,
  (id: bigint) => id,
  (id) => (id === 0n ? undefined : id),
  'uint64, not 0',
)

/** A client may choose any id, 0 too; ours and the relay's are not 0. */
export const RelayPing = struct({ kind: literal(RelayPacketKind.PING, 'ping'), id: u64 })
export type RelayPing = Of<typeof RelayPing>

/** Answers the ping with this id. */
export const RelayPong = struct({ kind: literal(RelayPacketKind.PONG, 'pong'), id: pingId })
export type RelayPong = Of<typeof RelayPong>
