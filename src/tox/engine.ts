// One Tox instance without sockets: every module, wired. The hosts (Node, the simulator, later the C library) move it.

import { Counters, type Deadline, Deadlines, type Endpoint, type Env, type Millis } from '../base/index.js'
import { type ConferenceEvents, Conferences } from '../conference/index.js'
import {
  type Crypto,
  type DhtPublicKey,
  GuardedKeyPair,
  type LongTermKeyPair,
  type LongTermPublicKey,
} from '../crypto/index.js'
import type { Dht, LanDiscoveryOptions } from '../dht/index.js'
import { FriendConnections } from '../friend/index.js'
import {
  type ConnectionStatus,
  type FriendSnapshot,
  Messenger,
  type MessengerEvents,
  type OutboxStore,
  type ReceiptMode,
  type ReceivedStore,
} from '../messenger/index.js'
import { type DhtKeys, NetCrypto, type PathInfo } from '../net-crypto/index.js'
import { OnionClient } from '../onion/index.js'
import { type RelayMeter, RelayPool, type RelayServerLimits } from '../relay/index.js'
import type { StreamDialer, StreamTarget } from '../transport/stream.js'
import { noUdp, type UdpSender } from '../transport/udp.js'
import { NetCryptoSessions } from './friend-sessions.js'
import { friendDht, friendOnion, friendPool } from './friend-slices.js'
import { Mobility } from './mobility.js'
import { NetworkNode } from './network-node.js'
import { encodeSavedata, freshSavedata, type Savedata, type SavedFriend } from './savedata.js'

export interface ToxEngineEvents {
  readonly messenger: MessengerEvents
  /** Nobody hears of conferences unless given. */
  readonly conferences?: ConferenceEvents
  /** We joined or lost the network, or reach it another way. */
  connection(connection: ConnectionStatus): void
  /** Packets to this friend, or member of a conference, take another way: see `engine.pathTo`. */
  path?(publicKey: LongTermPublicKey): void
  /** A relay of `engine.relays` was added, connected, lost or given up. */
  relays?(): void
}

export interface ToxEngineOptions {
  /** Clock, dice and speech; deadlines and counters are the engine's own unless given. */
  readonly env: Pick<Env, 'clock' | 'random' | 'log'> & Partial<Env>
  readonly crypto: Crypto
  readonly udp: UdpSender
  /** Whether there is UDP at all; true unless told. Without it not one datagram leaves, whatever `udp` is. */
  readonly hasUdp?: boolean
  /** Opens connections to TCP relays; without it there are none. */
  readonly dialer?: StreamDialer
  /** Counts what goes through connections to relays. */
  readonly relayMeter?: RelayMeter
  /** Makes it a TCP relay for others as well: the host hands connections to `node.relay`. */
  readonly relay?: RelayServerLimits | undefined
  readonly events: ToxEngineEvents
  /** A parsed profile; a fresh identity unless given. */
  readonly savedata?: Savedata
  readonly outbox?: OutboxStore
  /** As `MessengerDependencies`: who decides when received messages are acknowledged. */
  readonly received?: ReceivedStore
  readonly receipts?: ReceiptMode
  /** Address families that the socket can reach; both unless told. */
  readonly ipv4?: boolean
  readonly ipv6?: boolean
  /** Whether to forward packets for others and to hold what they announce in the DHT. True unless told. */
  readonly announcements?: boolean
  /** Whether to punch holes for sought friends behind NATs. True unless told. */
  readonly holePunching?: boolean
  /** Finds nodes of our own network, and is found by them; neither unless given. */
  readonly lanDiscovery?: LanDiscoveryOptions
}

/** Whether UDP works is looked at so often where there are relays to take its place. */
const WATCH_MS = 5_000

export class ToxEngine {
  readonly env: Env
  readonly node: NetworkNode
  readonly messenger: Messenger
  readonly conferences: Conferences
  /** The identity. The secret part is wiped at `close`. */
  readonly longTermKeys: LongTermKeyPair
  readonly #crypto: Crypto
  readonly #onion: OnionClient
  readonly #netCrypto: NetCrypto
  readonly #connections: FriendConnections
  readonly #mobility: Mobility
  /** The TCP relays that we use; absent without a dialer. */
  readonly relays: RelayPool | undefined
  readonly #hasUdp: boolean
  readonly #events: ToxEngineEvents
  #connection: ConnectionStatus = 'none'
  readonly #watch: Deadline
  /** Sections that this version does not read, kept as they are; and relays where none can be used. */
  readonly #kept: Pick<Savedata, 'others' | 'relays'>
  #closed = false

