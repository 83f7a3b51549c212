// What the C++ around us offers: process._linkedBinding('toxcore_ts_host'). Tests in plain Node bring one of their own.

export interface HostBinding {
  /** The frame: 24 words of 8 bytes, shared with the caller. See frame.ts. */
  readonly words: ArrayBuffer
  /** Says where the block of bytes lies from now on. */
  setBlock(block: ArrayBuffer): void
  /** The one entry: a function by its number, and the instance; false when the core failed within. */
  setCall(call: (functionNumber: number, instanceNumber: number) => boolean): void
  /** Makes the block at least so large and keeps what it holds. */
  setReserve(reserve: (size: number) => void): void
  /** Fills `target` with random bytes for an instance, as its owner wants them; 0 is the one that is being made. */
  random(instanceNumber: number, target: Uint8Array): void
}
