// What a node is told by its operator, wherever it stands: command line, our own configuration file, or tox-bootstrapd's.

import { readFileSync, statSync } from 'node:fs'
import type { BootstrapNode, BootstrapNodeLimits } from '../../api/index.js'
import { CliError, systemReason } from '../command.js'
import { readBootstrapdConfig } from './bootstrapd-config.js'
import { ConfigSyntaxError } from './config-value.js'
import { parseLibconfig } from './libconfig.js'
import { readOwnConfig } from './own-config.js'
import { parseJson, parseToml } from './plain-config.js'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type NodeLogLevel = (typeof LOG_LEVELS)[number]

/** Settings that are absent have the default of BootstrapNodeServer. */
export interface NodeConfig {
  readonly listen?: string
  readonly ipv4Fallback?: boolean
  readonly port?: number
  /** The last UDP port to try when others are taken. */
  readonly lastPort?: number
  readonly tcpPorts?: readonly number[]
  readonly keyFile?: string
  readonly keyFormat?: 'hex' | 'binary'
  readonly pidFile?: string
  readonly stateFile?: string
  /** `undefined` is our default; `false` answers no questions about version and message. */
  readonly motd?: string | false
  readonly lanDiscovery?: boolean
  readonly portMapping?: boolean
  readonly bootstrap?: readonly BootstrapNode[]
  readonly nodesFile?: string
  readonly public?: boolean
  readonly metrics?: { readonly host: string; readonly port: number }
  /** `console`, `journal`, or the path of a file. */
  readonly log?: string
  readonly logLevel?: NodeLogLevel
  readonly workers?: number
  readonly limits?: BootstrapNodeLimits
}

export interface LoadedConfig {
  readonly config: NodeConfig
  /** Sentences about what is odd, but was passed over: `FILE:LINE: …`. */
  readonly warnings: readonly string[]
}

/** Nobody writes so much by hand. */
const FILE_BYTES_MAX = 1024 * 1024
const MISTAKES_SHOWN_MAX = 20

/**
 * Reads a configuration file: our TOML (`.toml`) or JSON (`.json`), else tox-bootstrapd's. Throws CliError with a line for
 * each mistake. Of tox-bootstrapd's file only what that program itself does not accept is a mistake; the rest is warned of.
 */
export function loadConfig(path: string): LoadedConfig {
  const text = readConfigText(path)
  const at = (line: number, sentence: string): string => `${path}:${line}: ${sentence}`
  try {
    const isOwn = /\.(?:toml|json)$/i.test(path)
    const settings = isOwn ? (/json$/i.test(path) ? parseJson(text) : parseToml(text)) : parseLibconfig(text)
    const { config, mistakes, oddities } = isOwn ? readOwnConfig(settings) : readBootstrapdConfig(settings)
    if (mistakes.length > 0) {
      const lines = mistakes.slice(0, MISTAKES_SHOWN_MAX).map(({ line, text }) => at(line, text))
      throw new CliError(lines.join('\n'))
    }
    return { config, warnings: oddities.map(({ line, text }) => at(line, text)) }
  } catch (error) {
    if (error instanceof ConfigSyntaxError) throw new CliError(at(error.line, error.message))
    throw error
  }
}

function readConfigText(path: string): string {
  try {
    if (statSync(path).size > FILE_BYTES_MAX) throw new CliError(`${path} is too large for a configuration`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`cannot read the configuration ${path}: ${systemReason(error)}`, 1)
  }
}

/** `[ADDRESS:]PORT`, on loopback unless an address is named; undefined when it is neither. */
export function parseMetricsAddress(text: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, portText] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([\d.]+)):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(portText)
  if (portText === undefined || port > 65_535) return undefined
  return { host: bracketed ?? plain ?? '127.0.0.1', port }
}
