// The onion client: announces us, finds friends, and carries data to them. Spec: Onion.
// One deadline wakes it; what a packet or a new node makes possible is done in the turn that brings it.

import { bytesKey, type Deadline, Emitter, type Endpoint, type Env, type Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type {
  EphemeralKeyPair,
  EphemeralPublicKey,
  EphemeralSecretKey,
  LongTermKeyPair,
  LongTermPublicKey,
} from '../crypto/keys.js'
import { PacketKind } from '../packet/kinds.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { AnnounceExchange } from './announce-exchange.js'
import { Announcer } from './announcer.js'
import { Budget } from './budget.js'
import { DataChannel, type OnionDataHandler } from './data-channel.js'
import { DhtKeyExchange, type LearnedDhtKey } from './dht-key-exchange.js'
import { Friend, type FriendParts, type OnionFriend } from './friend.js'
import { PathNodes } from './path-nodes.js'
import { PathPool } from './paths.js'
import type { OnionDht, RelayHops, ResponseSource } from './slice.js'
import {
  COALESCE_MS,
  DISCONNECT_AFTER_MS,
  FRIENDS_RATE,
  PATH_NODES_MAX,
  PATH_NODES_REFRESH_MS,
  PATH_NODES_WANTED_MS,
  RECONNECTED_AFTER_MS,
  SLEPT_MS,
  STARVED_MS,
} from './timing.js'
import type { WalkParts } from './walk.js'

export interface OnionClientParts {
  readonly env: Env
  readonly crypto: Crypto
  /** The identity; borrowed, wiped by its owner. */
  readonly keyPair: LongTermKeyPair
  readonly dht: OnionDht
  readonly udp: UdpSender
  readonly router: UdpRouter
  /** Address families that the socket reaches; both unless told. */
  readonly ipv4?: boolean
  readonly ipv6?: boolean
  /** TCP relays as first hops, while UDP does not work. */
  readonly relays?: RelayHops
}

export type OnionEvents = {
  /** We became able, or unable, to be found and to find. */
  connection: [isConnected: boolean]
  /** A friend's announcement was found, anew or for the first time: `sendData` may reach it. */
  'friend-found': [friend: OnionFriend]
  /** A friend told its DHT key; again and again while it seeks us. */
  'friend-dht-key': [friend: OnionFriend, learned: LearnedDhtKey]
}

export class OnionClient {
  readonly events = new Emitter<OnionEvents>()
  readonly #parts: OnionClientParts
  readonly #nodes: PathNodes
  readonly #ownPaths: PathPool
  readonly #friendPaths: PathPool
  readonly #exchange: AnnounceExchange
  readonly #announcer: Announcer
  readonly #data: DataChannel
  readonly #dhtKeys: DhtKeyExchange
  readonly #dataKeyPair: EphemeralKeyPair
  readonly #friends = new Map<string, Friend>()
  readonly #friendParts: FriendParts
  readonly #budget: Budget
  readonly #deadline: Deadline
  #isClosed = false
  #isConnected = false
  /** Since when the signs are bad, while connected; when the connection was lost, while not. */
  #badMs: Millis | undefined = Number.NEGATIVE_INFINITY
  #nodesTakenMs = Number.NEGATIVE_INFINITY
  /** When the last tick was to be followed by the next, and the wall clock then, in seconds. */
  #plannedMs: Millis
  #wallSeconds: number

  constructor(parts: OnionClientParts) {
    const { env, crypto, keyPair, dht, udp, router, relays, ipv4 = true, ipv6 = true } = parts
    const nowMs = env.clock.now()
    this.#parts = parts
    const isReachable: (endpoint: Endpoint) => boolean = ({ family }) => (family === 4 ? ipv4 : ipv6)
    this.#nodes = new PathNodes(env.random, isReachable, () => !dht.isConnected && relays?.random() !== undefined)
    const pathParts = { env, crypto, udp, dht, nodes: this.#nodes, relays }
    this.#ownPaths = new PathPool(pathParts)
    this.#friendPaths = new PathPool(pathParts)
    this.#exchange = new AnnounceExchange({ env, crypto })
    this.#dataKeyPair = crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>()
    this.#budget = new Budget(env.clock, FRIENDS_RATE)
    const ownDhtKey = dht.keyPair.publicKey
    const walk: WalkParts = { env, crypto, exchange: this.#exchange, nodes: this.#nodes, ownDhtKey }
    this.#announcer = new Announcer(walk, this.#ownPaths, keyPair, this.#dataKeyPair.publicKey, (isFirst) => {
      this.#judge()
      if (isFirst) this.#hurry()
    })
    this.#data = new DataChannel({ env, crypto, keyPair, dataKeyPair: this.#dataKeyPair, paths: this.#friendPaths })
    this.#dhtKeys = new DhtKeyExchange({
      env,
      crypto,
      dht,
      keyPair,
      data: this.#data,
      relays,
      friendOf: (publicKey) => this.#friends.get(bytesKey(publicKey)),
      onLearned: (friend, learned) => this.#learned(friend, learned),
    })
    this.#friendParts = {
      walk,
      paths: this.#friendPaths,
      keyPair,
      budget: this.#budget,
      onFound: (friend, found) => {
        if (friend.isOnline) return
        this.#dhtKeys.tellThrough(friend, found)
        this.#hurry()
        if (friend.isReachable) this.events.emit('friend-found', friend)
      },
      onHurry: () => this.#hurry(),
      onRemove: ({ publicKey }) => this.#friends.delete(bytesKey(publicKey)),
    }
    this.#deadline = env.deadlines.create('onion client', () => this.#tick())
    this.#plannedMs = nowMs
    this.#wallSeconds = env.clock.unixSeconds()
    router.on(PacketKind.ANNOUNCE_RESPONSE_OLD, (from, packet) => this.receive(from, packet))
    router.on(PacketKind.DATA_TO_ROUTE_RESPONSE, (from, packet) => this.receive(from, packet))
    this.#hurry()
  }

  /** Whether we are announced, so that friends can find us, and may seek them. */
  get isConnected(): boolean {
    return this.#isConnected
  }

  /** Takes what came back through the onion: from UDP, or out of a relay connection. */
  receive(from: ResponseSource, packet: Uint8Array): void {
    if (packet[0] === PacketKind.ANNOUNCE_RESPONSE_OLD) this.#exchange.receive(from, packet)
    else if (packet[0] === PacketKind.DATA_TO_ROUTE_RESPONSE) this.#data.receive(from, packet)
  }

  /** Tells of a DHT node that answers: paths may lead through it, and it is asked at once while we know few. */
  addPathNode(node: NodeInfo): void {
    if (bytesKey(node.publicKey) === bytesKey(this.#parts.dht.keyPair.publicKey)) return
    if (!this.#nodes.addProven(node)) return
    this.#announcer.tryNode(node)
    this.#hurry()
  }

  /** A node that the user bootstraps from: without UDP paths begin with such, behind a relay. */
  addBootstrapNode(node: NodeInfo): void {
    this.#nodes.addBootstrap(node)
    this.#hurry()
  }

  /** Relays are there that were not before: while UDP does not work, paths may begin. */
  relaysChanged(): void {
    if (!this.#parts.dht.isConnected) this.#hurry()
  }

  /** Seeks a friend from now on; the same handle when it is sought already. `lastSeenUnix` in seconds, 0 for never. */
  addFriend(publicKey: LongTermPublicKey, lastSeenUnix = this.#parts.env.clock.unixSeconds()): OnionFriend {
    const key = bytesKey(publicKey)
    const known = this.#friends.get(key)
    if (known !== undefined) return known
    const friend = new Friend(this.#friendParts, publicKey.slice() as LongTermPublicKey, lastSeenUnix)
    this.#friends.set(key, friend)
    this.#hurry()
    return friend
  }

  /**
   * Sends `plain` (1 to 948 bytes, the first its kind) to a friend through all nodes that store its announcement.
   * Returns how many those were: 0 while the friend is not found. It may arrive never, once or several times.
   */
  sendData(friend: OnionFriend, plain: Uint8Array): number {
    const known = this.#friends.get(bytesKey(friend.publicKey))
    const key = known?.sharedKey
    if (known === undefined || key === undefined) return 0
    return this.#data.send(known.publicKey, key, known.search.storing, plain)
  }

  /** Tells a friend our DHT key through the DHT, be they online or not: so they learn that we are there, and may ask where. */
  tellDhtKey(friend: OnionFriend): void {
    const known = this.#friends.get(bytesKey(friend.publicKey))
    if (known !== undefined) this.#dhtKeys.tellByDht(known)
  }

  /** Registers the one handler of data whose first byte is `kind` (a friend request: 0x20). Senders may be strangers. */
  onData(kind: number, handler: OnionDataHandler): void {
    this.#data.on(kind, handler)
  }

  /** What savedata keeps: at most `count` nodes to build first paths from. */
  savedPathNodes(count = PATH_NODES_MAX): NodeInfo[] {
    return this.#nodes.backup(count)
  }

  /** Takes the path nodes of an earlier run. */
  load(nodes: readonly NodeInfo[]): void {
    this.#nodes.addSaved(nodes)
    this.#hurry()
  }

  /** Our address changed, or the machine slept: paths and announcements are made anew at once. */
  restart(): void {
    this.#ownPaths.clear()
    this.#friendPaths.clear()
    this.#announcer.restart()
    for (const friend of this.#friends.values()) friend.restart()
    this.#hurry()
  }

  /** Stops for good and overwrites all keys. */
  close(): void {
    this.#isClosed = true
    this.#deadline.clear()
    for (const friend of this.#friends.values()) friend.close()
    this.#friends.clear()
    this.#announcer.list.clear()
    this.#exchange.close()
    this.#ownPaths.clear()
    this.#friendPaths.clear()
    this.#parts.crypto.wipe(this.#dataKeyPair.secretKey)
  }

  #hurry(): void {
    if (!this.#isClosed) this.#deadline.setSooner(this.#parts.env.clock.now())
  }

  #tick(): void {
    const nowMs = this.#parts.env.clock.now()
    if (this.#hasSlept(nowMs)) this.restart()
    const next = Math.min(this.#takeNodes(nowMs), this.#announcer.tick(), this.#judge(), this.#serveFriends(nowMs))
    this.#plannedMs = Math.max(next, nowMs + COALESCE_MS)
    this.#wallSeconds = this.#parts.env.clock.unixSeconds()
    // A listener of an event above may have closed us.
    if (!this.#isClosed) this.#deadline.set(this.#plannedMs)
  }

  /** A monotonic clock may stand still while the machine sleeps; the wall clock does not. */
  #hasSlept(nowMs: Millis): boolean {
    const wallMs = (this.#parts.env.clock.unixSeconds() - this.#wallSeconds) * 1000
    // Ticks are at most `PATH_NODES_REFRESH_MS` apart.
    return nowMs - this.#plannedMs >= SLEPT_MS || wallMs >= PATH_NODES_REFRESH_MS + SLEPT_MS
  }

  #takeNodes(nowMs: Millis): Millis {
    const wait = this.#nodes.size === 0 ? PATH_NODES_WANTED_MS : PATH_NODES_REFRESH_MS
    if (nowMs + COALESCE_MS >= this.#nodesTakenMs + wait) {
      this.#nodesTakenMs = nowMs
      for (const node of this.#parts.dht.randomPathNodes(PATH_NODES_MAX / 4)) this.addPathNode(node)
    }
    return this.#nodesTakenMs + wait
  }

  /** Says whether we are connected; returns when to judge again. */
  #judge(): Millis {
    const nowMs = this.#parts.env.clock.now()
    if (!this.#announcer.isAnnounced) {
      if (!this.#isConnected) return Number.POSITIVE_INFINITY
      this.#badMs ??= nowMs
      if (nowMs < this.#badMs + DISCONNECT_AFTER_MS) return this.#badMs + DISCONNECT_AFTER_MS
      this.#isConnected = false
      this.events.emit('connection', false)
      return Number.POSITIVE_INFINITY
    }
    const awayMs = nowMs - (this.#badMs ?? nowMs)
    this.#badMs = undefined
    if (this.#isConnected) return Number.POSITIVE_INFINITY
    this.#isConnected = true
    const isFirst = awayMs === Number.POSITIVE_INFINITY
    if (awayMs >= RECONNECTED_AFTER_MS) {
      // A friend that started together with us may have announced itself since we asked.
      for (const friend of this.#friends.values()) isFirst ? friend.search.restart() : friend.restart()
    }
    this.#hurry()
    this.events.emit('connection', true)
    return Number.POSITIVE_INFINITY
  }

  /** Tells and seeks friends that are not online, the most urgent first, as far as the budget goes. */
  #serveFriends(nowMs: Millis): Millis {
    // Who has been announced for long is found before we are announced ourselves.
    if (!this.#announcer.isAnswered) return Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    const maySend = (): boolean => this.#budget.take()
    const due: Friend[] = []
    for (const friend of this.#friends.values()) {
      if (friend.isOnline) continue
      next = Math.min(next, this.#dhtKeys.tick(friend, maySend))
      if (friend.search.isDue(nowMs)) due.push(friend)
      else next = Math.min(next, friend.search.roundMs)
    }
    for (const friend of byUrgency(due, nowMs)) {
      friend.search.round()
      if (this.#budget.isSpent) return nowMs + STARVED_MS
      next = Math.min(next, friend.search.roundMs)
    }
    return next
  }

  #learned(friend: Friend, learned: LearnedDhtKey): void {
    this.events.emit('friend-dht-key', friend, learned)
    this.#hurry()
  }
}

function byUrgency(friends: readonly Friend[], nowMs: Millis): Friend[] {
  return friends
    .map((friend) => ({ friend, urgency: friend.search.urgency(nowMs) }))
    .sort((a, b) => b.urgency - a.urgency || b.friend.lastSeenUnix - a.friend.lastSeenUnix)
    .map(({ friend }) => friend)
}
