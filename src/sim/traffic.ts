// What a host has sent and received, by packet kind.

import { PacketKind } from '../packet/kinds.js'

/** Packets and their bytes (UDP payload). */
export interface Amount {
  readonly packets: number
  readonly bytes: number
}

export interface KindTraffic {
  readonly sent: Amount
  readonly received: Amount
}

const KINDS = 256
const NAMES = new Map<number, string>(
  Object.entries(PacketKind).map(([name, kind]) => [kind, name.toLowerCase().replaceAll('_', '-')]),
)

/** Running counts of one host. What is sent counts even if the network loses it; what is received has reached the engine. */
export class Traffic {
  readonly #sent = new Float64Array(KINDS)
  readonly #sentBytes = new Float64Array(KINDS)
  readonly #received = new Float64Array(KINDS)
  readonly #receivedBytes = new Float64Array(KINDS)

  /** All that was sent, or all of one kind (the first byte: see `PacketKind`). */
  sent(kind?: number): Amount {
    return amount(this.#sent, this.#sentBytes, kind)
  }

  /** All that was received, or all of one kind. */
  received(kind?: number): Amount {
    return amount(this.#received, this.#receivedBytes, kind)
  }

  /** Counts by the name of each kind that was seen: `'nodes-request'`, or `'0x7f'` for a kind without a name. */
  toJSON(): Record<string, KindTraffic> {
    const all: Record<string, KindTraffic> = {}
    for (let kind = 0; kind < KINDS; kind++) {
      if (this.#sent[kind] === 0 && this.#received[kind] === 0) continue
      const name = NAMES.get(kind) ?? `0x${kind.toString(16).padStart(2, '0')}`
      all[name] = { sent: this.sent(kind), received: this.received(kind) }
    }
    return all
  }

  /** Starts counting anew. */
  reset(): void {
    for (const counts of [this.#sent, this.#sentBytes, this.#received, this.#receivedBytes]) counts.fill(0)
  }

  /** @internal */
  countSent(packet: Uint8Array): void {
    const kind = packet.length === 0 ? 0 : packet[0]!
    this.#sent[kind]! += 1
    this.#sentBytes[kind]! += packet.length
  }

  /** @internal */
  countReceived(packet: Uint8Array): void {
    const kind = packet.length === 0 ? 0 : packet[0]!
    this.#received[kind]! += 1
    this.#receivedBytes[kind]! += packet.length
  }
}

function amount(packets: Float64Array, bytes: Float64Array, kind?: number): Amount {
  if (kind !== undefined) return { packets: packets[kind] ?? 0, bytes: bytes[kind] ?? 0 }
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0)
  return { packets: sum(packets), bytes: sum(bytes) }
}
