// Debian's proxies as child processes on loopback: microsocks (SOCKS5), tinyproxy (HTTP CONNECT) and tor (SOCKS5 alone: without
// a network it builds no circuit, and says so).

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, startChild } from './child.js'

const LOOK_MS = 20
const DEADLINE_MS = 45_000

/** Of each program, the package that it comes from. */
const PACKAGES = { microsocks: 'microsocks', tinyproxy: 'tinyproxy', tor: 'tor', strace: 'strace' } as const

type Program = keyof typeof PACKAGES

const pathOf = (program: Program): string | undefined =>
  ['/usr/bin', '/usr/sbin'].map((folder) => `${folder}/${program}`).find((path) => existsSync(path))

/** Skips every test of the suite where one of these is missing. */
export function needsPrograms(suite: Mocha.Suite, programs: readonly Program[]): void {
  const missing = programs.filter((program) => pathOf(program) === undefined)
  if (missing.length === 0) return
  suite.title += ` [missing packages: apt-get install -y ${missing.map((program) => PACKAGES[program]).join(' ')}]`
  suite.beforeAll(function () {
    this.skip()
  })
}

export interface Credentials {
  readonly user: string
  readonly password: string
}

export class ProxyProcess {
  private constructor(
    readonly child: Child,
    readonly port: number,
    readonly folder: string,
  ) {}

  static async microsocks(port: number, known?: Credentials): Promise<ProxyProcess> {
    const credentials = known === undefined ? [] : ['-u', known.user, '-P', known.password]
    return ProxyProcess.#start('microsocks', port, () => ['-i', '127.0.0.1', '-p', String(port), ...credentials])
  }

  /** Without `ports`, it connects to any. */
  static async tinyproxy(port: number, known?: Credentials, ports: readonly number[] = []): Promise<ProxyProcess> {
    return ProxyProcess.#start('tinyproxy', port, async (folder) => {
      const lines = [
        ...[`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', 'MaxClients 50', 'LogLevel Critical'],
        ...ports.map((allowed) => `ConnectPort ${allowed}`),
        ...(known === undefined ? [] : [`BasicAuth ${known.user} ${known.password}`]),
      ]
      await writeFile(join(folder, 'conf'), `${lines.join('\n')}\n`)
      return ['-d', '-c', join(folder, 'conf')]
    })
  }

  /** `flags` of the SOCKS port, such as ExtendedErrors. */
  static async tor(port: number, { flags = '', patienceSeconds = 3 } = {}): Promise<ProxyProcess> {
    return ProxyProcess.#start('tor', port, async (folder) => {
      const socks = ['--SocksPort', `127.0.0.1:${port} ${flags}`, '--SocksTimeout', String(patienceSeconds)]
      await writeFile(join(folder, 'torrc'), '')
      return ['-f', join(folder, 'torrc'), '--DataDirectory', join(folder, 'data'), '--Log', 'err stderr', ...socks]
    })
  }

  static async #start(
    program: Program,
    port: number,
    prepare: (folder: string) => readonly string[] | Promise<readonly string[]>,
  ): Promise<ProxyProcess> {
    const folder = await mkdtemp(join(tmpdir(), `${program}-`))
    const child = startChild(pathOf(program)!, [...(await prepare(folder))], () => {})
    const proxy = new ProxyProcess(child, port, folder)
    for (const endMs = performance.now() + DEADLINE_MS; performance.now() < endMs && child.running; ) {
      const socket = connect(port, '127.0.0.1')
      try {
        await once(socket, 'connect')
        return proxy
      } catch {
        await delay(LOOK_MS)
      } finally {
        socket.destroy()
      }
    }
    await proxy.stop()
    throw new Error(`${program} does not listen on port ${port}: ${child.stderr}`)
  }

  /** Ends it and every connection through it. */
  async stop(): Promise<void> {
    await this.child.killHard()
    await rm(this.folder, { recursive: true, force: true })
  }
}
