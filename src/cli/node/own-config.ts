// Our own settings. Every mistake is an error: a node must not run otherwise than its operator wrote.

import { LIMIT_RANGES } from '../../api/node/limits.js'
import { MOTD_BYTES_MAX } from '../../api/node/motd.js'
import { LOG_LEVELS, type NodeConfig, parseMetricsAddress } from './config.js'
import { ConfigReader, type Problem } from './config-reader.js'
import type { ConfigGroup } from './config-value.js'

export interface ReadConfig {
  readonly config: NodeConfig
  readonly mistakes: readonly Problem[]
  readonly oddities: readonly Problem[]
}

export function readOwnConfig(settings: ConfigGroup): ReadConfig {
  const mistakes: Problem[] = []
  const note = (problem: Problem): void => void mistakes.push(problem)
  const reader = new ConfigReader(settings, note)
  const config = defined({
    listen: reader.text('listen'),
    port: reader.port('port'),
    tcpPorts: reader.ports('tcp_ports'),
    keyFile: reader.path('key_file'),
    pidFile: reader.path('pid_file'),
    stateFile: reader.path('state_file'),
    motd: motdOf(settings, reader, note),
    lanDiscovery: reader.boolean('lan_discovery'),
    portMapping: reader.boolean('port_mapping'),
    bootstrap: reader.nodes('bootstrap'),
    nodesFile: reader.path('nodes'),
    public: reader.boolean('public'),
    metrics: metricsOf(settings, reader, note),
    log: reader.path('log'),
    logLevel: reader.oneOf('log_level', LOG_LEVELS),
    workers: reader.whole('workers', 1, 256),
    limits: limitsOf(reader),
  })
  reader.end()
  return { config, mistakes: mistakes.sort((a, b) => a.line - b.line), oddities: [] }
}

/** Without the names whose value is undefined. */
export function defined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as never
}

type Note = (problem: Problem) => void

function motdOf(settings: ConfigGroup, reader: ConfigReader, note: Note): string | false | undefined {
  const found = settings.get('motd')
  if (found?.value === false) {
    reader.take('motd')
    return false
  }
  const motd = reader.text('motd')
  if (motd !== undefined && Buffer.byteLength(motd) > MOTD_BYTES_MAX) {
    note({ line: found!.line, text: `motd is longer than ${MOTD_BYTES_MAX} bytes` })
  }
  return motd
}

/** A port alone may be a number. */
function metricsOf(settings: ConfigGroup, reader: ConfigReader, note: Note): NodeConfig['metrics'] {
  const found = settings.get('metrics')
  reader.take('metrics')
  if (found === undefined) return undefined
  const address = parseMetricsAddress(String(found.value))
  if (address === undefined) note({ line: found.line, text: 'metrics must be a port or "ADDRESS:PORT"' })
  return address
}

function limitsOf(reader: ConfigReader): NodeConfig['limits'] {
  const group = reader.group('limits')
  if (group === undefined) return undefined
  const limits = Object.entries(LIMIT_RANGES).map(([name, { setting, min, max }]) => [
    name,
    group.whole(setting, min, max),
  ])
  group.end()
  return defined(Object.fromEntries(limits) as Record<string, number | undefined>)
}
