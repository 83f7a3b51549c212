// The ways onto the network that a command may take: with UDP or without, by which relays, through which proxy, and what may
// be seen of it (doc/privacy.md).

import {
  BootstrapNodeError,
  ProxyError,
  parseBootstrapNode,
  parseProxy,
  type RelayNode,
  type ToxOptions,
} from '../api/index.js'
import { CliError, type Option, type Values } from './command.js'

/** A proxy with a password is better told in the environment: every user of the machine can read command lines. */
const PROXY_VARIABLE = 'TOXCORE_TS_PROXY'

export const wayOptions: Readonly<Record<string, Option>> = {
  proxy: {
    value: 'URL',
    help: `connect through socks5://[USER:PASSWORD@]HOST:PORT, or http://… ($${PROXY_VARIABLE})`,
  },
  relay: { value: 'HOST:PORT:KEY', help: 'a TCP relay to be reached through', repeatable: true },
  'no-udp': { help: 'use TCP relays only' },
  lan: { help: 'find friends on the local network, also without any node' },
  'no-lan': { help: 'say nothing on the local network' },
  'port-mapping': { help: 'ask the router for the UDP port (PCP, NAT-PMP, UPnP)' },
  privacy: {
    value: 'LEVEL',
    help: 'strict: nothing but the proxy is contacted, not even DNS (so with --proxy); or normal',
  },
}

type WayName = 'udp' | 'proxy' | 'privacy' | 'localDiscovery' | 'portMapping'

type Ways = Pick<ToxOptions, WayName> & { readonly relays: readonly RelayNode[] }

/** What the command line says of it. CliError tells what is wrong. */
export function waysOf(values: Values): Ways {
  const privacy = values.text('privacy')
  if (privacy !== undefined && privacy !== 'strict' && privacy !== 'normal') {
    throw new CliError(`option --privacy wants strict or normal, not '${privacy}'`)
  }
  const [proxy, from] = proxyUrl(values)
  if (values.has('lan')) {
    if (values.has('no-lan')) throw new CliError('options --lan and --no-lan exclude each other')
    if (proxy !== undefined || values.has('no-udp')) throw new CliError('option --lan needs UDP')
  }
  try {
    return {
      relays: values.all('relay').map((text) => parseBootstrapNode(text)),
      ...(values.has('no-udp') ? { udp: false } : {}),
      ...(values.has('no-lan') ? { localDiscovery: false } : {}),
      ...(values.has('port-mapping') ? { portMapping: true } : {}),
      ...(proxy === undefined ? {} : { proxy: parseProxy(proxy) }),
      ...(privacy === undefined ? {} : { privacy }),
    }
  } catch (error) {
    if (error instanceof ProxyError) throw new CliError(`${from}: ${error.message}`)
    if (error instanceof BootstrapNodeError) throw new CliError(`option --relay: ${error.message}`)
    throw error
  }
}

/** Whether nothing may be contacted but a proxy. */
export function isHidden(values: Values): boolean {
  return proxyUrl(values)[0] !== undefined || values.text('privacy') === 'strict'
}

/** The proxy, and where it was named. */
function proxyUrl(values: Values): [url: string | undefined, from: string] {
  const named = values.text('proxy')
  if (named !== undefined) return [named, 'option --proxy']
  return [process.env[PROXY_VARIABLE] || undefined, PROXY_VARIABLE]
}
