// What all connections of one engine share, and what they need from the floor below.

import type { Env } from '../base/index.js'
import type { Crypto, DhtKeyPair, DhtPublicKey, LongTermKeyPair, SharedKey } from '../crypto/index.js'
import type { UdpSender } from '../transport/udp.js'
import type { Connection } from './connection.js'
import type { Handshakes } from './handshake.js'
import type { PacketBlocks } from './packet-blocks.js'
import type { EndpointIndex } from './path.js'
import type { RelayedPeers } from './relayed.js'
import type { Session } from './session.js'
import type { Scratch } from './session-cipher.js'

/** What net-crypto needs of the DHT. */
export interface DhtKeys {
  readonly keyPair: DhtKeyPair
  /** Shared key of our DHT key and a node's, for use in this turn; `undefined` for an impossible key. */
  sharedKey(publicKey: DhtPublicKey): SharedKey | undefined
  /** Whether this is the key of a peer whom we know: no stranger can make up many of them. */
  knows?(publicKey: DhtPublicKey): boolean
}

/** @internal What connections share. */
export interface ConnectionContext {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  /** Absent where there is no TCP. */
  readonly relays: RelayedPeers | undefined
  readonly longTerm: LongTermKeyPair
  readonly dht: DhtKeys
  readonly handshakes: Handshakes
  readonly blocks: PacketBlocks
  readonly openScratch: Scratch
  readonly sealScratch: Scratch
  /** Packets of a session take another way. */
  onPath(connection: Connection): void
  atTurnEnd(session: Session): void
  indexOf(connection: Connection): EndpointIndex
  /** A packet that relays brought for this connection. */
  receiveRelayed(connection: Connection, packet: Uint8Array): void
  forget(connection: Connection): void
}
