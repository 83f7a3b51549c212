// Debian's tox-bootstrapd as a child process: the bootstrap node that the network really runs.

import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex } from '../../src/base/index.js'
import type { Child } from './child.js'
import { startChild } from './child.js'
import { commandWithin, type Namespace } from './namespace.js'

const PATHS = ['/usr/bin/tox-bootstrapd', '/usr/sbin/tox-bootstrapd', '/usr/local/bin/tox-bootstrapd']

/** Where the daemon is installed, or undefined. */
export const bootstrapdPath = PATHS.find((path) => existsSync(path))

export interface BootstrapdOptions {
  port?: number
  ipv6?: boolean
  /** TCP relay ports; none by default, so that a test over UDP cannot pass through a relay by mistake. */
  tcpPorts?: number[]
  motd?: string
  /** Where it keeps its key pair (made when absent), so that a test can start the same node again. */
  keysFile?: string
  /** The network namespace that it lives in; that of the test unless given. */
  within?: Namespace
  /** Nodes that this one bootstraps from. */
  nodes?: { host: string; port: number; key: Uint8Array }[]
}

export class Bootstrapd {
  private constructor(
    readonly port: number,
    /** Its DHT public key. */
    readonly key: Uint8Array,
    readonly child: Child,
    readonly folder: string,
  ) {}

  get pid(): number {
    return this.child.process.pid!
  }

  /** Starts the daemon and waits for the log line with its key. */
  static async start(options: BootstrapdOptions = {}): Promise<Bootstrapd> {
    if (bootstrapdPath === undefined) throw new Error('tox-bootstrapd is not installed (Debian: toxcore-utils)')
    const port = options.port ?? 33_445
    const folder = await mkdtemp(join(tmpdir(), 'bootstrapd-'))
    await writeFile(join(folder, 'conf'), config(folder, port, options))
    const log: string[] = []
    let found: (key: Uint8Array) => void = () => {}
    const key = new Promise<Uint8Array>((resolve) => {
      found = resolve
    })
    const args = ['--config', join(folder, 'conf'), '--foreground', '--log-backend=stdout']
    const wrapped = commandWithin(options.within, bootstrapdPath, args)
    const child = startChild(wrapped.command, wrapped.args, (line) => {
      log.push(line)
      const hex = /Public Key: ([0-9A-F]{64})/.exec(line)?.[1]
      if (hex !== undefined) found(fromHex(hex)!)
    })
    let timer: NodeJS.Timeout | undefined
    const failed = new Promise<never>((_, reject) => {
      const fail = (why: string): void => reject(new Error(`tox-bootstrapd ${why}: ${log.join('\n')} ${child.stderr}`))
      timer = setTimeout(() => fail('told no key within 45 s'), 45_000)
      void child.exited.then(() => fail('ended'))
    })
    try {
      return new Bootstrapd(port, await Promise.race([key, failed]), child, folder)
    } catch (error) {
      await child.killHard()
      await rm(folder, { recursive: true, force: true })
      throw error
    } finally {
      clearTimeout(timer)
      failed.catch(() => {})
    }
  }

  /**
   * Starts `count` daemons from `firstPort` on, all joined through the first. A story in which somebody dies needs several:
   * c-toxcore keeps dead nodes among its path nodes, so that in a network of three most of its onion paths lead nowhere.
   */
  static async network(firstPort: number, count: number, options: BootstrapdOptions = {}): Promise<Bootstrapd[]> {
    const first = await Bootstrapd.start({ ...options, port: firstPort })
    const nodes = [{ host: options.ipv6 ? '::1' : '127.0.0.1', port: first.port, key: first.key }]
    const ports = Array.from({ length: count - 1 }, (_, i) => firstPort + 1 + i)
    return [first, ...(await Promise.all(ports.map((port) => Bootstrapd.start({ ...options, port, nodes }))))]
  }

  /** Where it is on IPv4 loopback. */
  get address(): { host: string; port: number; key: Uint8Array } {
    return { host: '127.0.0.1', port: this.port, key: this.key }
  }

  async stop(): Promise<void> {
    await this.child.killHard()
    await rm(this.folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

function config(folder: string, port: number, options: BootstrapdOptions): string {
  const { ipv6, tcpPorts = [], motd, keysFile = join(folder, 'keys'), nodes = [] } = options
  const node = ({ host, port, key }: { host: string; port: number; key: Uint8Array }): string =>
    `{ address = "${host}"; port = ${port}; public_key = "${Buffer.from(key).toString('hex').toUpperCase()}" }`
  return [
    `port = ${port}`,
    `keys_file_path = "${keysFile}"`,
    `pid_file_path = "${join(folder, 'pid')}"`,
    `enable_ipv6 = ${ipv6 ?? false}`,
    `enable_ipv4_fallback = true`,
    `enable_lan_discovery = false`,
    `enable_tcp_relay = ${tcpPorts.length > 0}`,
    `tcp_relay_ports = [${tcpPorts.join(', ')}]`,
    `enable_motd = ${motd !== undefined}`,
    `motd = "${motd ?? ''}"`,
    ...(nodes.length > 0 ? [`bootstrap_nodes = ( ${nodes.map(node).join(', ')} )`] : []),
    '',
  ].join('\n')
}
