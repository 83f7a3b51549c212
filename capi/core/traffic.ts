// Counts what one instance sends and receives by packet kind, which is a packet's first byte: for tox_netprof_*.

import type { Endpoint } from '../../src/base/index.js'
import { ROUTE_ID_FIRST } from '../../src/packet/relay/index.js'
import type { RelayMeter } from '../../src/relay/index.js'
import type { UdpSender } from '../../src/transport/udp.js'

/** From this kind on a relay's packets are data of a route, whose number the kind is; it stands for all of them. */
const RELAY_DATA = ROUTE_ID_FIRST

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

/** Counts what goes through connections between relays and their clients, on one side of them. */
export class RelayTraffic implements RelayMeter {
  readonly sentCounts = new TrafficCounts()
  readonly receivedCounts = new TrafficCounts()

  sent(kind: number, bytes: number): void {
    this.sentCounts.add(Math.min(kind, RELAY_DATA), bytes)
  }

  received(kind: number, bytes: number): void {
    this.receivedCounts.add(Math.min(kind, RELAY_DATA), bytes)
  }

  /** Packets of data that went out. */
  get dataSent(): number {
    return this.sentCounts.packets[RELAY_DATA]!
  }
}
