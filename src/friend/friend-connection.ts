// One friend's way from a long-term key to a session. Spec: Friend connection.
// Onion: their DHT key; DHT: their endpoint; net-crypto: the session. Each piece may be learned again at any time: a friend
// who restarts comes with another DHT key and another port.

import type { Deadline, Endpoint, Millis } from '../base/index.js'
import { sameBytes } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/keys.js'
import type { NodeInfo, RelayInfo } from '../packet/node-info.js'
import type { FriendConnectionOwner, FriendPath } from './friend-connection-owner.js'
import { FriendRelays } from './friend-relays.js'
import type {
  DhtSearch,
  FriendContact,
  IncomingSession,
  OnionFriend,
  OnionFriendHandlers,
  PacketHold,
  Session,
  SessionHandlers,
} from './slices.js'

/** Alive packets go out this often. */
export const ALIVE_INTERVAL_MS = 8_000
/** Without an Alive packet for that long the friend is gone: three of four may be late. */
export const CONNECTION_TIMEOUT_MS = 4 * ALIVE_INTERVAL_MS
/** DHT key and endpoint of a friend who does not answer are believed as long as a DHT node: a ping and one missed. */
export const DHT_KEY_TIMEOUT_MS = 60_000 + (60_000 + 2_000)
/** Between the starts of two attempts, so that a peer who refuses at once costs little. */
export const RECONNECT_MIN_MS = 500

/** The connection to one long-term key; made by `FriendConnections.open`. */
export class FriendConnection implements SessionHandlers {
  readonly #onion: OnionFriend
  #session: Session | undefined
  #connected = false
  #path: FriendPath = 'udp'
  #isDirect = false
  readonly #relays: FriendRelays
  #dht: { readonly publicKey: DhtPublicKey; readonly search: DhtSearch; learnedMs: Millis } | undefined
  #endpoint: { readonly endpoint: Endpoint; learnedMs: Millis } | undefined
  /** Where and as whom the friend was met last, however long ago: the first thing to try when the network is back. */
  #contact: FriendContact | undefined
  #lastAliveMs: Millis = 0
  #lastAttemptMs: Millis = Number.NEGATIVE_INFINITY
  /** Connected: the friend's silence. Connecting: the age of their DHT key. */
  readonly #patience: Deadline
  readonly #retry: Deadline
  /** A listener may give the connection up in the middle of our work; nothing may begin after that. */
  #destroyed = false
  /** @internal When the next Alive packet is due; kept by `FriendConnections`. */
  aliveDueMs: Millis = 0
  /** @internal When to tell the friend of our relays next; kept by `FriendConnections`. */
  shareDueMs: Millis = 0
  /** @internal How many users hold it. */
  references = 1

  constructor(
    readonly publicKey: LongTermPublicKey,
    private readonly owner: FriendConnectionOwner,
    lastSeenUnix: number,
  ) {
    const { deadlines } = owner.env
    this.#relays = new FriendRelays(owner.relays)
    this.#patience = deadlines.create('friend silence', () => this.#checkPatience())
    this.#retry = deadlines.create('friend reconnect', () => this.#connect())
    const onDhtKey: OnionFriendHandlers['onDhtKey'] = (...learned) => this.#onOnionDhtKey(...learned)
    this.#onion = owner.onion.addFriend(publicKey, { onDhtKey }, lastSeenUnix)
  }

  /** Whether a session is established. That the peer is a friend too is only known from their Online packet. */
  get isConnected(): boolean {
    return this.#connected
  }

  /** How the session runs; meaningful while connected. */
  get path(): FriendPath {
    return this.#path
  }

  /** The friend's DHT key as far as known. */
  get dhtPublicKey(): DhtPublicKey | undefined {
    return this.#dht?.publicKey
  }

  /** Where the friend was last seen. */
  get endpoint(): Endpoint | undefined {
    return this.#session?.endpoint ?? this.#endpoint?.endpoint
  }

