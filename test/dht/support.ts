// DHT nodes on a virtual switchboard.

import type { Endpoint } from '../../src/base/index.js'
import { type Crypto, type DhtKeyPair, type DhtSecretKey, loadCrypto } from '../../src/crypto/index.js'
import { Dht, type DhtOptions } from '../../src/dht/index.js'
import { UdpRouter } from '../../src/transport/udp.js'
import { Switchboard, seededRandom } from '../support/env.js'

export type Host = ReturnType<Switchboard['host']>

export interface Peer extends Host {
  readonly dht: Dht
  readonly keyPair: DhtKeyPair
  readonly endpoint: Endpoint
}

export class DhtWorld extends Switchboard {
  readonly #dice = seededRandom(1)

  private constructor(readonly crypto: Crypto) {
    super()
  }

  static async create(): Promise<DhtWorld> {
    return new DhtWorld(await loadCrypto())
  }

  /** The next key pair of this world: equal worlds have equal keys. */
  keyPair(): DhtKeyPair {
    const secretKey = this.#dice.bytes(32) as DhtSecretKey
    return { publicKey: this.crypto.publicKeyOf(secretKey), secretKey }
  }

  /** A host with a DHT node. */
  peer(options: Partial<DhtOptions> = {}): Peer {
    return this.#node(this.host(), options)
  }

  /** The same host with a fresh node: another key, nothing known. */
  restart(peer: Peer): Peer {
    peer.dht.close()
    const host = this.hosts.find(({ endpoint }) => endpoint.equals(peer.endpoint))!
    host.router = new UdpRouter(host.env.drops)
    return this.#node(host, {})
  }

  #node(host: Host, options: Partial<DhtOptions>): Peer {
    const keyPair = this.keyPair()
    const { env, udp, router } = host
    return { ...host, keyPair, dht: new Dht({ env, udp, router, crypto: this.crypto, keyPair, ...options }) }
  }

  /** `count` nodes, all of them bootstrapped from the first, 20 ms apart. */
  network(count: number): Peer[] {
    const first = this.peer()
    const peers = [first]
    while (peers.length < count) {
      const peer = this.peer()
      peer.dht.bootstrap(first.endpoint, first.keyPair.publicKey)
      peers.push(peer)
      this.run(20)
    }
    return peers
  }

  /** Takes a host off the network: nothing reaches it, it says nothing. */
  unplug(...peers: readonly Host[]): () => void {
    const off = new Set(peers.map(({ endpoint }) => endpoint.key))
    const before = this.filter
    this.filter = (from, to, packet) => !off.has(from.key) && !off.has(to.key) && before(from, to, packet)
    return () => {
      this.filter = before
    }
  }
}
