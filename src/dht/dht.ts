// The DHT node: answers strangers, knows its neighbours, finds the address of a DHT key. Spec: DHT.
// Every packet comes from a stranger: it is opened, held against what we asked for, and only then believed; each answer is
// at most as large as c-toxcore's, so that we are no amplifier for forged addresses.

import { bytesKey, type Emitter, type Endpoint, type Env, sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import {
  type Crypto,
  type DhtKeyPair,
  type DhtPublicKey,
  PUBLIC_KEY_BYTES,
  type SharedKey,
  SharedKeyCache,
} from '../crypto/index.js'
import { DhtRequestKind, natPing } from '../packet/dht/index.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { Asker } from './asker.js'
import { Bootstrapper, SAVED_NODES_MAX } from './bootstrapper.js'
import { Greeter } from './greeter.js'
import { HolePuncher } from './hole-punching.js'
import { LanDiscovery, type LanDiscoveryOptions } from './lan-discovery.js'
import { writeNodes } from './mirror.js'
import { type NeighbourhoodEvents as DhtEvents, Neighbourhood } from './neighbourhood.js'
import { NodeTable } from './node-table.js'
import { randomGoodNodes, someOf } from './random-nodes.js'
import { Receiver } from './receiver.js'
import { type DhtRequestHandler, DhtRequests } from './requests.js'
import { Search } from './search.js'
import { type SearchHandle, searchHandle } from './search-handle.js'
import { DhtStats } from './stats.js'
import { StrangerKeys } from './stranger-keys.js'
import { Upkeep } from './upkeep.js'
import { Whereabouts } from './whereabouts.js'
import { DhtWire, type SharedKeys } from './wire.js'

/** Searches for random keys: their nodes are spread over the network and tell nothing about whom we seek. */
const RANDOM_SEARCHES = 2

export interface DhtOptions {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  readonly router: UdpRouter
  /** Borrowed: the owner wipes the secret key after `close`. */
  readonly keyPair: DhtKeyPair
  /** Address families to speak; both unless told. */
  readonly ipv4?: boolean
  readonly ipv6?: boolean
  /** Shared keys with our secret key; a cache of its own unless given. */
  readonly sharedKeys?: SharedKeys
  /** Whether to punch holes for sought friends behind NATs. True unless told. */
  readonly holePunching?: boolean
  /** Greets nodes of our own network and answers their greetings; neither unless given. */
  readonly lanDiscovery?: LanDiscoveryOptions
  /** Answers bootstrap info requests with this (`motd`: at most 256 bytes). */
  readonly bootstrapInfo?: { readonly version: number; readonly motd: Uint8Array }
}

export interface ClosestOptions {
  /** Whether LAN and loopback addresses may be among the answer: only for a peer on a LAN itself. */
  readonly lanAllowed: boolean
}

export class Dht {
  readonly stats = new DhtStats()
  readonly whereabouts: Whereabouts
  readonly #options: DhtOptions
  readonly #ownKeys: SharedKeyCache | undefined
  readonly #sharedKeys: SharedKeys
  readonly #wire: DhtWire
  readonly #asker: Asker
  readonly #greeter: Greeter
  readonly #bootstrapper: Bootstrapper
  readonly #requests: DhtRequests
  readonly #neighbourhood: Neighbourhood
  readonly #upkeep: Upkeep
  readonly #randomSearches: SearchHandle[] = []
  readonly #receiver: Receiver
  readonly #lanDiscovery: LanDiscovery | undefined

  constructor(options: DhtOptions) {
    const { env, crypto, udp, keyPair } = options
    const ownPublicKey = keyPair.publicKey
    this.#options = options
    if (options.sharedKeys === undefined) this.#ownKeys = new SharedKeyCache(crypto, keyPair.secretKey)
    this.#sharedKeys = options.sharedKeys ?? this.#ownKeys!
    const sharedKeys = this.#sharedKeys
    const strangerKeys = new StrangerKeys(env, sharedKeys)
    const common = { env, crypto, udp, ownPublicKey, sharedKeys, strangerKeys, stats: this.stats }
    this.#wire = new DhtWire({ ...common, random: env.random })
    const families = { ipv4: options.ipv4 ?? true, ipv6: options.ipv6 ?? true }
    this.#asker = new Asker({ ...common, wire: this.#wire, families })
    const table = new NodeTable()
    this.#requests = new DhtRequests({ ...common, table })
    this.#neighbourhood = new Neighbourhood({
      env,
      table,
      asker: this.#asker,
      ownPublicKey,
      onLost: (known) => this.#bootstrapper.restart(known),
      onNews: () => this.#upkeep.soon(),
    })
    this.#upkeep = new Upkeep({
      env,
      asker: this.#asker,
      ownPublicKey,
      holePuncher: this.#holePuncher(),
      lists: this.#neighbourhood,
      onDone: () => this.#bootstrapper.review(),
    })
    const { close } = this.#neighbourhood
    const isWanted = (key: DhtPublicKey): boolean =>
      table.get(key) !== undefined || close.hasRoomFor(key, env.clock.now())
    this.#greeter = new Greeter(env, this.#asker, ownPublicKey, isWanted)
    this.#bootstrapper = new Bootstrapper({
      env,
      ask: (endpoint, publicKey) => this.#asker.ask(endpoint, publicKey, ownPublicKey),
      answers: (publicKey) => table.get(publicKey)?.isGood(env.clock.now()) === true,
      isReached: () => this.isNonLanConnected,
      isConnected: () => this.isConnected,
    })
    this.#receiver = new Receiver({
      options,
      stats: this.stats,
      wire: this.#wire,
      asker: this.#asker,
      greeter: this.#greeter,
      requests: this.#requests,
      neighbourhood: this.#neighbourhood,
    })
    this.#lanDiscovery = this.#openLanDiscovery(table)
    this.whereabouts = new Whereabouts({
      env,
      ownPublicKey,
      asker: this.#asker,
      receiver: this.#receiver,
      neighbourhood: this.#neighbourhood,
      upkeep: this.#upkeep,
      bootstrapper: this.#bootstrapper,
      lan: this.#lanDiscovery,
    })
    for (let i = 0; i < RANDOM_SEARCHES; i++) {
      this.#randomSearches.push(this.search(env.random.bytes(PUBLIC_KEY_BYTES) as DhtPublicKey))
    }
  }

  get publicKey(): DhtPublicKey {
    return this.#options.keyPair.publicKey
  }

  /** `connection` when the first node answers or the last goes silent; `node` for each address that has proven itself; `named`. */
  get events(): Emitter<DhtEvents> {
    return this.#neighbourhood.events
  }

  /** Whether any node of the close list answers, be it on the LAN or on this machine. */
  get isConnected(): boolean {
    return this.#neighbourhood.isConnected
  }

  /** Whether a node beyond the LAN answers. */
  get isNonLanConnected(): boolean {
    const { table } = this.#neighbourhood
    const nowMs = this.#options.env.clock.now()
    for (let slot = 0; slot < table.size; slot++) {
      const node = table.at(slot)
      if (node.bucket >= 0 && node.freshest(nowMs, false) !== undefined) return true
    }
    return false
  }

  /** How many nodes are known, in all lists together, and how many of them are neighbours. */
  get size(): { readonly nodes: number; readonly close: number; readonly searches: number } {
    const { table, close, searches } = this.#neighbourhood
    return { nodes: table.size, close: close.size, searches: searches.size }
  }

  /** The keys of the neighbours that answer. */
  goodNeighbours(): DhtPublicKey[] {
    const nowMs = this.#options.env.clock.now()
    return Array.from(this.#neighbourhood.close)
      .filter((node) => node.isGood(nowMs))
      .map(({ publicKey }) => publicKey)
  }

  /** Where other nodes see us; a public address is worth more than a private one. */
  get ownEndpoints(): readonly Endpoint[] {
    return this.#receiver.ownEndpoints
  }

  /** Enters the network through this node; asked again, with pauses of 0.5 s to 30 s, until it or the DHT answers. */
  bootstrap(endpoint: Endpoint, publicKey: DhtPublicKey): void {
    if (!sameBytes(publicKey, this.publicKey)) this.#bootstrapper.add(endpoint, publicKey)
  }

  /** Nodes of the last run: asked, eight a second, until the DHT answers. */
  load(nodes: readonly NodeInfo[]): void {
    this.#bootstrapper.load(nodes)
  }

  /** Nodes to save: those that answer, and those of the last run while few do. At most 2,080. */
  savedNodes(): NodeInfo[] {
    const known = this.#neighbourhood.knownNodes()
    if (this.isConnected) return known.slice(0, SAVED_NODES_MAX)
    const seen = new Set(known.map(nodeKey))
    const old = this.#bootstrapper.saved.filter((node) => !seen.has(nodeKey(node)))
    return [...known, ...old].slice(0, SAVED_NODES_MAX)
  }

  /** A node that somebody told us about: asked if a list has room for it, and believed when it answers. */
  addCandidate(node: NodeInfo): void {
    if (node.endpoint.isSendable && !sameBytes(node.publicKey, this.publicKey)) this.#neighbourhood.consider(node)
  }

  /**
   * Looks for the address of `publicKey` until the handle is stopped. `onEndpoint` reports each address from which the
   * sought node answers anew; addresses known already stand in `endpoints` at once.
   */
  search(publicKey: DhtPublicKey, onEndpoint?: (endpoint: Endpoint) => void): SearchHandle {
    const key = bytesKey(publicKey)
    let search = this.#neighbourhood.searches.get(key)
    if (search === undefined) {
      search = new Search(publicKey, key)
      this.#neighbourhood.begin(search)
      this.#upkeep.verySoon()
    }
    const begun = search
    const listener = onEndpoint === undefined ? undefined : (endpoint: Endpoint) => onEndpoint(endpoint)
    begun.holders++
    if (listener !== undefined) begun.listeners.add(listener)
    return searchHandle({
      search: begun,
      nowMs: () => this.#options.env.clock.now(),
      ask: (node) => this.#asker.askStranger(node.endpoint, node.publicKey, begun.publicKey),
      onRefresh: () => this.#upkeep.refresh(begun),
      onStop: () => {
        if (listener !== undefined) begun.listeners.delete(listener)
        if (--begun.holders === 0) this.#neighbourhood.end(begun)
      },
    })
  }

  /** The good nodes nearest to `publicKey`, nearest first, at most `count`. */
  closest(publicKey: Uint8Array, count: number, { lanAllowed }: ClosestOptions): NodeInfo[] {
    const nearest = this.#neighbourhood.table.nearest(publicKey, count, this.#options.env.clock.now(), lanAllowed)
    return Array.from({ length: nearest.count }, (_, i) => ({
      endpoint: nearest.associations[i]!.endpoint,
      publicKey: nearest.nodes[i]!.publicKey,
    }))
  }

  /** Up to `count` different good nodes by chance, of all lists. */
  randomNodes(count: number): NodeInfo[] {
    return randomGoodNodes(this.#neighbourhood.table, this.#options.env, count)
  }

  /**
   * Up to `count` different good nodes for onion paths: those near random keys, which tell nothing about whom we seek, and
   * where they are too few, any.
   */
  randomPathNodes(count: number): NodeInfo[] {
    const spread = this.#randomSearches.flatMap((search) => search.nodes)
    const nodes = someOf(spread, this.#options.env, count)
    if (nodes.length === count) return nodes
    const keys = new Set(nodes.map(({ publicKey }) => bytesKey(publicKey)))
    const others = this.randomNodes(count + nodes.length).filter(({ publicKey }) => !keys.has(bytesKey(publicKey)))
    return [...nodes, ...others].slice(0, count)
  }

  /** Good addresses of a node that any list holds, the one that answered last first. */
  endpointsOf(publicKey: DhtPublicKey): Endpoint[] {
    const good = this.#neighbourhood.table.get(publicKey)?.goodAssociations(this.#options.env.clock.now()) ?? []
    return good.map(({ endpoint }) => endpoint)
  }

  /** The nodes that answer, for the workers of this node (`DhtWorker.learn`). */
  writeNodes(): Uint8Array {
    return writeNodes(this.#neighbourhood.table, this.#options.env.clock.now())
  }

  /** A worker of this node has answered somebody whom we may want to know. */
  meet(publicKey: DhtPublicKey, from: Endpoint): void {
    this.#receiver.meet(publicKey, from)
  }

  /** Asks a node for nodes near `sought`, within the limits for nodes that have not proven themselves. */
  requestNodes(node: NodeInfo, sought: DhtPublicKey): boolean {
    return this.#asker.askStranger(node.endpoint, node.publicKey, sought)
  }

  /** The shared key of our DHT key and `publicKey`: use it in this turn, do not keep it. `undefined` for a bad key. */
  sharedKey(publicKey: DhtPublicKey): SharedKey | undefined {
    return this.#sharedKeys.get(publicKey)
  }

  /** Whether this key is that of a node in our lists, or of one that we seek: no stranger's. */
  knows(publicKey: DhtPublicKey): boolean {
    const { searches, table } = this.#neighbourhood
    const key = bytesKey(publicKey)
    return table.getByKey(key) !== undefined || searches.get(key) !== undefined
  }

  /** Registers the one handler of DHT requests of `kind` that are addressed to us. */
  onDhtRequest(kind: number, handler: DhtRequestHandler): void {
    this.#requests.on(kind, handler)
  }

  /**
   * Sends `data` (1 to 918 bytes) sealed to `recipient`: straight when it answers us, else through the nodes that say they
   * know it. Needs a running search for `recipient`. Returns to how many nodes it went.
   */
  sendDhtRequest(recipient: DhtPublicKey, kind: number, data: Uint8Array): number {
    const search = this.#neighbourhood.searches.get(bytesKey(recipient))
    const nowMs = this.#options.env.clock.now()
    const direct = this.endpointsOf(recipient)[0]
    if (direct !== undefined) return this.#requests.send(recipient, kind, data, [direct])
    return search === undefined ? 0 : this.#requests.send(recipient, kind, data, routesTo(search, nowMs))
  }

  /** Stops all waiting and forgets shared keys. Packets that still come in are ignored. */
  close(): void {
    this.#receiver.close()
    this.#lanDiscovery?.close()
    this.#upkeep.stop()
    this.#greeter.stop()
    this.#bootstrapper.stop()
    this.#ownKeys?.clear()
  }

  #openLanDiscovery(table: NodeTable): LanDiscovery | undefined {
    const { env, router, lanDiscovery } = this.#options
    if (lanDiscovery === undefined) return undefined
    return new LanDiscovery({
      ...lanDiscovery,
      env,
      router,
      ownPublicKey: this.publicKey,
      isKnown: (endpoint, publicKey) => table.get(publicKey)?.isGoodAt(endpoint, env.clock.now()) === true,
      ask: (endpoint, publicKey) => this.#asker.askStranger(endpoint, publicKey, this.publicKey),
    })
  }

  #holePuncher(): HolePuncher | undefined {
    if (this.#options.holePunching === false) return undefined
    const { env } = this.#options
    const puncher = new HolePuncher({
      env,
      ping: (to, publicKey) => this.#asker.ping(to, publicKey),
      send: (search, ping) => {
        const routes = routesTo(search, env.clock.now())
        // A request goes every way there is, its response one way.
        const targets = ping.isResponse && routes.length > 1 ? [routes[env.random.uniform(routes.length)]!] : routes
        this.#requests.send(search.publicKey, DhtRequestKind.NAT_PING, encode(natPing, ping), targets)
      },
    })
    this.#requests.on(DhtRequestKind.NAT_PING, (sender, data) => {
      const search = this.#neighbourhood.searches.get(bytesKey(sender))
      const ping = decode(natPing, data)
      if (search === undefined || ping === undefined) env.drops.count('dht/nat-ping malformed or from a stranger')
      else puncher.receive(search, ping)
    })
    return puncher
  }
}

/** Nodes that say they know the sought node; where none says so, all that are near it. */
function routesTo(search: Search, nowMs: number): Endpoint[] {
  const knowing = search.knowing(nowMs)
  const entries = knowing.length > 0 ? knowing : search.entries
  return entries.flatMap(({ node }) => node.freshest(nowMs)?.endpoint ?? [])
}

function nodeKey({ endpoint, publicKey }: NodeInfo): string {
  return endpoint.key + bytesKey(publicKey)
}

export type { DhtEvents }
