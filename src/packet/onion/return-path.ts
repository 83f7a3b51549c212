// A return address: sealed by each hop under a key that only it knows, growing by 59 bytes a hop. Spec: Onion.
// Nobody but the hop itself reads it, so the format inside is free; it is the one that c-toxcore uses too.

import { bytes, type Of, rest, struct } from '../../codec/index.js'
import { MAC_BYTES } from '../../crypto/keys.js'
import { nonce, paddedEndpoint } from './fields.js'
import { PADDED_ENDPOINT_BYTES, RETURN_1_BYTES, RETURN_2_BYTES, RETURN_3_BYTES } from './sizes.js'

/** A return address on the wire: the hop's nonce and what it sealed. */
export const ReturnPath = struct({
  nonce,
  sealed: rest(PADDED_ENDPOINT_BYTES + MAC_BYTES, RETURN_3_BYTES - 24),
})

/** What hop 1 sealed: where the sender is, as `paddedEndpoint`, or a mark of a relay connection (first byte 0). */
export const Return1 = struct({ sender: bytes<Uint8Array>(PADDED_ENDPOINT_BYTES) }, 'return 1')
/** What hop 2 sealed: hop 1's address and what hop 1 sealed. */
export const Return2 = struct({ to: paddedEndpoint, returnPath: bytes<Uint8Array>(RETURN_1_BYTES) }, 'return 2')
export type Return2 = Of<typeof Return2>
/** What hop 3 sealed: hop 2's address and what hop 2 sealed. */
export const Return3 = struct({ to: paddedEndpoint, returnPath: bytes<Uint8Array>(RETURN_2_BYTES) }, 'return 3')
export type Return3 = Of<typeof Return3>
