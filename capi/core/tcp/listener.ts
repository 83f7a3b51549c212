// Takes TCP connections on one port.

import { getSystemErrorName } from 'node:util'
import { Endpoint, fail, ok, type Result } from '../../../src/base/index.js'
import type { AcceptedStream, StreamHandler } from '../../../src/transport/stream.js'
import type { TcpMover, Watched } from './mover.js'
import { type NativeTcp, nativeTcp, READABLE } from './native.js'
import { TcpStream } from './stream.js'

/** Takes a connection; undefined when it was refused (and destroyed). */
export type Accept = (stream: AcceptedStream) => StreamHandler | undefined

/** Connections that the system holds for us before we take them (c-toxcore: TCP_MAX_BACKLOG). */
const BACKLOG = 256
/** So many are taken at once, then others have their turn. */
const ACCEPTED_AT_ONCE = 64
const ADDRESS_BYTES = 16

/** A port that is ours, though nobody is let in yet. */
export class TcpPort {
  private constructor(
    readonly port: number,
    private readonly socket: NativeTcp,
  ) {}

  /** The system's name of the error where it cannot be had. A machine without IPv6 gives an IPv4 port. */
  static open(port: number, ipv6: boolean): Result<TcpPort, string> {
    const { TcpSocket } = nativeTcp()
    const socket = new TcpSocket()
    let opened = ipv6 ? socket.listen(6, new Uint8Array(16), port, BACKLOG) : 0
    if (!ipv6 || isWithoutIpv6(opened)) opened = socket.listen(4, new Uint8Array(4), port, BACKLOG)
    return opened < 0 ? fail(getSystemErrorName(opened)) : ok(new TcpPort(opened, socket))
  }

  /** Lets connections in from now on. */
  admit(mover: TcpMover, accept: Accept): void {
    mover.watch(mover.newKey(), this.socket.descriptor(), READABLE, new Door(mover, this.socket, accept))
  }

  close(): void {
    this.socket.close()
  }
}

function isWithoutIpv6(result: number): boolean {
  return result < 0 && ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(getSystemErrorName(result))
}

class Door implements Watched {
  readonly #source = new Uint8Array(ADDRESS_BYTES + 2)

  constructor(
    private readonly mover: TcpMover,
    private readonly socket: NativeTcp,
    private readonly accept: Accept,
  ) {}

  ready(): void {
    for (let i = 0; i < ACCEPTED_AT_ONCE && this.#admitOne(); i++) {}
  }

  destroy(): void {
    this.socket.close()
  }

  /** False when nobody waits, or the system has no room for another one now. */
  #admitOne(): boolean {
    const { TcpSocket } = nativeTcp()
    const socket = new TcpSocket()
    const family = socket.accept(this.socket.descriptor(), this.#source)
    if (family < 0) return false
    const port = (this.#source[ADDRESS_BYTES]! << 8) | this.#source[ADDRESS_BYTES + 1]!
    const remote = Endpoint.of(this.#source.subarray(0, family === 4 ? 4 : ADDRESS_BYTES), port)
    this.#welcome(socket, remote)
    return true
  }

  #welcome(socket: NativeTcp, remote: Endpoint): void {
    const key = this.mover.newKey()
    const stream = new TcpStream(this.mover, socket, key, remote)
    if (this.mover.watch(key, socket.descriptor(), READABLE, stream) < 0) return stream.destroy()
    const handler = this.accept(stream)
    if (handler !== undefined) stream.read(handler)
  }
}
