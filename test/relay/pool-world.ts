// A world of relays and of clients that are nothing but a pool.

import { type Endpoint, sameBytes } from '../../src/base/index.js'
import { loadCrypto } from '../../src/crypto/index.js'
import type { DhtKeyPair, DhtPublicKey } from '../../src/crypto/keys.js'
import {
  type OobRelay,
  type RelayedPeer,
  RelayPool,
  RelayServer,
  type RelaySnapshot,
  type RelayTarget,
} from '../../src/relay/index.js'
import { type EngineSetup, type HostOptions, type SimHost, World } from '../../src/sim/index.js'

export const RELAY_PORT = 3389

/** A relay, and nothing else. */
export class RelayNode {
  readonly keyPair: DhtKeyPair
  readonly server: RelayServer
  readonly onion: Uint8Array[] = []
  readonly forwarded: Endpoint[] = []
  /** It reads no more, but speaks. */
  isDeaf = false

  constructor({ env, crypto, listen }: EngineSetup, keyPair: DhtKeyPair) {
    this.keyPair = keyPair
    const uplink = {
      onion: (_nonce: Uint8Array, layer: Uint8Array, mark: Uint8Array) => {
        this.onion.push(layer.slice())
        this.server.onionResponse(mark, Uint8Array.of(1, 2, 3))
      },
      forward: (to: Endpoint, _data: Uint8Array, mark: Uint8Array) => {
        this.forwarded.push(to)
        this.server.forwardReply(mark, Uint8Array.of(4, 5))
      },
    }
    this.server = new RelayServer({ env, crypto, keyPair: this.keyPair, uplink })
    listen(RELAY_PORT, (stream) => {
      const handler = this.server.accept(stream)
      const onData = (bytes: Uint8Array): void => void (this.isDeaf || handler?.onData(bytes))
      return handler && { onData, onClosed: () => handler.onClosed(), onDrained: () => handler.onDrained?.() }
    })
  }

  receive(): void {}

  close(): void {
    this.server.close()
  }
}

/** A client: its pool, and what that told. */
export class PoolClient {
  readonly keyPair: DhtKeyPair
  readonly pool: RelayPool
  readonly onion: number[][] = []
  readonly forwarding: number[][] = []
  readonly oob: { sender: DhtPublicKey; packet: number[]; relay: OobRelay }[] = []
  news = 0
  dials = 0

  constructor({ env, crypto, dialer }: EngineSetup) {
    this.keyPair = crypto.keyPair()
    this.pool = new RelayPool({
      env,
      crypto,
      keyPair: this.keyPair,
      dialer: {
        dial: (to, handler) => {
          this.dials++
          return dialer.dial(to, handler)
        },
      },
      onOnionResponse: (packet) => this.onion.push([...packet]),
      onForwarding: (packet) => this.forwarding.push([...packet]),
      onOob: (sender, packet, relay) => this.oob.push({ sender, packet: [...packet], relay }),
      onNews: () => this.news++,
    })
  }

  receive(): void {}

  networkChanged(): void {
    this.pool.networkChanged()
  }

  close(): void {
    this.pool.close()
  }

  /** What is known of one relay. */
  snapshot(relay: SimHost<RelayNode>): RelaySnapshot | undefined {
    return this.pool.list.find(({ publicKey }) => sameBytes(publicKey, targetOf(relay).publicKey))
  }

  count(state: RelaySnapshot['state']): number {
    return this.pool.list.filter((relay) => relay.state === state).length
  }
}

/** The way from one client to another. */
export class Way {
  readonly heard: number[][] = []
  readonly peer: RelayedPeer
  changes = 0
  writable = 0

  constructor(from: SimHost<PoolClient>, to: SimHost<PoolClient>) {
    this.peer = from.engine.pool.peer(to.engine.keyPair.publicKey, {
      onData: (packet) => this.heard.push([...packet]),
      onChange: () => this.changes++,
      onWritable: () => this.writable++,
    })
  }

  send(...bytes: number[]): boolean {
    const place = this.peer.reserve(bytes.length)
    place?.set(bytes)
    return place !== undefined
  }
}

export class PoolWorld {
  private constructor(readonly world: World<RelayNode | PoolClient>) {}

  static async create(seed: number | string): Promise<PoolWorld> {
    return new PoolWorld(new World<RelayNode | PoolClient>({ seed, crypto: await loadCrypto() }))
  }

  relays(count: number): SimHost<RelayNode>[] {
    return Array.from({ length: count }, () => this.relay())
  }

  relay(): SimHost<RelayNode> {
    const name = `relay ${this.world.hosts.size}`
    let keyPair: DhtKeyPair | undefined
    const engine = (setup: EngineSetup): RelayNode => {
      // A relay that starts again keeps its key.
      keyPair ??= setup.crypto.keyPair()
      return new RelayNode(setup, keyPair)
    }
    const host = this.world.addPeer(name, { engine })
    publicKeys.set(host, keyPair!.publicKey)
    return host
  }

  client(options: HostOptions = {}): SimHost<PoolClient> {
    return this.world.addPeer(`client ${this.world.hosts.size}`, {
      ...options,
      engine: (setup) => new PoolClient(setup),
    })
  }

  /** Clients who ask for each other, each told of these relays by the other. */
  ways(a: SimHost<PoolClient>, b: SimHost<PoolClient>, relays: readonly SimHost<RelayNode>[]): [Way, Way] {
    const ways: [Way, Way] = [new Way(a, b), new Way(b, a)]
    for (const relay of relays) for (const { peer } of ways) peer.addRelay(infoOf(relay))
    return ways
  }
}

/** Of relays, running or not. */
const publicKeys = new Map<SimHost, DhtPublicKey>()

/** A relay as users name it. */
export function targetOf(relay: SimHost<RelayNode>): RelayTarget {
  return { target: relay.endpoint.withPort(RELAY_PORT), publicKey: publicKeys.get(relay)! }
}

/** A relay as friends tell it. */
export function infoOf(relay: SimHost<RelayNode>): { relay: Endpoint; publicKey: DhtPublicKey } {
  return { relay: relay.endpoint.withPort(RELAY_PORT), publicKey: publicKeys.get(relay)! }
}
