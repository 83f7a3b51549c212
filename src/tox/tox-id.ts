// Tox IDs as people see them: 76 hexadecimal digits. Spec: Messenger, Tox ID.
// What is wrong with a text is told apart, because people copy IDs by hand and a bare "invalid" helps nobody.

import { fail, fromHex, ok, type Result, toHex } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import { decodeToxId, encodeToxId, TOX_ID_BYTES, type ToxId } from '../packet/messenger/tox-id.js'

export { TOX_ID_BYTES, type ToxId }

/** Two hexadecimal digits a byte. */
export const TOX_ID_DIGITS = 2 * TOX_ID_BYTES

/** In the order in which they are looked for. A public key that no X25519 key can be counts as `'bad-checksum'`, as in C. */
export type ToxIdError = 'bad-length' | 'bad-hex' | 'bad-checksum'

/** The parts of a Tox ID of 76 hexadecimal digits of either case. Spaces are the caller's to trim. */
export function parseToxId(text: string): Result<ToxId, ToxIdError> {
  if (text.length !== TOX_ID_DIGITS) return fail('bad-length')
  const bytes = fromHex(text)
  if (bytes === undefined) return fail('bad-hex')
  const toxId = decodeToxId(bytes)
  return toxId === undefined ? fail('bad-checksum') : ok(toxId)
}

/** The Tox ID of a long-term key and its nospam (4 bytes) as 76 upper-case hexadecimal digits. */
export function formatToxId({ publicKey, nospam }: { publicKey: LongTermPublicKey; nospam: Uint8Array }): string {
  return toHex(encodeToxId(publicKey, nospam))
}

/** What is wrong with a text that is no Tox ID, for people. */
export const TOX_ID_MISTAKES: Readonly<Record<ToxIdError, string>> = {
  'bad-length': 'a Tox ID has 76 hexadecimal digits',
  'bad-hex': 'a Tox ID has only the digits 0 to 9 and A to F',
  'bad-checksum': 'the checksum of the Tox ID is wrong: a digit was mistyped',
}
