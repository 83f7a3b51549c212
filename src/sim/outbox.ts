// What a host has sent and not yet handed to the network: packets leave at the end of the turn, when they are written whole.

import type { Endpoint } from '../base/index.js'
import type { UdpSender } from '../transport/udp.js'
import type { PacketPool } from './packet-pool.js'

interface Letter {
  readonly to: Endpoint
  readonly packet: Uint8Array
}

export class Outbox {
  #letters: Letter[] = []

  constructor(
    private readonly pool: PacketPool,
    private readonly transmit: (to: Endpoint, packet: Uint8Array) => void,
    /** Called when a letter comes into an empty box. */
    private readonly onFirst: () => void,
  ) {}

  /** A sender whose packets count as long as `isAlive` says so. */
  sender(isAlive: () => boolean): UdpSender {
    const post = (to: Endpoint, packet: Uint8Array): void => {
      if (isAlive() && this.#letters.push({ to, packet }) === 1) this.onFirst()
    }
    return {
      send: (to, packet) => post(to, this.pool.copy(packet)),
      reserve: (to, size) => {
        const packet = this.pool.take(size)
        post(to, packet)
        return packet
      },
    }
  }

  flush(): void {
    if (this.#letters.length === 0) return
    const letters = this.#letters
    this.#letters = []
    for (const { to, packet } of letters) this.transmit(to, packet)
  }

  /** Drops what has not left yet. */
  clear(): void {
    this.#letters = []
  }
}
