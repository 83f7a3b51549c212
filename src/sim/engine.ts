// What runs on a simulated host: anything that takes datagrams and sets deadlines.

import type { Endpoint, Env } from '../base/index.js'
import type { Crypto } from '../crypto/index.js'
import type { StreamDialer } from '../transport/stream.js'
import type { UdpSender } from '../transport/udp.js'
import type { AcceptStream } from './tcp.js'

/** An engine as the simulator sees it. It waits through `env.deadlines` and speaks through `udp`. */
export interface SimEngine {
  /** Handles one datagram. `packet` lives until the end of the turn: copy what is kept. */
  receive(from: Endpoint, packet: Uint8Array): void
  /** The addresses of the host have changed, where somebody notices such things. */
  networkChanged?(): void
  /** Says goodbye: what it sends here still goes out. */
  close?(): void
}

/** What a starting engine is given. All of it is new at each start: an engine that was stopped hears nothing more. */
export interface EngineSetup {
  /** The host's name. */
  readonly name: string
  /** Virtual clock, seeded dice, deadlines. */
  readonly env: Env
  readonly udp: UdpSender
  /** Opens TCP connections, by the address or the name of a host. */
  readonly dialer: StreamDialer
  /** Takes TCP connections to a port of the host, as long as the engine runs. */
  readonly listen: (port: number, accept: AcceptStream) => void
  /** Which address families the host has. */
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** Real crypto with seeded dice. Throws when the world was made without crypto. */
  readonly crypto: Crypto
}

export type CreateEngine<E extends SimEngine> = (setup: EngineSetup) => E
