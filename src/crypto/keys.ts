// Keys that differ in role differ in type: a DHT key where a long-term key belongs does not compile.
// All are plain byte arrays at run time; brands exist for the compiler alone.

declare const role: unique symbol
type Branded<Role extends string> = Uint8Array & { readonly [role]: Role }

/** 32 bytes, X25519: the identity that friends know. */
export type LongTermPublicKey = Branded<'long-term public key'>
export type LongTermSecretKey = Branded<'long-term secret key'>
/** 32 bytes, X25519: a node's key of this run. */
export type DhtPublicKey = Branded<'dht public key'>
export type DhtSecretKey = Branded<'dht secret key'>
/** 32 bytes, X25519: one net-crypto session's key. */
export type SessionPublicKey = Branded<'session public key'>
export type SessionSecretKey = Branded<'session secret key'>
/** 32 bytes, X25519: used for one onion layer, one announce search, one data packet or one cookie. */
export type EphemeralPublicKey = Branded<'ephemeral public key'>
export type EphemeralSecretKey = Branded<'ephemeral secret key'>
/** 32 bytes: the precomputed box key of two key pairs (crypto_box_beforenm), or a symmetric secretbox key. */
export type SharedKey = Branded<'shared key'>
/** 24 bytes. */
export type Nonce = Branded<'nonce'>

export type AnyPublicKey = LongTermPublicKey | DhtPublicKey | SessionPublicKey | EphemeralPublicKey
export type AnySecretKey = LongTermSecretKey | DhtSecretKey | SessionSecretKey | EphemeralSecretKey

export interface KeyPair<P extends AnyPublicKey = AnyPublicKey, S extends AnySecretKey = AnySecretKey> {
  readonly publicKey: P
  readonly secretKey: S
}
export type LongTermKeyPair = KeyPair<LongTermPublicKey, LongTermSecretKey>
export type DhtKeyPair = KeyPair<DhtPublicKey, DhtSecretKey>
export type SessionKeyPair = KeyPair<SessionPublicKey, SessionSecretKey>
export type EphemeralKeyPair = KeyPair<EphemeralPublicKey, EphemeralSecretKey>

export const PUBLIC_KEY_BYTES = 32
export const SECRET_KEY_BYTES = 32
export const SHARED_KEY_BYTES = 32
export const NONCE_BYTES = 24
/** The Poly1305 tag in front of every sealed text. */
export const MAC_BYTES = 16
export const SIGN_PUBLIC_KEY_BYTES = 32
export const SIGN_SECRET_KEY_BYTES = 64
export const SIGNATURE_BYTES = 64
