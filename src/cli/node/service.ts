// A node as a service: started from its settings, reloaded by SIGHUP, stopped by SIGTERM or SIGINT, watched by systemd.

import { BootstrapNodeServer, type BootstrapNodeServerOptions, type ClosedPort } from '../../api/index.js'
import { LagMeter } from '../../api/node/lag-meter.js'
import { MetricsServer } from '../../api/node/metrics-server.js'
import { unknownPlaceholders } from '../../api/node/motd.js'
import { processMetrics } from '../../api/node/node-metrics.js'
import { CliError, type Values } from '../command.js'
import type { NodeConfig } from './config.js'
import { Joiner } from './joiner.js'
import { NodeLog } from './log.js'
import { type Notifier, notifierOf } from './notify.js'
import { defined } from './own-config.js'
import { PidFile } from './pid-file.js'
import { nodesToJoin, settingsOf } from './settings.js'

/** Whoever waits longer for the event loop has no use of the node. */
const LAG_TROUBLE_MS = 2000

/** Runs until it is told to stop. */
export async function serve(values: Values): Promise<number> {
  const { config, warnings } = settingsOf(values)
  const log = new NodeLog(defined({ target: config.log, level: config.logLevel }))
  try {
    for (const warning of warnings) log.log('warn', 'config', warning)
    await using service = await Service.start(values, config, log)
    await service.run()
    return 0
  } finally {
    log.close()
  }
}

class Service implements AsyncDisposable {
  #config: NodeConfig
  readonly #joiner: Joiner
  readonly #lag = new LagMeter()
  readonly #notifier: Notifier
  readonly #signals: Signals
  #metrics: MetricsServer | undefined
  #pidFile: PidFile | undefined

  private constructor(
    private readonly server: BootstrapNodeServer,
    private readonly values: Values,
    config: NodeConfig,
    private readonly log: NodeLog,
    signals: Signals,
  ) {
    this.#config = config
    this.#signals = signals
    this.#joiner = new Joiner(server, log.log)
    this.#notifier = notifierOf(process.env, (text) => log.log('warn', 'systemd', text))
  }

  static async start(values: Values, config: NodeConfig, log: NodeLog): Promise<Service> {
    // From the first moment on: a signal that comes early must not be lost.
    const signals = new Signals(values.has('config'))
    // Before anything is opened, since a wrong list of nodes is a mistake of the operator.
    const nodes = await nodesToJoin(config, values)
    const pidFile = config.pidFile === undefined ? undefined : PidFile.write(config.pidFile)
    let service: Service | undefined
    try {
      const server = await BootstrapNodeServer.create(serverOptions(config, log))
      service = new Service(server, values, config, log, signals)
      service.#begin()
      await service.#openMetrics()
      service.#pidFile = pidFile
    } catch (error) {
      pidFile?.remove()
      await service?.[Symbol.asyncDispose]()
      throw error
    }
    void service.#joiner.join(nodes)
    return service
  }

