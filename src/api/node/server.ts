// A bootstrap node on Node's sockets: others join through it, and it carries their onion packets and announcements.

import { type LogLevel, type Millis, toHex } from '../../base/index.js'
import { type Crypto, type DhtKeyPair, loadCrypto } from '../../crypto/index.js'
import { asBootstrapNode, type BootstrapNode, formatBootstrapNode } from '../../host/nodes-file.js'
import { TOX_PORTS, UdpError } from '../../host/udp-socket.js'
import { ToxError } from '../../tox/errors.js'
import type { PortMapping } from '../port-mappings.js'
import { resolveNode } from '../sockets.js'
import { readKeyFile } from './key-file.js'
import type { BootstrapNodeLimits } from './limits.js'
import { formatMetrics, gauge, labelled, type Metric } from './metrics.js'
import { formatUptime, MessageOfTheDay } from './motd.js'
import { addUp, countsOf, type NodeCounts } from './node-counts.js'
import { NodeHost } from './node-host.js'
import { nodeMetrics } from './node-metrics.js'
import type { BootstrapNodeServerOptions, BootstrapNodeServerUpdate } from './options.js'
import { type ClosedPort, RelayPorts } from './relay-ports.js'
import { RouterPorts } from './router-ports.js'
import { SavedNodes } from './saved-nodes.js'
import { BOOTSTRAP_VERSION, formatNodeVersion } from './version.js'
import { Workers } from './workers.js'

/** Known nodes change slowly; what is lost by a crash is five minutes of them. */
const SAVE_INTERVAL_MS: Millis = 5 * 60_000

export class BootstrapNodeServer {
  readonly #machine: NodeHost
  readonly #publicKey: string
  readonly #relayPorts: RelayPorts
  readonly #routerPorts: RouterPorts
  readonly #log: Log
  readonly #motd: MessageOfTheDay
  readonly #saved: SavedNodes | undefined
  readonly #startedMs = performance.now()
  #saveTimer: NodeJS.Timeout | undefined
  #saveError: string | undefined
  /** Whether there is anybody to be connected to. */
  #hasOthers = false
  #workers: Workers | undefined
  #mapsPorts: boolean
  #closing: Promise<void> | undefined

  private constructor(
    machine: NodeHost,
    /** The address that it is bound to. */
    readonly host: string,
    log: Log,
    motd: MessageOfTheDay,
    { stateFile, portMapping = false, log: logger = () => {} }: BootstrapNodeServerOptions,
  ) {
    this.#machine = machine
    this.#log = log
    this.#motd = motd
    motd.facts = () => this.#motdFacts()
    this.#publicKey = toHex(machine.node.keyPair.publicKey)
    this.#relayPorts = new RelayPorts(machine, host)
    this.#routerPorts = new RouterPorts(machine.socket, { log: logger })
    this.#mapsPorts = portMapping
    if (stateFile !== undefined) this.#saved = new SavedNodes(stateFile, (text) => log('warn', text))
    machine.node.dht.events.on('connection', (isConnected) =>
      log('info', isConnected ? 'connected to the network' : 'no node of the network answers any more'),
    )
  }

  /**
   * Starts a node. Rejects with ToxError: `TOX_ERR_NEW_PORT_ALLOC` (UDP or TCP), `TOX_ERR_BOOTSTRAP_BAD_HOST`,
   * `TOX_ERR_TS_BAD_OPTION` (address, workers), `TOX_ERR_TS_PROFILE_UNUSABLE` (key file).
   */
  static async create(options: BootstrapNodeServerOptions = {}): Promise<BootstrapNodeServer> {
    const log: Log = (level, text) => options.log?.(level, 'node', text)
    const crypto = await loadCrypto()
    const keyPair = keyPairOf(options, crypto, log)
    const motd = new MessageOfTheDay(options.motd || 'toxcore-ts')
    const { machine, host } = await openMachine(options, crypto, keyPair, motd, log)
    const server = new BootstrapNodeServer(machine, host, log, motd, options)
    try {
      const [closed] = await server.#relayPorts.set(options.tcpPorts ?? [])
      if (closed !== undefined && !options.toleratesTakenPorts) throw new ToxError('NEW', 'port-alloc', closed.reason)
      for (const one of options.bootstrap ?? []) await server.bootstrap(one)
      await server.#loadNodes()
      await server.#startWorkers(options.workers ?? 1)
    } catch (error) {
      await server.close()
      throw error
    }
    machine.driver.start()
    server.#mapPorts()
    return server
  }

  /** The UDP port that it is bound to. */
  get port(): number {
    return this.#machine.socket.localPort
  }

