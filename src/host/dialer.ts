// Outgoing TCP connections for the engine: to the target itself, or through a proxy, and then through nothing else. Each
// attempt ends in time; how often to try again is the business of whoever dials.

import { connect, type Socket } from 'node:net'
import { Endpoint, type Millis } from '../base/index.js'
import { type ProxyServer, proxied, proxyName, proxyObstacle } from '../transport/proxy/index.js'
import type {
  ByteStream,
  DialAttempt,
  DialFailure,
  DialHandler,
  StreamDialer,
  StreamHandler,
  StreamTarget,
} from '../transport/stream.js'
import { ResolveError, resolveHost } from './dns.js'
import { SocketStream } from './tcp-stream.js'

/** To reach the target, or the proxy (c-toxcore: TCP_CONNECTION_TIMEOUT). */
const CONNECT_TIMEOUT_MS = 10_000
/** For the proxy to reach the target. Tor builds a circuit first, and meets an onion service within half a minute or not at all. */
const PROXY_TIMEOUT_MS = 30_000
/** Of one name, so that each has a fair part of the time. */
const ADDRESSES_MAX = 4

export interface DialerOptions {
  /** Runs what arrives, and what becomes of attempts, as a turn of the engine. */
  turn(work: () => void): void
  /** Every connection goes through it, and names are its to resolve. */
  readonly proxy?: ProxyServer | undefined
  /** Whether names may be looked up here: those of targets, or with a proxy its own. True unless told. */
  readonly mayResolve?: boolean
  /** The local IP address to connect from; the system's choice unless told. */
  readonly localAddress?: string | undefined
  /** The only family to use; both unless told. */
  readonly family?: 4 | 6 | undefined
  readonly connectTimeoutMs?: Millis
  readonly proxyTimeoutMs?: Millis
  /** As in `ResolveOptions`. */
  readonly lookup?: NonNullable<Parameters<typeof resolveHost>[2]>['lookup']
}

export class HostDialer implements StreamDialer {
  readonly #options: DialerOptions
  readonly #attempts = new Set<Attempt>()
  #isClosed = false

