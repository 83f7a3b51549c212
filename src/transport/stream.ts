// How the engine uses a TCP connection, whoever moves its bytes.

import type { Endpoint } from '../base/index.js'

export interface ByteStream {
  /** The other end. */
  readonly remote: Endpoint
  /** Bytes that were written and that the system has not taken yet. */
  readonly queuedBytes: number
  /** Sends `bytes`, which must not change afterwards. What one turn writes leaves together. */
  write(bytes: Uint8Array): void
  /** Ends the connection at once; its handler hears nothing more. Safe at any time and twice. */
  destroy(): void
}

/** Whoever reads a stream. */
export interface StreamHandler {
  /** The next bytes, a view valid for the turn; where they are cut says nothing. */
  onData(bytes: Uint8Array): void
  /** The other side ended the connection, or it broke. */
  onClosed(): void
}
