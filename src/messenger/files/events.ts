// What the messenger reports about files. Sizes and positions are 64 bits wide, hence bigint: a number would round beyond 2^53.

/** 'resume' also accepts a file that was offered. */
export type FileControlName = 'resume' | 'pause' | 'cancel'

export interface FileEvents {
  /**
   * A friend offers a file. `size` is 2^64 - 1 when they do not know it. `name` is whatever they wrote, at most 255 bytes:
   * path separators and control characters too. It is a copy.
   */
  fileOffer(friendNumber: number, fileNumber: number, kind: number, size: bigint, name: Uint8Array): void
  fileControl(friendNumber: number, fileNumber: number, control: FileControlName): void
  /**
   * The path takes more of a file that we send: `length` bytes from `position` on are to be given to `sendChunk`, now or
   * later, in the order of the requests. Length 0: the friend has everything, and the transfer is over.
   */
  fileChunkRequest(friendNumber: number, fileNumber: number, position: bigint, length: number): void
  /** The next piece of a file: a view valid for the turn. An empty one is the end, and the transfer is over. */
  fileChunk(friendNumber: number, fileNumber: number, position: bigint, data: Uint8Array): void
}
