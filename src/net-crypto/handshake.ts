// Seals and opens handshakes. Spec: Net crypto, Handshake. A handshake is opened cookie first (1 µs): whoever has no cookie
// of ours costs no X25519. Who has one and sends rubbish under it finds the key remembered and costs no X25519 twice.
// c-toxcore lets a recorded handshake be played again while its cookie lives; here the session keys of accepted handshakes are
// remembered that long, and none makes a connection twice.

import type { Clock, Millis } from '../base/index.js'
import { BoundedMap, bytesKey } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type {
  Crypto,
  DhtPublicKey,
  LongTermKeyPair,
  LongTermPublicKey,
  Nonce,
  SessionPublicKey,
  SharedKey,
} from '../crypto/index.js'
import { MAC_BYTES, randomNonce } from '../crypto/index.js'
import { PacketKind } from '../packet/kinds.js'
import { HANDSHAKE_PLAIN_BYTES, Handshake, HandshakePlain } from '../packet/net-crypto/index.js'
import { COOKIE_LIFETIME_SECONDS, type CookieJar } from './cookie-jar.js'

/** What a valid handshake says. */
export interface OpenedHandshake {
  readonly longTermPublicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  readonly sessionPublicKey: SessionPublicKey
  /** Base of the nonces of the packets that the peer sends. */
  readonly baseNonce: Nonce
  /** A cookie of the peer, for our handshake in answer. */
  readonly peerCookie: Uint8Array
  /** A handshake with this session key was accepted before: it is sent or played again. */
  readonly isRepeated: boolean
}

/** Shared keys of long-term keys; when full, the least recently used is wiped and computed again when needed. */
const LONG_TERM_SHARED_KEYS_MAX = 256
/** Filled by accepted friends only, some handshakes of each within 16 s; when full, the oldest makes room. */
const USED_SESSION_KEYS_MAX = 4096
/** A handshake cannot be opened later than this after our last cookie for it. */
const REMEMBER_USED_MS = (COOKIE_LIFETIME_SECONDS + 1) * 1000

export class Handshakes {
  readonly #crypto: Crypto
  readonly #longTerm: LongTermKeyPair
  readonly #jar: CookieJar
  readonly #clock: Clock
  readonly #sharedKeys: BoundedMap<string, SharedKey>
  /** Session keys of accepted handshakes, and when each is forgotten. */
  readonly #used = new BoundedMap<string, Millis>({ capacity: USED_SESSION_KEYS_MAX, whenFull: 'evict-oldest' })

  constructor(crypto: Crypto, clock: Clock, longTerm: LongTermKeyPair, jar: CookieJar) {
    this.#crypto = crypto
    this.#clock = clock
    this.#longTerm = longTerm
    this.#jar = jar
    this.#sharedKeys = new BoundedMap({
      capacity: LONG_TERM_SHARED_KEYS_MAX,
      whenFull: 'evict-oldest',
      onEvict: (_, key) => crypto.wipe(key),
    })
  }

  /**
   * A handshake of 385 bytes to `peer` under its `cookie`, with a fresh cookie of ours inside. `undefined` when the peer's
   * long-term key is a low-order point: nobody holds it.
   */
  seal(
    peer: { readonly longTermPublicKey: LongTermPublicKey; readonly dhtPublicKey: DhtPublicKey },
    cookie: Uint8Array,
    session: { readonly sessionPublicKey: SessionPublicKey; readonly baseNonce: Nonce },
  ): Uint8Array | undefined {
    const key = this.#sharedKey(peer.longTermPublicKey)
    if (key === undefined) return undefined
    const plain = encode(HandshakePlain, {
      ...session,
      cookieHash: this.#crypto.sha512(cookie),
      cookie: this.#jar.make(peer),
    })
    const nonce = randomNonce(this.#crypto)
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    this.#crypto.seal(sealed, plain, nonce, key)
    return encode(Handshake, { kind: PacketKind.CRYPTO_HANDSHAKE, cookie, nonce, sealed })
  }

  /** What `packet` says; `undefined` when malformed, forged, late, or not bound to its cookie. */
  open(packet: Uint8Array): OpenedHandshake | undefined {
    const outer = decode(Handshake, packet)
    const bearer = outer && this.#jar.open(outer.cookie)
    if (bearer === undefined) return undefined
    const key = this.#sharedKey(bearer.longTermPublicKey)
    const bytes = new Uint8Array(HANDSHAKE_PLAIN_BYTES)
    if (key === undefined || !this.#crypto.open(bytes, outer!.sealed, outer!.nonce, key)) return undefined
    const plain = decode(HandshakePlain, bytes)
    this.#crypto.wipe(bytes)
    if (plain === undefined || !this.#crypto.equal(plain.cookieHash, this.#crypto.sha512(outer!.cookie))) {
      return undefined
    }
    return {
      longTermPublicKey: bearer.longTermPublicKey,
      dhtPublicKey: bearer.dhtPublicKey,
      sessionPublicKey: plain.sessionPublicKey,
      baseNonce: plain.baseNonce,
      peerCookie: plain.cookie,
      isRepeated: this.#used.has(bytesKey(plain.sessionPublicKey)),
    }
  }

  /** Remembers an accepted handshake, so that `isRepeated` tells of its session key from now on. */
  accepted(handshake: OpenedHandshake): void {
    const now = this.#clock.now()
    for (const [key, forgetAtMs] of this.#used) {
      if (forgetAtMs > now) break
      this.#used.delete(key)
    }
    this.#used.set(bytesKey(handshake.sessionPublicKey), now + REMEMBER_USED_MS)
  }

  /** Wipes all remembered keys. */
  wipe(): void {
    for (const key of this.#sharedKeys.values()) this.#crypto.wipe(key)
    this.#sharedKeys.clear()
    this.#used.clear()
  }

  #sharedKey(publicKey: LongTermPublicKey): SharedKey | undefined {
    const name = bytesKey(publicKey)
    const known = this.#sharedKeys.get(name)
    if (known !== undefined) return known
    const key = this.#crypto.sharedKey(publicKey, this.#longTerm.secretKey)
    if (key !== undefined) this.#sharedKeys.set(name, key)
    return key
  }
}
