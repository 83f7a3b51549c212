// HTTP CONNECT (RFC 9110 section 9.3.6) with Basic credentials (RFC 7617). Only the status line of the answer counts; its
// headers are read past, up to a bound, and nothing that the proxy wrote is repeated to anybody.

import { concatBytes, Endpoint, toUtf8 } from '../../base/index.js'
import type { DialFailureCode, StreamTarget } from '../stream.js'
import { failed, type ProxyServer, type ProxyStep, type ProxyTalk, talking } from './proxy.js'

/** Of all headers before the answer ends. Proxies send some hundred bytes; squid refuses 64 KiB itself. */
export const HTTP_HEADER_BYTES_MAX = 16 * 1024

const LF = 10
/** How an answer begins, whatever comes behind. */
const PREFIX = toUtf8('HTTP/1.')
const STATUS_LINE = /^HTTP\/1\.\d ([1-5]\d\d)(?: |$)/

const STATUSES: Readonly<Record<number, readonly [DialFailureCode, string]>> = {
  // tinyproxy: wrong ones.
  401: ['proxy-auth', 'does not accept this user name and password'],
  407: ['proxy-auth', 'wants a user name and password, or others than these'],
  502: ['unreachable', 'says that it cannot reach the host (502)'],
  503: ['unreachable', 'says that it cannot reach the host now (503)'],
  504: ['timeout', 'says that the connection took too long (504)'],
}

export class HttpConnectTalk implements ProxyTalk {
  readonly opening: Uint8Array
  /** The line that has begun: its end has not come. */
  #line: Uint8Array = new Uint8Array(0)
  #headerBytes = 0
  /** Undefined until the status line has come; then headers follow. */
  #status: number | undefined

  constructor(proxy: ProxyServer, target: StreamTarget) {
    const authority = authorityOf(target)
    const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
    if (proxy.user !== undefined) lines.push(`Proxy-Authorization: Basic ${basic(proxy.user, proxy.password ?? '')}`)
    this.opening = toUtf8(`${lines.join('\r\n')}\r\n\r\n`)
  }

  receive(bytes: Uint8Array): ProxyStep {
    let at = 0
    for (;;) {
      const end = bytes.indexOf(LF, at)
      const isWhole = end >= 0
      const part = bytes.subarray(at, isWhole ? end : bytes.length)
      this.#headerBytes += part.length + (isWhole ? 1 : 0)
      if (this.#headerBytes > HTTP_HEADER_BYTES_MAX) return failed('proxy-garbage', 'answers with endless headers')
      this.#line = concatBytes(this.#line, part)
      if (this.#status === undefined && !beginsAs(this.#line, PREFIX)) return garbage()
      if (!isWhole) return talking()
      at = end + 1
      const step = this.#onLine(textOf(this.#line))
      this.#line = new Uint8Array(0)
      if (step === 'through') return { state: 'through', rest: bytes.subarray(at) }
      if (step !== undefined) return step
    }
  }

  /** A line without its end; undefined: go on. */
  #onLine(line: string): ProxyStep | 'through' | undefined {
    if (this.#status === undefined) {
      const status = Number(STATUS_LINE.exec(line)?.[1] ?? 0)
      if (status === 0) return garbage()
      if (status >= 300) return refusal(status)
      this.#status = status
      return undefined
    }
    if (line !== '') return undefined
    if (this.#status >= 200) return 'through'
    // An interim answer (1xx): the real one follows.
    this.#status = undefined
    return undefined
  }
}

const garbage = (): ProxyStep => failed('proxy-garbage', 'does not speak HTTP')

function refusal(status: number): ProxyStep {
  return failed(...(STATUSES[status] ?? (['proxy-refused', `refuses with status ${status}`] as const)))
}

function authorityOf(target: StreamTarget): string {
  if (target instanceof Endpoint) return target.toString()
  return Endpoint.parse(target.host, target.port)?.toString() ?? `${target.host}:${target.port}`
}

/** The part of `line` that is there agrees with `prefix`. */
function beginsAs(line: Uint8Array, prefix: Uint8Array): boolean {
  const length = Math.min(line.length, prefix.length)
  for (let i = 0; i < length; i++) if (line[i] !== prefix[i]) return false
  return true
}

/** Bytes as Latin-1, without the carriage return at the end. */
function textOf(line: Uint8Array): string {
  const length = line[line.length - 1] === 13 ? line.length - 1 : line.length
  let text = ''
  for (let i = 0; i < length; i++) text += String.fromCharCode(line[i]!)
  return text
}

function basic(user: string, password: string): string {
  let binary = ''
  for (const byte of toUtf8(`${user}:${password}`)) binary += String.fromCharCode(byte)
  return btoa(binary)
}
