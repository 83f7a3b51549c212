// Host names of bootstrap nodes. Numeric addresses never touch the resolver.

import { Endpoint } from '../base/index.js'

export interface ResolveOptions {
  /** Which addresses are wanted; both unless told. */
  readonly family?: 4 | 6
  readonly signal?: AbortSignal
  /** The resolver, for tests; the system's unless told. */
  readonly lookup?: (host: string, family: 0 | 4 | 6) => Promise<readonly string[]>
}

export type ResolveErrorCode = 'bad-host' | 'bad-port' | 'not-found' | 'wrong-family' | 'unavailable'

/** Why a host name has no address. */
export class ResolveError extends Error {
  override readonly name = 'ResolveError'
  constructor(
    readonly code: ResolveErrorCode,
    readonly host: string,
    message: string,
  ) {
    super(message)
  }
}

/** 253 characters, labels of 1 to 63 letters, digits, hyphens and underscores (RFC 1035; underscores occur in practice). */
const HOST_NAME = /^(?=.{1,253}\.?$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?$/

const LOOPBACK = Endpoint.of(Uint8Array.of(127, 0, 0, 1), 0)

/** The address of a host that nobody has to be asked for: a numeric one, or `localhost`. */
export function numericEndpoint(host: string, port: number): Endpoint | undefined {
  return Endpoint.parse(host, port) ?? (host.toLowerCase() === 'localhost' ? LOOPBACK.withPort(port) : undefined)
}

/** Whether `host` is a numeric address or could be a name: what a parser can know without asking anybody. */
export function isHost(host: string): boolean {
  if (Endpoint.parse(host, 1) !== undefined) return true
  // What looks like an IPv4 address but is none (`1.2.3.256`) is no name either.
  return HOST_NAME.test(host) && !/^[\d.]+$/.test(host)
}

/**
 * All endpoints of `host` at `port`, in the resolver's order, without repeats, at least one. Rejects with ResolveError, or with
 * the signal's reason when aborted.
 */
export async function resolveHost(host: string, port: number, options: ResolveOptions = {}): Promise<Endpoint[]> {
  const { family, signal } = options
  signal?.throwIfAborted()
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new ResolveError('bad-port', host, `${port} is not a port: 1 to 65535`)
  }
  const bare = /^\[.*\]$/.test(host) ? host.slice(1, -1) : host
  const numeric = Endpoint.parse(bare, port)
  if (numeric !== undefined) {
    if (family === undefined || numeric.family === family) return [numeric]
    throw new ResolveError('wrong-family', host, `${host} is not an IPv${family} address`)
  }
  if (!isHost(host)) throw new ResolveError('bad-host', host, `'${host}' is neither an IP address nor a host name`)
  const addresses = await unlessAborted(ask(host, family ?? 0, options.lookup ?? systemLookup), signal)
  const endpoints = new Map<string, Endpoint>()
  for (const address of addresses) {
    const endpoint = Endpoint.parse(address.split('%', 1)[0]!, port)
    if (endpoint !== undefined && (family === undefined || endpoint.family === family))
      endpoints.set(endpoint.key, endpoint)
  }
  if (endpoints.size > 0) return [...endpoints.values()]
  throw new ResolveError('not-found', host, `${host} has no ${family === undefined ? 'IP' : `IPv${family}`} address`)
}

async function systemLookup(host: string, family: 0 | 4 | 6): Promise<readonly string[]> {
  // Only now: Node reads the system's resolver settings when this is loaded, and some never ask it.
  const { lookup } = await import('node:dns/promises')
  const found = await lookup(host, { all: true, family, verbatim: true })
  return found.map(({ address }) => address)
}

async function ask(host: string, family: 0 | 4 | 6, resolver: typeof systemLookup): Promise<readonly string[]> {
  try {
    return await resolver(host, family)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTFOUND' || code === 'ENODATA') throw new ResolveError('not-found', host, `no such host: ${host}`)
    throw new ResolveError('unavailable', host, `cannot resolve ${host} now (${code ?? 'unknown error'})`)
  }
}

/** getaddrinfo cannot be stopped; its answer is ignored instead. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const done = (): void => signal.removeEventListener('abort', abort)
    work.then(resolve, reject).finally(done)
  })
}
