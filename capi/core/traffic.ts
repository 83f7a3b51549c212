// Counts what one instance sends and receives by packet kind, which is a packet's first byte: for tox_netprof_*.

import type { Endpoint } from '../../src/base/index.js'
import type { UdpSender } from '../../src/transport/udp.js'

export class TrafficCounts {
  readonly packets = new Float64Array(256)
  readonly bytes = new Float64Array(256)
  totalPackets = 0
  totalBytes = 0

  add(kind: number, size: number): void {
    this.packets[kind]!++
    this.bytes[kind]! += size
    this.totalPackets++
    this.totalBytes += size
  }
}

/** A sender that counts. A reserved packet is written after `reserve` has returned, so it is counted with the next one. */
export class CountingSender implements UdpSender {
  readonly #sent = new TrafficCounts()
  readonly #sender: UdpSender
  #reserved: Uint8Array | undefined

  constructor(sender: UdpSender) {
    this.#sender = sender
  }

  get sent(): TrafficCounts {
    this.#settle()
    return this.#sent
  }

  send(to: Endpoint, packet: Uint8Array): void {
    this.#settle()
    this.#sender.send(to, packet)
    this.#sent.add(packet[0]!, packet.length)
  }

  reserve(to: Endpoint, size: number): Uint8Array {
    this.#settle()
    this.#reserved = this.#sender.reserve(to, size)
    return this.#reserved
  }

  #settle(): void {
    if (this.#reserved === undefined) return
    this.#sent.add(this.#reserved[0]!, this.#reserved.length)
    this.#reserved = undefined
  }
}
