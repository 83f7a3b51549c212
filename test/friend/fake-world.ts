// A world in virtual time below friend connections: an onion, a DHT and sessions that are faked by hand, so that stories
// about friends need no cryptography. Everything takes `LATENCY_MS`; hosts can vanish, links can be cut.

import { type Clock, Endpoint, type Env, sameBytes } from '../../src/base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../src/crypto/keys.js'
import type {
  FriendDht,
  FriendOnion,
  FriendSessions,
  IncomingSession,
  OnionFriendHandlers,
  PacketHold,
  Session,
  SessionHandlers,
} from '../../src/friend/index.js'
import { FriendConnections } from '../../src/friend/index.js'
import type { NodeInfo, RelayInfo } from '../../src/packet/node-info.js'
import { VirtualTime, virtualEnv } from '../support/env.js'

export const LATENCY_MS = 20
/** How often the fake onion and DHT try again. */
const SEARCH_INTERVAL_MS = 1_000
/** A connecting session gives up after so long, as net-crypto does. */
const CONNECT_TIMEOUT_MS = 8_000

export function keyOf<K extends Uint8Array>(seed: number): K {
  return new Uint8Array(32).map((_, i) => (i === 31 ? 1 : (seed * 31 + i * 7) & 255)) as Uint8Array as K
}

export class FakeWorld {
  readonly time = new VirtualTime()
  readonly hosts: FakeHost[] = []
  /** False cuts the link between two hosts: packets wait, as lossless ones would be sent again. */
  linked: (a: FakeHost, b: FakeHost) => boolean = () => true
  #todo: { atMs: number; order: number; action: () => void }[] = []
  #orders = 0

  host(name: number): FakeHost {
    const host = new FakeHost(this, name)
    this.hosts.push(host)
    return host
  }

  after(ms: number, action: () => void): void {
    this.#todo.push({ atMs: this.time.nowMs + ms, order: this.#orders++, action })
  }

  run(ms: number): void {
    const endMs = this.time.nowMs + ms
    for (;;) {
      const living = this.hosts.filter(({ isUp }) => isUp)
      const next = Math.min(...this.#todo.map(({ atMs }) => atMs), ...living.map(({ env }) => env.deadlines.nextMs()))
      if (!(next <= endMs)) break
      this.time.nowMs = Math.max(this.time.nowMs, next)
      const due = this.#todo
        .filter(({ atMs }) => atMs <= this.time.nowMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order)
      this.#todo = this.#todo.filter(({ atMs }) => atMs > this.time.nowMs)
      for (const { action } of due) action()
      for (const { env, isUp } of this.hosts) if (isUp) env.deadlines.run(this.time.nowMs)
    }
    this.time.nowMs = endMs
  }

  /** The time until `done()`, in ms; fails the test when it never comes. */
  runUntil(done: () => boolean, limitMs = 60_000): number {
    const startMs = this.time.nowMs
    while (!done()) {
      if (this.time.nowMs - startMs > limitMs) throw new Error(`did not happen within ${limitMs} ms`)
      this.run(10)
    }
    return this.time.nowMs - startMs
  }

  at(endpoint: Endpoint): FakeHost | undefined {
    return this.hosts.find((host) => host.isUp && host.endpoint.equals(endpoint))
  }
}

let restarts = 0

export class FakeHost {
  isUp = true
  readonly env: Env
  readonly publicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  readonly endpoint: Endpoint
  readonly connections: FriendConnections
  readonly onion: FriendOnion
  readonly sessionList: FakeSession[] = []
  /** Relays that this host is connected to. */
  readonly ownRelays: RelayInfo[] = []
  /** What the modules below were told. */
  readonly onlineSet = new Map<string, boolean>()
  readonly toldDhtKeys: DhtPublicKey[] = []
  readonly candidates: NodeInfo[] = []
  readonly lastSeen: number[] = []
  searches = 0
  connects = 0
  /** The fake send window, and how much of it the fake path takes at once. */
  window = 32_768
  path = 64
  onionReachable = true
  dhtFinds = true
  onionTells = true
  #incoming: (incoming: IncomingSession) => boolean = () => false
  readonly onionFriends = new Map<string, OnionFriendHandlers>()
  readonly #onionData = new Map<number, (sender: LongTermPublicKey, plain: Uint8Array) => void>()

  constructor(
    readonly world: FakeWorld,
    readonly name: number,
  ) {
    const n = ++restarts
    this.env = virtualEnv(world.time, n)
    this.publicKey = keyOf(name)
    this.dhtPublicKey = keyOf(1000 + n)
    this.endpoint = Endpoint.of(Uint8Array.of(10, 0, n >> 8, n & 255), 33_445)
    this.onion = this.#makeOnion()
    this.connections = new FriendConnections({
      env: this.env,
      onion: this.onion,
      dht: this.#makeDht(),
      sessions: this.#makeSessions(),
      relays: {
        connected: (count) => this.ownRelays.slice(0, count),
        isLocal: false,
      },
    })
  }