  constructor({
    env: given,
    crypto,
    udp: socket,
    hasUdp = true,
    dialer,
    relayMeter,
    relay,
    events,
    savedata,
    outbox,
    received,
    receipts = 'automatic',
    announcements = true,
    holePunching = true,
    ...spoken
  }: ToxEngineOptions) {
    const udp = hasUdp ? socket : noUdp
    const families = hasUdp ? spoken : { ipv4: false, ipv6: false }
    const env: Env = { deadlines: new Deadlines(), drops: new Counters(), ...given }
    const saved = savedata ?? freshSavedata(crypto)
    this.env = env
    this.#crypto = crypto
    this.longTermKeys = new GuardedKeyPair(saved.longTerm)
    this.#kept = { others: saved.others, relays: saved.relays }
    this.#hasUdp = hasUdp
    this.#events = events
    this.#watch = env.deadlines.create('way to the network', () => this.#judgeConnection())
    this.node = new NetworkNode({ env, crypto, udp, announcements, holePunching, relay, ...families })
    const { router, dht, onionDht } = this.node
    const relays = dialer && this.#openRelays(dialer, relayMeter)
    this.relays = relays
    const parts = { env, crypto, udp, router }
    const onionParts = { ...parts, ...families, ...(relays === undefined ? {} : { relays }) }
    this.#onion = new OnionClient({ ...onionParts, keyPair: this.longTermKeys, dht: onionDht })
    dht.events.on('node', (node) => this.#onion.addPathNode(node))
    dht.events.on('connection', () => this.#judgeConnection())
    this.#onion.events.on('connection', () => this.#judgeConnection())
    const dhtKeys: DhtKeys = {
      keyPair: this.node.keyPair,
      sharedKey: (publicKey) => dht.sharedKey(publicKey),
      knows: (publicKey) => dht.knows(publicKey),
    }
    const onQuiet = (): void => this.#mobility.missing()
    const onPath = (publicKey: LongTermPublicKey): void => events.path?.(publicKey)
    const netCryptoParts = { ...parts, relays, longTerm: this.longTermKeys, dht: dhtKeys, onQuiet, onPath }
    const sessions = new NetCryptoSessions((accept) => new NetCrypto({ ...netCryptoParts, accept }))
    this.#netCrypto = sessions.netCrypto
    const onion = friendOnion(this.#onion)
    const pool = relays && friendPool(relays)
    this.#connections = new FriendConnections({ env, onion, dht: friendDht(dht), sessions, relays: pool })
    const friends = this.#connections
    const mobile = { onion: this.#onion, sessions: this.#netCrypto, friends, relays }
    this.#mobility = new Mobility({ env, dht: dht.whereabouts, ...mobile })
    this.messenger = new Messenger({
      env,
      onion,
      connections: this.#connections,
      events: events.messenger,
      publicKey: saved.longTerm.publicKey,
      nospam: saved.nospam,
      ...(outbox === undefined ? {} : { outbox }),
      ...(received === undefined ? {} : { received }),
      receipts,
    })
    this.conferences = new Conferences({
      env,
      crypto,
      connections: this.#connections,
      messenger: this.messenger,
      events: events.conferences ?? NOBODY,
      publicKey: saved.longTerm.publicKey,
      dhtPublicKey: this.node.keyPair.publicKey,
    })
    this.#restore(saved)
  }

  get dht(): Dht {
    return this.node.dht
  }

  /** Whether friends can find us, and how. */
  get connection(): ConnectionStatus {
    return this.#connection
  }

  /** The way that carries the session with this friend, while there is one. */
  pathTo(publicKey: LongTermPublicKey): PathInfo | undefined {
    return this.#netCrypto.pathTo(publicKey)
  }

  /** Enters the network through this node; asked again until it or the DHT answers. */
  bootstrap(endpoint: Endpoint, publicKey: DhtPublicKey): void {
    if (this.#hasUdp) this.dht.bootstrap(endpoint, publicKey)
    this.#onion.addBootstrapNode({ endpoint, publicKey })
  }

  /** Connects to this TCP relay, which friends and the onion may then be reached through. Nothing without a dialer. */
  addRelay(target: StreamTarget, publicKey: DhtPublicKey): void {
    this.relays?.add({ target, publicKey })
  }

  receive(from: Endpoint, packet: Uint8Array): void {
    this.#mobility.heard()
    this.node.receive(from, packet)
  }

  /**
   * Our addresses or routes have changed: everybody is told at once, and whoever does not answer is sought. Sleep and a network
   * that is back after it was gone are noticed without it. Cheap enough to be called on suspicion.
   */
  networkChanged(): void {
    if (!this.#closed) this.#mobility.changed('the addresses of this machine changed')
  }

  wake(nowMs: Millis): void {
    this.node.wake(nowMs)
  }

  nextWakeMs(): Millis {
    return this.node.nextWakeMs()
  }

  /** The profile as the bytes of a `.tox` file. It holds the secret key. */
  savedata(): Uint8Array {
    // The keys are wiped by then: what would be saved is the end of an identity.
    if (this.#closed) throw new Error('a closed engine has no savedata')
    const { name, statusMessage, status, nospam } = this.messenger
    return encodeSavedata({
      nospam,
      longTerm: this.longTermKeys,
      name,
      statusMessage,
      status,
      friends: this.messenger.snapshot().map(savedFriend),
      dhtNodes: this.dht.savedNodes(),
      pathNodes: this.#onion.savedPathNodes(),
      conferences: this.conferences.snapshot(),
      relays: this.relays?.saved() ?? this.#kept.relays,
      others: this.#kept.others,
    })
  }

  /** Tells friends goodbye, stops for good and wipes all secrets. What was sent last still has to be flushed by the host. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#mobility.close()
    this.conferences.close()
    this.#connections.close()
    this.#netCrypto.close()
    this.#onion.close()
    this.#watch.clear()
    this.relays?.close()
    this.node.close()
    this.#crypto.wipe(this.longTermKeys.secretKey)
  }

  #openRelays(dialer: StreamDialer, meter: RelayMeter | undefined): RelayPool {
    this.#watch.set(this.env.clock.now())
    return new RelayPool({
      env: this.env,
      crypto: this.#crypto,
      keyPair: this.node.keyPair,
      dialer,
      meter,
      onOnionResponse: (packet) => this.#onion.receive('relay', packet),
      onOob: (sender, packet, relay) => this.#netCrypto.receiveOob(sender, packet, relay),
      onNews: () => {
        this.#judgeConnection()
        this.#onion.relaysChanged()
        this.#connections.relaysChanged()
        this.#events.relays?.()
      },
    })
  }

  /** As c-toxcore: TCP where no node beyond our own network answers by UDP and a relay is there. */
  #judgeConnection(): void {
    if (this.#closed) return
    const { relays } = this
    const hasNodes = this.dht.isNonLanConnected
    if (relays !== undefined) {
      relays.setOnion(!hasNodes)
      this.#watch.set((Math.floor(this.env.clock.now() / WATCH_MS) + 1) * WATCH_MS)
    }
    const isUdp = this.#hasUdp && (hasNodes || (relays?.connectedCount ?? 0) === 0)
    const connection = !this.#onion.isConnected ? 'none' : isUdp ? 'udp' : 'tcp'
    if (connection === this.#connection) return
    this.#connection = connection
    this.#events.connection(connection)
  }

  #restore(saved: Savedata): void {
    this.messenger.setName(saved.name)
    this.messenger.setStatusMessage(saved.statusMessage)
    this.messenger.setStatus(saved.status)
    this.messenger.restore(saved.friends.map(snapshotOfSaved))
    this.dht.load(saved.dhtNodes)
    this.#onion.load(saved.pathNodes)
    for (const { relay: target, publicKey } of saved.relays) this.relays?.add({ target, publicKey })
    // Behind the friends: of the offline peers they are remembered longest.
    this.conferences.restore(saved.conferences)
  }
}

function savedFriend(friend: FriendSnapshot): SavedFriend {
  const { publicKey, nospam, requestMessage, name, statusMessage, status, lastSeenUnix } = friend
  if (friend.state === 'added' || friend.state === 'requested') {
    return { state: 'pending', publicKey, nospam, requestMessage }
  }
  return { state: 'confirmed', publicKey, name, statusMessage, status, lastSeenUnix }
}

function snapshotOfSaved(friend: SavedFriend): FriendSnapshot {
  const nobody = {
    nospam: new Uint8Array(4),
    requestMessage: EMPTY,
    name: EMPTY,
    statusMessage: EMPTY,
    lastSeenUnix: 0,
  }
  const state = friend.state === 'pending' ? 'added' : 'confirmed'
  return { ...nobody, status: 'none', requestRetryMs: 0, ...friend, state }
}

const EMPTY = new Uint8Array(0)

const nothing = (): void => {}
const NOBODY: ConferenceEvents = {
  invite: nothing,
  connected: nothing,
  message: nothing,
  title: nothing,
  peerName: nothing,
  peerListChanged: nothing,
}