  /** When something came from the friend last; `undefined` when not connected. */
  get heardMs(): Millis | undefined {
    return this.#connected ? this.#session?.heardMs : undefined
  }

  /** @internal */
  get session(): Session | undefined {
    return this.#session
  }

  /** How many lossless packets may be queued; 0 when not connected. */
  get freeSlots(): number {
    return this.#connected ? this.#session!.freeSlots : 0
  }

  /** How many of them would leave at once; 0 when not connected. */
  get readySlots(): number {
    return this.#connected ? this.#session!.readySlots : 0
  }

  /** Queues a lossless packet (copied): its packet number, `undefined` when not connected or the window is full. */
  sendLossless(packet: Uint8Array): number | undefined {
    return this.#connected ? this.#session?.sendLossless(packet) : undefined
  }

  /** Sends a lossy packet (copied); false when not connected. */
  sendLossy(packet: Uint8Array): boolean {
    return this.#connected && this.#session!.sendLossy(packet)
  }

  /** From inside a handler of lossless packets alone: holds back the acknowledgement of this packet and all later ones. */
  hold(): PacketHold {
    return this.#session!.hold()
  }

  /** Number of the next lossless packet: once it is acknowledged, the friend has seen what we acknowledge now. */
  get nextPacketNumber(): number {
    return this.#session?.nextPacketNumber ?? 0
  }

