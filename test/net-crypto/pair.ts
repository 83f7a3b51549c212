// Two (or more) peers of net crypto on a virtual network that can lose, reorder, duplicate and record packets.

import type { Endpoint, Env } from '../../src/base/index.js'
import { bytesKey } from '../../src/base/index.js'
import {
  type Crypto,
  type DhtKeyPair,
  type DhtPublicKey,
  type LongTermKeyPair,
  loadCrypto,
  SharedKeyCache,
} from '../../src/crypto/index.js'
import {
  type Connection,
  type Incoming,
  NetCrypto,
  type RelayPaths,
  type SessionHandlers,
} from '../../src/net-crypto/index.js'
import type { UdpSender } from '../../src/transport/udp.js'
import { Switchboard, seededRandom } from '../support/env.js'

export const crypto: Crypto = await loadCrypto()

export interface Recorded {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly packet: Uint8Array
}

/** What happens to packets under way. */
export interface Weather {
  loss: number
  duplicate: number
  /** Extra delay up to so much, which reorders. */
  jitterMs: number
}

export class World {
  readonly board = new Switchboard()
  readonly weather: Weather = { loss: 0, duplicate: 0, jitterMs: 0 }
  readonly sent: Recorded[] = []
  /** Sees each packet as it leaves; false drops it. */
  filter: (recorded: Recorded) => boolean = () => true
  /** Senders to use instead of a host's own, by its endpoint: its router's address translation. */
  readonly #via = new Map<string, UdpSender>()
  readonly #dice = seededRandom(77)
  isRecording = false

  get nowMs(): number {
    return this.board.time.nowMs
  }

  peer(options: PeerOptions = {}): Peer {
    const host = this.board.host()
    return new Peer(host.env, host.endpoint, host.router, this.#sender(host.env, host.endpoint, host.udp), options)
  }

  /** Puts peers behind one address and port: what is sent there reaches all of them. */
  hide(peers: readonly Peer[]): void {
    const nat = this.board.host()
    for (const peer of peers) this.#via.set(peer.endpoint.key, nat.udp)
    nat.router.receive = (from, packet) => {
      for (const peer of peers) peer.router.receive(from, packet)
    }
  }

  run(ms: number): void {
    this.board.run(ms)
  }

  until(done: () => boolean, limitMs = 10_000): boolean {
    return this.board.runUntil(done, limitMs, 5)
  }

  /** Packets are written after `reserve`, so they leave at the end of the turn. */
  #sender(env: Env, from: Endpoint, udp: UdpSender): UdpSender {
    let leaving: { to: Endpoint; packet: Uint8Array }[] = []
    const chance = (p: number): boolean => p > 0 && this.#dice.uniform(1_000_000) < p * 1_000_000
    const flush = env.deadlines.create('test flush', () => {
      const now = leaving
      leaving = []
      for (const { to, packet } of now) {
        if (this.isRecording) this.sent.push({ from, to, packet: packet.slice() })
        if (!this.filter({ from, to, packet })) continue
        for (let copies = chance(this.weather.duplicate) ? 2 : 1; copies > 0; copies--) {
          if (chance(this.weather.loss)) continue
          const extraMs = this.weather.jitterMs > 0 ? this.#dice.uniform(this.weather.jitterMs) : 0
          const out = this.#via.get(from.key) ?? udp
          if (extraMs === 0) out.send(to, packet)
          else env.deadlines.create('test jitter', () => out.send(to, packet)).set(env.clock.now() + extraMs)
        }
      }
    })
    const add = (to: Endpoint, packet: Uint8Array): void => {
      leaving.push({ to, packet })
      flush.setSooner(env.clock.now())
    }
    return {
      send: (to, packet) => add(to, packet.slice()),
      reserve: (to, size) => {
        const packet = new Uint8Array(size).fill(0xee)
        add(to, packet)
        return packet
      },
    }
  }
}

interface PeerOptions {
  readonly keys?: LongTermKeyPair
  readonly dhtKeys?: DhtKeyPair
  readonly accept?: boolean
  readonly relays?: RelayPaths
}

/** One engine and a log of what its connections reported. */
export class Peer {
  readonly keys: LongTermKeyPair
  readonly dhtKeys: DhtKeyPair
  readonly net: NetCrypto
  readonly log: string[] = []
  /** The ways of its packets, one after the other. */
  readonly paths: (string | undefined)[] = []
  readonly received: Uint8Array[] = []
  readonly lossy: Uint8Array[] = []
  readonly incoming: Incoming[] = []
  ackedUpTo: number | undefined
  connection: Connection | undefined
  /** Extra handler, called with each lossless payload. */
  onLossless: (data: Uint8Array) => void = () => {}
  accepts = true

  constructor(
    readonly env: Env,
    readonly endpoint: Endpoint,
    readonly router: import('../../src/transport/udp.js').UdpRouter,
    readonly udp: UdpSender,
    options: PeerOptions,
  ) {
    this.keys = options.keys ?? crypto.keyPair()
    this.dhtKeys = options.dhtKeys ?? crypto.keyPair()
    this.accepts = options.accept ?? true
    const cache = new SharedKeyCache(crypto, this.dhtKeys.secretKey, 64)
    this.net = new NetCrypto({
      env,
      crypto,
      udp,
      router,
      relays: options.relays,
      longTerm: this.keys,
      dht: { keyPair: this.dhtKeys, sharedKey: (key) => cache.get(key), knows: (key) => cache.has(key) },
      onPath: (publicKey) => this.paths.push(this.net.pathTo(publicKey)?.kind),
      accept: (incoming) => {
        this.incoming.push(incoming)
        return this.accepts ? this.handlers() : undefined
      },
    })
  }

  handlers(): SessionHandlers {
    return {
      onConnection: (connection) => {
        this.connection = connection
        this.log.push('accepted')
      },
      onEstablished: () => this.log.push('established'),
      onLossless: (data) => {
        this.received.push(data.slice())
        this.onLossless(data)
      },
      onLossy: (data) => this.lossy.push(data.slice()),
      onClosed: (reason) => this.log.push(`closed ${reason}`),
      onDirectPath: (has) => this.log.push(`direct ${has}`),
      onRelays: (count) => this.log.push(`relays ${count}`),
      onSilence: (isSilent) => this.log.push(`silent ${isSilent}`),
      onQuiet: () => this.log.push('quiet'),
      onDhtKey: (key: DhtPublicKey) => this.log.push(`dht key ${bytesKey(key) === '' ? '' : 'new'}`),
      onAcked: (upTo) => (this.ackedUpTo = upTo),
      onWritable: () => this.log.push('writable'),
    }
  }

  connectTo(other: Peer, at: Endpoint | null = other.endpoint): Connection {
    this.connection = this.net.connect(other.keys.publicKey, other.dhtKeys.publicKey, this.handlers())!
    if (at !== null) this.connection.setEndpoint(at)
    return this.connection
  }

  get isEstablished(): boolean {
    return this.connection?.state === 'established'
  }
}

/** Two peers with an established connection, `a` having asked. */
export function established(world = new World()): { world: World; a: Peer; b: Peer } {
  const a = world.peer()
  const b = world.peer()
  a.connectTo(b)
  if (!world.until(() => a.isEstablished && b.isEstablished)) throw new Error('not established')
  return { world, a, b }
}

/** A lossless payload (id 64) of `size` bytes that shows its number. */
export function message(number: number, size = 20): Uint8Array {
  const data = new Uint8Array(size).fill(number & 0xff)
  data[0] = 64
  new DataView(data.buffer).setUint32(1, number)
  return data
}

export function numberOf(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset).getUint32(1)
}
