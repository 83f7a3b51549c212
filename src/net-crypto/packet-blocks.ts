// Memory of packets that wait for acknowledgement: blocks of 64 KiB, filled forward and handed back whole, so that sending
// makes no garbage. A window frees its packets in the order in which it made them, which is all that this relies on.

/** 64 KiB: 47 of the longest packets. */
export const BLOCK_BYTES = 1 << 16
/** Blocks kept for reuse: 64 × 64 KiB = 4 MiB; more go to the garbage collector. */
const SPARE_BLOCKS_MAX = 64

export class PacketBlocks {
  readonly #spare: Uint8Array[] = []

  /** A block of BLOCK_BYTES with unspecified contents. */
  take(): Uint8Array {
    return this.#spare.pop() ?? new Uint8Array(BLOCK_BYTES)
  }

  /** Hands a block back. Plain text in it is overwritten by later packets, or collected. */
  give(block: Uint8Array): void {
    if (this.#spare.length < SPARE_BLOCKS_MAX) this.#spare.push(block)
  }

  /** Overwrites and drops the spare blocks. */
  wipe(): void {
    for (const block of this.#spare) block.fill(0)
    this.#spare.length = 0
  }
}
