// Tox ID: long-term public key, nospam, checksum: what people give to each other. Spec: Messenger, Tox ID.
// The checksum catches mistyped digits; it is no protection against anyone who wants to deceive.

import { bytes, decode, encode, type Of, struct } from '../../codec/index.js'
import type { LongTermPublicKey } from '../../crypto/keys.js'
import { NOSPAM_BYTES } from '../friend/friend-request.js'

const CHECKSUM_BYTES = 2
export const TOX_ID_BYTES = 32 + NOSPAM_BYTES + CHECKSUM_BYTES

export const ToxId = struct(
  {
    publicKey: bytes<LongTermPublicKey>(32, 'long-term public key[32]'),
    nospam: bytes(NOSPAM_BYTES, 'nospam[4]'),
    checksum: bytes(CHECKSUM_BYTES, 'XOR of all byte pairs before it[2]'),
  },
  'Tox ID',
)

export type ToxId = Of<typeof ToxId>

/** The 38 bytes of a Tox ID. */
export function encodeToxId(publicKey: LongTermPublicKey, nospam: Uint8Array): Uint8Array {
  const toxId = encode(ToxId, { publicKey, nospam, checksum: new Uint8Array(CHECKSUM_BYTES) })
  toxId.set(checksumOf(toxId), TOX_ID_BYTES - CHECKSUM_BYTES)
  return toxId
}

/** Key and nospam of a Tox ID, or `undefined` when size, checksum or key is wrong. */
export function decodeToxId(toxId: Uint8Array): ToxId | undefined {
  const fields = decode(ToxId, toxId)
  if (fields === undefined || !isPublicKey(fields.publicKey)) return undefined
  const [even, odd] = checksumOf(toxId)
  return fields.checksum[0] === even && fields.checksum[1] === odd ? fields : undefined
}

/** Whether the highest bit is clear, as in every X25519 key that c-toxcore accepts from a user. */
export function isPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && publicKey[31]! < 128
}

function checksumOf(toxId: Uint8Array): readonly [number, number] {
  let even = 0
  let odd = 0
  for (let i = 0; i < TOX_ID_BYTES - CHECKSUM_BYTES; i += 2) {
    even ^= toxId[i]!
    odd ^= toxId[i + 1]!
  }
  return [even, odd]
}
