// The TCP relays that we use: which are connected, who is reached through them, which rest. As c-toxcore's TCP_connection.c:
// three are kept for friends to meet us, three for onion packets where UDP does not work, and those through which friends are
// reached, unless a direct path to all of them works. Departures: relays that fail are tried again with growing pauses instead
// of being forgotten, and of many that the user names only as many are connected to as are needed.

import { bytesKey, type Deadline, type Endpoint, type Millis } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { StreamTarget } from '../transport/stream.js'
import { PooledRelay, type RelayOwner } from './pooled-relay.js'
import { RelayBook } from './relay-book.js'
import type {
  RelayedPeer,
  RelayedPeerHandlers,
  RelayHop,
  RelayPoolParts,
  RelaySnapshot,
  RelayTarget,
} from './relay-types.js'
import { PeerThroughRelays } from './relayed-peer.js'

/** c-toxcore: RECOMMENDED_FRIEND_TCP_CONNECTIONS, NUM_ONION_TCP_CONNECTIONS. */
const BASE_RELAYS = 3
const ONION_RELAYS = BASE_RELAYS
/** While fewer are connected, twice as many are tried at once. */
const ATTEMPTS_FACTOR = 2
/** So long a relay is kept for a friend who was asked for there (c-toxcore: TCP_CONNECTION_ANNOUNCE_TIMEOUT). */
const AWAIT_MS = 10_000
/** A relay that a friend told us is forgotten when so many attempts in a row failed. */
const LEARNT_FAILURES_MAX = 3
/** c-toxcore: NUM_SAVED_TCP_RELAYS. */
const SAVED_MAX = 8

export class RelayPool {
  readonly #parts: RelayPoolParts
  readonly #relays: RelayBook
  readonly #owner: RelayOwner
  readonly #peers = new Map<string, PeerThroughRelays>()
  readonly #deadline: Deadline
  #wantsOnion = false
  #hasNews = false
  #isClosed = false

  constructor(parts: RelayPoolParts) {
    this.#parts = parts
    this.#relays = new RelayBook(parts.env.random)
    this.#owner = {
      parts,
      onConnected: (relay) => this.#onConnected(relay),
      onDisconnected: (relay) => this.#onDisconnected(relay),
      onOob: (sender, packet, relay) => this.#onOob(sender, packet, relay),
      onDrained: (relay) => {
        for (const peer of this.#peersOf(relay)) peer.onDrained()
      },
      onNews: () => this.#tellNews(),
    }
    this.#deadline = parts.env.deadlines.create('relay pool', () => this.#look())
  }

  /** Relays that we are connected to now. */
  get connectedCount(): number {
    return this.#relays.connected.length
  }

  /** All that are known, for display. */
  get list(): readonly RelaySnapshot[] {
    return this.#relays.all.map(({ snapshot }) => snapshot)
  }

  /** Adds a relay of the user's, a bootstrap node's or a saved one; harmless when it is known. */
  add({ target, publicKey }: RelayTarget): void {
    const known = this.#relays.get(publicKey)
    known?.addTarget(target)
    if (known !== undefined) known.isKept = true
    else this.#create(publicKey, target, true)
    this.#lookSoon()
  }