  get clock(): Clock {
    return this.env.clock
  }

  /** Stops without a word: power cut. */
  vanish(): void {
    this.isUp = false
  }

  /** Vanishes and comes back as a new host of the same long-term key, with another DHT key and endpoint. */
  restart(): FakeHost {
    this.vanish()
    return this.world.host(this.name)
  }

  reaches(other: FakeHost): boolean {
    return this.isUp && other.isUp && this.world.linked(this, other)
  }

  /** The session with `other`, whatever its state. */
  sessionWith(other: FakeHost): FakeSession | undefined {
    return this.sessionList.find(({ peerKey }) => sameBytes(peerKey, other.publicKey))
  }

  offer(from: FakeHost, theirs: FakeSession): void {
    const known = this.sessionWith(from)
    if (known?.state === 'connecting' && sameBytes(known.peerDhtKey, from.dhtPublicKey)) return pair(known, theirs)
    if (known !== undefined) {
      if (sameBytes(known.peerDhtKey, from.dhtPublicKey)) return
      known.close()
    }
    this.#incoming({
      longTermPublicKey: from.publicKey,
      dhtPublicKey: from.dhtPublicKey,
      endpoint: from.endpoint,
      accept: (handlers) => {
        const session = new FakeSession(this, from.publicKey, from.dhtPublicKey, handlers)
        this.sessionList.push(session)
        this.world.after(0, () => pair(session, theirs))
        return session
      },
    })
  }

  #makeOnion(): FriendOnion {
    const { world } = this
    const idOf = (key: Uint8Array): string => key.join()
    return {
      addFriend: (publicKey, handlers, lastSeenUnix) => {
        this.lastSeen.push(lastSeenUnix)
        const id = idOf(publicKey)
        this.onionFriends.set(id, handlers)
        const look = (): void => {
          if (this.onionFriends.get(id) !== handlers) return
          const friend = world.hosts.find((host) => host.isUp && sameBytes(host.publicKey, publicKey))
          if (
            friend?.onionFriends.has(idOf(this.publicKey)) &&
            this.reaches(friend) &&
            this.onlineSet.get(id) !== true
          ) {
            handlers.onDhtKey(friend.dhtPublicKey, [], [])
          }
          world.after(SEARCH_INTERVAL_MS, look)
        }
        world.after(LATENCY_MS, look)
        return {
          setOnline: (online) => void this.onlineSet.set(id, online),
          setDhtKey: (dhtPublicKey) => void this.toldDhtKeys.push(dhtPublicKey),
          tell: () => {},
          remove: () => void this.onionFriends.delete(id),
        }
      },
      sendData: (publicKey, plain) => {
        const friend = world.hosts.find((host) => host.isUp && sameBytes(host.publicKey, publicKey))
        if (friend === undefined || !this.onionReachable || !this.reaches(friend)) return 0
        const copy = plain.slice()
        world.after(LATENCY_MS, () => friend.deliverOnionData(this.publicKey, copy))
        return 1
      },
      onData: (kind, handler) => void this.#onionData.set(kind, handler),
    }
  }

  deliverOnionData(sender: LongTermPublicKey, plain: Uint8Array): void {
    if (this.isUp) this.#onionData.get(plain[0]!)?.(sender, plain)
  }

  #makeDht(): FriendDht {
    const { world } = this
    return {
      search: (dhtPublicKey, onEndpoint) => {
        let isStopped = false
        const endpoints: Endpoint[] = []
        this.searches++
        const look = (): void => {
          if (isStopped) return
          const found = world.hosts.find((host) => host.isUp && sameBytes(host.dhtPublicKey, dhtPublicKey))
          if (found === undefined || !this.reaches(found) || !this.dhtFinds) endpoints.length = 0
          else if (endpoints.length === 0) {
            endpoints.push(found.endpoint)
            onEndpoint(found.endpoint) // once, as the real one
          }
          world.after(SEARCH_INTERVAL_MS, look)
        }
        world.after(LATENCY_MS, look)
        return {
          endpoints,
          refresh: () => {},
          stop: () => {
            isStopped = true
            this.searches--
          },
        }
      },
      addCandidate: (node) => void (this.searches > 0 && this.candidates.push(node)),
    }
  }

  #makeSessions(): FriendSessions {
    return {
      connect: (publicKey, dhtPublicKey, handlers) => {
        if (this.sessionList.some(({ peerKey }) => sameBytes(peerKey, publicKey))) return undefined
        this.connects++
        const session = new FakeSession(this, publicKey, dhtPublicKey, handlers)
        this.sessionList.push(session)
        this.world.after(CONNECT_TIMEOUT_MS, () => {
          if (session.state === 'connecting' && this.isUp) session.close()
        })
        return session
      },
      onIncoming: (handler) => {
        this.#incoming = handler
      },
    }
  }
}

