// How the engine sends and receives datagrams, whoever moves them: Node's host, `tox_iterate` or the simulator.

import type { Counters, Endpoint } from '../base/index.js'

/** The largest UDP payload that Tox sends or accepts (c-toxcore: MAX_UDP_PACKET_SIZE). */
export const UDP_PACKET_MAX_BYTES = 2048

export interface UdpSender {
  /** Sends a copy of `packet`. Never fails from the engine's view: a datagram may be lost anyway. */
  send(to: Endpoint, packet: Uint8Array): void
  /**
   * A place of `size` bytes in the send arena, to be written whole before anything else is sent: packets are sealed straight
   * into it. It goes out at the end of the turn. Contents are unspecified at first.
   */
  reserve(to: Endpoint, size: number): Uint8Array
}

/** Where there is no UDP: what is sent goes nowhere. */
export const noUdp: UdpSender = {
  send: () => {},
  reserve: (_to, size) => new Uint8Array(size),
}

/** Handles one packet. `packet` is a view that lives until the end of the turn: copy what is kept. */
export type UdpHandler = (from: Endpoint, packet: Uint8Array) => void

/** Hands each datagram to the handler of its first byte. Routing is a table; unknown kinds are dropped and counted. */
export class UdpRouter {
  /** Packets that arrived, by their first byte, whatever became of them. */
  readonly received = new Float64Array(256)
  receivedBytes = 0
  readonly #handlers: (UdpHandler | undefined)[] = new Array(256).fill(undefined)

  constructor(private readonly drops: Counters) {}

  /** Registers the one handler of packet kind `kind`. */
  on(kind: number, handler: UdpHandler): void {
    if (this.#handlers[kind] !== undefined) throw new Error(`packet kind ${kind} has a handler already`)
    this.#handlers[kind] = handler
  }

  receive(from: Endpoint, packet: Uint8Array): void {
    if (packet.length === 0 || packet.length > UDP_PACKET_MAX_BYTES) return this.drops.count('udp/bad size')
    this.received[packet[0]!]!++
    this.receivedBytes += packet.length
    const handler = this.#handlers[packet[0]!]
    if (handler === undefined) return this.drops.count('udp/unknown kind')
    handler(from, packet)
  }
}