  /** What others say their DHT key is: worth a try while nothing better is known. */
  suggestDhtKey(dhtPublicKey: DhtPublicKey): void {
    if (this.#dht === undefined && !this.#destroyed) this.onDhtKey(dhtPublicKey)
  }

  /** Our address has changed, or we were cut off: the friend sees where we are; who is not connected is tried where they were. */
  networkChanged(): void {
    if (this.#connected) this.#showUs()
    if (this.#session !== undefined || this.#destroyed) return
    if (this.#dht === undefined && this.#contact !== undefined) {
      const { dhtPublicKey, endpoint } = this.#contact
      this.#endpoint = { endpoint, learnedMs: this.#now }
      this.#onion.setDhtKey(dhtPublicKey)
      this.#learnDhtKey(dhtPublicKey)
    }
    this.#lastAttemptMs = Number.NEGATIVE_INFINITY
    this.#connect()
  }

  /** A friend who is connected says nothing: asks where they are, and has them ask where we are. */
  onQuiet(): void {
    if (this.#destroyed) return
    this.#dht?.search.refresh()
    this.#showUs()
    this.#onion.tell()
  }

  /** The session is dead: a new one is tried. */
  giveUp(): void {
    this.#dropSession()
    this.#retry.set(this.#now)
  }

  /** Sends onion data through the onion: to how many nodes. */
  sendOnionData(plain: Uint8Array): number {
    return this.owner.onion.sendData(this.publicKey, plain)
  }

  /** @internal A handshake from the friend: always taken, as only they can make one; it replaces what we had. */
  accept(incoming: IncomingSession): boolean {
    this.#dropSession()
    if (this.#destroyed) return false
    if (!this.#hasDhtKey(incoming.dhtPublicKey)) {
      this.#learnDhtKey(incoming.dhtPublicKey)
      this.#onion.setDhtKey(incoming.dhtPublicKey)
    }
    this.#lastAttemptMs = this.#now
    this.#session = incoming.accept(this)
    if (incoming.endpoint !== undefined) this.#endpoint = { endpoint: incoming.endpoint, learnedMs: this.#now }
    else for (const endpoint of this.#endpoints()) this.#session.setEndpoint(endpoint, false)
    this.#relays.begin(this.#session)
    return true
  }

  /** @internal Ends session, searches and waiting. */
  destroy(): void {
    this.#destroyed = true
    this.#session?.kill()
    this.#session = undefined
    this.#connected = false
    this.#dht?.search.stop()
    this.#dht = undefined
    this.#onion.remove()
    this.#patience.clear()
    this.#retry.clear()
  }

  /** @internal The friend, or the onion, named relays through which they can be reached. */
  learnRelays(relays: readonly RelayInfo[]): void {
    if (this.#destroyed) return
    for (const relay of relays) this.#relays.named(relay, this)
    this.#connect()
  }

  /** @internal We tell the friend of these relays of ours: they may carry the session from now on. */
  shareRelays(relays: readonly RelayInfo[]): void {
    for (const relay of relays) this.#relays.use(relay, this)
  }

  // What the session reports.

  onEstablished(): void {
    const now = this.#now
    const endpoint = this.#session?.endpoint
    if (endpoint !== undefined) this.#endpoint = { endpoint, learnedMs: now }
    this.#connected = true
    this.#isDirect = this.#session?.hasDirectPath ?? true
    this.#path = !this.#isDirect && this.#relayCount > 0 ? 'tcp' : 'udp'
    this.#lastAliveMs = now
    this.#patience.set(now + CONNECTION_TIMEOUT_MS)
    this.#retry.clear()
    this.#onion.setOnline(true)
    this.owner.onStatus(this, true)
  }

  onClosed(): void {
    this.#session = undefined
    this.#goOffline()
    // Not in this turn: net-crypto closes a session also to make room for the handshake that it offers us next.
    this.#retry.set(this.#now)
  }

  onLossless(packet: Uint8Array): void {
    this.owner.onLossless(this, packet)
  }

  onLossy(packet: Uint8Array): void {
    this.owner.onLossy(this, packet)
  }

  onAcked(upTo: number): void {
    this.owner.onAcked(this, upTo)
  }

  onWritable(): void {
    this.owner.onWritable(this)
  }

  onDirectPath(direct: boolean): void {
    this.#isDirect = direct
    this.#judgePath()
  }

  onRelays(): void {
    this.#judgePath()
  }

  /**
   * A friend who was killed and is back has no way to us but the onion, and may find it blocked by paths through their own old
   * node. So after some seconds without a word we seek them as well, long before the session counts as dead.
   */
  onSilence(isSilent: boolean): void {
    if (this.#connected) this.#onion.setOnline(!isSilent)
  }

  /** Another key than the known one: the friend restarted, the old session is dead though it may not know yet. */
  onDhtKey(dhtPublicKey: DhtPublicKey): void {
    if (this.#hasDhtKey(dhtPublicKey)) {
      this.#dht!.learnedMs = this.#now
    } else {
      this.#learnDhtKey(dhtPublicKey)
      this.#onion.setDhtKey(dhtPublicKey)
      this.#dropSession()
    }
    this.#connect()
  }

  /** The friend's Alive packet. */
  onAlive(): void {
    this.#lastAliveMs = this.#now
  }

  #onOnionDhtKey(dhtPublicKey: DhtPublicKey, nodes: readonly NodeInfo[], relays: readonly RelayInfo[]): void {
    // Who is connected and tells us nevertheless does not reach us where it was: it has moved.
    if (this.#connected && this.#hasDhtKey(dhtPublicKey)) this.#dht!.search.refresh()
    this.onDhtKey(dhtPublicKey)
    // Behind it: the nodes are near the friend, and the DHT wants such only while it searches there.
    for (const node of nodes) this.owner.dht.addCandidate(node)
    if (relays.length > 0) this.owner.onRelays(this, relays)
  }

  /** Asks the friend where the session goes, new to nodes or not: c-toxcore hears us only where its DHT pinged us. */
  #showUs(): void {
    const endpoint = this.#session?.endpoint
    if (endpoint && this.#dht) this.owner.dht.addCandidate({ endpoint, publicKey: this.#dht.publicKey })
  }

  #judgePath(): void {
    // A direct path that grew quiet while no relay helps is no news: the Alive packets decide.
    if (!this.#connected || (!this.#isDirect && this.#relayCount === 0)) return
    const path = this.#isDirect ? 'udp' : 'tcp'
    if (path === this.#path) return
    this.#path = path
    this.owner.onPath(this, path)
  }

  get #relayCount(): number {
    return this.#session?.relayCount ?? 0
  }

  #onEndpoint(endpoint: Endpoint): void {
    this.#endpoint = { endpoint, learnedMs: this.#now }
    this.#relays.foundFriend(this)
    if (this.#session === undefined) this.#connect()
    else this.#session.setEndpoint(endpoint, true)
  }

  #hasDhtKey(dhtPublicKey: DhtPublicKey): boolean {
    return this.#dht !== undefined && sameBytes(this.#dht.publicKey, dhtPublicKey)
  }

  /** Searches for `dhtPublicKey` instead of what was searched for. */
  #learnDhtKey(dhtPublicKey: DhtPublicKey): void {
    this.#dht?.search.stop()
    this.#dht = undefined
    const search = this.owner.dht.search(dhtPublicKey, (endpoint) => this.#onEndpoint(endpoint))
    this.#dht = { publicKey: dhtPublicKey, search, learnedMs: this.#now }
    if (!this.#connected) this.#patience.set(this.#now + DHT_KEY_TIMEOUT_MS)
  }

  /** Connects when their key is known and a way, be it a relay, and nothing is under way. */
  #connect(): void {
    if (this.#session !== undefined || this.#dht === undefined) return
    const endpoints = this.#endpoints()
    if (endpoints.length === 0 && this.#relays.isEmpty) return
    const soonestMs = this.#lastAttemptMs + RECONNECT_MIN_MS
    if (this.#now < soonestMs) return this.#retry.set(soonestMs)
    this.#lastAttemptMs = this.#now
    this.#session = this.owner.sessions.connect(this.publicKey, this.#dht.publicKey, this)
    if (this.#session === undefined) return this.#retry.set(this.#now + RECONNECT_MIN_MS)
    for (const endpoint of endpoints) this.#session.setEndpoint(endpoint, false)
    this.#relays.begin(this.#session)
  }

  #dropSession(): void {
    if (this.#session === undefined) return
    this.#session.kill()
    this.#session = undefined
    this.#goOffline()
  }

  #goOffline(): void {
    if (!this.#connected) return
    this.#connected = false
    // All this time they were there, whatever the DHT has said meanwhile.
    if (this.#endpoint !== undefined) {
      this.#endpoint.learnedMs = this.#now
      if (this.#dht !== undefined) {
        this.#contact = { dhtPublicKey: this.#dht.publicKey, endpoint: this.#endpoint.endpoint }
      }
    }
    if (this.#dht === undefined) {
      this.#patience.clear()
    } else {
      this.#dht.learnedMs = this.#now
      this.#patience.set(this.#now + DHT_KEY_TIMEOUT_MS)
    }
    // Anew, also where their silence had us seek them before: that search is slow by now.
    this.#onion.setOnline(true)
    this.#onion.setOnline(false)
    this.owner.onStatus(this, false)
  }

  #checkPatience(): void {
    const now = this.#now
    if (this.#connected) {
      const goneMs = this.#lastAliveMs + CONNECTION_TIMEOUT_MS
      if (now < goneMs) return this.#patience.set(goneMs)
      this.giveUp()
    } else if (this.#dht !== undefined) {
      const staleMs = this.#dht.learnedMs + DHT_KEY_TIMEOUT_MS
      if (now < staleMs) return this.#patience.set(staleMs)
      this.#dht.search.stop()
      this.#dht = undefined
    }
  }

  /** Where the friend may be: the place where we saw them, then what the DHT found, the likeliest last. */
  #endpoints(): Endpoint[] {
    const endpoints = [...(this.#dht?.search.endpoints ?? [])].reverse()
    const last = this.#endpoint
    if (last !== undefined && this.#now < last.learnedMs + DHT_KEY_TIMEOUT_MS) endpoints.unshift(last.endpoint)
    return endpoints
  }

  get #now(): Millis {
    return this.owner.env.clock.now()
  }
}
