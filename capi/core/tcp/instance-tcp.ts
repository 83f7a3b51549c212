// The TCP side of one instance: nothing but a few objects until it first dials, or is a relay.

import type { Endpoint, Env } from '../../../src/base/index.js'
import { ProxiedDialer, type ProxyServer } from '../../../src/transport/proxy/index.js'
import type { DialAttempt, DialHandler, StreamDialer, StreamTarget } from '../../../src/transport/stream.js'
import { TcpDialer } from './dialer.js'
import type { Accept, TcpPort } from './listener.js'
import { TcpMover, type TcpMoverOptions } from './mover.js'

/** A proxy, and where it was found when the instance was made. */
export interface FoundProxy {
  readonly server: ProxyServer
  readonly endpoint: Endpoint
}

export interface InstanceTcpOptions extends TcpMoverOptions {
  readonly env: Pick<Env, 'clock' | 'deadlines'>
  /** Every connection that we open goes through it. */
  readonly proxy: FoundProxy | undefined
}

/** Nothing to wait for. */
const NO_DESCRIPTOR = -1

export class InstanceTcp implements StreamDialer {
  readonly #options: InstanceTcpOptions
  #moverIfAny: TcpMover | undefined
  #dialer: StreamDialer | undefined
  #watchesUdp = false

  constructor(options: InstanceTcpOptions) {
    this.#options = options
  }

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    this.#dialer ??= this.#makeDialer()
    return this.#dialer.dial(to, handler)
  }

  /** Lets connections in. */
  admit(port: TcpPort, accept: Accept): void {
    port.admit(this.#mover, accept)
  }

  step(): void {
    this.#moverIfAny?.step()
  }

  flush(): void {
    this.#moverIfAny?.flush()
  }

  /** Whether a step is wanted at once. */
  get isImpatient(): boolean {
    return this.#moverIfAny?.isImpatient === true
  }

  /**
   * On which descriptor whoever polls waits for our connections and the UDP socket, which has the descriptor `udp`; -1 where
   * there is nothing to wait for, undefined where no descriptor tells all.
   */
  pollableWith(udp: number | undefined): number | undefined {
    if (this.#moverIfAny === undefined) return udp ?? NO_DESCRIPTOR
    if (udp !== undefined && !this.#watchesUdp) this.#watchesUdp = this.#moverIfAny.watchForeign(udp)
    return udp === undefined || this.#watchesUdp ? this.#moverIfAny.pollable : undefined
  }

  close(): void {
    this.#moverIfAny?.close()
  }

  get #mover(): TcpMover {
    this.#moverIfAny ??= new TcpMover(this.#options)
    return this.#moverIfAny
  }

  #makeDialer(): StreamDialer {
    const { env, proxy } = this.#options
    const direct = new TcpDialer(this.#mover, env)
    if (proxy === undefined) return direct
    return new ProxiedDialer({ proxy: proxy.server, at: proxy.endpoint, direct, env })
  }
}
