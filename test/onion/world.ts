// A small network for onion tests: every node knows every other, each serves as router and announce server.

import type { Endpoint, Env } from '../../src/base/index.js'
import { sameBytes } from '../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import type {
  AnyPublicKey,
  DhtKeyPair,
  DhtPublicKey,
  DhtSecretKey,
  LongTermKeyPair,
  LongTermPublicKey,
  LongTermSecretKey,
  SharedKey,
} from '../../src/crypto/keys.js'
import { compareDistance } from '../../src/dht/distance.js'
import { AnnounceServer, OnionClient, type OnionDht, OnionRouter } from '../../src/onion/index.js'
import type { NodeInfo } from '../../src/packet/node-info.js'
import type { UdpRouter, UdpSender } from '../../src/transport/udp.js'
import { Switchboard } from '../support/env.js'

type DhtRequestHandler = (sender: DhtPublicKey, plain: Uint8Array) => void

/** A DHT that knows all nodes of its world without a word. */
export class MeshDht implements OnionDht {
  readonly keyPair: DhtKeyPair
  isConnected = true
  readonly requests = new Map<number, DhtRequestHandler>()

  constructor(
    private readonly world: World,
    private readonly crypto: Crypto,
    private readonly env: Env,
    private readonly endpoint: Endpoint,
  ) {
    this.keyPair = crypto.keyPair<DhtPublicKey, DhtSecretKey>()
  }

  get info(): NodeInfo {
    return { endpoint: this.endpoint, publicKey: this.keyPair.publicKey }
  }

  sharedKey(publicKey: DhtPublicKey): SharedKey | undefined {
    return this.crypto.sharedKey(publicKey, this.keyPair.secretKey)
  }

  closest(key: AnyPublicKey, count: number): readonly NodeInfo[] {
    return this.#others()
      .sort((a, b) => compareDistance(key, a.publicKey, b.publicKey))
      .slice(0, count)
  }

  randomPathNodes(count: number): readonly NodeInfo[] {
    const nodes = this.#others()
    return nodes.sort(() => this.env.random.uniform(3) - 1).slice(0, count)
  }

  sendDhtRequest(recipient: DhtPublicKey, kind: number, plain: Uint8Array): number {
    const peer = this.world.peers.find(({ dht }) => sameBytes(dht.keyPair.publicKey, recipient))
    if (peer === undefined || !this.world.isUp(peer)) return 0
    const copy = plain.slice()
    peer.env.deadlines
      .create('arrival', () => peer.dht.requests.get(kind)?.(this.keyPair.publicKey, copy))
      .set(this.env.clock.now() + 20)
    return 1
  }

  onDhtRequest(kind: number, handler: DhtRequestHandler): void {
    this.requests.set(kind, handler)
  }

  #others(): NodeInfo[] {
    return this.world.nodes.filter((node) => node.dht !== this && this.world.isUp(node)).map(({ dht }) => dht.info)
  }
}

export interface Node {
  readonly env: Env
  readonly endpoint: Endpoint
  readonly udp: UdpSender
  readonly router: UdpRouter
  readonly dht: MeshDht
  readonly onion: OnionRouter
  readonly announces: AnnounceServer
}

export interface Peer extends Node {
  readonly keyPair: LongTermKeyPair
  readonly client: OnionClient
}

/** Nodes and clients on one switchboard. */
export class World {
  readonly board = new Switchboard()
  /** Who appears in the DHT. */
  readonly nodes: Node[] = []
  readonly peers: Peer[] = []
  readonly #down = new Set<string>()

  private constructor(readonly crypto: Crypto) {
    this.board.filter = (from, to) => !this.#down.has(from.key) && !this.#down.has(to.key)
  }

  static async create(nodes = 0): Promise<World> {
    const world = new World(await loadCrypto())
    for (let i = 0; i < nodes; i++) world.node()
    return world
  }

  /** A node of the network without a client. */
  node(): Node {
    const node = this.#makeNode()
    this.nodes.push(node)
    return node
  }

  /** A client, whose own node serves others only where told. */
  peer(options: { keyPair?: LongTermKeyPair; isNode?: boolean } = {}): Peer {
    const { crypto } = this
    const node = this.#makeNode()
    if (options.isNode === true) this.nodes.push(node)
    const keyPair = options.keyPair ?? crypto.keyPair<LongTermPublicKey, LongTermSecretKey>()
    const { env, udp, router, dht } = node
    const client = new OnionClient({ env, crypto, keyPair, dht, udp, router })
    const peer = { ...node, keyPair, client }
    this.peers.push(peer)
    return peer
  }

  isUp(node: Node): boolean {
    return !this.#down.has(node.endpoint.key)
  }

  unplug(node: Node): void {
    this.#down.add(node.endpoint.key)
  }

  plug(node: Node): void {
    this.#down.delete(node.endpoint.key)
  }

  run(ms: number): void {
    this.board.run(ms)
  }

  until(done: () => boolean, limitMs?: number): boolean {
    return this.board.runUntil(done, limitMs)
  }

  #makeNode(): Node {
    const { crypto } = this
    const { env, endpoint, udp, router } = this.board.host()
    const dht = new MeshDht(this, crypto, env, endpoint)
    const onion = new OnionRouter({ env, crypto, dht, udp, router })
    const announces = new AnnounceServer({ env, crypto, dht, udp, router })
    return { env, endpoint, udp, router, dht, onion, announces }
  }
}
