// The DHT as a worker of a node speaks it: it answers strangers out of what the node told it, and tells the node who asked. It asks
// nobody itself, so that each answer finds the one who asked: the node.

import type { Endpoint, Env } from '../base/index.js'
import { type Crypto, type DhtKeyPair, type DhtPublicKey, SharedKeyCache } from '../crypto/index.js'
import { PacketKind } from '../packet/kinds.js'
import type { UdpRouter, UdpSender } from '../transport/udp.js'
import { Answers } from './answers.js'
import { Greeter } from './greeter.js'
import { readNodes } from './mirror.js'
import { DhtStats } from './stats.js'
import { StrangerKeys } from './stranger-keys.js'
import { DhtWire } from './wire.js'

export interface DhtWorkerParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  readonly router: UdpRouter
  /** Borrowed: the owner wipes the secret key after `close`. */
  readonly keyPair: DhtKeyPair
  /** Someone whom the node may want to know has asked; told within the limits in which a node pings strangers back. */
  readonly onAsker: (publicKey: DhtPublicKey, from: Endpoint) => void
}

export class DhtWorker {
  readonly stats = new DhtStats()
  readonly #parts: DhtWorkerParts
  readonly #keys: SharedKeyCache
  readonly #wire: DhtWire
  readonly #greeter: Greeter
  readonly #answers: Answers
  #nodes: ReturnType<typeof readNodes>

  constructor(parts: DhtWorkerParts) {
    const { env, crypto, udp, router, keyPair, onAsker } = parts
    const ownPublicKey = keyPair.publicKey
    this.#parts = parts
    this.#keys = new SharedKeyCache(crypto, keyPair.secretKey)
    const strangerKeys = new StrangerKeys(env, this.#keys)
    const { random } = env
    this.#wire = new DhtWire({ crypto, random, udp, ownPublicKey, sharedKeys: this.#keys, strangerKeys })
    const ping = (from: Endpoint, publicKey: DhtPublicKey): void => onAsker(publicKey, from)
    this.#greeter = new Greeter(env, { ping }, ownPublicKey, (key) =>
      this.#nodes.close.hasRoomFor(key, env.clock.now()),
    )
    this.#nodes = readNodes(new Uint8Array(0), ownPublicKey)
    const meet = (publicKey: DhtPublicKey, from: Endpoint): void => this.#meet(publicKey, from)
    this.#answers = new Answers({ env, stats: this.stats, wire: this.#wire, onAsker: meet }, this.#nodes.table)
    router.on(PacketKind.PING_REQUEST, (from, packet) => this.#answers.ping(from, packet))
    router.on(PacketKind.NODES_REQUEST, (from, packet) => this.#answers.nodes(from, packet))
  }

  /** How many nodes it was told of. */
  get size(): number {
    return this.#nodes.table.size
  }

  /** Knows the nodes of `Dht.writeNodes` from now on, and no others. */
  learn(nodes: Uint8Array): void {
    this.#nodes = readNodes(nodes, this.#parts.keyPair.publicKey)
    this.#answers.table = this.#nodes.table
  }

  /** Stops all waiting, and overwrites all keys. */
  close(): void {
    this.#greeter.stop()
    this.#keys.clear()
  }

  #meet(publicKey: DhtPublicKey, from: Endpoint): void {
    const { table, close } = this.#nodes
    if (!close.hasRoomFor(publicKey, this.#parts.env.clock.now())) return
    if (table.get(publicKey)?.association(from.family)?.endpoint.equals(from) === true) return
    this.#greeter.greet(publicKey, from, false)
  }
}
