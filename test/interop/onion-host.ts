// Our network node and onion client on a real socket of loopback, without friends, sessions or messenger above them.

import { Counters, Deadlines, Endpoint, type Env, silentLogger } from '../../src/base/index.js'
import { type DhtPublicKey, type LongTermKeyPair, loadCrypto } from '../../src/crypto/index.js'
import { HostClock } from '../../src/host/clock.js'
import { HostDriver } from '../../src/host/driver.js'
import { openUdpSocket } from '../../src/host/open-udp.js'
import { HostRandom } from '../../src/host/random.js'
import { OnionClient } from '../../src/onion/index.js'
import { NetworkNode } from '../../src/tox/network-node.js'

export interface OnionHost {
  readonly env: Env
  readonly node: NetworkNode
  readonly endpoint: Endpoint
  readonly keyPair: LongTermKeyPair
  readonly client: OnionClient | undefined
  bootstrap(port: number, key: Uint8Array): void
  stop(): void
}

/** Opens a node, and a client on it unless `isNode`. */
export async function startOnionHost({ isNode = false } = {}): Promise<OnionHost> {
  const crypto = await loadCrypto()
  const clock = new HostClock()
  const random = new HostRandom()
  const env: Env = { clock, random, log: silentLogger, deadlines: new Deadlines(), drops: new Counters() }
  const socket = await openUdpSocket({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
  const udp = socket.sender
  const node = new NetworkNode({ env, crypto, udp })
  const keyPair: LongTermKeyPair = crypto.keyPair()
  const { router, onionDht } = node
  const client = isNode ? undefined : new OnionClient({ env, crypto, keyPair, dht: onionDht, udp, router })
  node.dht.events.on('node', (info) => client?.addPathNode(info))
  const driver = new HostDriver({
    engine: node,
    clock,
    onError: (error) => {
      throw error
    },
  })
  driver.addSocket(socket)
  driver.start()
  return {
    env,
    node,
    endpoint: Endpoint.parse('127.0.0.1', socket.localPort)!,
    keyPair,
    client,
    bootstrap(port, key) {
      node.dht.bootstrap(Endpoint.parse('127.0.0.1', port)!, key as DhtPublicKey)
      driver.touch()
    },
    stop() {
      client?.close()
      node.close()
      driver.close()
    },
  }
}
