// Room for packets on their way: slices of large blocks, which cost a fifth of arrays of their own. A block lives as long as
// any packet in it.

const BLOCK_BYTES = 64 * 1024

export class PacketArena {
  #block = new Uint8Array(0)
  #used = 0

  /** `size` bytes that nobody else uses; their contents are zeros. */
  take(size: number): Uint8Array {
    if (size > BLOCK_BYTES / 4) return new Uint8Array(size)
    if (this.#used + size > this.#block.length) {
      this.#block = new Uint8Array(BLOCK_BYTES)
      this.#used = 0
    }
    const packet = this.#block.subarray(this.#used, this.#used + size)
    this.#used += size
    return packet
  }
}
