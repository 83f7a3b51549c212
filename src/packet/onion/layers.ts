// What a hop finds when it opens its layer of a forward packet. Spec: Onion, onion packet (request).

import { type Of, rest, struct } from '../../codec/index.js'
import { paddedEndpoint, publicKey } from './fields.js'
import { ONION_DATA_MAX_BYTES, SEALED_2_MIN_BYTES, SEALED_EXIT_MIN_BYTES } from './sizes.js'

/** Hop 1's layer: where hop 2 is, the ephemeral key for it, and what is sealed for it. */
export const Layer1 = struct({ to: paddedEndpoint, publicKey, sealed: rest(SEALED_2_MIN_BYTES) }, 'onion layer 1')
export type Layer1 = Of<typeof Layer1>

/** Hop 2's layer: where the exit is, the ephemeral key for it, and what is sealed for it. */
export const Layer2 = struct({ to: paddedEndpoint, publicKey, sealed: rest(SEALED_EXIT_MIN_BYTES) }, 'onion layer 2')
export type Layer2 = Of<typeof Layer2>

/** The exit's layer: the destination and the packet for it. */
export const ExitLayer = struct({ to: paddedEndpoint, data: rest(1, ONION_DATA_MAX_BYTES) }, 'onion exit layer')
export type ExitLayer = Of<typeof ExitLayer>
