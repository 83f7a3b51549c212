// What the options say about the network, judged before anything is opened: whatever contradicts itself, or would let others
// see more than was asked for, is an error that says so.

import { Endpoint } from '../base/index.js'
import { numericEndpoint } from '../host/dns.js'
import { asBootstrapNode, asRelayNode, type BootstrapNode, type RelayNode } from '../host/nodes-file.js'
import { checkProxy, ProxyError, type ProxyErrorCode, parseProxy } from '../host/proxy-url.js'
import { ToxError } from '../tox/errors.js'
import { type ProxyServer, proxyName } from '../transport/proxy/index.js'
import type { NetworkOptions } from './options.js'

export interface NetworkPlan {
  readonly bootstrap: readonly BootstrapNode[]
  readonly relays: readonly RelayNode[]
  /** Whether there is a UDP socket: no datagram leaves without one. */
  readonly hasUdp: boolean
  readonly proxy: ProxyServer | undefined
  /** Nothing leaves but what goes to the proxy. */
  readonly isStrict: boolean
  /** Whether names of nodes and relays may be looked up by this machine. */
  readonly mayResolve: boolean
  /** The local address that connections come from; undefined: the system's choice. */
  readonly localAddress: string | undefined
  /** What the user should know of it, for the log. */
  readonly warnings: readonly string[]
}

const PROXY_FAILURES: Readonly<Record<ProxyErrorCode, string>> = {
  'bad-form': 'proxy-bad-type',
  'bad-type': 'proxy-bad-type',
  'bad-host': 'proxy-bad-host',
  'bad-port': 'proxy-bad-port',
  'bad-credentials': 'bad-option',
}

/** Throws ToxError `TOX_ERR_NEW_PROXY_…` or `TOX_ERR_TS_BAD_OPTION`, or BootstrapNodeError. */
export function planNetwork(options: NetworkOptions): NetworkPlan {
  const { udp, tcpPort, privacy, bindAddress } = options
  const proxy = options.proxy === undefined ? undefined : readProxy(options.proxy)
  if (privacy !== undefined && privacy !== 'normal' && privacy !== 'strict') {
    throw badOption("privacy is 'normal' or 'strict'")
  }
  if (tcpPort !== undefined && !(Number.isInteger(tcpPort) && tcpPort >= 0 && tcpPort <= 65_535)) {
    throw badOption('tcpPort is not between 0 and 65535')
  }
  const isStrict = privacy === undefined ? proxy !== undefined : privacy === 'strict'
  if (isStrict) checkStrict(options, proxy)
  const isOverruled = proxy !== undefined && udp === true
  return {
    bootstrap: inOrder((options.bootstrap ?? []).map(asBootstrapNode), proxy),
    relays: inOrder((options.relays ?? []).map(asRelayNode), proxy),
    hasUdp: udp !== false && proxy === undefined,
    proxy,
    isStrict,
    mayResolve: proxy === undefined,
    localAddress: bindAddress === '0.0.0.0' || bindAddress === '::' ? undefined : bindAddress,
    warnings: isOverruled ? [`UDP is off: the ${proxyName(proxy)} carries TCP alone`] : [],
  }
}

function readProxy(proxy: string | ProxyServer): ProxyServer {
  try {
    return typeof proxy === 'string' ? parseProxy(proxy) : checkProxy(proxy)
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error
    throw new ToxError('NEW', PROXY_FAILURES[error.code], error.message, { cause: error })
  }
}

/** Strict privacy promises what these would break. */
function checkStrict({ udp, tcpPort, portMapping, privacy }: NetworkOptions, proxy: ProxyServer | undefined): void {
  const promise = privacy === 'strict' ? "privacy: 'strict'" : "a proxy (unless privacy: 'normal')"
  if (proxy === undefined) throw badOption("privacy: 'strict' needs a proxy: nothing else would leave this machine")
  if (privacy === 'strict' && udp === true) throw badOption(`${promise} excludes udp: true`)
  if (tcpPort !== undefined) throw badOption(`${promise} excludes tcpPort: others would connect to this machine`)
  if (portMapping === true) throw badOption(`${promise} excludes portMapping: the router would be asked`)
  if (numericEndpoint(proxy.host, proxy.port) === undefined) {
    const what = `the ${proxyName(proxy)} is known by name`
    throw new ToxError('NEW', 'proxy-not-found', `${what}, and ${promise} asks no DNS: give its IP address`)
  }
}

/** Behind a proxy, those known by address first: a relay known by name alone cannot be told to friends. */
function inOrder<Node extends RelayNode>(nodes: readonly Node[], proxy: ProxyServer | undefined): readonly Node[] {
  if (proxy === undefined) return nodes
  const isNumeric = ({ host, port }: Node): boolean => Endpoint.parse(host, port) !== undefined
  return [...nodes.filter(isNumeric), ...nodes.filter((node) => !isNumeric(node))]
}

function badOption(text: string): ToxError {
  return new ToxError('NEW', 'bad-option', text)
}
