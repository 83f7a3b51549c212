// Messages on their way: which packet number carries which message. Spec: Messenger (receipts).
// A ring, filled and emptied in order, so that a receipt costs the same however many messages are under way.

/** As many packets as a session's send window holds, so that the window is full first. */
const RECEIPTS_MAX = 32_768
const FIRST_CAPACITY = 16

export class Receipts {
  #packetNumbers = new Uint32Array(0)
  #messageIds = new Uint32Array(0)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  get isFull(): boolean {
    return this.#size === RECEIPTS_MAX
  }

  /** Awaits the receipt of `messageId`, sent in packet `packetNumber`; call only while not full. */
  add(packetNumber: number, messageId: number): void {
    if (this.#size === this.#packetNumbers.length) this.#grow()
    const at = (this.#head + this.#size++) & (this.#packetNumbers.length - 1)
    this.#packetNumbers[at] = packetNumber
    this.#messageIds[at] = messageId
  }

  /** Takes the oldest message whose packet is numbered before `upTo` (modulo 2^32): its id, `undefined` when there is none. */
  take(upTo: number): number | undefined {
    if (this.#size === 0 || ((upTo - this.#packetNumbers[this.#head]!) | 0) <= 0) return undefined
    const messageId = this.#messageIds[this.#head]!
    this.#head = (this.#head + 1) & (this.#packetNumbers.length - 1)
    this.#size--
    return messageId
  }

  /** Forgets all: after a lost session nobody knows what arrived. */
  clear(): void {
    this.#head = 0
    this.#size = 0
  }

  #grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, 2 * this.#packetNumbers.length)
    const packetNumbers = new Uint32Array(capacity)
    const messageIds = new Uint32Array(capacity)
    for (let i = 0; i < this.#size; i++) {
      const at = (this.#head + i) & (this.#packetNumbers.length - 1)
      packetNumbers[i] = this.#packetNumbers[at]!
      messageIds[i] = this.#messageIds[at]!
    }
    this.#packetNumbers = packetNumbers
    this.#messageIds = messageIds
    this.#head = 0
  }
}
