// Why a connection to a relay could not be made, or ended.

import type { DialFailureCode } from '../transport/stream.js'

export type RelayFailureCode =
  | DialFailureCode
  /** No answer to our handshake, or to a ping. */
  | 'silent'
  /** What answers does not own the relay's key, or breaks the protocol. */
  | 'not-genuine'
  /** The relay hung up. */
  | 'closed'

export interface RelayFailure {
  readonly code: RelayFailureCode
  /** For people; holds no secrets. */
  readonly text: string
}
