// The memory shared with the C++ side: a frame of 24 words for one call's arguments and answer, and a block for its bytes.
// A word holds a double, or the 64 bits of a uint64_t.

import type { HostBinding } from './binding.js'

/** Before a call the caller's clock in ms, after it the result; then 18 arguments; then what else the call answers. */
const Word = { VALUE: 0, ARGUMENTS: 1, DESCRIPTOR: 19, RESTS_UNTIL: 20, ERROR: 21, OUT_SIZE: 22, LOGS: 23 } as const

const FIRST_BLOCK_BYTES = 64 * 1024

export class Frame {
  readonly #words: Float64Array
  readonly #bits: BigUint64Array
  readonly #setBlock: (block: ArrayBuffer) => void
  #block: Uint8Array
  /** Where the next byte array among the arguments begins. */
  #at = 0

  constructor({ words, setBlock }: HostBinding) {
    this.#words = new Float64Array(words)
    this.#bits = new BigUint64Array(words)
    this.#setBlock = setBlock
    this.#block = this.#replaceBlock(FIRST_BLOCK_BYTES)
  }

  // Reading a call. Byte arrays must be read in their order.

  /** Begins a call: the caller's clock in ms. */
  begin(): number {
    this.#at = 0
    return this.#words[Word.VALUE]!
  }

  number(index: number): number {
    return this.#words[Word.ARGUMENTS + index]!
  }

  bits(index: number): bigint {
    return this.#bits[Word.ARGUMENTS + index]!
  }

  /** A view that is valid during the call. */
  bytes(index: number): Uint8Array {
    const start = this.#at
    this.#at += this.#words[Word.ARGUMENTS + index]!
    return this.#block.subarray(start, this.#at)
  }

  // Answering it.

  fail(error: number): void {
    this.#words[Word.ERROR] = error
    this.#words[Word.OUT_SIZE] = 0
  }

  answerNumber(value: number): void {
    this.fail(0)
    this.#words[Word.VALUE] = value
  }

  answerBits(value: bigint): void {
    this.fail(0)
    this.#bits[Word.VALUE] = value
  }

  answerBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.#block.set(bytes)
    this.answerNumber(1)
    this.#words[Word.OUT_SIZE] = bytes.length
  }

  /** How many log records wait. */
  set logs(count: number) {
    this.#words[Word.LOGS] = count
  }

  /** Until when, by the caller's clock, the instance changes only by packets that wait on this descriptor. */
  rest(descriptor: number, untilMs: number): void {
    this.#words[Word.DESCRIPTOR] = descriptor
    this.#words[Word.RESTS_UNTIL] = untilMs
  }

  /** The call has not changed that. */
  restAsBefore(): void {
    this.#words[Word.RESTS_UNTIL] = Number.NaN
  }

  /** Makes the block at least so large and keeps what it holds. */
  reserve(size: number): void {
    if (size <= this.#block.length) return
    const before = this.#block
    this.#block = this.#replaceBlock(Math.max(size, 2 * before.length))
    this.#block.set(before)
    // It may have held a profile.
    before.fill(0)
  }

  #replaceBlock(size: number): Uint8Array {
    const buffer = new ArrayBuffer(size)
    this.#setBlock(buffer)
    return new Uint8Array(buffer)
  }
}
