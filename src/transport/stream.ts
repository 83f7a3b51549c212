// How the engine uses a TCP connection, whoever moves its bytes and whoever stands between: Node's host, a proxy, the simulator.

import type { Endpoint } from '../base/index.js'

export interface ByteStream {
  /** The other end, where it is known: a stream through a proxy may end at a name. */
  readonly remote: Endpoint | undefined
  /** Bytes that were written and that the system has not taken yet. */
  readonly queuedBytes: number
  /** Sends `bytes`, which must not change while they are among the `queuedBytes`. */
  write(bytes: Uint8Array): void
  /** Calls `action` once when this turn ends, before what it wrote leaves: for whoever gathers the packets of a turn. */
  atTurnEnd(action: () => void): void
  /** As `destroy`, but what was written still leaves. Where it is missing, `destroy` has to do. */
  end?(): void
  /** Ends the connection at once; its handler hears nothing more. Safe at any time and twice. */
  destroy(): void
}

/** A connection that came to us. */
export interface AcceptedStream extends ByteStream {
  readonly remote: Endpoint
}

/** Whoever reads a stream. */
export interface StreamHandler {
  /** The next bytes, a view valid for the turn; where they are cut says nothing. */
  onData(bytes: Uint8Array): void
  /** The other side ended the connection, or it broke. */
  onClosed(): void
  /** The system has taken what waited for it, after much had. */
  onDrained?(): void
}

/** A host by name, which only the dialer (or a proxy's resolver) can turn into an address. */
export interface NamedTarget {
  readonly host: string
  readonly port: number
}

/** Where a stream leads. */
export type StreamTarget = Endpoint | NamedTarget

/** Why there is no stream. */
export type DialFailureCode =
  /** Nobody listens there. */
  | 'refused'
  /** No way leads there. */
  | 'unreachable'
  | 'timeout'
  /** The name has no address. */
  | 'not-resolved'
  | 'proxy-unreachable'
  /** The proxy does not let us through, or says that it cannot reach the target. */
  | 'proxy-refused'
  /** The proxy wants a user name and password, or others than these. */
  | 'proxy-auth'
  /** What answered is no such proxy. */
  | 'proxy-garbage'
  /** The proxy hung up before it had let us through. */
  | 'proxy-closed'
  /** The host is being closed. */
  | 'aborted'

export interface DialFailure {
  readonly code: DialFailureCode
  /** For people; holds no secrets. */
  readonly text: string
}

/** What becomes of an attempt: exactly one of the two, later, as a turn of the engine; neither once it was cancelled. */
export interface DialHandler {
  /** The connection stands; whoever reads it. To refuse it, `destroy` the stream and return any handler. */
  onConnected(stream: ByteStream): StreamHandler
  onFailed(failure: DialFailure): void
}

export interface DialAttempt {
  /** Gives the attempt up. Harmless once it was decided. */
  cancel(): void
}

/** Opens connections. Its timeouts are its own, how often to try again is its user's. */
export interface StreamDialer {
  /** Begins to connect to `to`; calls nothing of `handler` before it returns. */
  dial(to: StreamTarget, handler: DialHandler): DialAttempt
}
