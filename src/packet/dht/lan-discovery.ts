// LAN discovery: a node tells its network that it is there. Not sealed: the receiver asks the sender before it trusts it.
// Spec: LAN discovery.

import { bytes, literal, type Of, struct } from '../../codec/index.js'
import { type DhtPublicKey, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'

export const lanDiscovery = struct(
  {
    kind: literal(PacketKind.LAN_DISCOVERY, 'LAN discovery'),
    publicKey: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES),
  },
  'LAN discovery',
)
export type LanDiscovery = Of<typeof lanDiscovery>
