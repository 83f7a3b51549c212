// The TCP ports of a node. They come and go while it runs, and a port that is taken costs nobody the others.

import { TcpListenError, TcpListener } from '../../host/tcp-listener.js'
import type { AcceptedStream, StreamHandler } from '../../transport/stream.js'
import type { NodeHost } from './node-host.js'
import type { RelayTraffic } from './node-metrics.js'

/** Why a port is not open. */
export interface ClosedPort {
  readonly port: number
  readonly reason: string
}

interface OpenPort {
  /** As it was asked for: 0 for one of the system's choice. */
  readonly wanted: number
  readonly listener: TcpListener
}

export class RelayPorts {
  #open: OpenPort[] = []
  /** Stopped, but with connections that go on. */
  readonly #stopped = new Set<TcpListener>()
  #failed: readonly ClosedPort[] = []
  /** Of listeners that are gone. */
  #bytesRead = 0
  #bytesWritten = 0

  constructor(
    private readonly machine: NodeHost,
    private readonly address: string,
  ) {}

  get ports(): number[] {
    return this.#open.map(({ listener }) => listener.port)
  }

  /** Those of the last `set` that could not be opened. */
  get failed(): readonly ClosedPort[] {
    return this.#failed
  }

  get traffic(): RelayTraffic {
    let [bytesRead, bytesWritten] = [this.#bytesRead, this.#bytesWritten]
    for (const { traffic } of [...this.#open.map(({ listener }) => listener), ...this.#stopped]) {
      bytesRead += traffic.bytesRead
      bytesWritten += traffic.bytesWritten
    }
    return { ports: this.#open.length, bytesRead, bytesWritten }
  }

  /** Opens what is new and stops what is gone, whose connections stay. */
  async set(ports: readonly number[]): Promise<readonly ClosedPort[]> {
    this.#forgetIdle()
    const wanted = [...ports]
    const kept: OpenPort[] = []
    for (const one of this.#open) {
      const at = wanted.indexOf(one.wanted)
      if (at >= 0) {
        wanted.splice(at, 1)
        kept.push(one)
      } else {
        one.listener.stop()
        this.#stopped.add(one.listener)
      }
    }
    this.#open = kept
    const failed: ClosedPort[] = []
    for (const port of wanted) {
      const reason = await this.#listen(port)
      if (reason !== undefined) failed.push({ port, reason })
    }
    this.#failed = failed
    return failed
  }

  close(): void {
    for (const { listener } of this.#open) listener.close()
    for (const listener of this.#stopped) listener.close()
    this.#open = []
  }

  async #listen(port: number): Promise<string | undefined> {
    const accept = (stream: AcceptedStream): StreamHandler | undefined => this.machine.node.relay?.accept(stream)
    const turn = (work: () => void): void => this.machine.turn(work)
    try {
      const listener = await TcpListener.open({ address: this.address, port, accept, turn })
      this.#open.push({ wanted: port, listener })
      return undefined
    } catch (error) {
      if (!(error instanceof TcpListenError)) throw error
      return error.message
    }
  }

  #forgetIdle(): void {
    for (const listener of this.#stopped) {
      if (listener.connectionCount > 0) continue
      const { bytesRead, bytesWritten } = listener.traffic
      this.#bytesRead += bytesRead
      this.#bytesWritten += bytesWritten
      this.#stopped.delete(listener)
    }
  }
}
