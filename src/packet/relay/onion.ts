// Onion over a relay: the relay is hop 1, and its stream is what the first layer is elsewhere. Spec: TCP server, Onion.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { NONCE_BYTES, type Nonce } from '../../crypto/keys.js'
import { Layer1 } from '../onion/layers.js'
import { ONION_PACKET_MAX_BYTES, PADDED_ENDPOINT_BYTES, RETURN_1_BYTES } from '../onion/sizes.js'
import { RelayPacketKind } from './kinds.js'

/** What hop 1 passes on is 1,400 bytes at most: it takes an address off the layer, and adds a kind, the nonce and the return address. */
const LAYER_MAX_BYTES = ONION_PACKET_MAX_BYTES + PADDED_ENDPOINT_BYTES - (1 + NONCE_BYTES + RETURN_1_BYTES)

/** From a client (8): the nonce of the whole onion packet, then what hop 1 would find in its layer. */
export const RelayOnionRequest = struct({
  kind: literal(RelayPacketKind.ONION_REQUEST, 'onion request'),
  nonce: bytes<Nonce>(NONCE_BYTES, 'nonce[24]'),
  layer: rest(Layer1.minSize, LAYER_MAX_BYTES, 'Layer1 of the onion'),
})
export type RelayOnionRequest = Of<typeof RelayOnionRequest>

/** To a client (9): the answer as it came back through the other hops. */
export const RelayOnionResponse = struct({
  kind: literal(RelayPacketKind.ONION_RESPONSE, 'onion response'),
  data: rest(1, ONION_PACKET_MAX_BYTES),
})
export type RelayOnionResponse = Of<typeof RelayOnionResponse>
