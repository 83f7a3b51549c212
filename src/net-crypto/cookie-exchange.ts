// Seals and opens cookie requests and responses. Spec: Net crypto, Cookie Request and Response.

import { decode, encode } from '../codec/index.js'
import type { Crypto, DhtPublicKey, LongTermPublicKey, SharedKey } from '../crypto/index.js'
import { MAC_BYTES, randomNonce } from '../crypto/index.js'
import { PacketKind } from '../packet/kinds.js'
import {
  COOKIE_REQUEST_PLAIN_BYTES,
  COOKIE_RESPONSE_PLAIN_BYTES,
  CookieRequest,
  CookieRequestPlain,
  CookieResponse,
  CookieResponsePlain,
} from '../packet/net-crypto/index.js'

const PADDING = new Uint8Array(32)

/** A cookie request of 145 bytes. `sharedKey` is that of our DHT key and the peer's. */
export function sealCookieRequest(
  crypto: Crypto,
  our: { readonly dhtPublicKey: DhtPublicKey; readonly longTermPublicKey: LongTermPublicKey },
  requestId: bigint,
  sharedKey: SharedKey,
): Uint8Array {
  const plain = encode(CookieRequestPlain, { longTermPublicKey: our.longTermPublicKey, padding: PADDING, requestId })
  const nonce = randomNonce(crypto)
  const sealed = new Uint8Array(plain.length + MAC_BYTES)
  crypto.seal(sealed, plain, nonce, sharedKey)
  return encode(CookieRequest, { kind: PacketKind.COOKIE_REQUEST, dhtPublicKey: our.dhtPublicKey, nonce, sealed })
}

/** Who asks, and the id to answer with; `undefined` when forged. */
export function openCookieRequest(
  crypto: Crypto,
  packet: { readonly nonce: Uint8Array; readonly sealed: Uint8Array },
  sharedKey: SharedKey,
): { readonly longTermPublicKey: LongTermPublicKey; readonly requestId: bigint } | undefined {
  const plain = new Uint8Array(COOKIE_REQUEST_PLAIN_BYTES)
  return crypto.open(plain, packet.sealed, packet.nonce, sharedKey) ? decode(CookieRequestPlain, plain) : undefined
}

/** A cookie response of 161 bytes. */
export function sealCookieResponse(
  crypto: Crypto,
  cookie: Uint8Array,
  requestId: bigint,
  sharedKey: SharedKey,
): Uint8Array {
  const plain = encode(CookieResponsePlain, { cookie, requestId })
  const nonce = randomNonce(crypto)
  const sealed = new Uint8Array(plain.length + MAC_BYTES)
  crypto.seal(sealed, plain, nonce, sharedKey)
  return encode(CookieResponse, { kind: PacketKind.COOKIE_RESPONSE, nonce, sealed })
}

/** The peer's cookie, when `packet` answers request `requestId`; else `undefined`. */
export function openCookieResponse(
  crypto: Crypto,
  packet: Uint8Array,
  requestId: bigint,
  sharedKey: SharedKey,
): Uint8Array | undefined {
  const outer = decode(CookieResponse, packet)
  const plain = new Uint8Array(COOKIE_RESPONSE_PLAIN_BYTES)
  if (outer === undefined || !crypto.open(plain, outer.sealed, outer.nonce, sharedKey)) return undefined
  const answer = decode(CookieResponsePlain, plain)
  return answer?.requestId === requestId ? answer.cookie : undefined
}
