// Where the bytes of an incoming transfer go: a stream of the user's, of either family. (Files: file-sink.ts.)

import { finished, type Writable } from 'node:stream'
import type { WritableStream } from 'node:stream/web'
import type { ToxError } from '../../tox/errors.js'

export interface Sink {
  /** A write is worth while from so many bytes on, and waits for them so long at most. */
  readonly enough: number
  readonly patienceMs: number
  /** Whether what was written may still be looked at after `write` has resolved. */
  readonly keepsBytes: boolean
  /** Resolves when more may come: that is its back-pressure. */
  write(bytes: Uint8Array): Promise<void>
  /** All is written: resolves when it is where it belongs, of files with the time of change. */
  finish(): Promise<number | undefined>
  /** No more will come: leaves nothing partial behind. */
  abort(error: ToxError): Promise<void>
  /** Stops where it stands, so that another process can go on. Only where it can. */
  suspend?(): Promise<void>
}

export type StreamTarget = WritableStream<Uint8Array> | Writable

export function sinkOf(stream: StreamTarget): Sink {
  return 'getWriter' in stream ? new WebStreamSink(stream) : new NodeStreamSink(stream)
}

abstract class StreamSink {
  readonly enough = 1
  readonly patienceMs = 0
  readonly keepsBytes = true
}

class WebStreamSink extends StreamSink implements Sink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>

  constructor(stream: WritableStream<Uint8Array>) {
    super()
    this.#writer = stream.getWriter()
    // The write that fails tells of it.
    this.#writer.closed.catch(() => {})
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes)
  }

  async finish(): Promise<undefined> {
    await this.#writer.close()
  }

  async abort(error: ToxError): Promise<void> {
    // Not awaited: it waits for the write under way, and a stream of the user's that is stuck must not keep us from closing.
    this.#writer.abort(error).catch(() => {})
  }
}

class NodeStreamSink extends StreamSink implements Sink {
  readonly #stream: Writable
  /** Settles when the stream has ended: rejects unless it was finished first. */
  readonly #ended: Promise<void>

  constructor(stream: Writable) {
    super()
    this.#stream = stream
    // Its errors are told by the transfer: without a listener of the user's they must not end the program.
    stream.on('error', () => {})
    this.#ended = new Promise((resolve, reject) => {
      finished(stream, { readable: false }, (error) => (error ? reject(error) : resolve()))
    })
    this.#ended.catch(() => {})
  }

  async write(bytes: Uint8Array): Promise<void> {
    const stream = this.#stream
    if (stream.write(bytes)) return
    if (stream.destroyed) return this.#ended
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        stream.off('drain', settle).off('close', settle)
        if (stream.destroyed) this.#ended.then(resolve, reject)
        else resolve()
      }
      stream.on('drain', settle).on('close', settle)
    })
  }

  async finish(): Promise<undefined> {
    this.#stream.end()
    await this.#ended
  }

  async abort(error: ToxError): Promise<void> {
    this.#stream.destroy(error)
  }
}
