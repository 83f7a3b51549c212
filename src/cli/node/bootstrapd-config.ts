// tox-bootstrapd's configuration: what its settings mean here. A file that it accepts is accepted, with its defaults; what it
// passes over is passed over as well, but told.

import { type BootstrapNode, BootstrapNodeError, parseBootstrapNode } from '../../api/index.js'
import { MOTD_BYTES_MAX } from '../../api/node/motd.js'
import type { NodeConfig } from './config.js'
import { ConfigReader, type Problem } from './config-reader.js'
import { type ConfigGroup, type ConfigValue, describe, isGroup } from './config-value.js'
import { defined, type ReadConfig } from './own-config.js'

/** As tox-bootstrapd has them, where its file is silent. */
const DEFAULTS = {
  port: 33_445,
  keyFile: 'tox-bootstrapd.keys',
  tcpPorts: [443, 3389, 33_445],
  motd: 'tox-bootstrapd',
} as const
/** It tries so many ports behind the one that it was told (TOX_PORTRANGE_TO - TOX_PORTRANGE_FROM). */
const PORTS_BEHIND = 100

export function readBootstrapdConfig(settings: ConfigGroup): ReadConfig {
  const mistakes: Problem[] = []
  const oddities: Problem[] = []
  const reader = new ConfigReader(settings, (problem) => void oddities.push(problem))
  const port = portOf(settings, reader, mistakes)
  const hasIpv6 = reader.boolean('enable_ipv6') ?? true
  const config = defined({
    listen: hasIpv6 ? '::' : '0.0.0.0',
    ipv4Fallback: reader.boolean('enable_ipv4_fallback') ?? true,
    port,
    lastPort: Math.min(port + PORTS_BEHIND, 65_535),
    tcpPorts: tcpPortsOf(settings, reader, mistakes),
    keyFile: reader.path('keys_file_path') ?? DEFAULTS.keyFile,
    keyFormat: 'binary' as const,
    pidFile: reader.path('pid_file_path'),
    lanDiscovery: reader.boolean('enable_lan_discovery') ?? true,
    motd: motdOf(settings, reader, oddities),
    bootstrap: nodesOf(reader.take('bootstrap_nodes'), oddities),
  })
  reader.end()
  const byLine = (a: Problem, b: Problem): number => a.line - b.line
  return { config, mistakes: mistakes.sort(byLine), oddities: oddities.sort(byLine) }
}

/** A number that is no port ends tox-bootstrapd; anything else but a number is passed over. */
function portOf(settings: ConfigGroup, reader: ConfigReader, mistakes: Problem[]): number {
  const found = settings.get('port')
  const port = reader.whole('port', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? DEFAULTS.port
  if (port < 1 || port > 65_535) mistakes.push({ line: found!.line, text: `port ${port} is not from 1 to 65535` })
  return port
}

function tcpPortsOf(settings: ConfigGroup, reader: ConfigReader, mistakes: Problem[]): readonly number[] {
  const isRelay = reader.boolean('enable_tcp_relay') ?? true
  const found = settings.get('tcp_relay_ports')
  const ports = reader.ports('tcp_relay_ports')
  if (!isRelay) return []
  if (found === undefined) return DEFAULTS.tcpPorts
  if (ports === undefined || ports.length === 0) {
    mistakes.push({ line: found.line, text: 'tcp_relay_ports names no port, though enable_tcp_relay is true' })
  }
  return [...new Set(ports)]
}

function motdOf(settings: ConfigGroup, reader: ConfigReader, oddities: Problem[]): NodeConfig['motd'] {
  const isEnabled = reader.boolean('enable_motd') ?? true
  const motd = reader.text('motd') ?? DEFAULTS.motd
  if (!isEnabled) return false
  if (Buffer.byteLength(motd) > MOTD_BYTES_MAX) {
    oddities.push({ line: settings.get('motd')!.line, text: `motd is cut to ${MOTD_BYTES_MAX} bytes` })
  }
  return motd
}

function nodesOf(found: ConfigValue | undefined, oddities: Problem[]): BootstrapNode[] {
  if (found === undefined) return []
  if (!Array.isArray(found.value)) {
    oddities.push({ line: found.line, text: `bootstrap_nodes must be a list, not ${describe(found)}` })
    return []
  }
  return (found.value as readonly ConfigValue[]).flatMap((item) => {
    const problem = (text: string, line = item.line): [] => {
      oddities.push({ line, text: `this bootstrap node is passed over: ${text}` })
      return []
    }
    return isGroup(item.value) ? nodeOf(item.value, problem) : problem(`it is ${describe(item)}`)
  })
}

function nodeOf(settings: ConfigGroup, problem: (text: string, line?: number) => []): BootstrapNode[] {
  const reader = new ConfigReader(settings, ({ line, text }) => void problem(text, line))
  const [address, port, key] = [reader.text('address'), reader.port('port'), reader.text('public_key')]
  if (address === undefined || port === undefined || key === undefined) {
    const missing = ['address', 'port', 'public_key'].filter((name) => !settings.has(name))
    return missing.length > 0 ? problem(`it has no ${missing.join(' and no ')}`) : []
  }
  try {
    return [parseBootstrapNode(`${address.includes(':') ? `[${address}]` : address}:${port}:${key}`)]
  } catch (error) {
    if (!(error instanceof BootstrapNodeError)) throw error
    return problem(error.message)
  }
}
