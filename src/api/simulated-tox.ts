// The Node API in the simulated world: a bot as it is, on a network that is as bad as its test wants, in virtual time.

import { Endpoint, type Millis } from '../base/index.js'
import { asBootstrapNode, type BootstrapNode } from '../host/nodes-file.js'
import type { DhtNode, EngineSetup, SimHost } from '../sim/index.js'
import { ToxEngine, type ToxEngineEvents } from '../tox/engine.js'
import { ToxError } from '../tox/errors.js'
import type { ToxOptions } from './options.js'
import { type Runtime, readSavedata } from './runtime.js'
import { Tox } from './tox.js'
import { withStore } from './with-store.js'

/** What `Tox.create` takes, as far as it makes sense without sockets and files. */
export interface SimulatedToxOptions
  extends Pick<
    ToxOptions,
    'savedata' | 'name' | 'statusMessage' | 'outbox' | 'received' | 'receipts' | 'transfers' | 'store'
  > {
  /** Hosts to join the network through, or nodes as for `Tox.create` but with an IP address: there is no DNS. */
  readonly bootstrap?: readonly (SimHost<DhtNode> | BootstrapNode | string)[]
}

/**
 * A `Tox` on a simulated host that runs nothing yet: `await simulatedTox(world.addHost('bot'), { bootstrap: nodes })`. Its
 * promises settle while `world.runAsync` or `world.expectAsync` lets time pass. To start it again, close it (or kill the
 * host) and give its `savedata()` to a new one on the same host. Rejects with ToxError as `Tox.create` does.
 */
export function simulatedTox(host: SimHost, { bootstrap = [], ...own }: SimulatedToxOptions = {}): Promise<Tox> {
  const options = withStore(own)
  return Tox.over(
    (events) => {
      let runtime: SimRuntime | undefined
      host.start((setup) => {
        if (runtime !== undefined) throw new Error(`${host.name} runs a Tox: start it again with simulatedTox`)
        runtime = new SimRuntime(host, setup, events, options)
        return runtime.onHost
      })
      for (const node of bootstrap) runtime!.join(node)
      return runtime!
    },
    options,
    options,
  )
}

class SimRuntime implements Runtime {
  readonly engine: ToxEngine
  /** The engine as its host and other hosts see it. */
  readonly onHost: DhtNode
  readonly #host: SimHost
  readonly #setup: EngineSetup

  constructor(host: SimHost, setup: EngineSetup, events: ToxEngineEvents, options: SimulatedToxOptions) {
    const { env, crypto, udp, ipv4, ipv6 } = setup
    const savedata = options.savedata && readSavedata(options.savedata, crypto)
    this.#host = host
    this.#setup = setup
    this.engine = new ToxEngine({
      ...{ env, crypto, udp, events, ipv4, ipv6 },
      ...(savedata === undefined ? {} : { savedata }),
      ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
      ...(options.received === undefined ? {} : { received: options.received }),
      receipts: options.receipts ?? 'automatic',
    })
    const { engine } = this
    this.onHost = {
      dhtPublicKey: engine.dht.publicKey,
      receive: (from, packet) => engine.receive(from, packet),
      networkChanged: () => engine.networkChanged(),
      close: () => engine.close(),
    }
  }

  get drops(): Runtime['drops'] {
    return this.#setup.env.drops
  }

  get udpPort(): number {
    return this.#host.endpoint.port
  }

  get tcpPort(): undefined {
    return undefined
  }

  get portMappings(): [] {
    return []
  }

  now(): Millis {
    return this.#setup.env.clock.now()
  }

  savedata(): Uint8Array {
    return this.engine.savedata()
  }

  async start(): Promise<void> {}

  /** Virtual time stands still while a program works: every call is a turn, and what it sends leaves before time goes on. */
  turn<T>(work: () => T): T {
    return work()
  }

  async bootstrap(node: string | BootstrapNode): Promise<void> {
    this.join(node)
  }

  join(node: SimHost<DhtNode> | BootstrapNode | string): void {
    if (typeof node === 'object' && 'engine' in node) {
      return this.engine.bootstrap(node.endpoint, node.engine.dhtPublicKey)
    }
    const { host, port, publicKey } = asBootstrapNode(node)
    const endpoint = Endpoint.parse(host, port)
    if (endpoint === undefined) throw new ToxError('BOOTSTRAP', 'bad-host', `${host} is no IP address; there is no DNS`)
    this.engine.bootstrap(endpoint, publicKey)
  }

  async close(): Promise<void> {
    // Whoever still runs says goodbye, in a turn of its own; a host that was killed is silent already.
    if (this.#host.isRunning && this.#host.engine === this.onHost) this.#host.stop()
    else this.engine.close()
  }
}
