// Proxies as people hand them in: `socks5://user:password@host:port` and `http://…`, or their parts. Each mistake has its own
// code, and no error repeats the text that it found wrong: a password may stand in it.

import { toUtf8 } from '../base/index.js'
import type { ProxyServer, ProxyType } from '../transport/proxy/proxy.js'
import { isHost } from './dns.js'

export type ProxyErrorCode = 'bad-form' | 'bad-type' | 'bad-host' | 'bad-port' | 'bad-credentials'

/** What is wrong with a proxy. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  constructor(
    readonly code: ProxyErrorCode,
    message: string,
  ) {
    super(message)
  }
}

/** Of a user name and of a password, in bytes (RFC 1929: a length of one byte). */
const CREDENTIAL_BYTES_MAX = 255

/** `socks5h` says what we do anyway: names are the proxy's to resolve. */
const TYPES: Readonly<Record<string, ProxyType>> = { socks5: 'socks5', socks5h: 'socks5', http: 'http' }

const URL_FORM = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^/]*)@)?(\[[^\]/@]*\]|[^:/@[\]]*)(?::([^:/@]*))?\/?$/

/** The proxy of `TYPE://[USER[:PASSWORD]@]HOST:PORT`; user and password may be percent-encoded. Throws ProxyError. */
export function parseProxy(text: string): ProxyServer {
  const parts = URL_FORM.exec(text.trim())
  if (parts === null) {
    throw new ProxyError(
      'bad-form',
      'a proxy is socks5://HOST:PORT or http://HOST:PORT, with USER:PASSWORD@ before HOST',
    )
  }
  const [, scheme, credentials, hostText, portText] = parts
  const name = scheme!.toLowerCase()
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (type === undefined) throw new ProxyError('bad-type', `no proxy of type '${scheme}' is known: socks5 or http`)
  const host = hostText!.startsWith('[') ? hostText!.slice(1, -1) : hostText!
  if (portText === undefined) throw new ProxyError('bad-port', 'the proxy needs a port: HOST:PORT')
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0
  return checkProxy({ type, host, port, ...(credentials === undefined ? {} : credentialsOf(credentials)) })
}

function credentialsOf(text: string): Pick<ProxyServer, 'user' | 'password'> {
  const colon = text.indexOf(':')
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      throw new ProxyError(
        'bad-credentials',
        "user or password of the proxy has a '%' that encodes nothing (write %25)",
      )
    }
  }
  if (colon < 0) return { user: decode(text) }
  return { user: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) }
}

/** The proxy itself, when it can be one. Throws ProxyError. */
export function checkProxy(proxy: ProxyServer): ProxyServer {
  const { type, host, port, user, password } = proxy
  if (type !== 'socks5' && type !== 'http') throw new ProxyError('bad-type', 'the type of a proxy is socks5 or http')
  if (typeof host !== 'string' || !isHost(host)) {
    throw new ProxyError('bad-host', 'the host of the proxy is neither an IP address nor a host name')
  }
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new ProxyError('bad-port', 'the port of the proxy is not between 1 and 65535')
  }
  if (user === undefined && password !== undefined) {
    throw new ProxyError('bad-credentials', 'a password for the proxy needs a user name')
  }
  if (user === '') throw new ProxyError('bad-credentials', 'the user name for the proxy is empty')
  for (const one of [user, password]) if (one !== undefined) checkCredential(one)
  if (type === 'http' && user?.includes(':')) {
    throw new ProxyError('bad-credentials', "a user name for an HTTP proxy cannot have a ':'")
  }
  return proxy
}

function checkCredential(text: string): void {
  if (toUtf8(text).length > CREDENTIAL_BYTES_MAX) {
    throw new ProxyError(
      'bad-credentials',
      `user or password of the proxy is longer than ${CREDENTIAL_BYTES_MAX} bytes`,
    )
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no credential has.
  if (/[\x00-\x1f\x7f]/.test(text)) {
    throw new ProxyError('bad-credentials', 'user or password of the proxy has a control character')
  }
}
