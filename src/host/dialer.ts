// Outgoing TCP connections for the engine. Each attempt ends in time; how often to try again is the business of whoever dials.

import { connect, type Socket } from 'node:net'
import { Endpoint, type Millis } from '../base/index.js'
import type { DialAttempt, DialFailureCode, DialHandler, StreamDialer, StreamTarget } from '../transport/stream.js'
import { numericEndpoint, ResolveError, type ResolveOptions, resolveHost } from './dns.js'
import { SocketStream } from './tcp-stream.js'

/** To reach a host by all of its addresses (c-toxcore: TCP_CONNECTION_TIMEOUT). */
const CONNECT_TIMEOUT_MS = 10_000
/** Of one name, so that each has a fair part of the time. */
const ADDRESSES_MAX = 4

export interface DialerOptions {
  /** Runs what arrives, and what becomes of attempts, as a turn of the engine. */
  turn(work: () => void): void
  /** Whether names may be looked up. True unless told. */
  readonly mayResolve?: boolean
  /** The local IP address to connect from; the system's choice unless told. */
  readonly localAddress?: string | undefined
  /** The only family to use; both unless told. */
  readonly family?: 4 | 6 | undefined
  readonly timeoutMs?: Millis
  /** As in `ResolveOptions`. */
  readonly lookup?: NonNullable<ResolveOptions['lookup']>
}

export class HostDialer implements StreamDialer {
  readonly #options: DialerOptions
  readonly #attempts = new Set<Attempt>()
  #isClosed = false

  constructor(options: DialerOptions) {
    this.#options = options
  }

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    const attempt = new Attempt(this.#options, handler, () => this.#attempts.delete(attempt))
    if (this.#isClosed) attempt.fail('aborted', 'the host is being closed')
    else {
      this.#attempts.add(attempt)
      attempt.begin(to)
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
  readonly #handler: DialHandler
  readonly #onDecided: () => void
  readonly #abort = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #isDecided = false

  constructor(options: DialerOptions, handler: DialHandler, onDecided: () => void) {
    this.#options = options
    this.#handler = handler
    this.#onDecided = onDecided
  }

  begin(to: StreamTarget): void {
    const { timeoutMs = CONNECT_TIMEOUT_MS } = this.#options
    this.#timer = setTimeout(() => this.fail('timeout', `no answer within ${timeoutMs / 1000} s`), timeoutMs)
    void this.#connect(to, timeoutMs)
  }

  cancel(): void {
    this.#decide()
    this.#abort.abort()
  }

  /** Tells of it in a turn to come. */
  fail(code: DialFailureCode, text: string): void {
    clearTimeout(this.#timer)
    this.#abort.abort()
    const report = (): void => {
      if (this.#isDecided) return
      this.#decide()
      this.#handler.onFailed({ code, text })
    }
    setImmediate(() => this.#options.turn(report))
  }

  /** Looks the name up, where it is one, and tries one address after the other. */
  async #connect(to: StreamTarget, timeoutMs: Millis): Promise<void> {
    const { signal } = this.#abort
    let last: unknown
    try {
      const endpoints = await this.#endpointsOf(to)
      for (const endpoint of endpoints) {
        try {
          const limits = { timeoutMs: timeoutMs / endpoints.length, signal }
          return this.#onSocket(await openSocket(endpoint, this.#options.localAddress, limits), endpoint)
        } catch (error) {
          last = error
        }
      }
    } catch (error) {
      last = error
    }
    if (!signal.aborted) this.fail(...reasonOf(last))
  }

  async #endpointsOf(to: StreamTarget): Promise<readonly Endpoint[]> {
    const { family, lookup, mayResolve = true } = this.#options
    const numeric = to instanceof Endpoint ? to : numericEndpoint(to.host, to.port)
    if (numeric !== undefined) {
      if (family === undefined || numeric.family === family) return [numeric]
      throw Object.assign(new Error(), { code: 'ENETUNREACH' })
    }
    const { host, port } = to as Exclude<StreamTarget, Endpoint>
    if (!mayResolve) throw new ResolveError('unavailable', host, 'host names are not looked up here')
    const endpoints = await resolveHost(host, port, {
      signal: this.#abort.signal,
      ...(family === undefined ? {} : { family }),
      ...(lookup === undefined ? {} : { lookup }),
    })
    return endpoints.slice(0, ADDRESSES_MAX)
  }

  #onSocket(socket: Socket, endpoint: Endpoint): void {
    if (this.#abort.signal.aborted) {
      socket.destroy()
      return
    }
    const { turn } = this.#options
    const stream = new SocketStream(socket, endpoint)
    turn(() => {
      this.#decide()
      stream.read(this.#handler.onConnected(stream), turn)
    })
  }

  #decide(): void {
    this.#isDecided = true
    clearTimeout(this.#timer)
    this.#onDecided()
  }
}

const REASONS: Readonly<Record<string, readonly [DialFailureCode, string]>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  ECONNRESET: ['refused', 'connection reset'],
  ETIMEDOUT: ['timeout', 'no answer'],
  ENETUNREACH: ['unreachable', 'no way leads to this network'],
  EHOSTUNREACH: ['unreachable', 'the host is unreachable'],
  EADDRNOTAVAIL: ['unreachable', 'no way leads there from our address'],
  EINVAL: ['unreachable', 'no way leads there from our address'],
}

function reasonOf(error: unknown): readonly [DialFailureCode, string] {
  if (error instanceof ResolveError) return ['not-resolved', error.message]
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  return REASONS[code] ?? ['unreachable', `the host cannot be reached (${code})`]
}

/** Resolves with a connected socket; rejects with the system's error, or the signal's reason. */
function openSocket(
  to: Endpoint,
  localAddress: string | undefined,
  { timeoutMs, signal }: { readonly timeoutMs: Millis; readonly signal: AbortSignal },
): Promise<Socket> {
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
