// One of several workers of a network node, on a thread of its own, at the same port under the same key. It does what needs no
// memory and makes up nearly all of a node's load: it answers pings and nodes requests, and carries onion packets. All else
// belongs to the node, and is passed on to it.

import type { Endpoint, Env, Millis } from '../base/index.js'
import { type Crypto, type DhtKeyPair, type DhtPublicKey, GuardedKeyPair } from '../crypto/index.js'
import { DhtWorker } from '../dht/index.js'
import { OnionRouter, type ReturnKey } from '../onion/index.js'
import { PacketKind } from '../packet/kinds.js'
import { UdpRouter, type UdpSender } from '../transport/udp.js'

/** What any worker may receive. The answer to a question comes to the node, which asked it. */
export const WORKER_KINDS: readonly number[] = [
  PacketKind.PING_REQUEST,
  PacketKind.NODES_REQUEST,
  PacketKind.ONION_INITIAL,
  PacketKind.ONION_1,
  PacketKind.ONION_2,
  PacketKind.ONION_RESPONSE_3,
  PacketKind.ONION_RESPONSE_2,
  PacketKind.ONION_RESPONSE_1,
]

/** The way to the node. All arrays are views of this turn. */
export interface WorkerOutlet {
  /** Someone whom the node may want to know has asked. */
  asker(publicKey: DhtPublicKey, from: Endpoint): void
  /** The answer to an onion packet of a client of the node's TCP relay. */
  relayResponse(mark: Uint8Array, data: Uint8Array): void
  /** A packet that is the node's. The kernel joins packets of equal length on their way in, and so some of other kinds come too. */
  packet(from: Endpoint, packet: Uint8Array): void
}

export interface NetworkWorkerOptions {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  /** The node's; wiped at `close`. */
  readonly keyPair: DhtKeyPair
  /** The node's. Both clocks must tell the same time. */
  readonly returnKey: ReturnKey
  readonly outlet: WorkerOutlet
}

export class NetworkWorker {
  readonly dht: DhtWorker
  readonly #router: UdpRouter
  readonly #onionRouter: OnionRouter
  readonly #options: NetworkWorkerOptions
  readonly #keyPair: DhtKeyPair
  #isClosed = false

  constructor(options: NetworkWorkerOptions) {
    const { env, crypto, udp, returnKey, outlet } = options
    this.#options = options
    const keyPair = new GuardedKeyPair(options.keyPair)
    this.#keyPair = keyPair
    const router = new UdpRouter(env.drops)
    this.#router = router
    const onAsker = (publicKey: DhtPublicKey, from: Endpoint): void => outlet.asker(publicKey, from)
    this.dht = new DhtWorker({ env, crypto, udp, router, keyPair, onAsker })
    this.#onionRouter = new OnionRouter({ env, crypto, udp, router, dht: { keyPair }, returnKey })
    this.#onionRouter.onRelayResponse = (mark, data) => outlet.relayResponse(mark, data)
  }

  /** Packets that it took, by their first byte. */
  get received(): Float64Array {
    return this.#router.received
  }

  get receivedBytes(): number {
    return this.#router.receivedBytes
  }

  /** Takes one datagram; `packet` is a view that lives until the end of the turn. */
  receive(from: Endpoint, packet: Uint8Array): void {
    if (this.#isClosed || packet.length === 0) return
    if (WORKER_KINDS.includes(packet[0]!)) this.#router.receive(from, packet)
    else this.#options.outlet.packet(from, packet)
  }

  /** Does what is due at `nowMs`. */
  wake(nowMs: Millis): void {
    if (!this.#isClosed) this.#options.env.deadlines.run(nowMs)
  }

  /** When to be woken at the latest, `Infinity` for never. */
  nextWakeMs(): Millis {
    return this.#isClosed ? Number.POSITIVE_INFINITY : this.#options.env.deadlines.nextMs()
  }

  /** Stops for good. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.dht.close()
    this.#onionRouter.close()
    this.#options.crypto.wipe(this.#keyPair.secretKey)
  }
}
