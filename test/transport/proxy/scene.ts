// A stream to a proxy that exists only as what it says, and one who dialled through it.

import { Endpoint } from '../../../src/base/index.js'
import { type ProxyServer, proxied } from '../../../src/transport/proxy/index.js'
import type { ByteStream, DialFailure, StreamHandler, StreamTarget } from '../../../src/transport/stream.js'

export const TARGET = Endpoint.parse('192.0.2.7', 33_445)!

export const bytes = (...parts: readonly (number | string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'number' ? [part] : typeof part === 'string' ? [...Buffer.from(part)] : [...part],
    ),
  )

export class Scene {
  /** What was said to the proxy, one entry a write. */
  readonly said: Uint8Array[] = []
  /** What came from the target. */
  readonly heard: number[] = []
  readonly failures: DialFailure[] = []
  connected: ByteStream | undefined
  isDestroyed = false
  closed = 0
  readonly #reader: StreamHandler

  constructor(proxy: ProxyServer, target: StreamTarget = TARGET, onConnected: (stream: ByteStream) => void = () => {}) {
    const stream: ByteStream = {
      remote: Endpoint.parse(proxy.host, proxy.port),
      queuedBytes: 42,
      write: (sent) => this.said.push(sent),
      atTurnEnd: (action) => action(),
      destroy: () => {
        this.isDestroyed = true
      },
    }
    this.#reader = proxied(
      stream,
      { proxy, target },
      {
        onConnected: (through) => {
          this.connected = through
          onConnected(through)
          return { onData: (part) => this.heard.push(...part), onClosed: () => this.closed++ }
        },
        onFailed: (failure) => this.failures.push(failure),
      },
    )
  }

  /** As a host does it: whoever destroyed the stream hears nothing more. */
  hear(...parts: readonly (number | string | Uint8Array)[]): this {
    if (!this.isDestroyed) this.#reader.onData(bytes(...parts))
    return this
  }

  close(): this {
    if (!this.isDestroyed) this.#reader.onClosed()
    return this
  }

  get outcome(): string {
    if (this.connected !== undefined) return 'through'
    return this.failures.map(({ code }) => code).join(' ') || 'talking'
  }
}

/** Every way to cut `whole` once, and all bytes one by one. */
export function cuts(whole: Uint8Array): Uint8Array[][] {
  const once = Array.from({ length: whole.length + 1 }, (_, at) => [whole.subarray(0, at), whole.subarray(at)])
  return [...once.map((pieces) => pieces.filter(({ length }) => length > 0)), [...whole].map((byte) => bytes(byte))]
}
