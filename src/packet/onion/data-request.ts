// Data to route request (0x85): asks a node to hand data on to the peer that announced itself there. Spec: Onion.

import { bytes, literal, type Of, rest, struct } from '../../codec/index.js'
import { type EphemeralPublicKey, type LongTermPublicKey, MAC_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { DATA_SEALED_MAX_BYTES, DATA_SEALED_MIN_BYTES } from './data-response.js'
import { allBut, nonce } from './fields.js'
import { RETURN_3_BYTES } from './sizes.js'

const head = {
  kind: literal(PacketKind.DATA_TO_ROUTE_REQUEST, 'data to route request'),
  /** Whom it is for. */
  destination: bytes<LongTermPublicKey>(32),
  nonce,
  publicKey: bytes<EphemeralPublicKey>(32),
} as const

/** As the client hands it to the exit. */
export const DataRequest = struct({ ...head, sealed: rest(DATA_SEALED_MIN_BYTES, DATA_SEALED_MAX_BYTES) })
export type DataRequest = Of<typeof DataRequest>

/** As it reaches the node; the return address is not used, for nothing is answered. */
export const ReturnableDataRequest = struct({
  ...head,
  sealed: allBut(RETURN_3_BYTES, MAC_BYTES + 1, DATA_SEALED_MAX_BYTES),
  returnPath: bytes<Uint8Array>(RETURN_3_BYTES),
})
export type ReturnableDataRequest = Of<typeof ReturnableDataRequest>
