// Forward request: pass this on to the node with this DHT key, which sends its answer back through you.
// Not sealed: what is to be hidden is sealed inside. The data may be a forward request itself, so that a chain of nodes carries it.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { type DhtPublicKey, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { FORWARD_DATA_MAX_BYTES } from './sizes.js'

export const forwardRequest = struct(
  {
    kind: literal(PacketKind.FORWARD_REQUEST, 'forward request'),
    recipient: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES),
    data: rest(0, FORWARD_DATA_MAX_BYTES),
  },
  'forward request',
)
export type ForwardRequest = Of<typeof forwardRequest>
