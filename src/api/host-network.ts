// What one instance has of the network on Node: a UDP socket, a way to open connections, a port for those who connect to it;
// and where nodes are that are known by name. No more of it is opened than the plan allows.

import { Endpoint, type Env } from '../base/index.js'
import { HostDialer } from '../host/dialer.js'
import type { LastingUdpSocket } from '../host/lasting-udp.js'
import type { BootstrapNode } from '../host/nodes-file.js'
import type { WantedPort } from '../host/port-mapping/gateway.js'
import { TcpListenError, TcpListener } from '../host/tcp-listener.js'
import type { ToxEngine, ToxEngineOptions } from '../tox/engine.js'
import { ToxError } from '../tox/errors.js'
import { ProxiedDialer } from '../transport/proxy/index.js'
import type { StreamDialer, StreamTarget } from '../transport/stream.js'
import { noUdp } from '../transport/udp.js'
import { type NetworkPlan, planNetwork } from './network-plan.js'
import type { NetworkOptions } from './options.js'
import { lanOptions, openSocket, resolveNode } from './sockets.js'

type Turn = (work: () => void) => void

/** What an engine is given of the network. */
type Parts = Pick<ToxEngineOptions, 'udp' | 'hasUdp' | 'ipv4' | 'ipv6' | 'dialer' | 'relay' | 'lanDiscovery'>

/** Where a node can be reached. */
interface Located {
  /** By UDP, and as a hop of onion paths. */
  readonly endpoints: readonly Endpoint[]
  /** Its relays. */
  readonly relays: readonly StreamTarget[]
}

export class HostNetwork {
  readonly #options: NetworkOptions
  #turn: Turn = (work) => work()
  #dialer: HostDialer | undefined
  #listener: TcpListener | undefined

  private constructor(
    readonly plan: NetworkPlan,
    readonly socket: LastingUdpSocket | undefined,
    options: NetworkOptions,
  ) {
    this.#options = options
  }

  /** Judges the options and opens the UDP socket, where there is to be one. Rejects with ToxError. */
  static async open(options: NetworkOptions): Promise<HostNetwork> {
    const plan = planNetwork(options)
    return new HostNetwork(plan, plan.hasUdp ? await openSocket(options) : undefined, options)
  }

  /** The port on which we are a relay. */
  get tcpPort(): number | undefined {
    return this.#listener?.port
  }

  /** Ports that others are to reach, beyond this machine. None without UDP: the router is asked by it. */
  get openPorts(): WantedPort[] {
    const { socket, tcpPort } = this
    if (socket === undefined || socket.local.isLoopback) return []
    return [
      { protocol: 'udp', port: socket.localPort },
      ...(tcpPort === undefined ? [] : [{ protocol: 'tcp' as const, port: tcpPort }]),
    ]
  }

  /** Whoever is told of nodes on this very machine alone is a trial of it, which is not to leave it. */
  get #greetsLan(): boolean {
    const { bootstrap } = this.plan
    const isTrial = bootstrap.length > 0 && bootstrap.every(({ host }) => isThisMachine(host))
    return this.#options.localDiscovery ?? !isTrial
  }

  engineOptions(env: Pick<Env, 'clock' | 'deadlines' | 'log'>, turn: Turn): Parts {
    for (const warning of this.plan.warnings) env.log.log('warn', 'network', warning)
    this.#turn = turn
    const relay = this.#options.tcpPort === undefined ? {} : { relay: {} }
    const dialer = this.#openDialer(env)
    const { socket } = this
    if (socket === undefined) return { udp: noUdp, hasUdp: false, dialer, ...relay }
    const families = { ipv4: socket.family !== 'ipv6', ipv6: socket.family !== 'ipv4' }
    return { udp: socket.sender, dialer, ...families, ...relay, ...lanOptions(socket, this.#greetsLan) }
  }

  /** Begins to be a relay, where that is wanted, and uses it. Rejects with `TOX_ERR_NEW_PORT_ALLOC`. */
  async listen(engine: ToxEngine): Promise<void> {
    const { tcpPort: port, bindAddress, ipv6 = true } = this.#options
    const { relay } = engine.node
    if (port === undefined || relay === undefined) return
    const open = (address: string): Promise<TcpListener> =>
      TcpListener.open({ address, port, turn: this.#turn, accept: (stream) => relay.accept(stream) })
    try {
      // A machine without IPv6 is no reason to fail, unless the user asked for an IPv6 address.
      if (bindAddress !== undefined) this.#listener = await open(bindAddress)
      else this.#listener = await (ipv6 ? open('::').catch(() => open('0.0.0.0')) : open('0.0.0.0'))
    } catch (error) {
      if (!(error instanceof TcpListenError)) throw error
      throw new ToxError('NEW', 'port-alloc', error.message, { cause: error })
    }
    // As c-toxcore: the own relay is one of those that friends are told.
    const ours = streamTarget(this.plan.localAddress ?? '127.0.0.1', this.#listener.port)
    this.#turn(() => engine.addRelay(ours, engine.dht.publicKey))
  }

  /**
   * Where a node is. A name that only the proxy may resolve leads to its relays alone. Rejects with
   * `TOX_ERR_BOOTSTRAP_BAD_HOST` when it leads nowhere.
   */
  async locate({ host, port, tcpPorts = [] }: BootstrapNode, signal?: AbortSignal): Promise<Located> {
    const relays = tcpPorts.map((tcpPort) => streamTarget(host, tcpPort))
    if (this.plan.mayResolve) {
      const family = this.socket?.family ?? (this.#options.ipv6 === false ? 'ipv4' : 'dual')
      return { endpoints: await resolveNode(host, port, family, signal), relays }
    }
    const numeric = Endpoint.parse(host, port)
    if (numeric !== undefined) return { endpoints: [numeric], relays }
    if (relays.length > 0) return { endpoints: [], relays }
    const text = `${host} is a name, and with a proxy no DNS is asked: give the node's IP address, or its tcpPorts`
    throw new ToxError('BOOTSTRAP', 'bad-host', text)
  }

  /** The engine ends its connections itself, and the driver the UDP socket. */
  close(): void {
    this.#dialer?.close()
    this.#listener?.close()
  }

  #openDialer(env: Pick<Env, 'clock' | 'deadlines'>): StreamDialer {
    const { proxy, mayResolve, isStrict, localAddress } = this.plan
    this.#dialer = new HostDialer({
      turn: (work) => this.#turn(work),
      // The proxy itself may have a name, which is looked up unless that would tell somebody.
      mayResolve: mayResolve || !isStrict,
      localAddress,
      // How a proxy is reached is not bound to the family of what lies behind it.
      family: proxy === undefined && this.#options.ipv6 === false ? 4 : undefined,
    })
    return proxy === undefined ? this.#dialer : new ProxiedDialer({ direct: this.#dialer, proxy, env })
  }
}

function isThisMachine(host: string): boolean {
  return host.toLowerCase() === 'localhost' || Endpoint.parse(host, 0)?.isLoopback === true
}

/** A host as a dialer takes it. */
export function streamTarget(host: string, port: number): StreamTarget {
  return Endpoint.parse(host, port) ?? { host, port }
}
