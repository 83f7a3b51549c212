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
  privacy: {
    value: 'LEVEL',
    help: 'strict: nothing but the proxy is contacted, not even DNS (so with --proxy); or normal',
  },
}

type Ways = Pick<ToxOptions, 'udp' | 'proxy' | 'privacy'> & { readonly relays: readonly RelayNode[] }

/** What the command line says of it. CliError tells what is wrong. */
export function waysOf(values: Values): Ways {
  const privacy = values.text('privacy')
  if (privacy !== undefined && privacy !== 'strict' && privacy !== 'normal') {
    throw new CliError(`option --privacy wants strict or normal, not '${privacy}'`)
  }
  const [proxy, from] = proxyUrl(values)
  try {
    return {
      relays: values.all('relay').map((text) => parseBootstrapNode(text)),
      ...(values.has('no-udp') ? { udp: false } : {}),
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
