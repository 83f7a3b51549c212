// Relays without streams: what a pool of relay connections does for sessions, as a script. A relay knows who is there; packets
// reach a peer by a route when both hold it, and out of band when the sender alone does.

import { bytesKey, type Deadline, type Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey } from '../../src/crypto/index.js'
import type { RelayPaths } from '../../src/net-crypto/index.js'
import type { RelayInfo } from '../../src/packet/node-info.js'
import type { OobRelay, RelayedPeer, RelayedPeerHandlers, RelaySnapshot } from '../../src/relay/index.js'
import { crypto, type Peer } from './pair.js'

/** How long a packet takes from one client of a relay to the other. */
const RELAY_MS = 40
/** Packets that may be under way on one relay before `reserve` refuses. */
const QUEUE_MAX = 256

export class ScriptedRelay implements RelayInfo {
  readonly publicKey = crypto.keyPair<DhtPublicKey, never>().publicKey
  readonly clients = new Map<string, ScriptedPool>()
  isDown = false
  /** Takes everything, and delivers nothing. */
  swallows = false

  constructor(readonly relay: Endpoint) {}

  /** Ends all connections, or lets clients come again. */
  set down(isDown: boolean) {
    this.isDown = isDown
    for (const pool of this.clients.values()) pool.changed()
  }
}

/** The relays of one peer of the test. */
export class ScriptedPool implements RelayPaths {
  readonly links = new Map<string, Link>()
  readonly #relays = new Map<string, ScriptedRelay>()
  readonly rests: boolean[] = []
  /** What its host may send through relays: the rest is lost. */
  mayLeave: (packet: Uint8Array) => boolean = () => true
  #queue: { readonly atMs: number; deliver(): void }[] = []
  #deadline: Deadline | undefined
  peerOf!: Peer

  constructor(private readonly town: ReadonlyMap<string, ScriptedRelay>) {}

  get key(): string {
    return bytesKey(this.peerOf.dhtKeys.publicKey)
  }

  connect(relay: ScriptedRelay): void {
    this.#relays.set(bytesKey(relay.publicKey), relay)
    relay.clients.set(this.key, this)
    this.changed()
  }

  changed(): void {
    for (const pool of new Set(this.town.values())) {
      for (const client of pool.clients.values()) for (const link of client.links.values()) link.handlers.onChange()
    }
  }

  named(info: { readonly publicKey: DhtPublicKey }): ScriptedRelay {
    return this.town.get(bytesKey(info.publicKey))!
  }

  later(deliver: () => void): boolean {
    if (this.#queue.length >= QUEUE_MAX) return false
    const { env } = this.peerOf
    const atMs = env.clock.now() + RELAY_MS
    this.#queue.push({ atMs, deliver })
    this.#deadline ??= env.deadlines.create('scripted relay', () => this.#flush())
    this.#deadline.setSooner(atMs)
    return true
  }

  peer(dhtPublicKey: DhtPublicKey, handlers: RelayedPeerHandlers): RelayedPeer {
    const key = bytesKey(dhtPublicKey)
    if (this.links.has(key)) throw new Error('one peer for each key')
    const link = new Link(this, dhtPublicKey, handlers)
    this.links.set(key, link)
    return link
  }

  /** A packet came through `relay`: by a route, or of somebody who does not know that we hold it. */
  receive(sender: ScriptedPool, relay: ScriptedRelay, packet: Uint8Array): void {
    const link = this.links.get(sender.key)
    if (link?.holds(relay)) return link.handlers.onData(packet)
    const oob: OobRelay = {
      publicKey: relay.publicKey,
      sendOob: (to, answer) => {
        const receiver = relay.clients.get(bytesKey(to))
        const copy = answer.slice()
        return receiver !== undefined && this.later(() => receiver.receive(this, relay, copy))
      },
    }
    this.peerOf.net.receiveOob(sender.peerOf.dhtKeys.publicKey, packet, oob)
  }

  #flush(): void {
    const now = this.peerOf.env.clock.now()
    while (this.#queue[0] !== undefined && this.#queue[0].atMs <= now) this.#queue.shift()!.deliver()
    if (this.#queue[0] !== undefined) this.#deadline!.set(this.#queue[0].atMs)
  }
}

class Link implements RelayedPeer {
  readonly #relays = new Set<ScriptedRelay>()

  constructor(
    private readonly pool: ScriptedPool,
    readonly publicKey: DhtPublicKey,
    readonly handlers: RelayedPeerHandlers,
  ) {}

  holds(relay: ScriptedRelay): boolean {
    return this.#relays.has(relay)
  }

  /** Relays that both hold for each other. */
  get #shared(): ScriptedRelay[] {
    return [...this.#relays].filter((relay) => {
      const other = relay.clients.get(bytesKey(this.publicKey))
      return !relay.isDown && other?.links.get(this.pool.key)?.holds(relay)
    })
  }

  get relayCount(): number {
    return this.#shared.length
  }

  get relays(): RelayInfo[] {
    return [...this.#relays]
  }

  get best(): RelaySnapshot | undefined {
    const relay = this.#shared[0]
    if (relay === undefined) return undefined
    const { publicKey } = relay
    return { target: relay.relay, publicKey, state: 'connected', failure: undefined, rttMs: 10, peers: 1 }
  }

  reserve(size: number): Uint8Array | undefined {
    const relay = this.#shared[0]
    const packet = new Uint8Array(size)
    return relay !== undefined && this.#send(relay, packet) ? packet : undefined
  }

  sendOob(packet: Uint8Array): boolean {
    const copy = packet.slice()
    return [...this.#relays].filter((relay) => !relay.isDown && this.#send(relay, copy)).length > 0
  }

  addRelay(relay: RelayInfo): boolean {
    return this.#add(this.pool.named(relay))
  }

  addOobRelay(relay: OobRelay): boolean {
    return this.#add(this.pool.named(relay))
  }

  suspect(): void {
    const [first] = this.#shared
    if (first === undefined) return
    this.#relays.delete(first)
    this.#relays.add(first)
  }

  setDirect(direct: boolean): void {
    this.pool.rests.push(direct)
  }

  close(): void {
    this.pool.links.delete(bytesKey(this.publicKey))
    this.pool.changed()
  }

  #add(relay: ScriptedRelay): boolean {
    if (this.#relays.has(relay)) return false
    this.#relays.add(relay)
    this.pool.connect(relay)
    return true
  }

  #send(relay: ScriptedRelay, packet: Uint8Array): boolean {
    const receiver = relay.clients.get(bytesKey(this.publicKey))
    if (receiver === undefined) return false
    return this.pool.later(() => {
      const isLost = relay.isDown || relay.swallows || !this.pool.mayLeave(packet)
      if (!isLost) receiver.receive(this.pool, relay, packet)
    })
  }
}