  /** Resolves when it was told to stop. */
  async run(): Promise<void> {
    const { server, log } = this
    console.log(server.asBootstrapNode())
    log.log('info', 'node', `runs on UDP port ${server.port} of ${server.host}, key ${server.publicKey}`)
    if (server.tcpPorts.length > 0) log.log('info', 'node', `relays on TCP ports ${server.tcpPorts.join(', ')}`)
    this.#notifier.ready(`UDP port ${server.port}, key ${server.publicKey}`)
    this.#notifier.watch(() => true)
    for (;;) {
      const signal = await this.#signals.next()
      if (signal !== 'SIGHUP') {
        log.log('info', 'node', `stops: ${signal}`)
        return
      }
      await this.#reload()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#joiner.close()
    this.#lag.close()
    await Promise.all([this.#notifier.stopping(), this.server.close()])
    this.#metrics?.close()
    this.#pidFile?.remove()
  }

  #begin(): void {
    const { closedTcpPorts, tcpPorts } = this.server
    const [first] = closedTcpPorts
    // As tox-bootstrapd, which goes on as long as one port is left.
    if (first !== undefined && tcpPorts.length === 0) throw new CliError(first.reason, 1)
    this.#tellClosed(closedTcpPorts)
    this.#tellPlaceholders()
  }

  /** Reads the configuration anew; a mistake in it changes nothing. */
  async #reload(): Promise<void> {
    const { log, server, values } = this
    this.#notifier.reloading()
    try {
      const { config, warnings } = settingsOf(values)
      const nodes = await nodesToJoin(config, values)
      log.reopen()
      log.level = config.logLevel ?? 'info'
      for (const warning of warnings) log.log('warn', 'config', warning)
      const restart: string[] = RESTART_SETTINGS.filter((name) => !isSame(config[name], this.#config[name]))
      if (config.limits?.packetShare !== this.#config.limits?.packetShare) restart.push('packetShare')
      if (restart.length > 0) log.log('warn', 'config', `changed, but only a restart brings it: ${restart.join(', ')}`)
      this.#config = config
      const { motd = 'toxcore-ts', limits = {}, tcpPorts = [], portMapping = false } = config
      this.#tellClosed(await server.update({ limits, tcpPorts, portMapping, ...(motd === false ? {} : { motd }) }))
      this.#tellPlaceholders()
      void this.#joiner.join(nodes)
      log.log('info', 'node', `reloaded; relays on TCP ports ${server.tcpPorts.join(', ') || '(none)'}`)
    } catch (error) {
      const why = error instanceof CliError ? 'the configuration is wrong' : 'something failed'
      log.log('error', 'config', `nothing is changed, since ${why}:\n${(error as Error).message}`)
    }
    this.#notifier.ready(`UDP port ${server.port}, key ${server.publicKey}`)
  }

  async #openMetrics(): Promise<void> {
    const { metrics } = this.#config
    if (metrics === undefined) return
    this.#metrics = await MetricsServer.open({
      ...metrics,
      metrics: () => this.server.metrics(processMetrics(this.#lag.maxMs)),
      troubles: () => this.#troubles(),
    })
    this.log.log('info', 'node', `metrics and health on http://${metrics.host}:${this.#metrics.port}`)
  }

  #troubles(): string[] {
    const { maxMs } = this.#lag
    const late = maxMs > LAG_TROUBLE_MS ? [`work began ${(maxMs / 1000).toFixed(1)} s late in the last minute`] : []
    return [...this.server.troubles, ...late]
  }

  #tellClosed(closed: readonly ClosedPort[]): void {
    for (const { reason } of closed) this.log.log('warn', 'node', reason)
  }

  #tellPlaceholders(): void {
    const { motd } = this.#config
    const unknown = typeof motd === 'string' ? unknownPlaceholders(motd) : []
    if (unknown.length > 0)
      this.log.log('warn', 'config', `the motd names what is not known: {${unknown.join('}, {')}}`)
  }
}

function serverOptions(config: NodeConfig, { log }: NodeLog): BootstrapNodeServerOptions {
  const { listen, metrics, pidFile, nodesFile, public: _, log: __, logLevel, bootstrap, ...same } = config
  return { ...same, ...defined({ bindAddress: listen }), toleratesTakenPorts: true, log }
}

/** What is settled when it starts. */
const RESTART_SETTINGS = [
  ...['listen', 'port', 'keyFile', 'stateFile', 'lanDiscovery'],
  ...['metrics', 'pidFile', 'log', 'workers'],
] as readonly (keyof NodeConfig)[]

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Signals one after another, none lost. Where there is nothing to reload, a terminal that is closed ends the program. */
class Signals {
  readonly #waiting: NodeJS.Signals[] = []
  #wake: (() => void) | undefined

  constructor(hasConfig: boolean) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const listener = (): void => {
        this.#waiting.push(signal === 'SIGHUP' && !hasConfig ? 'SIGTERM' : signal)
        this.#wake?.()
        // A second request to stop ends it at once.
        if (signal !== 'SIGHUP') process.removeListener(signal, listener)
      }
      process.on(signal, listener)
    }
  }

  async next(): Promise<NodeJS.Signals> {
    while (this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#waiting.shift()!
  }
}
