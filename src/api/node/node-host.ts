// A network node on Node's sockets: what a bootstrap node and a check of one have in common.

import { Counters, Deadlines, type Env, silentLogger } from '../../base/index.js'
import type { Crypto } from '../../crypto/index.js'
import { HostClock } from '../../host/clock.js'
import { HostDriver } from '../../host/driver.js'
import { LastingUdpSocket, type UdpChange } from '../../host/lasting-udp.js'
import { HostRandom } from '../../host/random.js'
import type { UdpSocketOptions } from '../../host/udp-socket.js'
import { NetworkNode, type NetworkNodeOptions } from '../../tox/network-node.js'
import { failSocket, lanOptions } from '../sockets.js'
import { CountingSender } from './counting-sender.js'

export interface NodeHostOptions
  extends Omit<NetworkNodeOptions, 'env' | 'udp' | 'crypto' | 'ipv4' | 'ipv6' | 'lanDiscovery'> {
  readonly crypto: Crypto
  readonly socket: UdpSocketOptions
  /** How many times its usual share one address is served. */
  readonly sourceShare?: number
  /** Whether to greet the local networks and to answer such greetings; never on loopback. False unless told. */
  readonly localDiscovery?: boolean
  /** A mistake of our own inside the node, which goes on. */
  readonly onError?: (error: unknown) => void
  /** The UDP socket died, or there is another one. */
  readonly onSocket?: (change: UdpChange) => void
}

export class NodeHost {
  private constructor(
    readonly node: NetworkNode,
    readonly driver: HostDriver,
    readonly clock: HostClock,
    readonly env: Env,
    readonly socket: LastingUdpSocket,
    /** What went out by UDP. */
    readonly sent: { readonly bytes: number },
  ) {}

  /** Opens the socket; nothing moves before `driver.start()`. Rejects with ToxError `TOX_ERR_NEW_PORT_ALLOC` or `TOX_ERR_TS_BAD_OPTION`. */
  static async open({
    socket: where,
    onError,
    onSocket = () => {},
    localDiscovery = false,
    sourceShare = 1,
    ...options
  }: NodeHostOptions): Promise<NodeHost> {
    const socket = await LastingUdpSocket.open(where).catch(failSocket)
    socket.onChange = onSocket
    const clock = new HostClock()
    const drops = new Counters()
    const base = { clock, random: new HostRandom(), log: silentLogger, deadlines: new Deadlines() }
    const env: Env = { ...base, drops, sourceShare }
    const families = { ipv4: socket.family !== 'ipv6', ipv6: socket.family !== 'ipv4' }
    const lan = lanOptions(socket, localDiscovery, { port: socket.localPort })
    const sent = new CountingSender(socket.sender)
    const node = new NetworkNode({ ...options, env, udp: sent, ...families, ...lan })
    const driver = new HostDriver({
      engine: node,
      clock,
      onError: (error) => {
        drops.count('node/internal error')
        onError?.(error)
      },
    })
    driver.addSocket(socket)
    return new NodeHost(node, driver, clock, env, socket, sent)
  }

  /** Runs what arrived otherwise than by UDP, or a call from outside, as a turn of its own. */
  turn<T>(work: () => T): T {
    this.clock.beginTurn()
    try {
      return work()
    } finally {
      this.clock.endTurn()
      this.driver.touch()
    }
  }

  /** Stops the node and closes its socket. */
  close(): void {
    this.node.close()
    this.driver.close()
  }
}
