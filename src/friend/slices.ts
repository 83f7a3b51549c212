// What friend connections need of the modules below: onion client, DHT and net-crypto. Wired in tox/.

import type { Endpoint, Millis } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/keys.js'
import type { NodeInfo, RelayInfo } from '../packet/node-info.js'

/** Of somebody who was met: the DHT key of that run, and where it was. */
export interface FriendContact {
  readonly dhtPublicKey: DhtPublicKey
  readonly endpoint: Endpoint
}

/** What the onion learns about one friend. */
export interface OnionFriendHandlers {
  /** The friend told us their DHT public key, nodes near them and relays that they use; may repeat what is known. */
  onDhtKey(dhtPublicKey: DhtPublicKey, nodes: readonly NodeInfo[], relays: readonly RelayInfo[]): void
}

/** The onion's work for one friend: search for their announce, tell them our DHT key. */
export interface OnionFriend {
  /** An online friend needs no search; the moment they go offline it starts anew. */
  setOnline(online: boolean): void
  /** The friend's DHT key, learned without the onion (from a session). */
  setDhtKey(dhtPublicKey: DhtPublicKey): void
  /** Tells the friend our DHT key once more, through the DHT: it learns that we are still there, and asks where. */
  tell(): void
  /** Ends the search; no handler is called afterwards. */
  remove(): void
}

export interface FriendOnion {
  /** `lastSeenUnix` in seconds, 0 for never: those seen last are sought first. */
  addFriend(longTermPublicKey: LongTermPublicKey, handlers: OnionFriendHandlers, lastSeenUnix: number): OnionFriend
  /** Sends onion data (its first byte is the kind) to a friend who was added: the number of nodes that got it, 0 if none. */
  sendData(longTermPublicKey: LongTermPublicKey, plain: Uint8Array): number
  /** Registers the handler of one kind of onion data; `plain` begins with the kind and is valid for the turn. */
  onData(kind: number, handler: (sender: LongTermPublicKey, plain: Uint8Array) => void): void
}

/** A search for one DHT key that goes on, and reports each endpoint found, until stopped. */
export interface DhtSearch {
  /** Addresses from which the sought node has answered lately, the one that answered last first. */
  readonly endpoints: readonly Endpoint[]
  /** The sought node is silent: it counts as lost until it answers, and is sought at once. */
  refresh(): void
  stop(): void
}

export interface FriendDht {
  /** An endpoint known already may be reported from inside `search`. */
  search(dhtPublicKey: DhtPublicKey, onEndpoint: (endpoint: Endpoint) => void): DhtSearch
  /** A node that somebody told us about: worth a ping, not to be believed. */
  addCandidate(node: NodeInfo): void
}

/** The TCP relays that we use ourselves. */
export interface FriendPool {
  /** Up to `count` relays that we are connected to, by chance. */
  connected(count: number): readonly RelayInfo[]
  /** Whether any of ours is in our own network: then friends may name such as well. */
  readonly isLocal: boolean
}

/** What a session reports. Never called from inside `connect` or `accept`, nor after `onClosed` or `kill`. */
export interface SessionHandlers {
  onEstablished(): void
  /** One lossless packet, in order, not empty, id first; a view valid for the turn. */
  onLossless(packet: Uint8Array): void
  /** One lossy packet, as above, in any order. */
  onLossy(packet: Uint8Array): void
  /** The session ended: killed by the friend, timed out while connecting, or replaced. */
  onClosed(): void
  /** The friend has received every lossless packet numbered before `upTo` (modulo 2^32). */
  onAcked(upTo: number): void
  /** The send window may have room for more packets than before. */
  onWritable(): void
  /** Nothing has come for two seconds: the friend may have moved. Called some times, at growing intervals. */
  onQuiet(): void
  /** Whether nothing has come for some seconds: perhaps the friend is gone, or has started anew. */
  onSilence(isSilent: boolean): void
  /** The friend has another DHT key than the one that `connect` was given. */
  onDhtKey(dhtPublicKey: DhtPublicKey): void
  /** Whether the session runs over UDP between the two; without it only relays carry it. */
  onDirectPath(direct: boolean): void
  /** How many relays carry it, or could. */
  onRelays(count: number): void
}

/** A lossless packet whose acknowledgement waits. */
export interface PacketHold {
  /** False as soon as its session has ended: it will never be acknowledged. */
  readonly isLive: boolean
  /** Lets it be acknowledged, once all before it may be; harmless twice, and after the session. */
  release(): void
}

/** One net-crypto connection, from the first cookie request on. */
export interface Session {
  /** Tries this endpoint from now on; `confirmed`: the DHT has just had an answer from there. */
  setEndpoint(endpoint: Endpoint, confirmed: boolean): void
  /** Uses this relay from now on, where no direct way works. */
  addRelay(relay: RelayInfo): void
  /** Queues a copy of `packet`: its packet number, or `undefined` when the send window is full or nothing is established. */
  sendLossless(packet: Uint8Array): number | undefined
  /** Sends a copy of `packet` once; false when nothing is established. */
  sendLossy(packet: Uint8Array): boolean
  /** How many lossless packets may be queued. */
  readonly freeSlots: number
  /** How many of them would leave at once: as much as the path takes now. */
  readonly readySlots: number
  /** From inside `onLossless` alone: holds back the acknowledgement of that packet, and so of all later ones. */
  hold(): PacketHold
  /** Number of the next lossless packet: once it is acknowledged, the friend has seen what we acknowledge now. */
  readonly nextPacketNumber: number
  /** Ends it, telling the friend when established; no handler is called afterwards. */
  kill(): void
  /** When an authentic packet came last; absent where nobody knows. */
  readonly heardMs?: Millis | undefined
  /** Where direct packets go now; absent when unknown. */
  readonly endpoint?: Endpoint | undefined
  /** Whether packets go directly; absent where nobody knows. */
  readonly hasDirectPath?: boolean
  /** Relays that carry it, or could; absent where there are none yet. */
  readonly relayCount?: number
}

/** A handshake from somebody; it costs nothing until accepted. */
export interface IncomingSession {
  readonly longTermPublicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  /** Where it came from, when by UDP. */
  readonly endpoint: Endpoint | undefined
  accept(handlers: SessionHandlers): Session
}

export interface FriendSessions {
  /** Begins to connect; `undefined` when that key has a session already or no slot is free. */
  connect(
    longTermPublicKey: LongTermPublicKey,
    dhtPublicKey: DhtPublicKey,
    handlers: SessionHandlers,
  ): Session | undefined
  /** The one judge of handshakes; false refuses. */
  onIncoming(handler: (incoming: IncomingSession) => boolean): void
}
