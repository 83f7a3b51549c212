// A bootstrap node on Node's sockets: others join through it, and it carries their onion packets and announcements.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Counters, Deadlines, fromHex, silentLogger, toHex, toUtf8 } from '../base/index.js'
import { type Crypto, type DhtKeyPair, type DhtSecretKey, loadCrypto } from '../crypto/index.js'
import { HostClock } from '../host/clock.js'
import { HostDriver } from '../host/driver.js'
import { asBootstrapNode, type BootstrapNode, formatBootstrapNode } from '../host/nodes-file.js'
import { openUdpSocket } from '../host/open-udp.js'
import { HostRandom } from '../host/random.js'
import { TcpListenError, TcpListener } from '../host/tcp-listener.js'
import { TOX_PORTS, type UdpSocket } from '../host/udp-socket.js'
import { ToxError } from '../tox/errors.js'
import { NetworkNode } from '../tox/network-node.js'
import type { ByteStream, StreamHandler } from '../transport/stream.js'
import { failSocket, resolveNode } from './runtime.js'

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
  /** Other nodes to join the network through. */
  readonly bootstrap?: readonly (string | BootstrapNode)[]
}

/** What tools are told as our version: a series of our own (tox-bootstrapd's is 1,000,000,000 and more), then 0.1.0. */
const BOOTSTRAP_VERSION = 2_000_000_000 + 1_000

export class BootstrapNodeServer {
  readonly #node: NetworkNode
  readonly #driver: HostDriver
  readonly #publicKey: string
  readonly #family: UdpSocket['family']
  readonly #clock: HostClock
  readonly #listeners: TcpListener[] = []

  private constructor(
    node: NetworkNode,
    driver: HostDriver,
    clock: HostClock,
    /** The address that it is bound to. */
    readonly host: string,
    /** The UDP port that it is bound to. */
    readonly port: number,
    family: UdpSocket['family'],
  ) {
    this.#node = node
    this.#driver = driver
    this.#clock = clock
    this.#publicKey = toHex(node.keyPair.publicKey)
    this.#family = family
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
    const socket = await openUdpSocket({ family, address: bindAddress, ...ports }).catch(failSocket)
    const clock = new HostClock()
    const env = {
      clock,
      random: new HostRandom(),
      log: silentLogger,
      deadlines: new Deadlines(),
      drops: new Counters(),
    }
    const bootstrapInfo = { version: BOOTSTRAP_VERSION, motd: toUtf8(motd) }
    const families = { ipv4: family !== 'ipv6', ipv6: family !== 'ipv4' }
    const relay = tcpPorts.length === 0 ? {} : { relay: {} }
    const node = new NetworkNode({ env, crypto, udp: socket.sender, keyPair, bootstrapInfo, ...families, ...relay })
    const driver = new HostDriver({ engine: node, clock, onError: () => env.drops.count('node/internal error') })
    driver.addSocket(socket)
    const server = new BootstrapNodeServer(node, driver, clock, bindAddress, socket.localPort, socket.family)
    try {
      for (const port of tcpPorts) await server.#listen(port)
      for (const one of options.bootstrap ?? []) await server.bootstrap(one)
    } catch (error) {
      await server.close()
      throw error
    }
    driver.start()
    return server
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
    return this.#node.relay?.clientCount ?? 0
  }

  /** `HOST:PORT:KEY`, as `Tox.create({ bootstrap })` and the command line take it. */
  asBootstrapNode(): string {
    const host = this.host === '0.0.0.0' ? '127.0.0.1' : this.host === '::' ? '::1' : this.host
    return formatBootstrapNode({
      host,
      port: this.port,
      publicKey: this.#node.keyPair.publicKey,
      tcpPorts: this.tcpPorts,
    })
  }

  /** Joins the network through another node. */
  async bootstrap(node: string | BootstrapNode): Promise<void> {
    const { host, port, publicKey } = asBootstrapNode(node)
    for (const endpoint of await resolveNode(host, port, this.#family)) this.#node.dht.bootstrap(endpoint, publicKey)
    this.#driver.touch()
  }

  /** Stops the node. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.close()
    this.#node.close()
    this.#driver.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #listen(port: number): Promise<void> {
    const accept = (stream: ByteStream): StreamHandler | undefined => this.#node.relay?.accept(stream)
    try {
      const options = { address: this.host, port, accept, turn: (work: () => void) => this.#turn(work) }
      this.#listeners.push(await TcpListener.open(options))
    } catch (error) {
      if (!(error instanceof TcpListenError)) throw error
      throw new ToxError('NEW', 'port-alloc', error.message, { cause: error })
    }
  }

  /** What arrived by TCP as a turn of its own. */
  #turn(work: () => void): void {
    this.#clock.beginTurn()
    try {
      work()
    } finally {
      this.#clock.endTurn()
      this.#driver.touch()
    }
  }
}

function readKeyFile(path: string, crypto: Crypto): DhtKeyPair {
  try {
    if (!existsSync(path)) {
      const fresh = crypto.keyPair<DhtKeyPair['publicKey'], DhtSecretKey>()
      writeFileSync(path, `${toHex(fresh.secretKey)}\n`, { mode: 0o600, flag: 'wx' })
      return fresh
    }
    const secretKey = fromHex(readFileSync(path, 'utf8').trim()) as DhtSecretKey | undefined
    if (secretKey?.length === 32) return { secretKey, publicKey: crypto.publicKeyOf(secretKey) }
  } catch (error) {
    throw new ToxError('NEW', 'profile-unusable', `the key file ${path}: ${(error as Error).message}`, { cause: error })
  }
  throw new ToxError('NEW', 'profile-unusable', `${path} holds no secret key of 64 hexadecimal digits`)
}
