// What a node is told, put together: the command line first, then the configuration file.

import type { BootstrapNode } from '../../api/index.js'
import { BootstrapNodeError, readNodesFile } from '../../api/index.js'
import { MOTD_BYTES_MAX } from '../../api/node/motd.js'
import { CliError, type Option, type Values } from '../command.js'
import { bootstrapNodesOf } from '../network.js'
import { publicNodesOf, publicOption } from '../public-nodes.js'
import {
  LOG_LEVELS,
  type LoadedConfig,
  loadConfig,
  type NodeConfig,
  type NodeLogLevel,
  parseMetricsAddress,
} from './config.js'
import { defined } from './own-config.js'

export const settingOptions: Readonly<Record<string, Option>> = {
  config: { value: 'FILE', help: "configuration: .toml, .json, or tox-bootstrapd's; options given here win" },
  listen: { value: 'ADDRESS', help: 'IP address to listen on; 0.0.0.0 or :: for all (default 127.0.0.1)' },
  port: { value: 'PORT', help: 'UDP port (default: the first free one from 33445 to 33545)' },
  'tcp-port': {
    value: 'PORT',
    help: 'be a TCP relay on this port, for those who cannot use UDP',
    repeatable: true,
  },
  key: { value: 'FILE', help: 'keep the key pair in FILE, so that the node stays the same (default: a new one)' },
  state: { value: 'FILE', help: 'keep the nodes that it knows in FILE, for a quick restart' },
  motd: { value: 'TEXT', help: 'message of the day, at most 255 bytes; {uptime} and others are filled in' },
  bootstrap: { value: 'HOST:PORT:KEY', help: 'a node to join the network through', repeatable: true },
  nodes: { value: 'FILE', help: 'nodes to join through, in the JSON of nodes.tox.chat' },
  ...publicOption,
  'no-lan': { help: 'do not greet nodes of the local network' },
  'port-mapping': { help: 'ask the router for the UDP port and the TCP ports (PCP, NAT-PMP, UPnP)' },
  metrics: { value: '[ADDRESS:]PORT', help: 'serve /metrics and /health by HTTP there (default address 127.0.0.1)' },
  'pid-file': { value: 'FILE', help: 'write the process id to FILE' },
  log: { value: 'WHERE', help: 'console, journal, or a file (default: the journal under systemd, else the console)' },
  'log-level': { value: 'LEVEL', help: `${LOG_LEVELS.join(', ')} (default info)` },
  workers: { value: 'COUNT', help: 'answer with so many threads on one port (default 1)' },
}

/** Rejects with CliError, which names every mistake of a file. */
export function settingsOf(values: Values): LoadedConfig {
  const path = values.text('config')
  const { config, warnings } = path === undefined ? { config: {}, warnings: [] } : loadConfig(path)
  return { config: { ...config, ...commandLine(values) }, warnings }
}

function commandLine(values: Values): NodeConfig {
  const tcpPorts = values.all('tcp-port').map(portOf)
  const named = values.all('bootstrap').length > 0
  return defined({
    listen: values.text('listen'),
    port: values.has('port') ? values.number('port', 0, 1, 65_535) : undefined,
    // The range of a file is for the port of a file.
    lastPort: values.has('port') ? values.number('port', 0, 1, 65_535) : undefined,
    tcpPorts: tcpPorts.length > 0 ? tcpPorts : undefined,
    keyFile: values.text('key'),
    keyFormat: values.has('key') ? ('hex' as const) : undefined,
    stateFile: values.text('state'),
    motd: motdOf(values),
    bootstrap: named ? bootstrapNodesOf(values) : undefined,
    nodesFile: values.text('nodes'),
    public: values.has('public') ? true : undefined,
    lanDiscovery: values.has('no-lan') ? false : undefined,
    portMapping: values.has('port-mapping') ? true : undefined,
    metrics: metricsOf(values),
    pidFile: values.text('pid-file'),
    log: values.text('log'),
    logLevel: logLevelOf(values),
    workers: values.has('workers') ? values.number('workers', 1, 1, 256) : undefined,
  })
}

/** All nodes to join through: named ones, those of a file, and some of the public network. Rejects with CliError. */
export async function nodesToJoin(config: NodeConfig, values: Values): Promise<readonly BootstrapNode[]> {
  const listed = config.nodesFile === undefined ? [] : nodesOfFile(config.nodesFile)
  const others = config.public ? await publicNodesOf(values, true) : []
  return [...(config.bootstrap ?? []), ...listed, ...others]
}

function nodesOfFile(path: string): readonly BootstrapNode[] {
  try {
    return readNodesFile(path)
  } catch (error) {
    if (error instanceof BootstrapNodeError) throw new CliError(error.message)
    throw error
  }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new CliError(`option --tcp-port: '${text}' is not a port from 1 to 65535`)
  return port
}

function motdOf(values: Values): string | undefined {
  const motd = values.text('motd')
  if (motd !== undefined && Buffer.byteLength(motd) > MOTD_BYTES_MAX) {
    throw new CliError(`option --motd is longer than ${MOTD_BYTES_MAX} bytes`)
  }
  return motd
}

function metricsOf(values: Values): NodeConfig['metrics'] {
  const text = values.text('metrics')
  if (text === undefined) return undefined
  const address = parseMetricsAddress(text)
  if (address === undefined) throw new CliError(`option --metrics: '${text}' is not [ADDRESS:]PORT`)
  return address
}

function logLevelOf(values: Values): NodeLogLevel | undefined {
  const text = values.text('log-level')
  const level = LOG_LEVELS.find((one) => one === text)
  if (text !== undefined && level === undefined) {
    throw new CliError(`option --log-level must be one of ${LOG_LEVELS.join(', ')}, not '${text}'`)
  }
  return level
}
