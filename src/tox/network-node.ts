// What every Tox node does for the network, with an identity behind it or not: DHT, onion hops, announce store, forwarding.
// A bootstrap node is this and nothing else.

import { AnnouncementServer } from '../announce/index.js'
import { type Endpoint, type Env, isZero, type Millis } from '../base/index.js'
import { type Crypto, type DhtKeyPair, GuardedKeyPair, type Nonce } from '../crypto/index.js'
import { Dht, type LanDiscoveryOptions } from '../dht/index.js'
import { ForwardingServer } from '../forwarding/index.js'
import { AnnounceServer, type OnionDht, OnionRouter } from '../onion/index.js'
import { RelayServer, type RelayServerLimits } from '../relay/index.js'
import { UdpRouter, type UdpSender } from '../transport/udp.js'

export interface NetworkNodeOptions {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  /** A fresh one unless given; wiped at `close`. */
  readonly keyPair?: DhtKeyPair
  /** Address families that the socket can reach; both unless told. */
  readonly ipv4?: boolean
  readonly ipv6?: boolean
  /** Answers bootstrap info requests with this. */
  readonly bootstrapInfo?: { readonly version: number; readonly motd: Uint8Array }
  /** Whether to forward packets for others and to hold what they announce in the DHT. True unless told. */
  readonly announcements?: boolean
  /** Whether to punch holes for sought friends behind NATs. True unless told. */
  readonly holePunching?: boolean
  /** Finds nodes of our own network, and is found by them; neither unless given. */
  readonly lanDiscovery?: LanDiscoveryOptions
  /** Makes it a TCP relay as well. */
  readonly relay?: RelayServerLimits | undefined
}

export class NetworkNode {
  readonly router: UdpRouter
  readonly dht: Dht
  readonly onionDht: OnionDht
  readonly onionRouter: OnionRouter
  readonly announceServer: AnnounceServer
  /** DHT announcements, where they are not turned off. */
  readonly forwarding: ForwardingServer | undefined
  readonly announcements: AnnouncementServer | undefined
  /** Takes TCP connections, where it is a relay. */
  readonly relay: RelayServer | undefined
  readonly #env: Env
  readonly #crypto: Crypto
  readonly #keyPair: DhtKeyPair
  #closed = false

  constructor({
    env,
    crypto,
    udp,
    keyPair = crypto.keyPair(),
    announcements,
    relay,
    ...dhtOptions
  }: NetworkNodeOptions) {
    this.#env = env
    this.#crypto = crypto
    this.#keyPair = new GuardedKeyPair(keyPair)
    const router = new UdpRouter(env.drops)
    this.router = router
    this.dht = new Dht({ env, crypto, udp, router, keyPair: this.#keyPair, ...dhtOptions })
    this.onionDht = onionView(this.dht, this.#keyPair)
    const onion = { env, crypto, udp, router, dht: this.onionDht }
    this.onionRouter = new OnionRouter(onion)
    this.announceServer = new AnnounceServer(onion)
    if (announcements !== false) {
      const parts = { env, crypto, udp, router, dht: this.dht }
      this.forwarding = new ForwardingServer(parts)
      this.announcements = new AnnouncementServer({ ...parts, keyPair: this.#keyPair, forwarding: this.forwarding })
    }
    if (relay !== undefined) this.relay = this.#openRelay(relay)
  }

  /** The key pair of this run's DHT node. The secret part is wiped at `close`. */
  get keyPair(): DhtKeyPair {
    return this.#keyPair
  }

  /** Takes one datagram; `packet` is a view that lives until the end of the turn. */
  receive(from: Endpoint, packet: Uint8Array): void {
    if (!this.#closed) this.router.receive(from, packet)
  }

  /** Does what is due at `nowMs`. */
  wake(nowMs: Millis): void {
    if (!this.#closed) this.#env.deadlines.run(nowMs)
  }

  /** When to be woken at the latest, `Infinity` for never. */
  nextWakeMs(): Millis {
    return this.#closed ? Number.POSITIVE_INFINITY : this.#env.deadlines.nextMs()
  }

  /** Stops for good. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.relay?.close()
    this.dht.close()
    this.onionRouter.close()
    this.announceServer.close()
    this.announcements?.close()
    this.forwarding?.close()
    if (!isZero(this.#keyPair.secretKey)) this.#crypto.wipe(this.#keyPair.secretKey)
  }

  #openRelay(limits: RelayServerLimits): RelayServer {
    const uplink = {
      onion: (nonce: Nonce, layer: Uint8Array, mark: Uint8Array) =>
        this.onionRouter.forwardFromRelay(nonce, layer, mark),
      forward: (to: Endpoint, data: Uint8Array, mark: Uint8Array) => {
        this.forwarding?.forwardFromRelay(to, data, mark)
      },
    }
    const relay = new RelayServer({ env: this.#env, crypto: this.#crypto, keyPair: this.#keyPair, uplink, limits })
    this.onionRouter.onRelayResponse = (mark, data) => relay.onionResponse(mark, data)
    if (this.forwarding !== undefined) this.forwarding.onRelayReply = (mark, data) => relay.forwardReply(mark, data)
    return relay
  }
}

/** The DHT in the words of the onion. */
function onionView(dht: Dht, keyPair: DhtKeyPair): OnionDht {
  return {
    keyPair,
    get isConnected() {
      return dht.isConnected
    },
    sharedKey: (publicKey) => dht.sharedKey(publicKey),
    closest: (key, count, { lan }) => dht.closest(key, count, { lanAllowed: lan }),
    randomPathNodes: (count) => dht.randomPathNodes(count),
    sendDhtRequest: (recipient, kind, plain) => dht.sendDhtRequest(recipient, kind, plain),
    onDhtRequest: (kind, handler) => dht.onDhtRequest(kind, (sender, plain) => handler(sender, plain)),
  }
}
