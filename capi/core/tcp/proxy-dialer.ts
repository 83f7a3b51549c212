// Opens connections through a proxy, and never past it.

import type { Deadline, Endpoint, Env, Millis } from '../../../src/base/index.js'
import { type ProxyServer, proxied, proxyName, proxyObstacle } from '../../../src/transport/proxy/index.js'
import type {
  ByteStream,
  DialAttempt,
  DialFailure,
  DialHandler,
  StreamDialer,
  StreamHandler,
  StreamTarget,
} from '../../../src/transport/stream.js'

/** For the proxy to reach the target: Tor builds a circuit first. */
export const PROXY_TIMEOUT_MS: Millis = 30_000

export interface ProxyDialerOptions {
  readonly proxy: ProxyServer
  /** Where the proxy is. */
  readonly endpoint: Endpoint
  /** Connects to the proxy. */
  readonly direct: StreamDialer
  readonly env: Pick<Env, 'clock' | 'deadlines'>
}

export class ProxyDialer implements StreamDialer {
  constructor(private readonly options: ProxyDialerOptions) {}

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    return new Attempt(this.options, to, handler)
  }
}

class Attempt implements DialAttempt {
  readonly #toProxy: DialAttempt
  readonly #deadline: Deadline
  /** To the proxy, which has not let us through yet. */
  #stream: ByteStream | undefined
  #isOver = false

  constructor(
    private readonly options: ProxyDialerOptions,
    private readonly to: StreamTarget,
    private readonly handler: DialHandler,
  ) {
    const { direct, endpoint, env } = options
    this.#deadline = env.deadlines.create('proxy', () => this.#giveUp())
    this.#toProxy = direct.dial(endpoint, {
      onConnected: (stream) => this.#ask(stream),
      onFailed: ({ text }) => this.#fail({ code: 'proxy-unreachable', text: `the ${this.#name}: ${text}` }),
    })
  }

  cancel(): void {
    if (this.#isOver) return
    this.#decide()
    this.#toProxy.cancel()
    this.#stream?.destroy()
  }

  get #name(): string {
    return proxyName(this.options.proxy)
  }

  #ask(stream: ByteStream): StreamHandler {
    const { proxy, env } = this.options
    this.#stream = stream
    const obstacle = proxyObstacle(proxy, this.to)
    if (obstacle !== undefined) {
      stream.destroy()
      this.#fail(obstacle)
      return NOBODY
    }
    this.#deadline.set(env.clock.now() + PROXY_TIMEOUT_MS)
    const handler = {
      onConnected: (through: ByteStream) => this.#connected(through),
      onFailed: (failure: DialFailure) => this.#fail(failure),
    }
    return proxied(stream, { proxy, target: this.to }, handler)
  }

  #connected(stream: ByteStream): StreamHandler {
    this.#decide()
    return this.handler.onConnected(stream)
  }

  #giveUp(): void {
    this.#stream?.destroy()
    this.#fail({ code: 'timeout', text: `the ${this.#name} does not let us through` })
  }

  #fail(failure: DialFailure): void {
    if (this.#isOver) return
    this.#decide()
    this.handler.onFailed(failure)
  }

  #decide(): void {
    this.#isOver = true
    this.#deadline.clear()
  }
}

const NOBODY: StreamHandler = { onData() {}, onClosed() {} }
