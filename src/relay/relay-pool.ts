// The TCP relays that we use: which ones are connected, who is reached through them, which rest. As c-toxcore's TCP_connection.c.

import type { Endpoint, Env, Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtKeyPair, DhtPublicKey, Nonce } from '../crypto/keys.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { StreamDialer, StreamTarget } from '../transport/stream.js'
import type { RelayFailure } from './failure.js'

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
  /** The answer to an onion packet: a view valid for the turn, as all packets here. */
  onOnionResponse(packet: Uint8Array): void
  onForwarding?(packet: Uint8Array): void
  /** An OOB packet of somebody who is no peer of ours on this relay: a cookie request or handshake, most likely. */
  onOob(sender: DhtPublicKey, packet: Uint8Array, relay: OobRelay): void
  /** `connectedCount`, or a state or failure in `list`, changed. */
  onNews?(): void
}

export interface RelayedPeerHandlers {
  /** A packet of the peer, through a route or OOB on a relay that we share with it. */
  onData(packet: Uint8Array): void
  /** `relayCount` changed. */
  onChange(): void
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
  /** Uses a relay that the peer told us, for at most six; false when there are enough, or it is one already. */
  addRelay(relay: RelayInfo): boolean
  /** As `addRelay`, with the relay that brought the peer's OOB packet. */
  addOobRelay(relay: OobRelay): boolean
  /** A direct path works: relays that nobody else needs may rest. */
  setDirect(direct: boolean): void
  /** Relays through which data reaches the peer now. */
  readonly relayCount: number
  /** The relays in use for it whose address is known, connected or not: those that work first. */
  readonly relays: RelayInfo[]
  /** The relay that `reserve` would take, and its round trip (between us and the relay). */
  readonly best: RelaySnapshot | undefined
  close(): void
}

export class RelayPool {
  constructor(readonly parts: RelayPoolParts) {}

  /** Relays that we are connected to now. */
  get connectedCount(): number {
    return 0
  }

  /** All that are known, for display. */
  get list(): readonly RelaySnapshot[] {
    return []
  }

  /** Adds a relay of the user's, a bootstrap node's or a saved one; harmless when it is known. */
  add(_relay: RelayTarget): void {}

  /** Begins to reach a peer, by its DHT key. One for each key: throws when there is one already. */
  peer(publicKey: DhtPublicKey, _handlers: RelayedPeerHandlers): RelayedPeer {
    return {
      publicKey,
      reserve: () => undefined,
      sendOob: () => false,
      addRelay: () => false,
      addOobRelay: () => false,
      setDirect() {},
      relayCount: 0,
      relays: [],
      best: undefined,
      close() {},
    }
  }

  /** Whether onion packets go through relays (UDP does not work): three are kept for them. False at first. */
  setOnion(_wanted: boolean): void {}

  /** A connected relay by chance, as first hop of an onion path. */
  random(): RelayHop | undefined {
    return undefined
  }

  /** Up to `count` connected relays by chance whose address is known, for friends. */
  connected(_count: number): readonly RelayInfo[] {
    return []
  }

  /** Has a connected relay pass `data` on to a node; false when there is none. */
  forward(_to: Endpoint, _data: Uint8Array): boolean {
    return false
  }

  /** At most eight for savedata: connected ones first. */
  saved(): RelayInfo[] {
    return []
  }

  /** Our addresses changed, or we woke from sleep: connects anew, at once. */
  reconnect(): void {}

  /** Ends all connections, for good. */
  close(): void {}
}
