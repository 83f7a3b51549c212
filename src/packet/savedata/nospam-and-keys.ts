// Nospam and Keys (1): who we are. Spec: State Format, Nospam and Keys.

import { bytes, type Of, struct } from '../../codec/index.js'
import type { LongTermPublicKey, LongTermSecretKey } from '../../crypto/keys.js'
import { NOSPAM_BYTES } from '../friend/friend-request.js'

/** The spec calls the nospam a little-endian number; its bytes are those of the Tox ID, in the same order. */
export const NospamAndKeys = struct(
  {
    nospam: bytes(NOSPAM_BYTES, 'nospam[4], as in the Tox ID'),
    publicKey: bytes<LongTermPublicKey>(32, 'long-term public key[32]'),
    secretKey: bytes<LongTermSecretKey>(32, 'long-term secret key[32]'),
  },
  'nospam and keys',
)
export type NospamAndKeys = Of<typeof NospamAndKeys>
