// What the relay pool and its users say to each other.

import type { Env, Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtKeyPair, DhtPublicKey, Nonce } from '../crypto/keys.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { StreamDialer, StreamTarget } from '../transport/stream.js'
import type { RelayFailure } from './failure.js'
import type { RelayMeter } from './secure-stream.js'

/** A relay as users name it: by address, or by a name that the dialer resolves. */
export interface RelayTarget {
  readonly target: StreamTarget
  readonly publicKey: DhtPublicKey
}

export type RelayState =
  /** Being connected to. */
  | 'connecting'
  | 'connected'
  /** Not connected because nobody needs it now. */
  | 'resting'
  /** It failed; tried again later. */
  | 'waiting'

/** What is known of a relay, for display. */
export interface RelaySnapshot extends RelayTarget {
  readonly state: RelayState
  /** The last failure, since it was connected last. */
  readonly failure: RelayFailure | undefined
  /** From ping to pong; undefined until measured. */
  readonly rttMs: Millis | undefined
  /** Peers who are reached through it now. */
  readonly peers: number
}

/** The first hop of an onion path, as the onion wants it (FirstHop of onion/slice.ts). */
export interface RelayHop {
  readonly key: string
  send(nonce: Nonce, layer: Uint8Array): void
}

/** A relay that brought an OOB packet: the answer goes back through it. */
export interface OobRelay {
  readonly publicKey: DhtPublicKey
  /** Sends an OOB packet of 1 to 1,024 bytes to whoever has this key on the relay; false when it cannot leave now. */
  sendOob(to: DhtPublicKey, packet: Uint8Array): boolean
}

export interface RelayPoolParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly keyPair: DhtKeyPair
  readonly dialer: StreamDialer
  /** Counts packets to and from all relays. */
  readonly meter?: RelayMeter | undefined
  /** The answer to an onion packet: a view valid for this call, as all packets here. */
  onOnionResponse(packet: Uint8Array): void
  onForwarding?(packet: Uint8Array): void
  /** An OOB packet of somebody who is no peer of ours on this relay: a cookie request or handshake, most likely. */
  onOob(sender: DhtPublicKey, packet: Uint8Array, relay: OobRelay): void
  /** `connectedCount`, or a state or failure in `list`, changed; at most once a turn. */
  onNews?(): void
}

export interface RelayedPeerHandlers {
  /** A packet of the peer, through a route or OOB on a relay that we share with it. */
  onData(packet: Uint8Array): void
  /** `relayCount` changed, or a relay waits for the peer now, so that OOB packets may reach it. */
  onChange(): void
  /** `reserve` would have a place again, after it had none for want of room. */
  onWritable?(): void
}

/** The way to one peer through relays. */
export interface RelayedPeer {
  readonly publicKey: DhtPublicKey
  /**
   * A place of `size` bytes for one packet, to be written whole at once: on the first relay where both are connected and
   * whose queue has room; undefined when there is none.
   */
  reserve(size: number): Uint8Array | undefined
  /** Sends a packet OOB through the relays where we wait for the peer; false when it left through none. */
  sendOob(packet: Uint8Array): boolean
  /** Uses a relay that the peer told us, one of at most six; false when there are enough, or it is one already. */
  addRelay(relay: RelayInfo): boolean
  /** As `addRelay`, with the relay that brought the peer's OOB packet. */
  addOobRelay(relay: OobRelay): boolean
  /** A direct path works: relays that nobody else needs may rest. */
  setDirect(direct: boolean): void
  /** Nothing comes through the relay that `reserve` takes: takes another one where there is one, and asks whether it lives. */
  suspect(): void
  /** Relays through which data reaches the peer now. */
  readonly relayCount: number
  /** The relays in use for it whose address is known: those that work first. */
  readonly relays: RelayInfo[]
  /** The relay that `reserve` would take, and its round trip (between us and the relay). */
  readonly best: RelaySnapshot | undefined
  close(): void
}
