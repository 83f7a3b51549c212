// A TCP connection as the engine sees it. What one turn writes leaves in one system call, and the engine never sees a socket.

import type { Socket } from 'node:net'
import type { Endpoint } from '../base/index.js'
import type { AcceptedStream, StreamHandler } from '../transport/stream.js'

export class SocketStream implements AcceptedStream {
  /** Whether the engine has ended it. */
  #isDestroyed = false
  #isCorked = false

  constructor(
    private readonly socket: Socket,
    readonly remote: Endpoint,
  ) {
    // An error is followed by 'close', which tells all there is to tell.
    socket.on('error', () => {})
  }

  /** Hands what arrives to `handler`, each piece as a turn. */
  read(handler: StreamHandler, turn: (work: () => void) => void): void {
    this.socket.on('data', (bytes: Uint8Array) => {
      if (!this.#isDestroyed) turn(() => handler.onData(bytes))
    })
    this.socket.on('close', () => {
      if (!this.#isDestroyed) turn(() => handler.onClosed())
    })
  }

  get queuedBytes(): number {
    return this.socket.writableLength
  }

  write(bytes: Uint8Array): void {
    if (this.#isDestroyed) return
    if (!this.#isCorked) {
      this.#isCorked = true
      this.socket.cork()
      queueMicrotask(() => {
        this.#isCorked = false
        this.socket.uncork()
      })
    }
    this.socket.write(bytes)
  }

  destroy(): void {
    this.#isDestroyed = true
    this.socket.destroy()
  }
}
