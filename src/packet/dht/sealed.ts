// The frame of every DHT packet between neighbours: kind, sender's DHT public key, nonce, box. Spec: DHT, DHT Packet.
// The box is sealed with the shared key of both DHT keys, so whoever opens it knows that the sender holds the key it names.

import { bytes, literal, rest, struct } from '../../codec/index.js'
import { type DhtPublicKey, MAC_BYTES, NONCE_BYTES, type Nonce, PUBLIC_KEY_BYTES } from '../../crypto/keys.js'

/** Where the sender's public key, the nonce and the box begin. */
export const SEALED_SENDER_AT = 1
export const SEALED_NONCE_AT = SEALED_SENDER_AT + PUBLIC_KEY_BYTES
export const SEALED_BOX_AT = SEALED_NONCE_AT + NONCE_BYTES
/** Bytes that the frame adds to the plain text: 73. */
export const SEALED_OVERHEAD_BYTES = SEALED_BOX_AT + MAC_BYTES

/** The frame of packets of `kind` whose plain text has `minPlain` to `maxPlain` bytes. */
export function sealedPacket<const K extends number>(kind: K, name: string, minPlain: number, maxPlain = minPlain) {
  return struct(
    {
      kind: literal(kind, name),
      sender: bytes<DhtPublicKey>(PUBLIC_KEY_BYTES),
      nonce: bytes<Nonce>(NONCE_BYTES),
      box: rest(minPlain + MAC_BYTES, maxPlain + MAC_BYTES, `box of ${minPlain}..${maxPlain} bytes`),
    },
    name,
  )
}
