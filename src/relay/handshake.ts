// Both halves of the handshake. Spec: TCP server, handshake. The client is believed only when its first packet opens: a handshake
// that somebody recorded can be sent again, what follows it cannot.

import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type DhtKeyPair,
  type DhtPublicKey,
  MAC_BYTES,
  type SessionPublicKey,
  type SessionSecretKey,
  type SharedKey,
} from '../crypto/keys.js'
import { randomNonce } from '../crypto/nonce.js'
import { RelayClientHandshake, RelayHandshakePlain, RelayServerHandshake } from '../packet/relay/index.js'
import type { StreamKeys } from './secure-stream.js'

export const CLIENT_HANDSHAKE_BYTES = RelayClientHandshake.minSize
export const SERVER_HANDSHAKE_BYTES = RelayServerHandshake.minSize

export interface AcceptedHandshake {
  readonly publicKey: DhtPublicKey
  /** To be sent to the client: 96 bytes. */
  readonly answer: Uint8Array
  readonly keys: StreamKeys
}

/** Judges the client's 128 bytes; undefined when they are not meant for us, or forged. */
export function acceptHandshake(crypto: Crypto, ours: DhtKeyPair, bytes: Uint8Array): AcceptedHandshake | undefined {
  const handshake = decode(RelayClientHandshake, bytes)
  const longKey = handshake && crypto.sharedKey(handshake.publicKey, ours.secretKey)
  if (longKey === undefined) return undefined
  try {
    return answered(crypto, handshake!, longKey)
  } finally {
    crypto.wipe(longKey)
  }
}

function answered(crypto: Crypto, handshake: RelayClientHandshake, longKey: SharedKey): AcceptedHandshake | undefined {
  const plain = new Uint8Array(RelayHandshakePlain.minSize)
  if (!crypto.open(plain, handshake.sealed, handshake.nonce, longKey)) return undefined
  const theirs = decode(RelayHandshakePlain, plain)!
  const session = crypto.keyPair<SessionPublicKey, SessionSecretKey>()
  const key = crypto.sharedKey(theirs.sessionPublicKey, session.secretKey)
  crypto.wipe(session.secretKey)
  if (key === undefined) return undefined
  const sendNonce = randomNonce(crypto)
  const nonce = randomNonce(crypto)
  const sealed = new Uint8Array(plain.length + MAC_BYTES)
  const ours = encode(RelayHandshakePlain, { sessionPublicKey: session.publicKey, baseNonce: sendNonce })
  crypto.seal(sealed, ours, nonce, longKey)
  return {
    publicKey: handshake.publicKey,
    answer: encode(RelayServerHandshake, { nonce, sealed }),
    keys: { key, sendNonce, receiveNonce: theirs.baseNonce },
  }
}

/** The client's half, from its first packet to the relay's answer. */
export interface BegunHandshake {
  /** To be sent to the relay: 128 bytes. */
  readonly packet: Uint8Array
  /** Judges the relay's 96 bytes; undefined when they do not come from the owner of its key. Call it once. */
  finish(answer: Uint8Array): StreamKeys | undefined
  /** Overwrites the secrets of a handshake that will not be finished. */
  wipe(): void
}

/** Begins the client's half; undefined when `relay` is no key. */
export function beginHandshake(crypto: Crypto, ours: DhtKeyPair, relay: DhtPublicKey): BegunHandshake | undefined {
  const longKey = crypto.sharedKey(relay, ours.secretKey)
  if (longKey === undefined) return undefined
  const session = crypto.keyPair<SessionPublicKey, SessionSecretKey>()
  const baseNonce = randomNonce(crypto)
  const nonce = randomNonce(crypto)
  const plain = encode(RelayHandshakePlain, { sessionPublicKey: session.publicKey, baseNonce })
  const sealed = new Uint8Array(plain.length + MAC_BYTES)
  crypto.seal(sealed, plain, nonce, longKey)
  const wipe = (): void => {
    crypto.wipe(session.secretKey)
    crypto.wipe(longKey)
  }
  return {
    wipe,
    packet: encode(RelayClientHandshake, { publicKey: ours.publicKey, nonce, sealed }),
    finish(answer) {
      const handshake = decode(RelayServerHandshake, answer)
      const opened = new Uint8Array(RelayHandshakePlain.minSize)
      const isGenuine = handshake !== undefined && crypto.open(opened, handshake.sealed, handshake.nonce, longKey)
      const theirs = isGenuine ? decode(RelayHandshakePlain, opened) : undefined
      const key = theirs && crypto.sharedKey(theirs.sessionPublicKey, session.secretKey)
      wipe()
      return key && { key, sendNonce: baseNonce, receiveNonce: theirs!.baseNonce }
    },
  }
}
