// Incoming TCP connections for the engine.

import { createServer, type Server, type Socket } from 'node:net'
import { Endpoint } from '../base/index.js'
import type { AcceptedStream, StreamHandler } from '../transport/stream.js'
import { SocketStream } from './tcp-stream.js'

export interface TcpListenerOptions {
  /** The local IP as text; `'::'` takes IPv4 as well, where the system allows it. */
  readonly address: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Takes a connection; undefined when it was refused (and destroyed). */
  accept(stream: AcceptedStream): StreamHandler | undefined
  /** Runs what arrived as a turn of the engine. */
  turn(work: () => void): void
}

/** Connections that the system holds for us before we take them (c-toxcore: TCP_MAX_BACKLOG). */
const BACKLOG = 256

/** Why no port could be opened. */
export class TcpListenError extends Error {
  override readonly name = 'TcpListenError'
}

export class TcpListener {
  readonly #server: Server
  readonly #streams = new Map<SocketStream, Socket>()
  /** Of connections that are over. */
  #bytesRead = 0
  #bytesWritten = 0

  private constructor(server: Server) {
    this.#server = server
  }

  /** Begins to listen. Rejects with TcpListenError. */
  static open(options: TcpListenerOptions): Promise<TcpListener> {
    // Half of a connection is of no use here: when the other side ends it, it is over.
    const server = createServer({ noDelay: true, allowHalfOpen: false })
    const listener = new TcpListener(server)
    server.on('connection', (socket) => listener.#onConnection(socket, options))
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(new TcpListenError(sentence(options, error))))
      server.listen({ host: options.address, port: options.port, backlog: BACKLOG }, () => {
        // Later errors are of single connections that could not be taken (too many files): the listener goes on.
        server.removeAllListeners('error').on('error', () => {})
        resolve(listener)
      })
    })
  }

  /** The port that it is bound to. */
  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Connections that it has taken and that are not over. */
  get connectionCount(): number {
    return this.#streams.size
  }

  /** Bytes that came and went through it since it was opened. */
  get traffic(): { readonly bytesRead: number; readonly bytesWritten: number } {
    let [bytesRead, bytesWritten] = [this.#bytesRead, this.#bytesWritten]
    for (const socket of this.#streams.values()) {
      bytesRead += socket.bytesRead
      bytesWritten += socket.bytesWritten
    }
    return { bytesRead, bytesWritten }
  }

  /** Takes no more connections; those that are there stay. */
  stop(): void {
    this.#server.close()
  }

  /** Stops listening and ends what is left of its connections. */
  close(): void {
    this.stop()
    for (const stream of this.#streams.keys()) stream.destroy()
  }

  #onConnection(socket: Socket, { accept, turn }: TcpListenerOptions): void {
    const { remoteAddress, remotePort } = socket
    const remote = remoteAddress === undefined ? undefined : Endpoint.parse(remoteAddress, remotePort!)
    // It may be gone before we look.
    if (remote === undefined) {
      socket.destroy()
      return
    }
    const stream = new SocketStream(socket, remote)
    this.#streams.set(stream, socket)
    socket.on('close', () => {
      this.#streams.delete(stream)
      this.#bytesRead += socket.bytesRead
      this.#bytesWritten += socket.bytesWritten
    })
    turn(() => {
      const handler = accept(stream)
      if (handler !== undefined) stream.read(handler, turn)
    })
  }
}

function sentence({ address, port }: TcpListenerOptions, { code }: NodeJS.ErrnoException): string {
  const where = `TCP port ${port} on ${address}`
  if (code === 'EADDRINUSE') return `${where} is in use`
  if (code === 'EACCES') return `${where} is forbidden`
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine`
  return `${where} cannot be opened: ${code}`
}
