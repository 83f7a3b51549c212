// DHT nodes that forward and hold announcements, and hosts that ask them, on a virtual switchboard.

import { AnnouncementServer } from '../../src/announce/index.js'
import type { Endpoint } from '../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { ForwardingServer } from '../../src/forwarding/index.js'
import { encodeForwardChain } from '../../src/packet/forwarding/index.js'
import { DhtWorld, type Host, type Peer } from '../dht/support.js'
import { Asker } from './asker.js'

export interface StoringNode extends Peer {
  readonly forwarding: ForwardingServer
  readonly announcements: AnnouncementServer
}

export class AnnounceWorld {
  private constructor(
    readonly board: DhtWorld,
    readonly crypto: Crypto,
  ) {}

  static async create(): Promise<AnnounceWorld> {
    return new AnnounceWorld(await DhtWorld.create(), await loadCrypto())
  }

  node(): StoringNode {
    const peer = this.board.peer()
    const { env, udp, router, dht, keyPair } = peer
    const parts = { env, crypto: this.crypto, udp, router, dht }
    const forwarding = new ForwardingServer(parts)
    return { ...peer, forwarding, announcements: new AnnouncementServer({ ...parts, keyPair, forwarding }) }
  }

  /** A node that does not speak of announcements. */
  oldNode(): Peer {
    return this.board.peer()
  }

  /** Lets all nodes meet through the first. */
  join(...[first, ...others]: Peer[]): void {
    for (const one of others) one.dht.bootstrap(first!.endpoint, first!.keyPair.publicKey)
    this.board.run(5000)
  }

  client(server: Peer): Client {
    return new Client(this, server)
  }
}

/** A host that asks one node, and keeps what comes back. */
export class Client extends Asker {
  readonly host: Host
  readonly arrived: Uint8Array[] = []

  constructor(
    readonly world: AnnounceWorld,
    readonly node: Peer,
    host: Host = world.board.host(),
  ) {
    super(world.crypto, node.keyPair.publicKey)
    this.host = host
    for (const kind of [0x91, 0x94, 0x96, 0x98]) host.router.on(kind, (_, packet) => this.arrived.push(packet))
  }

  /** Sends `packet` and returns the answer, if one comes. */
  ask(packet: Uint8Array, to: Endpoint = this.node.endpoint): Uint8Array | undefined {
    const before = this.arrived.length
    this.host.udp.send(to, packet)
    this.world.board.run(100)
    return this.arrived[before]
  }

  /** As `ask`, but by way of `middle`. */
  askThrough(middle: Peer, packet: Uint8Array): Uint8Array | undefined {
    const arrived = this.ask(encodeForwardChain([this.node.keyPair.publicKey], packet), middle.endpoint)
    return arrived?.subarray(2)
  }

  /** A fresh tag. */
  auth(): Uint8Array {
    return this.found(this.ask(this.search())!)!.answer!.auth
  }
}
