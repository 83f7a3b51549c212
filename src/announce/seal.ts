// Seals the packets of announcements in the frame of all DHT packets.

import type { Random } from '../base/index.js'
import { encode, type Schema } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import { type DhtPublicKey, MAC_BYTES, NONCE_BYTES, type Nonce, type SharedKey } from '../crypto/keys.js'

export interface Sealing {
  readonly crypto: Pick<Crypto, 'seal'>
  readonly random: Random
  /** Our DHT key. */
  readonly sender: DhtPublicKey
  readonly sharedKey: SharedKey
}

interface Frame<K extends number> {
  readonly kind: K
  readonly sender: DhtPublicKey
  readonly nonce: Nonce
  readonly box: Uint8Array
}

/** `plain` as a packet of `kind`. */
export function sealPacket<K extends number>(
  { crypto, random, sender, sharedKey }: Sealing,
  schema: Schema<Frame<K>>,
  kind: K,
  plain: Uint8Array,
): Uint8Array {
  const nonce = random.bytes(NONCE_BYTES) as Nonce
  const box = new Uint8Array(plain.length + MAC_BYTES)
  crypto.seal(box, plain, nonce, sharedKey)
  return encode(schema, { kind, sender, nonce, box })
}
