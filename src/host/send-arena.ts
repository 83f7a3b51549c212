// Packets that wait for the flush at the end of the turn: their bytes behind one another in one buffer, and one row of eight
// words for each (offset, length, family, port, address), which is what native/udp.cc reads.

import type { Endpoint } from '../base/index.js'
import type { UdpSender } from '../transport/udp.js'
import { UDP_PACKET_MAX_BYTES } from '../transport/udp.js'

const ROW_WORDS = 8
/** 512 full packets of a session, or 1,024 small ones: then the arena is flushed before the turn ends. */
const ARENA_BYTES_MAX = 768 * 1024
const ARENA_PACKETS_MAX = 1024
/** What a quiet node sends in a turn. A sixteenth, so that doubling ends at the full size. */
const ARENA_BYTES_FIRST = ARENA_BYTES_MAX / 16
const ARENA_PACKETS_FIRST = ARENA_PACKETS_MAX / 16

/** Sends rows `first` to `end` - 1; returns the first row that must wait. */
export type SendRows = (arena: Uint8Array, rows: Int32Array, first: number, end: number) => number

export class SendArena implements UdpSender {
  #arena = new Uint8Array(ARENA_BYTES_FIRST)
  #rows = new Int32Array(ARENA_PACKETS_FIRST * ROW_WORDS)
  #rowBytes = new Uint8Array(this.#rows.buffer)
  /** Where packets are written that nobody will send because the arena is full and the system takes none. */
  readonly #nowhere = new Uint8Array(UDP_PACKET_MAX_BYTES)
  #usedBytes = 0
  #first = 0
  #end = 0
  #overflow = 0

  constructor(private readonly sendRows: SendRows) {}

  /** Whether packets wait that a flush could not send. */
  get isWaiting(): boolean {
    return this.#end > this.#first
  }

  /** Packets dropped because the arena was full. */
  get overflow(): number {
    return this.#overflow
  }

  send(to: Endpoint, packet: Uint8Array): void {
    this.reserve(to, packet.length).set(packet)
  }

  reserve(to: Endpoint, size: number): Uint8Array {
    if (!(size > 0 && size <= UDP_PACKET_MAX_BYTES)) throw new RangeError(`a packet has 1 to 2048 bytes, not ${size}`)
    if (!this.#hasRoom(size) && !this.#grow(size)) {
      this.flush()
      if (this.isWaiting) {
        this.#overflow++
        return this.#nowhere.subarray(0, size)
      }
    }
    const offset = this.#usedBytes
    this.#describe(this.#end++ * ROW_WORDS, offset, size, to)
    this.#usedBytes = offset + size
    return new Uint8Array(this.#arena.buffer, offset, size)
  }

  /** Sends what waits; true when all of it left. */
  flush(): boolean {
    if (this.#end === this.#first) return true
    this.#first = this.sendRows(this.#arena, this.#rows, this.#first, this.#end)
    if (this.#first < this.#end) return false
    this.#first = 0
    this.#end = 0
    this.#usedBytes = 0
    return true
  }

  #hasRoom(size: number): boolean {
    return this.#end * ROW_WORDS < this.#rows.length && this.#usedBytes + size <= this.#arena.length
  }

  /** Doubles both buffers until a packet of `size` fits, or answers false. Packets that wait move along. */
  #grow(size: number): boolean {
    if (this.#end === ARENA_PACKETS_MAX || this.#usedBytes + size > ARENA_BYTES_MAX) return false
    while (!this.#hasRoom(size)) {
      const arena = new Uint8Array(2 * this.#arena.length)
      const rows = new Int32Array(2 * this.#rows.length)
      arena.set(this.#arena)
      rows.set(this.#rows)
      this.#arena = arena
      this.#rows = rows
      this.#rowBytes = new Uint8Array(rows.buffer)
    }
    return true
  }

  #describe(at: number, offset: number, size: number, to: Endpoint): void {
    const rows = this.#rows
    rows[at] = offset
    rows[at + 1] = size
    rows[at + 2] = to.family
    rows[at + 3] = to.port
    const bytes = this.#rowBytes
    const { address } = to
    const place = (at + 4) * 4
    for (let i = 0; i < address.length; i++) bytes[place + i] = address[i]!
  }
}
