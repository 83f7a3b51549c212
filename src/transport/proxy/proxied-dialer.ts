// Dials everything through one proxy, whoever opens the connection to it. What lies behind the proxy is asked of the proxy
// alone: an address or a name, as it was given.

import type { Deadline, Env, Millis } from '../../base/index.js'
import type {
  ByteStream,
  DialAttempt,
  DialFailure,
  DialFailureCode,
  DialHandler,
  StreamDialer,
  StreamHandler,
  StreamTarget,
} from '../stream.js'
import { proxied, proxyObstacle } from './passage.js'
import { type ProxyServer, proxyName } from './proxy.js'

/** For the proxy to reach the target. Tor builds a circuit first, and meets an onion service within half a minute or not at all. */
const PASSAGE_TIMEOUT_MS = 30_000

export interface ProxiedDialerParts {
  /** Reaches the proxy. */
  readonly direct: StreamDialer
  readonly proxy: ProxyServer
  readonly env: Pick<Env, 'clock' | 'deadlines'>
  /** From the connection to the proxy until it leads to the target: 30 s unless told. */
  readonly timeoutMs?: Millis | undefined
  /** Where the proxy is, when that is known better than by its host. */
  readonly at?: StreamTarget
}

export class ProxiedDialer implements StreamDialer {
  constructor(private readonly parts: ProxiedDialerParts) {}

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    return new Attempt(this.parts, to, handler)
  }
}

/** One try to be let through, until it is decided. */
class Attempt implements DialAttempt {
  readonly #parts: ProxiedDialerParts
  readonly #to: StreamTarget
  readonly #handler: DialHandler
  readonly #deadline: Deadline
  /** What the deadline means. */
  #failure: DialFailure
  /** The way to the proxy. */
  #outer: DialAttempt | undefined
  /** The connection to the proxy, which has not let us through. */
  #stream: ByteStream | undefined
  #isDecided = false

  constructor(parts: ProxiedDialerParts, to: StreamTarget, handler: DialHandler) {
    const { direct, proxy, env, at = proxy, timeoutMs = PASSAGE_TIMEOUT_MS } = parts
    this.#parts = parts
    this.#to = to
    this.#handler = handler
    this.#failure = {
      code: 'timeout',
      text: `the ${proxyName(proxy)} does not let us through in ${timeoutMs / 1000} s`,
    }
    this.#deadline = env.deadlines.create('proxy', () => this.#fail(this.#failure))
    const obstacle = proxyObstacle(proxy, to)
    if (obstacle !== undefined) {
      // Not before `dial` has returned.
      this.#failure = obstacle
      this.#deadline.set(env.clock.now())
      return
    }
    this.#outer = direct.dial(at, {
      onConnected: (stream) => this.#ask(stream, timeoutMs),
      onFailed: ({ code, text }) => this.#fail({ code: OUTER[code] ?? code, text: `the ${proxyName(proxy)}: ${text}` }),
    })
  }

  cancel(): void {
    if (this.#isDecided) return
    this.#decide()
    this.#outer?.cancel()
    this.#stream?.destroy()
  }

  #ask(stream: ByteStream, timeoutMs: Millis): StreamHandler {
    const { env, proxy } = this.#parts
    this.#stream = stream
    this.#deadline.set(env.clock.now() + timeoutMs)
    const handler = {
      onConnected: (through: ByteStream) => {
        this.#decide()
        return this.#handler.onConnected(through)
      },
      onFailed: (failure: DialFailure) => this.#fail(failure),
    }
    return proxied(stream, { proxy, target: this.#to }, handler)
  }

  #fail(failure: DialFailure): void {
    if (this.#isDecided) return
    this.#decide()
    this.#stream?.destroy()
    this.#handler.onFailed(failure)
  }

  #decide(): void {
    this.#isDecided = true
    this.#deadline.clear()
  }
}

/** What failures on the way to the proxy are to those who want to go further. */
const OUTER: Readonly<Partial<Record<DialFailureCode, DialFailureCode>>> = {
  refused: 'proxy-unreachable',
  unreachable: 'proxy-unreachable',
  timeout: 'proxy-unreachable',
  'not-resolved': 'proxy-unreachable',
}
