// The ports of a node at the router of its home: asked for, followed through changes of networks and of settings, and given back.

import type { Logger, Millis } from '../../base/index.js'
import { NetworkWatch } from '../../host/network-watch.js'
import type { WantedPort } from '../../host/port-mapping/gateway.js'
import type { PortMapper, PortMapperOptions } from '../../host/port-mapping/port-mapper.js'
import type { UdpSocket } from '../../host/udp-socket.js'
import { openPortMappings, type PortMapping, portMapping } from '../port-mappings.js'
import { labelled, type Metric } from './metrics.js'

/** As often as NetworkWatch compares. */
const LOOK_EVERY_MS: Millis = 1000

/** For tests. */
interface RouterPortsOptions {
  readonly routers?: PortMapperOptions['routers']
  readonly watch?: () => NetworkWatch
  readonly lookEveryMs?: Millis
}

export class RouterPorts {
  #mapper: PortMapper | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(
    private readonly socket: Pick<UdpSocket, 'local' | 'localPort' | 'family'>,
    private readonly log: Logger,
    private readonly options: RouterPortsOptions = {},
  ) {}

  /** Asks for the UDP port and these TCP ports, again for those that are held; unless wanted, gives all back. */
  update(isWanted: boolean, tcpPorts: readonly number[]): void {
    if (this.#isClosed) return
    const ports = isWanted ? this.#reachable(tcpPorts) : []
    this.#look(ports.length > 0)
    if (this.#mapper !== undefined) this.#mapper.setPorts(ports)
    else if (ports.length > 0) this.#mapper = openPortMappings(ports, this.log, () => {}, this.options.routers)
  }

  /** What has become of each port; of those that are being asked for nothing yet. */
  get mappings(): PortMapping[] {
    return this.#mapper?.states.map(portMapping) ?? []
  }

  /** A sentence for each port that nobody outside reaches. */
  get troubles(): string[] {
    return this.mappings.flatMap(({ protocol, port, failure }) =>
      failure === undefined ? [] : `${protocol.toUpperCase()} port ${port} is not open at the router: ${failure}`,
    )
  }

  /** Nothing where no router is asked. */
  get metrics(): Metric[] {
    const values = this.mappings.map(({ protocol, port, external }) => ({
      labels: { protocol, port: String(port) },
      value: external === undefined ? 0 : 1,
    }))
    if (values.length === 0) return []
    return [labelled('gauge', 'tox_node_port_mapped', 'Whether a port is open at the router.', values)]
  }

  /** Gives all ports back, unless the router takes too long. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#look(false)
    await this.#mapper?.close()
  }

  /** Routers translate IPv4 alone, and lead to nobody who listens on this machine alone. */
  #reachable(tcpPorts: readonly number[]): WantedPort[] {
    const { local, localPort, family } = this.socket
    const isAlone = local.isLoopback
    if (isAlone || family === 'ipv6') {
      const why = isAlone ? 'this machine' : 'IPv6'
      this.log.log('warn', 'port mapping', `the router is not asked, since the node listens on ${why} alone`)
      return []
    }
    return [{ protocol: 'udp', port: localPort }, ...tcpPorts.map((port) => ({ protocol: 'tcp' as const, port }))]
  }

  /** After a change of networks the router is another one, or has forgotten us. */
  #look(isWanted: boolean): void {
    if (isWanted === (this.#timer !== undefined)) return
    clearInterval(this.#timer)
    this.#timer = undefined
    if (!isWanted) return
    const { watch: open = () => new NetworkWatch(), lookEveryMs = LOOK_EVERY_MS } = this.options
    const watch = open()
    this.#timer = setInterval(() => {
      if (watch.hasChanged(performance.now())) this.#mapper?.restart()
    }, lookEveryMs)
    this.#timer.unref()
  }
}
