// The sizes that the onion's formats are made of, all in bytes. Spec: Onion.

import { MAC_BYTES, NONCE_BYTES, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'

/** An address inside an onion packet: family 1, IPv6 or padded IPv4 16, port 2. */
export const PADDED_ENDPOINT_BYTES = 1 + 16 + 2
/** The mark by which a relay knows its client again: what stands in place of an address, but for the family. */
export const RELAY_MARK_BYTES = PADDED_ENDPOINT_BYTES - 1
/** What one hop adds around the return address that it was given. */
const RETURN_LAYER_BYTES = NONCE_BYTES + PADDED_ENDPOINT_BYTES + MAC_BYTES
/** Return address as hop 1 hands it to hop 2: 59. */
export const RETURN_1_BYTES = RETURN_LAYER_BYTES
/** As hop 2 hands it to hop 3: 118. */
export const RETURN_2_BYTES = RETURN_LAYER_BYTES + RETURN_1_BYTES
/** As hop 3 hands it to the destination: 177. */
export const RETURN_3_BYTES = RETURN_LAYER_BYTES + RETURN_2_BYTES
/** What one layer of encryption costs: next hop, its public key, tag. */
const LAYER_BYTES = PADDED_ENDPOINT_BYTES + PUBLIC_KEY_BYTES + MAC_BYTES

/** The largest onion packet of any kind (c-toxcore: ONION_MAX_PACKET_SIZE). */
export const ONION_PACKET_MAX_BYTES = 1400
/** The most that three layers can carry to a destination: 1,400 - kind 1 - nonce 24 - layers 3 × 67 = 1,174. */
export const ONION_DATA_MAX_BYTES = ONION_PACKET_MAX_BYTES - (1 + NONCE_BYTES + 3 * LAYER_BYTES)
/** The most that a destination can answer: 1,400 - kind 1 - return address 177 = 1,222. */
export const ONION_RESPONSE_MAX_BYTES = ONION_PACKET_MAX_BYTES - (1 + RETURN_3_BYTES)

/** Fewest bytes sealed for the exit: an address and one byte of data. */
export const SEALED_EXIT_MIN_BYTES = PADDED_ENDPOINT_BYTES + 1 + MAC_BYTES
/** Fewest bytes sealed for hop 2. */
export const SEALED_2_MIN_BYTES = SEALED_EXIT_MIN_BYTES + LAYER_BYTES
/** Fewest bytes sealed for hop 1. */
export const SEALED_1_MIN_BYTES = SEALED_2_MIN_BYTES + LAYER_BYTES
/** Bytes in front of the sealed part of each forward packet: kind, nonce, public key. */
export const FORWARD_HEAD_BYTES = 1 + NONCE_BYTES + PUBLIC_KEY_BYTES