  /** The node's public key: 64 upper-case hex digits. */
  get publicKey(): string {
    return this.#publicKey
  }

  /** The TCP ports on which it relays. */
  get tcpPorts(): number[] {
    return this.#relayPorts.ports
  }

  /** TCP ports that it was to relay on but that could not be opened. */
  get closedTcpPorts(): readonly ClosedPort[] {
    return this.#relayPorts.failed
  }

  /** Its ports at the router of the home, with the option `portMapping`. */
  get portMappings(): readonly PortMapping[] {
    return this.#routerPorts.mappings
  }

  /** Clients of the relay that have shown who they are. */
  get relayClients(): number {
    return this.#machine.node.relay?.clientCount ?? 0
  }

  /** UDP packets that each of its threads has taken, the node's own first; of its workers as of a second ago. */
  get packetsByThread(): number[] {
    const all = [countsOf(this.#machine), ...(this.#workers?.counts ?? [])]
    return all.map(({ received }) => received.reduce((sum, count) => sum + count, 0))
  }

  /** Whether any other node answers. */
  get isConnected(): boolean {
    return this.#machine.node.dht.isConnected
  }

  get uptimeMs(): Millis {
    return performance.now() - this.#startedMs
  }

  /** Why it does not do all of its work; empty when it is well. */
  get troubles(): string[] {
    const troubles = [...this.closedTcpPorts.map(({ reason }) => reason), ...this.#routerPorts.troubles]
    if (this.#closing !== undefined) troubles.push('it is stopping')
    else if (!this.#machine.socket.isSound) troubles.push('its UDP socket is lost')
    if (this.#hasOthers && !this.isConnected) troubles.push('no other node answers')
    if (this.#saveError !== undefined) troubles.push(`known nodes cannot be saved: ${this.#saveError}`)
    return troubles
  }

  /** What it has counted, as Prometheus reads it. */
  metrics(more: readonly Metric[] = []): string {
    const labels = { version: formatNodeVersion(BOOTSTRAP_VERSION), public_key: this.#publicKey }
    const about = [
      labelled('gauge', 'tox_node_info', 'Which node this is.', [{ labels, value: 1 }]),
      gauge('tox_node_uptime_seconds', 'Seconds since it started.', Math.floor(this.uptimeMs / 1000)),
    ]
    const counted = nodeMetrics(this.#machine, this.#counts(), this.#relayPorts.traffic)
    return formatMetrics([...about, ...counted, ...this.#routerPorts.metrics, ...more])
  }

  /** `HOST:PORT:KEY`, as `Tox.create({ bootstrap })` and the command line take it. */
  asBootstrapNode(): string {
    const host = this.host === '0.0.0.0' ? '127.0.0.1' : this.host === '::' ? '::1' : this.host
    return formatBootstrapNode({
      host,
      port: this.port,
      publicKey: this.#machine.node.keyPair.publicKey,
      tcpPorts: this.tcpPorts,
    })
  }

  /** Joins the network through another node. */
  async bootstrap(node: string | BootstrapNode): Promise<void> {
    const { host, port, publicKey } = asBootstrapNode(node)
    this.#hasOthers = true
    const endpoints = await resolveNode(host, port, this.#machine.socket.family)
    if (this.#closing !== undefined) return
    this.#machine.turn(() => {
      for (const endpoint of endpoints) this.#machine.node.dht.bootstrap(endpoint, publicKey)
    })
  }

  /**
   * Changes what can be changed while it runs. Connections stay: a TCP port that is gone takes no new ones, new limits are for
   * those who come. The router is told of other ports, and asked again for those that stay. Resolves with the TCP ports that
   * could not be opened.
   */
  async update({ motd, limits, tcpPorts, portMapping }: BootstrapNodeServerUpdate): Promise<readonly ClosedPort[]> {
    if (motd !== undefined) this.#motd.template = motd
    if (limits !== undefined) this.#machine.node.relay?.setLimits(relayLimits(limits))
    if (tcpPorts !== undefined) await this.#relayPorts.set(tcpPorts)
    if (portMapping !== undefined) this.#mapsPorts = portMapping
    if (tcpPorts !== undefined || portMapping !== undefined) this.#mapPorts()
    return this.closedTcpPorts
  }

  /** Gives ports back to the router, saves the nodes that it knows and stops. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    clearInterval(this.#saveTimer)
    const givenBack = this.#routerPorts.close()
    const nodes = this.#machine.node.dht.savedNodes()
    this.#relayPorts.close()
    await this.#workers?.close()
    this.#machine.close()
    if (this.#saveTimer !== undefined) await this.#save(nodes)
    await givenBack
  }

  #mapPorts(): void {
    this.#routerPorts.update(this.#mapsPorts, this.tcpPorts)
  }

  async #startWorkers(threads: number): Promise<void> {
    if (threads === 1) return
    // The node's own thread is one of them.
    this.#workers = await Workers.open(this.#machine, threads - 1, (text) => this.#log('error', text))
  }

  /** What all threads have counted. */
  #counts(): NodeCounts {
    return addUp([countsOf(this.#machine), ...(this.#workers?.counts ?? [])])
  }

  async #loadNodes(): Promise<void> {
    if (this.#saved === undefined) return
    const { dht } = this.#machine.node
    const nodes = await this.#saved.load()
    if (nodes.length > 0) this.#hasOthers = true
    this.#machine.turn(() => dht.load(nodes))
    this.#saveTimer = setInterval(() => void this.#save(dht.savedNodes()), SAVE_INTERVAL_MS)
    this.#saveTimer.unref()
  }

  async #save(nodes: Parameters<SavedNodes['save']>[0]): Promise<void> {
    try {
      await this.#saved?.save(nodes)
      this.#saveError = undefined
    } catch (error) {
      this.#saveError = (error as Error).message
      this.#log('warn', `known nodes cannot be saved: ${this.#saveError}`)
    }
  }

  #motdFacts() {
    const { dht, announceServer } = this.#machine.node
    return {
      uptime: formatUptime(this.uptimeMs / 1000),
      version: formatNodeVersion(BOOTSTRAP_VERSION).replace(/.* /, ''),
      dht_nodes: String(dht.size.nodes),
      relay_clients: String(this.relayClients),
      announced: String(announceServer.store.size),
      packets: String(this.#counts().received.reduce((sum, count) => sum + count, 0)),
    }
  }
}

type Log = (level: LogLevel, text: string) => void

function keyPairOf(options: BootstrapNodeServerOptions, crypto: Crypto, log: Log): DhtKeyPair {
  const { keyFile, keyFormat } = options
  if (keyFile === undefined) return crypto.keyPair()
  const format = keyFormat === undefined ? {} : { format: keyFormat }
  return readKeyFile(keyFile, crypto, { ...format, onWarning: (text) => log('warn', text) })
}

function relayLimits({ relayConnections, relayConnectionsPerAddress }: BootstrapNodeLimits) {
  return {
    ...(relayConnections === undefined ? {} : { connections: relayConnections }),
    ...(relayConnectionsPerAddress === undefined ? {} : { connectionsPerSource: relayConnectionsPerAddress }),
  }
}

/** The socket and the node on it; where there is no IPv6 and the options allow it, on IPv4 alone. */
async function openMachine(
  options: BootstrapNodeServerOptions,
  crypto: Crypto,
  keyPair: DhtKeyPair,
  motd: MessageOfTheDay,
  log: Log,
): Promise<{ machine: NodeHost; host: string }> {
  const { bindAddress: host = '127.0.0.1', port, lastPort = port } = options
  const ports = port === undefined ? TOX_PORTS : { firstPort: port, lastPort: lastPort! }
  const info = {
    version: BOOTSTRAP_VERSION,
    get motd() {
      return motd.bytes()
    },
  }
  try {
    const machine = await NodeHost.open({
      crypto,
      keyPair,
      socket: { family: host === '::' ? 'dual' : host.includes(':') ? 'ipv6' : 'ipv4', address: host, ...ports },
      localDiscovery: options.lanDiscovery ?? true,
      relay: relayLimits(options.limits ?? {}),
      sourceShare: options.limits?.packetShare ?? 1,
      ...(options.motd === false ? {} : { bootstrapInfo: info }),
      onError: (error) => log('error', error instanceof Error ? String(error.stack) : String(error)),
      onSocket: ({ level, text }) => log(level, text),
    })
    return { machine, host }
  } catch (error) {
    if (host !== '::' || !options.ipv4Fallback || !lacksIpv6(error)) throw error
    log('warn', `no IPv6 here (${(error as Error).message}): going on with IPv4 alone`)
    return await openMachine({ ...options, bindAddress: '0.0.0.0' }, crypto, keyPair, motd, log)
  }
}

/** Whether a socket for `'::'` failed because this machine has no IPv6, and not because somebody has the port. */
function lacksIpv6(error: unknown): boolean {
  const cause = error instanceof ToxError ? error.cause : undefined
  return cause instanceof UdpError && (cause.code === 'family-unavailable' || cause.code === 'address')
}