  constructor(options: DialerOptions) {
    this.#options = options
  }

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    const attempt = new Attempt(this.#options, to, handler, () => this.#attempts.delete(attempt))
    if (this.#isClosed) attempt.fail('aborted', 'the host is being closed')
    else {
      this.#attempts.add(attempt)
      attempt.begin()
    }
    return attempt
  }

  /** Gives up what has not become a connection; those that stand are their owners' to end. */
  close(): void {
    this.#isClosed = true
    for (const attempt of this.#attempts) attempt.cancel()
  }
}

/** One try to connect, until it is decided. */
class Attempt implements DialAttempt {
  readonly #options: DialerOptions
  readonly #to: StreamTarget
  readonly #handler: DialHandler
  readonly #onDecided: () => void
  readonly #abort = new AbortController()
  #timer: NodeJS.Timeout | undefined
  /** The connection to a proxy that has not let us through. */
  #stream: ByteStream | undefined
  #isDecided = false

  constructor(options: DialerOptions, to: StreamTarget, handler: DialHandler, onDecided: () => void) {
    this.#options = options
    this.#to = to
    this.#handler = handler
    this.#onDecided = onDecided
  }

  begin(): void {
    const { proxy, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#options
    const obstacle = proxy && proxyObstacle(proxy, this.#to)
    if (obstacle !== undefined) return this.fail(obstacle.code, obstacle.text)
    const isProxied = proxy !== undefined
    this.#failAfter(connectTimeoutMs, isProxied ? 'proxy-unreachable' : 'timeout', `${this.#whose} does not answer`)
    void this.#connect(proxy ?? this.#to)
  }

  cancel(): void {
    this.#decide()
    this.#stream?.destroy()
    this.#abort.abort()
  }

  /** Tells of it in a turn to come. */
  fail(code: DialFailure['code'], text: string): void {
    if (this.#isDecided) return
    this.#stream?.destroy()
    this.#abort.abort()
    clearTimeout(this.#timer)
    setImmediate(() => this.#options.turn(() => this.#report({ code, text })))
  }

  /** Whom we connect to, for people. */
  get #whose(): string {
    return this.#options.proxy === undefined ? 'the host' : `the ${proxyName(this.#options.proxy)}`
  }

  #failAfter(ms: Millis, code: DialFailure['code'], text: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.fail(code, `${text} within ${ms / 1000} s`), ms)
  }

  /** Looks the name up, where it is one, and tries one address after the other. */
  async #connect(to: StreamTarget | ProxyServer): Promise<void> {
    let last: unknown
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS, localAddress } = this.#options
    try {
      const endpoints = await this.#endpointsOf(to)
      const timeoutMs = connectTimeoutMs / endpoints.length
      for (const endpoint of endpoints) {
        try {
          const socket = await openSocket(endpoint, { localAddress, timeoutMs, signal: this.#abort.signal })
          return this.#onSocket(socket, endpoint)
        } catch (error) {
          last = error
        }
      }
    } catch (error) {
      last = error
    }
    if (!this.#abort.signal.aborted) this.#explain(last)
  }

  async #endpointsOf(to: StreamTarget | ProxyServer): Promise<readonly Endpoint[]> {
    const { lookup, mayResolve = true, proxy } = this.#options
    // How a proxy is reached is not bound to the family of what lies behind it.
    const family = proxy === undefined ? this.#options.family : undefined
    const numeric = to instanceof Endpoint ? to : numericEndpoint(to.host, to.port)
    if (numeric !== undefined) {
      if (family === undefined || numeric.family === family) return [numeric]
      throw Object.assign(new Error(), { code: 'ENETUNREACH' })
    }
    const { host, port } = to as Exclude<typeof to, Endpoint>
    if (!mayResolve) throw new ResolveError('unavailable', host, 'names are not looked up here')
    const endpoints = await resolveHost(host, port, {
      signal: this.#abort.signal,
      ...(family === undefined ? {} : { family }),
      ...(lookup === undefined ? {} : { lookup }),
    })
    return endpoints.slice(0, ADDRESSES_MAX)
  }

  #onSocket(socket: Socket, endpoint: Endpoint): void {
    const { proxy, turn, proxyTimeoutMs = PROXY_TIMEOUT_MS } = this.#options
    if (this.#abort.signal.aborted) {
      socket.destroy()
      return
    }
    const stream = new SocketStream(socket, endpoint)
    turn(() => stream.read(proxy === undefined ? this.#connected(stream) : this.#ask(proxy, stream), turn))
    if (proxy !== undefined && !this.#isDecided) {
      this.#failAfter(proxyTimeoutMs, 'timeout', `${this.#whose} does not let us through`)
    }
  }

  #ask(proxy: ProxyServer, stream: ByteStream): StreamHandler {
    this.#stream = stream
    const handler = {
      onConnected: (through: ByteStream) => this.#connected(through),
      onFailed: (failure: DialFailure) => this.#report(failure),
    }
    return proxied(stream, { proxy, target: this.#to }, handler)
  }

  #connected(stream: ByteStream): StreamHandler {
    this.#decide()
    return this.#handler.onConnected(stream)
  }

  #report(failure: DialFailure): void {
    if (this.#isDecided) return
    this.#decide()
    this.#handler.onFailed(failure)
  }

  #decide(): void {
    this.#isDecided = true
    clearTimeout(this.#timer)
    this.#onDecided()
  }

  #explain(error: unknown): void {
    const { proxy } = this.#options
    if (error instanceof ResolveError) {
      const text = proxy === undefined ? error.message : `the host of ${this.#whose}: ${error.message}`
      return this.fail(proxy === undefined ? 'not-resolved' : 'proxy-unreachable', text)
    }
    const { code = '' } = error as NodeJS.ErrnoException
    const [kind, text] = REASONS[code] ?? ['unreachable', `cannot be reached (${code || 'unknown error'})`]
    this.fail(proxy === undefined ? kind : 'proxy-unreachable', `${this.#whose} ${text}`)
  }
}

const REASONS: Readonly<Record<string, readonly [DialFailure['code'], string]>> = {
  ECONNREFUSED: ['refused', 'refuses connections on this port'],
  ECONNRESET: ['refused', 'resets the connection'],
  ETIMEDOUT: ['timeout', 'does not answer'],
  ENETUNREACH: ['unreachable', 'is in a network that no way leads to'],
  EHOSTUNREACH: ['unreachable', 'is unreachable'],
  EADDRNOTAVAIL: ['unreachable', 'cannot be reached from this address'],
  EINVAL: ['unreachable', 'cannot be reached from this address'],
}

/** Addresses that nobody has to be asked for. */
function numericEndpoint(host: string, port: number): Endpoint | undefined {
  return Endpoint.parse(host, port) ?? (host.toLowerCase() === 'localhost' ? LOOPBACK.withPort(port) : undefined)
}

const LOOPBACK = Endpoint.of(Uint8Array.of(127, 0, 0, 1), 0)

interface SocketOptions {
  readonly localAddress: string | undefined
  readonly timeoutMs: Millis
  readonly signal: AbortSignal
}

/** Resolves with a connected socket; rejects with the system's error, or the signal's reason. */
function openSocket(to: Endpoint, { localAddress, timeoutMs, signal }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const local = localAddress === undefined ? {} : { localAddress }
    const socket = connect({ host: to.ip, port: to.port, noDelay: true, ...local })
    const giveUp = (error: unknown): void => {
      finish()
      socket.destroy()
      reject(error)
    }
    const abort = (): void => giveUp(signal.reason)
    const timer = setTimeout(() => giveUp(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeoutMs)
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', giveUp)
    socket.once('connect', () => {
      finish()
      resolve(socket)
    })
  })
}
