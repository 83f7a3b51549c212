// Frames on a byte stream: a length of two bytes (big endian), then so many bytes. A stream may be cut anywhere, inside a length
// too. What is kept between two reads is at most one frame, and nothing while frames arrive whole.

export const LENGTH_BYTES = 2

export class FrameReader {
  /** The first byte of a length that was cut in two, or -1. */
  #lengthHigh = -1
  /** A frame that has begun, and how many of its bytes are there. */
  #begun: Uint8Array | undefined
  #filled = 0

  /** Frames shorter than `minBytes` or longer than `maxBytes` are no frames. */
  constructor(
    private readonly minBytes: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Hands every frame that is complete with `bytes` to `onFrame`, as a view valid for the turn, until that says false. False
   * when a length is out of range or `onFrame` said so: the stream makes no sense any more.
   */
  read(bytes: Uint8Array, onFrame: (frame: Uint8Array) => boolean): boolean {
    let at = this.#begun === undefined ? 0 : this.#fill(bytes, 0)
    if (at > 0 && this.#isFull && !onFrame(this.#take())) return false
    while (at < bytes.length) {
      if (this.#lengthHigh < 0) this.#lengthHigh = bytes[at++]!
      if (at === bytes.length) return true
      const length = (this.#lengthHigh << 8) | bytes[at++]!
      this.#lengthHigh = -1
      if (length < this.minBytes || length > this.maxBytes) return false
      const end = at + length
      if (end > bytes.length) {
        this.#begun = new Uint8Array(length)
        this.#filled = 0
        this.#fill(bytes, at)
        return true
      }
      if (!onFrame(bytes.subarray(at, end))) return false
      at = end
    }
    return true
  }

  /** Adds to the begun frame what there is of it from `at` on; where that ends. */
  #fill(bytes: Uint8Array, at: number): number {
    const begun = this.#begun!
    const end = Math.min(bytes.length, at + begun.length - this.#filled)
    begun.set(bytes.subarray(at, end), this.#filled)
    this.#filled += end - at
    return end
  }

  get #isFull(): boolean {
    return this.#begun !== undefined && this.#filled === this.#begun.length
  }

  #take(): Uint8Array {
    const frame = this.#begun!
    this.#begun = undefined
    return frame
  }
}

/** Writes the length of a frame whose bytes begin behind it, at `at + LENGTH_BYTES`. */
export function writeFrameLength(target: Uint8Array, at: number, length: number): void {
  target[at] = length >> 8
  target[at + 1] = length & 0xff
}
