// What a connection is at any moment. Spec: Net crypto, Connection states.

import type { Millis } from '../base/index.js'
import type { Session } from './session.js'

/** c-toxcore: CRYPTO_SEND_PACKET_INTERVAL, MAX_NUM_SENDPACKET_TRIES. */
export const RETRY_MS: Millis = 1_000
export const TRIES_MAX = 8

/** A packet that is sent again each second until it is answered. */
export interface Attempt {
  readonly packet: Uint8Array
  tries: number
  sentMs: Millis
}

/** A state owns exactly what is true in it. */
export type ConnectionState =
  | { readonly name: 'new' }
  | { readonly name: 'cookie-requesting'; readonly requestId: bigint; readonly attempt: Attempt }
  | { readonly name: 'handshake-sent'; readonly attempt: Attempt; readonly rttMs: Millis | undefined }
  | { readonly name: 'not-confirmed'; readonly attempt: Attempt; readonly session: Session }
  | { readonly name: 'established'; readonly session: Session }
  | { readonly name: 'killed' }

export function newAttempt(packet: Uint8Array): Attempt {
  return { packet, tries: 0, sentMs: 0 }
}
