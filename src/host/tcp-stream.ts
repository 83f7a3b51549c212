// A TCP connection as the engine sees it. Whoever writes much gathers it first; the engine never sees a socket.

import type { Socket } from 'node:net'
import type { Endpoint } from '../base/index.js'
import type { AcceptedStream, StreamHandler } from '../transport/stream.js'

/** What was written last has so long to leave. */
const FAREWELL_MS = 2_000

export class SocketStream implements AcceptedStream {
  /** Whether the engine has ended it. */
  #isDestroyed = false
  /** What is left to do before this turn's bytes leave; undefined while it has none. */
  #atTurnEnd: (() => void)[] | undefined

  constructor(
    private readonly socket: Socket,
    readonly remote: Endpoint,
  ) {
    // An error is followed by 'close', which tells all there is to tell.
    socket.on('error', () => {})
  }

  /** Hands what arrives to `handler`, each piece as a turn. */
  read(handler: StreamHandler, turn: (work: () => void) => void): void {
    this.socket.on('data', ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>) => {
      // Parts of a plain array are cheaper than those of a Buffer, and every packet is one.
      if (!this.#isDestroyed) turn(() => handler.onData(new Uint8Array(buffer, byteOffset, length)))
    })
    this.socket.on('drain', () => {
      if (!this.#isDestroyed && handler.onDrained !== undefined) turn(() => handler.onDrained?.())
    })
    this.socket.on('close', () => {
      if (!this.#isDestroyed) turn(() => handler.onClosed())
    })
  }

  get queuedBytes(): number {
    return this.socket.writableLength
  }

  write(bytes: Uint8Array): void {
    if (!this.#isDestroyed) this.socket.write(bytes)
  }

  atTurnEnd(action: () => void): void {
    if (this.#atTurnEnd !== undefined) return void this.#atTurnEnd.push(action)
    this.#atTurnEnd = [action]
    queueMicrotask(() => {
      // An action may ask for another one.
      for (const one of this.#atTurnEnd!) one()
      this.#atTurnEnd = undefined
    })
  }

  end(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.socket.setTimeout(FAREWELL_MS, () => this.socket.destroy())
    this.socket.destroySoon()
  }

  destroy(): void {
    this.#isDestroyed = true
    this.socket.destroy()
  }
}
