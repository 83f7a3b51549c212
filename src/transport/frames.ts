// Frames on a byte stream: a length of two bytes (big endian), then so many bytes. A stream may be cut anywhere, inside a length
// too. What is kept between two reads is less than one frame, and nothing while a frame arrives whole.

import { concatBytes } from '../base/index.js'

const LENGTH_BYTES = 2
const NOTHING = new Uint8Array(0)

export class FrameReader {
  /** The beginning of a frame. */
  #begun: Uint8Array = NOTHING

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
    const all = this.#begun.length === 0 ? bytes : concatBytes(this.#begun, bytes)
    let at = 0
    while (all.length - at >= LENGTH_BYTES) {
      const length = (all[at]! << 8) | all[at + 1]!
      if (length < this.minBytes || length > this.maxBytes) return false
      const end = at + LENGTH_BYTES + length
      if (end > all.length) break
      if (!onFrame(all.subarray(at + LENGTH_BYTES, end))) return false
      at = end
    }
    this.#begun = at === all.length ? NOTHING : all.slice(at)
    return true
  }
}

/** Room for a frame of `length` bytes, its length written; the frame stands from index 2 on. */
export function newFrame(length: number): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + length)
  frame[0] = length >> 8
  frame[1] = length & 0xff
  return frame
}
