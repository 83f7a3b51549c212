// Keeps a few pieces of a source in memory ahead of the network, so that requests for chunks are answered in the turn that
// brings them. One read serves hundreds of chunks; memory is bounded by the pieces.

import type { ByteSource } from '../../host/file-source.js'

/** Reading stops when so much waits: at 100 MB/s 40 ms, longer than a disk takes for a piece. */
const AHEAD_BYTES = 4 << 20

const NOTHING = new Uint8Array(0)

export class ReadAhead {
  readonly #source: ByteSource
  readonly #onData: () => void
  readonly #onError: (error: unknown) => void
  /** Read and not done with; of the first, `#offset` bytes are. */
  readonly #pieces: Uint8Array[] = []
  #offset = 0
  #waitingBytes = 0
  /** Where the next byte to be sent stands in the source, and where the next read begins. */
  #position = 0n
  #readPosition = 0n
  #isAtEnd = false
  /** The read that is going on. */
  #reading: Promise<void> | undefined
  #isClosed = false
  /** A chunk whose bytes lie in several pieces is put together here. */
  #joined = NOTHING

  /** `onData`: there is more, or the end is known. */
  constructor(source: ByteSource, onData: () => void, onError: (error: unknown) => void) {
    this.#source = source
    this.#onData = onData
    this.#onError = onError
  }

  /** Where the next byte stands in the source. */
  get position(): bigint {
    return this.#position
  }

  /** Whether everything has been read that the source has. */
  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  /** Bytes that can be had now. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Goes to another position. False when the source cannot. */
  seek(position: bigint): boolean {
    if (position === this.#position) return true
    if (!this.#source.canSeek) return false
    this.#drop()
    this.#position = this.#readPosition = position
    this.#isAtEnd = false
    return true
  }

  /** Begins to read, without waiting for `peek`. */
  fill(): void {
    if (this.#reading !== undefined || this.#isAtEnd || this.#isClosed || this.#waitingBytes >= AHEAD_BYTES) return
    const position = this.#readPosition
    this.#reading = this.#source.read(position).then(
      (piece) => this.#onRead(position, piece),
      (error) => {
        this.#reading = undefined
        if (!this.#isClosed) this.#onError(error)
      },
    )
  }

  /**
   * The next `length` bytes, fewer only at the end of the source; `undefined` when they are still to be read. A view that
   * lives until the next call. They stay the next ones until `advance`.
   */
  peek(length: number): Uint8Array | undefined {
    const isShort = this.#waitingBytes < length
    if (isShort && !this.#isAtEnd) {
      this.fill()
      return undefined
    }
    const first = this.#pieces[0]
    if (first !== undefined && first.length - this.#offset >= length) {
      return first.subarray(this.#offset, this.#offset + length)
    }
    return this.#join(isShort ? this.#waitingBytes : length)
  }

  /** The next `length` of the bytes that wait are done with. */
  advance(length: number): void {
    this.#position += BigInt(length)
    this.#waitingBytes -= length
    this.#offset += length
    for (let first = this.#pieces[0]; first !== undefined && this.#offset >= first.length; first = this.#pieces[0]) {
      this.#offset -= first.length
      this.#source.recycle(this.#pieces.shift()!)
    }
    this.fill()
  }

  /** Gives everything back; the source can be read again by another one if it can seek. */
  async close(): Promise<void> {
    this.#isClosed = true
    // A read that waits for a stream ends by closing it; one of a file must end first, for it may still be opening it.
    if (this.#source.canSeek) await this.#reading
    await this.#source.close()
  }

  #onRead(position: bigint, piece: Uint8Array): void {
    this.#reading = undefined
    if (this.#isClosed) return
    if (position !== this.#readPosition) {
      // Somebody went elsewhere meanwhile.
      this.#source.recycle(piece)
      return this.fill()
    }
    if (piece.length === 0) this.#isAtEnd = true
    else this.#pieces.push(piece)
    this.#readPosition += BigInt(piece.length)
    this.#waitingBytes += piece.length
    this.fill()
    this.#onData()
  }

  /** A copy of bytes that lie in several pieces. */
  #join(length: number): Uint8Array {
    if (this.#joined.length < length) this.#joined = new Uint8Array(length)
    let filled = 0
    let offset = this.#offset
    for (const piece of this.#pieces) {
      const part = piece.subarray(offset, offset + length - filled)
      this.#joined.set(part, filled)
      filled += part.length
      offset = 0
      if (filled === length) break
    }
    return this.#joined.subarray(0, length)
  }

  #drop(): void {
    for (const piece of this.#pieces.splice(0)) this.#source.recycle(piece)
    this.#offset = this.#waitingBytes = 0
  }
}
