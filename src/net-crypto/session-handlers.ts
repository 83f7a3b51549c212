// What a connection reports to whoever opened or accepted it: the friend connections of the floor above.

import type { DhtPublicKey } from '../crypto/index.js'
import type { Connection } from './connection.js'

export type ClosedReason =
  /** The peer said so. */
  | 'killed-by-peer'
  /** Eight cookie requests or handshakes remained without an answer. */
  | 'no-answer'
  /** The peer restarted: its new handshake is offered to `accept`. */
  | 'replaced'

/** What a connection reports. Views handed over live for the call only. A handler may kill the connection. */
export interface SessionHandlers {
  /** First of all, for connections that the peer started: the connection these handlers belong to. */
  onConnection?(connection: Connection): void
  /** The session stands both ways. */
  onEstablished?(): void
  onLossless?(data: Uint8Array): void
  onLossy?(data: Uint8Array): void
  /** The connection is over, not by our `kill()`. */
  onClosed?(reason: ClosedReason): void
  /** Whether packets go directly to the peer; false some seconds after the last one came directly. */
  onDirectPath?(has: boolean): void
  /** How many relays both are connected to. */
  onRelays?(count: number): void
  /** Nothing has come for two seconds: the peer may have moved. Called some times, at growing intervals. */
  onQuiet?(): void
  /** Whether nothing has come for five seconds, though peers say something every second: perhaps the peer is gone. */
  onSilence?(isSilent: boolean): void
  /** The peer shows a new DHT key: it restarted. The connection is being replaced by one to that key. */
  onDhtKey?(newDhtPublicKey: DhtPublicKey): void
  /** The peer has all lossless packets before number `upTo`. */
  onAcked?(upTo: number): void
  /** The send queue ran empty or has room again after a refusal, or packets left the air: more may be sent than before. */
  onWritable?(): void
}
