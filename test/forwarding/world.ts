// Forwarding nodes that know each other by key, and hosts that watch what arrives.

import type { Endpoint } from '../../src/base/index.js'
import { bytesKey } from '../../src/base/index.js'
import type { Crypto } from '../../src/crypto/crypto.js'
import { loadCrypto } from '../../src/crypto/index.js'
import type { DhtPublicKey } from '../../src/crypto/keys.js'
import { ForwardingServer } from '../../src/forwarding/index.js'
import { Switchboard } from '../support/env.js'

export type Host = ReturnType<Switchboard['host']>

export interface ForwardingNode extends Host {
  readonly key: DhtPublicKey
  readonly forwarding: ForwardingServer
}

export interface Arrived {
  readonly from: Endpoint
  readonly packet: Uint8Array
}

export class ForwardingWorld extends Switchboard {
  readonly #known = new Map<string, Endpoint[]>()
  /** Everything that was sent, in order. */
  readonly sent: { readonly from: Endpoint; readonly to: Endpoint; readonly packet: Uint8Array }[] = []

  private constructor(readonly crypto: Crypto) {
    super()
    this.filter = (from, to, packet) => {
      // Packets are written after they are reserved.
      this.sent.push({ from, to, packet })
      return true
    }
  }

  static async create(): Promise<ForwardingWorld> {
    return new ForwardingWorld(await loadCrypto())
  }

  /** A node that every other knows. */
  node(): ForwardingNode {
    const host = this.host()
    const { env, udp, router } = host
    const key = new Uint8Array(32).fill(this.hosts.length) as DhtPublicKey
    this.#known.set(bytesKey(key), [host.endpoint])
    const dht = { endpointsOf: (publicKey: DhtPublicKey) => this.#known.get(bytesKey(publicKey)) ?? [] }
    return { ...host, key, forwarding: new ForwardingServer({ env, crypto: this.crypto, udp, router, dht }) }
  }

  /** A host that keeps what it is sent. */
  watcher(): Host & { readonly arrived: Arrived[] } {
    const host = this.host()
    const arrived: Arrived[] = []
    for (const kind of [0x91, 0x92]) host.router.on(kind, (from, packet) => arrived.push({ from, packet }))
    return { ...host, arrived }
  }
}
