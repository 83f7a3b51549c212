// Share Relays (17): TCP relays through which the sender can be reached as well. Spec: Friend connection.

import { literal, many, type Of, struct } from '../../codec/index.js'
import { nodeOrRelay } from '../node-info.js'
import { PacketId } from './packet-id.js'

/** Relays in one packet (c-toxcore: MAX_SHARED_RELAYS). */
export const SHARED_RELAYS_MAX = 3

/** Nodes reached by UDP may stand here too and mean nothing: the reader picks the relays. */
export const ShareRelays = struct(
  { id: literal(PacketId.SHARE_RELAYS, 'share relays'), relays: many(nodeOrRelay, SHARED_RELAYS_MAX) },
  'share relays',
)
export type ShareRelays = Of<typeof ShareRelays>
