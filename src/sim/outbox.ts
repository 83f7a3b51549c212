// What a host has sent and not yet handed to the network: packets leave at the end of the turn, when they are written whole.

import type { Endpoint } from '../base/index.js'
import type { UdpSender } from '../transport/udp.js'
import { PacketArena } from './packet-arena.js'

interface Letter {
  readonly to: Endpoint
  readonly packet: Uint8Array
}

export class Outbox {
  readonly #arena = new PacketArena()
  #letters: Letter[] = []

  constructor(
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
      send: (to, packet) => {
        const copy = this.#arena.take(packet.length)
        copy.set(packet)
        post(to, copy)
      },
      reserve: (to, size) => {
        const packet = this.#arena.take(size)
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
