// A stream to a proxy that becomes a stream to the target. The one who dialled hears of it when it leads there, or why it
// never will.

import { Endpoint } from '../../base/index.js'
import type { ByteStream, DialFailure, DialHandler, StreamHandler, StreamTarget } from '../stream.js'
import { HttpConnectTalk } from './http-connect.js'
import { type ProxyServer, type ProxyStep, type ProxyTalk, proxyName } from './proxy.js'
import { SOCKS5_NAME_BYTES_MAX, Socks5Talk } from './socks5.js'

/** Asks the proxy at the other end of `stream` for `target`; what is returned reads the stream from then on. */
export function proxied(
  stream: ByteStream,
  { proxy, target }: { readonly proxy: ProxyServer; readonly target: StreamTarget },
  handler: DialHandler,
): StreamHandler {
  return new Passage(stream, proxy, target, handler)
}

/** A name that means nothing else to a proxy: in HTTP a line break would begin a header of whoever chose the name. */
const PLAIN_NAME = /^[A-Za-z0-9._-]+$/

/** Why a proxy of this type cannot be asked for `target`, if so. */
export function proxyObstacle(proxy: ProxyServer, target: StreamTarget): DialFailure | undefined {
  if (!('host' in target) || Endpoint.parse(target.host, target.port) !== undefined) return undefined
  const { host } = target
  if (PLAIN_NAME.test(host) && host.length <= SOCKS5_NAME_BYTES_MAX) return undefined
  return {
    code: 'not-resolved',
    text: `the ${proxyName(proxy)} is not asked for what is too long for a host name, or none`,
  }
}

const talkOf = (proxy: ProxyServer, target: StreamTarget): ProxyTalk =>
  proxy.type === 'http' ? new HttpConnectTalk(proxy, target) : new Socks5Talk(proxy, target)

class Passage implements StreamHandler, ByteStream {
  /** The target, not the proxy. */
  readonly remote: Endpoint | undefined
  readonly #talk: ProxyTalk
  /** Whoever reads what the target says, once we are through. */
  #reader: StreamHandler | undefined
  #isDestroyed = false

  constructor(
    private readonly stream: ByteStream,
    private readonly proxy: ProxyServer,
    target: StreamTarget,
    private readonly handler: DialHandler,
  ) {
    this.remote = target instanceof Endpoint ? target : undefined
    this.#talk = talkOf(proxy, target)
    stream.write(this.#talk.opening)
  }

  // What comes from the proxy.

  onData(bytes: Uint8Array): void {
    if (this.#isDestroyed) return
    if (this.#reader !== undefined) this.#reader.onData(bytes)
    else this.#go(this.#talk.receive(bytes))
  }

  onDrained(): void {
    if (!this.#isDestroyed) this.#reader?.onDrained?.()
  }

  onClosed(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    if (this.#reader !== undefined) this.#reader.onClosed()
    else this.#fail({ code: 'proxy-closed', text: 'hung up before we were through' })
  }

  // What the reader's owner does.

  get queuedBytes(): number {
    return this.stream.queuedBytes
  }

  write(bytes: Uint8Array): void {
    if (!this.#isDestroyed) this.stream.write(bytes)
  }

  atTurnEnd(action: () => void): void {
    this.stream.atTurnEnd(action)
  }

  end(): void {
    this.#isDestroyed = true
    if (this.stream.end === undefined) this.stream.destroy()
    else this.stream.end()
  }

  destroy(): void {
    this.#isDestroyed = true
    this.stream.destroy()
  }

  #go(step: ProxyStep): void {
    if (step.state === 'failed') {
      this.destroy()
      return this.#fail(step.failure)
    }
    if (step.state === 'through') {
      this.#reader = this.handler.onConnected(this)
      if (step.rest.length > 0 && !this.#isDestroyed) this.#reader.onData(step.rest)
    } else if (step.send !== undefined) this.stream.write(step.send)
  }

  #fail({ code, text }: DialFailure): void {
    this.handler.onFailed({ code, text: `the ${proxyName(this.proxy)} ${text}` })
  }
}
