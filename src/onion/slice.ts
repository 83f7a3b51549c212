// What the onion needs from other modules, in its own words. `tox/` hands it in.

import type { Endpoint } from '../base/index.js'
import type { AnyPublicKey, DhtKeyPair, DhtPublicKey, Nonce, SharedKey } from '../crypto/keys.js'
import type { NodeInfo, RelayInfo } from '../packet/node-info.js'

/** The part of the DHT that the onion stands on. */
export interface OnionDht {
  /** The key pair of this run. */
  readonly keyPair: DhtKeyPair
  /** Whether nodes answer us over UDP. */
  readonly isConnected: boolean
  /** The box key of our DHT key and `publicKey`, cached; `undefined` for a low-order point. */
  sharedKey(publicKey: DhtPublicKey): SharedKey | undefined
  /** Up to `count` good nodes closest to `key`, nearest first; nodes on a LAN only where `lan` allows. */
  closest(key: AnyPublicKey, count: number, options: { readonly lan: boolean }): readonly NodeInfo[]
  /** Up to `count` good nodes chosen by chance, unrelated to our friends' keys. */
  randomPathNodes(count: number): readonly NodeInfo[]
  /** Seals a DHT request of `kind` for `recipient` and routes it; returns how many nodes (or the recipient) it was sent to. */
  sendDhtRequest(recipient: DhtPublicKey, kind: number, plain: Uint8Array): number
  /** Registers the one handler of DHT requests of `kind`; `plain` is a view that lives for the turn. */
  onDhtRequest(kind: number, handler: (sender: DhtPublicKey, plain: Uint8Array) => void): void
}

/** Carries the first layer of onion packets: a UDP node, or a TCP relay that we are connected to. */
export interface FirstHop {
  /** Equal for equal hops: paths through the same nodes are one path. */
  readonly key: string
  /**
   * Sends what hop 1 is to find when it opens its layer (`Layer1`, encoded). The UDP hop seals it into an `OnionInitial`; a relay
   * takes nonce and layer as they are, for its connection is sealed already.
   */
  send(nonce: Nonce, layer: Uint8Array): void
}

/** The TCP relays, when there are any: asked for a first hop while UDP does not work. */
export interface RelayHops {
  random(): FirstHop | undefined
  /** Up to `count` relays that we are connected to, for friends. */
  connected(count: number): readonly RelayInfo[]
}

/** Where an answer that came back through the onion entered: a UDP hop, or a relay connection. */
export type ResponseSource = Endpoint | 'relay'
