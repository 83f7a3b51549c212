// A bootstrap node on Node's sockets: others join through it, and it carries their onion packets and announcements.

import { toHex, toUtf8 } from '../../base/index.js'
import { loadCrypto } from '../../crypto/index.js'
import { asBootstrapNode, type BootstrapNode, formatBootstrapNode } from '../../host/nodes-file.js'
import { TcpListenError, TcpListener } from '../../host/tcp-listener.js'
import { TOX_PORTS } from '../../host/udp-socket.js'
import { ToxError } from '../../tox/errors.js'
import type { AcceptedStream, StreamHandler } from '../../transport/stream.js'
import { resolveNode } from '../runtime.js'
import { readKeyFile } from './key-file.js'
import { NodeHost } from './node-host.js'

export interface BootstrapNodeServerOptions {
  /** Local address to bind to; `'127.0.0.1'` unless told: name `'0.0.0.0'` or `'::'` to serve others. */
  readonly bindAddress?: string
  /** UDP port; unless told, the first free one from 33445 to 33545. 0 lets the system choose. */
  readonly port?: number
  /** TCP ports on which it relays for those who cannot use UDP; none unless told. 0 lets the system choose. */
  readonly tcpPorts?: readonly number[]
  /** Keeps the secret key (64 hex digits, mode 0600) in this file, so that the node stays the same; made when absent. */
  readonly keyFile?: string
  /** Message of the day, at most 255 bytes, shown by tools that ask nodes for their state. */
  readonly motd?: string
  /** Whether others on the same local network find it without knowing it. True unless told; never on loopback. */
  readonly lanDiscovery?: boolean
  /** Other nodes to join the network through. */
  readonly bootstrap?: readonly (string | BootstrapNode)[]
}

/** What tools are told as our version: a series of our own (tox-bootstrapd's is 1,000,000,000 and more), then 0.1.0. */
const BOOTSTRAP_VERSION = 2_000_000_000 + 1_000

export class BootstrapNodeServer {
  readonly #machine: NodeHost
  readonly #publicKey: string
  readonly #listeners: TcpListener[] = []

  private constructor(
    machine: NodeHost,
    /** The address that it is bound to. */
    readonly host: string,
  ) {
    this.#machine = machine
    this.#publicKey = toHex(machine.node.keyPair.publicKey)
  }

  /**
   * Starts a node. Rejects with ToxError: `TOX_ERR_NEW_PORT_ALLOC` (UDP or TCP), `TOX_ERR_BOOTSTRAP_BAD_HOST`,
   * `TOX_ERR_TS_BAD_OPTION` (address), `TOX_ERR_TS_PROFILE_UNUSABLE` (key file).
   */
  static async create(options: BootstrapNodeServerOptions = {}): Promise<BootstrapNodeServer> {
    const { bindAddress = '127.0.0.1', port, tcpPorts = [], keyFile, motd = 'toxcore-ts' } = options
    const crypto = await loadCrypto()
    const keyPair = keyFile === undefined ? crypto.keyPair<never, never>() : readKeyFile(keyFile, crypto)
    const family = bindAddress === '::' ? 'dual' : bindAddress.includes(':') ? 'ipv6' : 'ipv4'
    const ports = port === undefined ? TOX_PORTS : { firstPort: port, lastPort: port }
    const machine = await NodeHost.open({
      crypto,
      keyPair,
      socket: { family, address: bindAddress, ...ports },
      localDiscovery: options.lanDiscovery ?? true,
      bootstrapInfo: { version: BOOTSTRAP_VERSION, motd: toUtf8(motd) },
      ...(tcpPorts.length === 0 ? {} : { relay: {} }),
    })
    const server = new BootstrapNodeServer(machine, bindAddress)
    try {
      for (const port of tcpPorts) await server.#listen(port)
      for (const one of options.bootstrap ?? []) await server.bootstrap(one)
    } catch (error) {
      await server.close()
      throw error
    }
    machine.driver.start()
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
    return this.#listeners.map(({ port }) => port)
  }

  /** Clients of the relay that have shown who they are. */
  get relayClients(): number {
    return this.#machine.node.relay?.clientCount ?? 0
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
    for (const endpoint of await resolveNode(host, port, this.#machine.socket.family))
      this.#machine.node.dht.bootstrap(endpoint, publicKey)
    this.#machine.driver.touch()
  }

  /** Stops the node. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.close()
    this.#machine.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #listen(port: number): Promise<void> {
    const accept = (stream: AcceptedStream): StreamHandler | undefined => this.#machine.node.relay?.accept(stream)
    try {
      const options = { address: this.host, port, accept, turn: (work: () => void) => this.#machine.turn(work) }
      this.#listeners.push(await TcpListener.open(options))
    } catch (error) {
      if (!(error instanceof TcpListenError)) throw error
      throw new ToxError('NEW', 'port-alloc', error.message, { cause: error })
    }
  }
}
