// Adds up the bytes that a node, or a worker of it, sends.

import type { Endpoint } from '../../base/index.js'
import type { UdpSender } from '../../transport/udp.js'

export class CountingSender implements UdpSender {
  bytes = 0

  constructor(private readonly sender: UdpSender) {}

  send(to: Endpoint, packet: Uint8Array): void {
    this.bytes += packet.length
    this.sender.send(to, packet)
  }

  reserve(to: Endpoint, size: number): Uint8Array {
    this.bytes += size
    return this.sender.reserve(to, size)
  }
}
