// What can be sent beside files on disk: bytes, Blobs and streams, each as a source.

import type { ByteSource } from '../../host/file-source.js'
import { READ_BYTES } from '../../host/file-source.js'

const NOTHING = new Uint8Array(0)

/** Bytes in memory. They must not change while they are being sent. */
export class BytesSource implements ByteSource {
  readonly canSeek = true
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  async read(position: bigint): Promise<Uint8Array> {
    return position < BigInt(this.#bytes.length) ? this.#bytes.subarray(Number(position)) : NOTHING
  }

  recycle(): void {}

  async close(): Promise<void> {}
}

export class BlobSource implements ByteSource {
  readonly canSeek = true
  readonly #blob: Blob

  constructor(blob: Blob) {
    this.#blob = blob
  }

  async read(position: bigint): Promise<Uint8Array> {
    const from = Number(position)
    return new Uint8Array(await this.#blob.slice(from, from + READ_BYTES).arrayBuffer())
  }

  recycle(): void {}

  async close(): Promise<void> {}
}

/** Anything that gives bytes one after the other. It is asked for more only while there is room: that is its back-pressure. */
export class StreamSource implements ByteSource {
  readonly canSeek = false
  readonly #pieces: Pieces

  constructor(stream: AsyncIterable<unknown> | ReadableStream<unknown>) {
    this.#pieces = 'getReader' in stream ? piecesOfWebStream(stream) : piecesOfIterable(stream)
  }

  async read(): Promise<Uint8Array> {
    for (;;) {
      const { done, value } = await this.#pieces.next()
      if (done) return NOTHING
      const bytes = bytesOf(value)
      // Empty pieces are no end.
      if (bytes.length > 0) return bytes
    }
  }

  recycle(): void {}

  async close(): Promise<void> {
    this.#pieces.stop()
  }
}

interface Pieces {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>
  /** Ends the stream, also while somebody waits for its next piece. */
  stop(): void
}

function piecesOfWebStream(stream: ReadableStream<unknown>): Pieces {
  const reader = stream.getReader()
  return { next: () => reader.read(), stop: () => void reader.cancel().catch(() => {}) }
}

function piecesOfIterable(stream: AsyncIterable<unknown> & { destroy?: unknown }): Pieces {
  const iterator = stream[Symbol.asyncIterator]()
  return {
    next: () => iterator.next(),
    stop: () => {
      // An iterator that waits ends after its wait only, which may be never; Node's streams can be ended at once.
      if (typeof stream.destroy === 'function') stream.destroy()
      else void iterator.return?.().catch(() => {})
    },
  }
}

/** Streams may give text, and views of any kind. */
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (typeof value === 'string') return Buffer.from(value)
  throw new TypeError(`the stream gave ${value === null ? 'null' : typeof value} where bytes are due`)
}
