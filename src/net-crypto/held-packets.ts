// Delivered packets whose acknowledgement waits for the application's word. Spec: Net crypto (recv_buffer_start).
// The protocol acknowledges no single packet: every data packet says "I have all before this number". So the oldest packet
// that is held stops that number, while delivery goes on behind it; what arrived behind it is told by gap lists.

/** One packet whose acknowledgement is held back. */
export interface PacketHold {
  /** False as soon as its session has ended: the packet will never be acknowledged. */
  readonly isLive: boolean
  /** Lets the packet be acknowledged, once all before it may be; harmless twice. */
  release(): void
}

class HeldPacket implements PacketHold {
  isReleased = false

  constructor(
    readonly number: number,
    private readonly packets: HeldPackets,
  ) {}

  get isLive(): boolean {
    return !this.packets.isClosed
  }

  release(): void {
    if (this.isReleased) return
    this.isReleased = true
    this.packets.released()
  }
}

export class HeldPackets {
  /** By rising packet number, as they were delivered; at most as many as the receive window has. */
  #packets: HeldPacket[] = []
  #first = 0
  #isClosed = false

  /** `onAdvance` is called when the oldest held packet was released. */
  constructor(private readonly onAdvance: () => void) {}

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The number of the oldest held packet; `undefined` when none is. */
  get oldest(): number | undefined {
    return this.#packets[this.#first]?.number
  }

  /** Holds the packet that was delivered last. */
  hold(number: number): PacketHold {
    const packet = new HeldPacket(number, this)
    this.#packets.push(packet)
    return packet
  }

  /** The session is over: what is held is forgotten. */
  close(): void {
    this.#isClosed = true
    this.#packets = []
    this.#first = 0
  }

  released(): void {
    const before = this.#first
    while (this.#packets[this.#first]?.isReleased) this.#first++
    if (this.#first === before) return
    if (this.#first === this.#packets.length || this.#first >= 256) {
      this.#packets = this.#packets.slice(this.#first)
      this.#first = 0
    }
    this.onAdvance()
  }
}
