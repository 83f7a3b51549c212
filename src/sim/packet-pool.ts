// Room for packets on their way. A packet lives until the turn that receives it ends: then it is overwritten and its room is
// used again, as the arenas of real hosts are. An engine that keeps a view instead of a copy is found out here.

/** Rooms of 64, 128, … 2,048 bytes. */
const SMALLEST_BITS = 6
const CLASSES = 6
/** Free rooms that are kept of each size; more are left to the garbage collector. */
const KEPT_MAX = 4_096
/** What is left of a packet when its turn is over. */
const SPENT = 0xdb

export class PacketPool {
  readonly #free: ArrayBuffer[][] = Array.from({ length: CLASSES }, () => [])

  /** `size` bytes that nobody else uses. Their contents mean nothing. */
  take(size: number): Uint8Array {
    const sizeClass = classOf(size)
    const room = this.#free[sizeClass]?.pop()
    if (room !== undefined) return new Uint8Array(room, 0, size)
    return new Uint8Array(new ArrayBuffer(sizeClass < CLASSES ? 1 << (sizeClass + SMALLEST_BITS) : size), 0, size)
  }

  /** A packet with the same bytes. */
  copy(packet: Uint8Array): Uint8Array {
    const copy = this.take(packet.length)
    copy.set(packet)
    return copy
  }

  /** Takes a packet of this pool back. It must not be used any more. */
  release(packet: Uint8Array): void {
    packet.fill(SPENT)
    const free = this.#free[classOf(packet.buffer.byteLength)]
    if (free !== undefined && free.length < KEPT_MAX) free.push(packet.buffer as ArrayBuffer)
  }
}

/** The smallest class with rooms of this size; CLASSES or more when there is none. */
function classOf(size: number): number {
  return size <= 1 << SMALLEST_BITS ? 0 : 32 - Math.clz32(size - 1) - SMALLEST_BITS
}
