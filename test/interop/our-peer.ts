// One of ours in a network namespace, with one friend: what it says of itself, in the order in which it happened.

import type { BootstrapNodeServerOptions, ConnectionStatus, PortMapping, ToxOptions } from '../../src/index.js'
import { bundle } from './bundle.js'
import { type Child, startChild } from './child.js'
import { commandWithin, type Namespace } from './namespace.js'
import { DEADLINE_MS } from './pair.js'

interface OurEvent {
  /** Only the first event has these. */
  readonly publicKey?: string
  readonly dhtKey?: string
  readonly port?: number
  /** How it is on the network. */
  readonly network?: ConnectionStatus
  readonly mapping?: PortMapping
  /** How its friend is connected. */
  readonly connection?: ConnectionStatus
  readonly heard?: string
  readonly log?: string
}

let program: Promise<string> | undefined

export class OurPeer {
  readonly events: OurEvent[] = []
  readonly #waiters = new Set<() => void>()
  #child!: Child

  /** `udp` forces a twin of the socket. */
  static async start(within: Namespace, options: Omit<ToxOptions, 'log' | 'store'> = {}, udp = ''): Promise<OurPeer> {
    return await OurPeer.#start(within, udp, [JSON.stringify(options)])
  }

  /** A bootstrap node: it says where it is, and no more. */
  static async startNode(within: Namespace, options: BootstrapNodeServerOptions): Promise<OurPeer> {
    return await OurPeer.#start(within, '', [JSON.stringify(options), 'node'])
  }

  static async #start(within: Namespace, udp: string, parameters: string[]): Promise<OurPeer> {
    program ??= bundle('our-peer-child.ts')
    const peer = new OurPeer()
    const all = [`TOXCORE_TS_UDP=${udp}`, process.execPath, await program, ...parameters]
    const { command, args } = commandWithin(within, 'env', all)
    peer.#child = startChild(command, args, (line) => {
      peer.events.push(JSON.parse(line) as OurEvent)
      peer.#look()
    })
    void peer.#child.exited.then(() => peer.#look())
    await peer.until('its start', ({ publicKey }) => publicKey !== undefined)
    return peer
  }

  get publicKey(): string {
    return this.events.find(({ publicKey }) => publicKey !== undefined)!.publicKey!
  }

  get dhtKey(): string {
    return this.events.find(({ dhtKey }) => dhtKey !== undefined)!.dhtKey!
  }

  get port(): number {
    return this.events.find(({ port }) => port !== undefined)!.port!
  }

  /** Makes somebody the friend by key, without a request. */
  add(publicKey: string): void {
    this.#child.write(JSON.stringify({ add: publicKey }))
  }

  /** Says something to the friend. */
  say(text: string): void {
    this.#child.write(JSON.stringify({ say: text }))
  }

  /** The first event that `accept` takes, past or to come. */
  until(what: string, accept: (event: OurEvent) => boolean, deadlineMs = DEADLINE_MS): Promise<OurEvent> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(look)
      }
      const fail = (why: string): void => {
        end()
        reject(new Error(`${what}: ${why}: ${JSON.stringify(this.events.slice(-10))} ${this.#child.stderr}`))
      }
      const timer = setTimeout(() => fail(`not within ${deadlineMs} ms`), deadlineMs)
      const look = (): void => {
        const found = this.events.find(accept)
        if (found !== undefined) {
          end()
          resolve(found)
        } else if (!this.#child.running) fail('it has ended')
      }
      this.#waiters.add(look)
      look()
    })
  }

  /** Waits until the friend is connected in this way. */
  async untilConnected(connection: 'tcp' | 'udp', deadlineMs = DEADLINE_MS): Promise<void> {
    await this.until(`the friend by ${connection}`, (event) => event.connection === connection, deadlineMs)
  }

  /** Ends it as its user would. */
  async close(): Promise<void> {
    this.#child.process.stdin!.end()
    await this.#child.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.killHard()
  }

  #look(): void {
    for (const look of [...this.#waiters]) look()
  }
}
