// Outgoing TCP connections for the engine.

import { once } from 'node:events'
import { connect } from 'node:net'
import type { Endpoint } from '../base/index.js'
import type { ByteStream, StreamHandler } from '../transport/stream.js'
import { SocketStream } from './tcp-stream.js'

export interface TcpConnectOptions {
  readonly to: Endpoint
  /** Ends the attempt, and later the connection. */
  readonly signal: AbortSignal
  /** Whoever reads the connection, made when it stands. */
  onConnected(stream: ByteStream): StreamHandler
  /** Runs what arrived as a turn of the engine. */
  turn(work: () => void): void
}

/** Connects; rejects with the system's error, or the signal's when aborted. */
export async function connectTcp({ to, signal, onConnected, turn }: TcpConnectOptions): Promise<void> {
  const socket = connect({ host: to.ip, port: to.port, noDelay: true, signal })
  await once(socket, 'connect', { signal })
  const stream = new SocketStream(socket, to)
  turn(() => stream.read(onConnected(stream), turn))
}
