// What a proxy is, and what its protocols have in common: a short talk at the beginning of a connection, after which the
// connection leads to the target. The talk knows no socket and no clock; credentials stand in no text that it makes.

import type { DialFailure } from '../stream.js'

export type ProxyType = 'socks5' | 'http'

export interface ProxyServer {
  readonly type: ProxyType
  /** IP address or host name, without brackets. */
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
}

/** A proxy as people are told of it: without credentials. */
export function proxyName({ type, host, port }: ProxyServer): string {
  return `${type === 'http' ? 'HTTP' : 'SOCKS5'} proxy ${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** One side of the talk with a proxy: ours. */
export interface ProxyTalk {
  /** What we say first. */
  readonly opening: Uint8Array
  /** Takes the proxy's next bytes, cut anywhere. */
  receive(bytes: Uint8Array): ProxyStep
}

/** Where the talk stands. */
export type ProxyStep =
  /** The proxy has to say more; `send`, where there is any, comes before. */
  | { readonly state: 'talking'; readonly send?: Uint8Array }
  /** The connection leads to the target now; `rest` is what it said already. */
  | { readonly state: 'through'; readonly rest: Uint8Array }
  | { readonly state: 'failed'; readonly failure: DialFailure }

export const talking = (send?: Uint8Array): ProxyStep => ({ state: 'talking', ...(send === undefined ? {} : { send }) })

export const failed = (code: DialFailure['code'], text: string): ProxyStep => ({
  state: 'failed',
  failure: { code, text },
})