  /** Begins to reach a peer, by its DHT key. One for each key: throws when there is one already. */
  peer(publicKey: DhtPublicKey, handlers: RelayedPeerHandlers): RelayedPeer {
    const key = bytesKey(publicKey)
    if (this.#peers.has(key)) throw new Error('this peer is being reached already')
    const owner = {
      learn: (info: RelayInfo, onlineCount: number) => this.#learn(info, onlineCount),
      known: (relay: DhtPublicKey) => this.#relays.get(relay),
      changed: () => this.#lookSoon(),
      awaits: (relay: PooledRelay) => this.#awaits(relay),
      forget: (gone: PeerThroughRelays) => {
        if (this.#peers.get(key) === gone) this.#peers.delete(key)
      },
    }
    const peer = new PeerThroughRelays(owner, publicKey, handlers)
    this.#peers.set(key, peer)
    return peer
  }

  /** Whether onion packets go through relays (UDP does not work): three are kept for them. False at first. */
  setOnion(wanted: boolean): void {
    if (wanted === this.#wantsOnion) return
    this.#wantsOnion = wanted
    this.#lookSoon()
  }

  /** A connected relay by chance, as first hop of an onion path. */
  random(): RelayHop | undefined {
    const connected = this.#relays.connected
    const chosen = connected.filter(({ isForOnion }) => isForOnion)
    const relay = this.#relays.any(chosen.length > 0 ? chosen : connected)
    if (relay === undefined) return undefined
    return { key: `relay ${relay.key}`, send: (nonce, layer) => relay.connection?.sendOnion(nonce, layer) }
  }

  /** Up to `count` connected relays by chance whose address is known, for friends. */
  connected(count: number): readonly RelayInfo[] {
    return this.#relays
      .shuffled(this.#relays.connected)
      .flatMap(({ info }) => info ?? [])
      .slice(0, count)
  }

  /** Has a connected relay pass `data` on to a node; false when there is none. */
  forward(to: Endpoint, data: Uint8Array): boolean {
    return this.#relays.any(this.#relays.connected)?.connection?.sendForward(to, data) ?? false
  }

  /** At most eight for savedata: connected ones first, then those that worked in this run. */
  saved(): RelayInfo[] {
    const rank = (relay: PooledRelay): number => (relay.state === 'connected' ? 0 : relay.hasWorked ? 1 : 2)
    return this.#relays.all
      .sort((a, b) => rank(a) - rank(b))
      .flatMap(({ info }) => info ?? [])
      .slice(0, SAVED_MAX)
  }

  /** Our addresses changed, or we woke from sleep: tries at once what failed, and asks the others whether they still work. */
  networkChanged(): void {
    for (const relay of this.#relays.all) relay.networkChanged()
    this.#lookSoon()
  }

  /** Ends all connections, for good. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const peer of [...this.#peers.values()]) peer.close()
    for (const relay of this.#relays.all) relay.rest()
    this.#relays.clear()
    this.#deadline.clear()
  }

  get #now(): Millis {
    return this.#parts.env.clock.now()
  }

  #create(publicKey: DhtPublicKey, target: StreamTarget, isKept: boolean): PooledRelay | undefined {
    const relay = new PooledRelay(this.#owner, publicKey, target, isKept)
    if (this.#isClosed || !this.#relays.add(relay)) return undefined
    this.#tellNews()
    return relay
  }

  /** A relay that a peer told us: a new one only while fewer than three reach the peer. */
  #learn({ relay: target, publicKey }: RelayInfo, onlineCount: number): PooledRelay | undefined {
    const known = this.#relays.get(publicKey)
    if (known !== undefined) {
      // A friend's word does not change what the user said.
      if (known.state === 'waiting' && !known.isKept) known.addTarget(target)
      return known
    }
    return onlineCount < BASE_RELAYS && target.isSendable ? this.#create(publicKey, target, false) : undefined
  }

  #awaits(relay: PooledRelay): void {
    relay.askedMs = this.#now
    this.#deadline.setSooner(this.#now + AWAIT_MS)
  }

  #onConnected(relay: PooledRelay): void {
    if (relay.ties.size > 0) this.#awaits(relay)
    for (const peer of this.#peersOf(relay)) peer.onConnected(relay)
  }

  #onDisconnected(relay: PooledRelay): void {
    const isForgotten = relay.state === 'waiting' && !relay.isKept && relay.failures >= LEARNT_FAILURES_MAX
    if (isForgotten) this.#relays.remove(relay)
    for (const peer of this.#peersOf(relay)) peer.onDisconnected(relay, isForgotten)
  }

  #peersOf(relay: PooledRelay): PeerThroughRelays[] {
    return [...this.#peers.values()].filter((peer) => peer.isOn(relay))
  }

  #onOob(sender: DhtPublicKey, packet: Uint8Array, relay: PooledRelay): void {
    const peer = this.#peers.get(bytesKey(sender))
    if (peer?.isOn(relay)) peer.receive(packet)
    else this.#parts.onOob(sender, packet, relay)
  }

  #lookSoon(): void {
    if (!this.#isClosed) this.#deadline.setSooner(this.#now)
  }

  #tellNews(): void {
    this.#hasNews = true
    this.#lookSoon()
  }

  /** Looks who needs which relay: connects and disconnects. */
  #look(): void {
    this.#chooseForOnion()
    for (const relay of this.#relays.connected) if (this.#mayRest(relay)) relay.rest()
    this.#dropUnused()
    const connected = this.#relays.connected
    const connecting = this.#relays.count(({ state }) => state === 'connecting')
    const idle = this.#relays.shuffled(this.#relays.all.filter((relay) => this.#isIdle(relay)))
    // A direct path lets relays rest, and they can be woken: they count.
    const resting = this.#relays.count((relay) => relay.state === 'resting' && relay.ties.size > 0)
    let missing = missingOf(BASE_RELAYS, connected.length + resting, connecting)
    let missingForOnion = this.#wantsOnion ? missingOf(ONION_RELAYS, connected.length, connecting) : 0
    for (const relay of idle) {
      const isNeeded = [...relay.ties].some(({ isAsleep }) => !isAsleep)
      const isSpare = relay.ties.size === 0 && missing > 0
      if (!isNeeded && !isSpare && missingForOnion <= 0) continue
      relay.connect()
      missing--
      missingForOnion--
    }
    this.#relays.tidy()
    this.#setDeadline()
    if (!this.#hasNews) return
    this.#hasNews = false
    this.#parts.onNews?.()
  }

  /** Not connected, and may be. */
  #isIdle({ state, retryMs }: PooledRelay): boolean {
    return state === 'resting' || (state === 'waiting' && retryMs <= this.#now)
  }

  #chooseForOnion(): void {
    const connected = this.#relays.connected
    if (!this.#wantsOnion) for (const relay of connected) relay.isForOnion = false
    let missing = this.#wantsOnion ? ONION_RELAYS - connected.filter(({ isForOnion }) => isForOnion).length : 0
    for (const relay of connected) {
      if (relay.isForOnion || missing <= 0) continue
      relay.isForOnion = true
      missing--
    }
  }

  /** Whether all whom it reaches are reached directly as well. */
  #mayRest(relay: PooledRelay): boolean {
    if (relay.isForOnion || this.#now - relay.askedMs < AWAIT_MS || relay.onlineCount === 0) return false
    return [...relay.ties].every(({ route, isAsleep }) => route?.state !== 'online' || isAsleep)
  }

  /** Beyond three, relays through which nobody is reached are not kept; friends told us some of them. */
  #dropUnused(): void {
    const connected = this.#relays.connected
    let surplus = connected.length - BASE_RELAYS
    for (const relay of connected) {
      if (surplus <= 0) return
      if (relay.isForOnion || relay.onlineCount > 0 || this.#now - relay.askedMs < AWAIT_MS) continue
      surplus--
      if (!relay.isKept) this.#relays.remove(relay)
      relay.rest()
      for (const peer of this.#peersOf(relay)) peer.onDisconnected(relay, true)
    }
  }

  #setDeadline(): void {
    const now = this.#now
    for (const { state, retryMs, askedMs } of this.#relays.all) {
      const atMs = state === 'waiting' ? retryMs : state === 'connected' ? askedMs + AWAIT_MS : now
      if (atMs > now) this.#deadline.setSooner(atMs)
    }
  }
}

/** How many more to try while fewer than `wanted` are there. */
function missingOf(wanted: number, there: number, tried: number): number {
  return there >= wanted ? 0 : ATTEMPTS_FACTOR * wanted - there - tried
}
