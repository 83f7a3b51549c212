// Bytes that have arrived and wait for whoever writes them down: gathered from chunks of a kilobyte into blocks of hundreds.
// The one copy of the receiving side happens here, because a chunk lives for its turn only.

/** One write: large enough that system calls cost nothing, small enough that a slow disk answers often. */
const BLOCK_BYTES = 512 << 10
/** Blocks that are kept for use again. */
const SPARE_MAX = 4

interface Reader {
  readonly enough: number
  resolve(): void
}

export class Inbox {
  /** Full ones, and the last, which is being filled. */
  readonly #blocks: Uint8Array[] = []
  readonly #spare: Uint8Array[] = []
  /** How much of the last block is filled. */
  #filled = 0
  /** Arrived, and not given back by the reader. */
  #heldBytes = 0
  /** Arrived, and not taken. */
  #waitingBytes = 0
  #reader: Reader | undefined
  #isEnded = false
  #error: unknown
  readonly #size: bigint | undefined
  readonly #onRelieved: (heldBytes: number) => void

  /** `size`: what will come at most, if known. `onRelieved`: the reader has done with some of it. */
  constructor(size: bigint | undefined, onRelieved: (heldBytes: number) => void) {
    this.#size = size
    this.#onRelieved = onRelieved
  }

  /** Bytes in memory that nobody has done with. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  push(piece: Uint8Array): void {
    let at = 0
    while (at < piece.length) {
      let block = this.#blocks[this.#blocks.length - 1]
      if (block === undefined || this.#filled === block.length) block = this.#begin()
      const length = Math.min(piece.length - at, block.length - this.#filled)
      block.set(length === piece.length ? piece : piece.subarray(at, at + length), this.#filled)
      this.#filled += length
      at += length
    }
    this.#heldBytes += piece.length
    this.#waitingBytes += piece.length
    this.#look()
  }

  /** Nothing more comes: what is there can still be taken. */
  end(): void {
    this.#isEnded = true
    this.#look()
  }

  /** Drops what is there; who waits, and who asks again, gets `error`. */
  fail(error: unknown): void {
    this.#error = error
    this.#isEnded = true
    this.#blocks.length = this.#waitingBytes = 0
    this.#look()
  }

  /** Resolves when `enough` bytes wait (or fewer, after the end or after `patienceMs` since the first). */
  async ready(enough: number, patienceMs: number): Promise<void> {
    if (!this.#isReady(1)) await this.#until(1)
    if (this.#isReady(enough) || patienceMs === 0) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs)
    })
    await Promise.race([this.#until(enough), late])
    clearTimeout(timer)
    this.#reader = undefined
  }

  /**
   * The oldest bytes, to be given back with `release`; `undefined` at the end. `isKept`: somebody may hold on to them, so a few
   * bytes must not cost a whole block. Throws what `fail` was told.
   */
  take(isKept: boolean): Uint8Array | undefined {
    if (this.#error !== undefined) throw this.#error
    const block = this.#blocks.shift()
    if (block === undefined) return undefined
    const bytes = this.#blocks.length > 0 ? block : block.subarray(0, this.#filled)
    if (this.#blocks.length === 0) this.#filled = 0
    this.#waitingBytes -= bytes.length
    if (!isKept || bytes.length * 2 > block.length) return bytes
    this.#reuse(block)
    return bytes.slice()
  }

  /** The reader has done with a block of `bytes`; `canReuse`: and keeps no reference to it. */
  release(bytes: Uint8Array, canReuse: boolean): void {
    this.#heldBytes -= bytes.length
    if (canReuse) this.#reuse(new Uint8Array(bytes.buffer))
    this.#onRelieved(this.#heldBytes)
  }

  #reuse(block: Uint8Array): void {
    if (this.#spare.length < SPARE_MAX) this.#spare.push(block)
  }

  #begin(): Uint8Array {
    const block = this.#spare.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(this.#blockBytes()).buffer)
    this.#blocks.push(block)
    this.#filled = 0
    return block
  }

  /** Small files need small blocks: there may be hundreds of them. */
  #blockBytes(): number {
    return this.#size === undefined || this.#size > BLOCK_BYTES ? BLOCK_BYTES : Number(this.#size)
  }

  #isReady(enough: number): boolean {
    return this.#isEnded || this.#waitingBytes >= enough
  }

  #until(enough: number): Promise<void> {
    return new Promise((resolve) => {
      this.#reader = { enough, resolve }
    })
  }

  #look(): void {
    if (this.#reader === undefined || !this.#isReady(this.#reader.enough)) return
    const { resolve } = this.#reader
    this.#reader = undefined
    resolve()
  }
}
