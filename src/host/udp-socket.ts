// What the host needs of a UDP socket. Two twins move the packets: native-udp.ts (our addon, batches through recvmmsg and
// sendmmsg) and dgram-udp.ts (node:dgram, everywhere). One table of tests runs on both.

import { Endpoint } from '../base/index.js'
import type { UdpHandler, UdpSender } from '../transport/udp.js'

/** `ipv4` and `ipv6` serve one family; `dual` serves both through one IPv6 socket. */
export type UdpFamily = 'ipv4' | 'ipv6' | 'dual'

/** A network interface, as `node:os` names it and the system numbers it. */
export interface Link {
  readonly name: string
  readonly index: number
}

export interface UdpSocketOptions {
  readonly family: UdpFamily
  /** The local IP as text (`'127.0.0.1'`, `'::1'`); all addresses of the family unless told. */
  readonly address?: string
  /** First port to try; 0 lets the system choose. */
  readonly firstPort: number
  /** Last port to try, at least `firstPort`. */
  readonly lastPort: number
  /** Shares the port with a socket that said `letJoin`: native twin alone. */
  readonly joins?: boolean
}

/** A port that several sockets of one process share, on its first socket. */
export interface PortSharing {
  /** Lets sockets that are opened with `joins` bind to the same port. Throws UdpError. */
  letJoin(): void
  /**
   * Packets of these kinds (first byte) go to any socket of the port, all from one endpoint to the same; others go to this one.
   * To be called when the first other socket has joined. Throws UdpError.
   */
  spread(kinds: readonly number[]): void
}

/** Ports that Tox nodes try in order (c-toxcore: TOX_PORTRANGE_FROM and TOX_PORTRANGE_TO). */
export const TOX_PORTS = { firstPort: 33_445, lastPort: 33_545 } as const

/** Traffic and trouble of one socket since it was opened. */
export interface UdpStats {
  readonly packetsIn: number
  readonly packetsOut: number
  /** Packets that the system refused: no route, forbidden, too large for the path. */
  readonly unsent: number
  /** Packets dropped because too many waited to be sent. */
  readonly overflowOut: number
  /** Packets dropped because too many waited to be read (portable twin) or did not fit (native twin). */
  readonly overflowIn: number
  readonly receiveErrors: number
}

export interface UdpSocket {
  readonly kind: 'native' | 'dgram'
  readonly family: UdpFamily
  /** Where it is bound. */
  readonly local: Endpoint
  readonly localPort: number
  /** Packets go out with the next `flush`, or sooner when the arena is full. */
  readonly sender: UdpSender
  /**
   * Calls `onReadable` in each turn of the event loop in which packets wait, until `close`. A socket that is never watched
   * can still be read with `receive`, as `tox_iterate` does (native twin only: node:dgram reads by the event loop alone).
   */
  watch(onReadable: () => void): void
  /**
   * Hands one batch of waiting packets to `handler`; true when more may wait. `packet` is a view that lives until the next
   * `receive`. An exception of the handler passes through and costs the rest of the batch.
   */
  receive(handler: UdpHandler): boolean
  /** Sends what stands in the arena. What the system cannot take now stays and goes out when it can. */
  flush(): void
  /**
   * By which interface packets to link-local multicast groups (ff02::/16) leave from now on; what waits is flushed before.
   * False where that cannot be: no IPv6, or the interface is gone.
   */
  multicastBy(link: Link): boolean
  /**
   * The descriptor on which something else can wait for packets; undefined while packets wait to be sent, since they need a
   * `flush` besides, and for node:dgram.
   */
  readonly pollable: number | undefined
  /** Whether it still can carry packets; asked of the system (native twin), or as far as errors have told. */
  readonly isSound: boolean
  /** Undefined where a port cannot be shared (node:dgram). */
  readonly sharing: PortSharing | undefined
  /** Whether the socket keeps the process alive (it does at first). */
  ref(): void
  unref(): void
  stats(): UdpStats
  /** Stops everything at once; safe at any time and twice. */
  close(): void
}

export type UdpErrorCode = 'ports-in-use' | 'address' | 'family-unavailable' | 'no-native' | 'system'

/** Why no socket could be opened. */
export class UdpError extends Error {
  override readonly name = 'UdpError'
  constructor(
    readonly code: UdpErrorCode,
    message: string,
  ) {
    super(message)
  }
}

/** The address to bind, checked against the family: 4 bytes for an IPv4 socket, else 16. Throws UdpError `address`. */
export function bindAddress(options: UdpSocketOptions): Endpoint {
  const { family, address } = options
  const endpoint = Endpoint.parse(address ?? (family === 'ipv4' ? '0.0.0.0' : '::'), 0)
  if (endpoint === undefined) throw new UdpError('address', `'${address}' is not an IP address`)
  if (endpoint.family === 4 ? family === 'ipv6' : family === 'ipv4') {
    throw new UdpError('address', `${address} is not an address of an ${family} socket`)
  }
  return endpoint
}

/** The sentence for a failed bind. `code` is the system's name of the error. */
export function bindError(options: UdpSocketOptions, code: string): UdpError {
  const { family, address, firstPort, lastPort } = options
  const where = address ?? 'any address'
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const ports = firstPort === lastPort ? `port ${firstPort} is` : `ports ${firstPort} to ${lastPort} are`
    return new UdpError('ports-in-use', `UDP ${ports} in use or forbidden on ${where}`)
  }
  if (code === 'EADDRNOTAVAIL') return new UdpError('address', `${where} is not an address of this machine`)
  if (code === 'EAFNOSUPPORT') return new UdpError('family-unavailable', `this system has no ${family} sockets`)
  return new UdpError('system', `cannot open a UDP socket on ${where}: ${code}`)
}