export class FakeSession implements Session {
  state: 'connecting' | 'established' | 'closed' = 'connecting'
  peer: FakeSession | undefined
  endpoint: Endpoint | undefined
  relayCount = 0
  readonly relays: RelayInfo[] = []
  #packetNumber = 0xffff_fff0 // so that every story wraps
  #unacked = 0
  /** Packets delivered to us and not acknowledged, oldest first. */
  #arrived: { readonly number: number; isHeld: boolean }[] = []

  constructor(
    readonly host: FakeHost,
    readonly peerKey: LongTermPublicKey,
    readonly peerDhtKey: DhtPublicKey,
    readonly handlers: SessionHandlers,
  ) {}

  setEndpoint(endpoint: Endpoint, _confirmed: boolean): void {
    this.endpoint = endpoint
    if (this.state !== 'connecting') return
    this.host.world.after(LATENCY_MS, () => {
      const target = this.host.world.at(endpoint)
      if (this.state !== 'connecting' || target === undefined || !this.host.reaches(target)) return
      if (sameBytes(target.dhtPublicKey, this.peerDhtKey)) target.offer(this.host, this)
    })
  }

  addRelay(relay: RelayInfo): void {
    this.relays.push(relay)
  }

  get freeSlots(): number {
    return this.state === 'established' ? this.host.window - this.#unacked : 0
  }

  get readySlots(): number {
    return Math.max(0, Math.min(this.freeSlots, this.host.path - this.#unacked))
  }

  sendLossless(packet: Uint8Array): number | undefined {
    if (this.state !== 'established' || this.#unacked >= this.host.window) return undefined
    this.#unacked++
    const number = this.#packetNumber
    this.#packetNumber = (number + 1) >>> 0
    this.#deliver(packet.slice(), number, true)
    return number
  }

  sendLossy(packet: Uint8Array): boolean {
    if (this.state !== 'established') return false
    this.#deliver(packet.slice(), 0, false)
    return true
  }

  get nextPacketNumber(): number {
    return this.#packetNumber
  }

  hold(): PacketHold {
    const packet = this.#arrived.at(-1)!
    packet.isHeld = true
    const isLive = (): boolean => this.state === 'established' && this.host.isUp
    return {
      get isLive() {
        return isLive()
      },
      release: () => {
        packet.isHeld = false
        if (isLive()) this.#acknowledge()
      },
    }
  }

  kill(): void {
    if (this.state === 'closed') return
    const { peer } = this
    this.#leave()
    if (peer !== undefined && this.host.reaches(peer.host)) this.host.world.after(LATENCY_MS, () => peer.close())
  }

  /** Ends it and tells our own side. */
  close(): void {
    if (this.state === 'closed' || !this.host.isUp) return
    this.#leave()
    this.handlers.onClosed()
  }

  establish(peer: FakeSession): void {
    if (this.state !== 'connecting' || !this.host.isUp) return
    this.peer = peer
    this.state = 'established'
    this.handlers.onEstablished()
  }

  #leave(): void {
    this.state = 'closed'
    const { sessionList } = this.host
    sessionList.splice(sessionList.indexOf(this), 1)
  }

  #deliver(packet: Uint8Array, number: number, isLossless: boolean): void {
    const { world } = this.host
    world.after(LATENCY_MS, () => {
      const peer = this.peer!
      if (this.state === 'closed' || peer.state === 'closed') return
      if (!this.host.reaches(peer.host)) {
        if (isLossless) this.#deliver(packet, number, true)
        return
      }
      if (!isLossless) return peer.handlers.onLossy(packet)
      peer.#arrived.push({ number, isHeld: false })
      peer.handlers.onLossless(packet)
      packet.fill(0xee) // a view that was kept shows
      peer.#acknowledge()
    })
  }

  /** Tells the peer what arrived, up to the oldest packet that is held. */
  #acknowledge(): void {
    const held = this.#arrived.findIndex(({ isHeld }) => isHeld)
    const acked = this.#arrived.splice(0, held < 0 ? this.#arrived.length : held)
    const sender = this.peer!
    const { world } = this.host
    for (const { number } of acked) {
      world.after(LATENCY_MS, () => {
        if (sender.state !== 'established' || !sender.host.isUp) return
        sender.#unacked--
        sender.handlers.onAcked((number + 1) >>> 0)
        // What the handler did may have ended it.
        if ((sender.state as string) === 'established') sender.handlers.onWritable()
      })
    }
  }
}

/** Both sides are established with each other. */
function pair(a: FakeSession, b: FakeSession): void {
  if (a.state !== 'connecting' || b.state !== 'connecting') return
  a.establish(b)
  b.establish(a)
}
