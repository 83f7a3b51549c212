// What asking a router for a port means, by whichever protocol, and where the router is.

import { Endpoint } from '../../base/index.js'
import { ANYWHERE, defaultRoutes } from '../default-routes.js'

export type PortProtocol = 'udp' | 'tcp'
/** How a router was asked: PCP (RFC 6887), NAT-PMP (RFC 6886), or UPnP (Internet Gateway Device 1 and 2). */
export type PortMappingMethod = 'pcp' | 'nat-pmp' | 'upnp'

/** A port of ours that others are to reach. */
export interface WantedPort {
  readonly protocol: PortProtocol
  readonly port: number
}

/** What the router has given. */
export interface MappedPort extends WantedPort {
  readonly method: PortMappingMethod
  /** Where others reach it; the port need not be ours. */
  readonly external: Endpoint
  /** For how long; 0: until it is taken back. */
  readonly lifetimeS: number
}

/** A router that answers. */
export interface Gateway {
  readonly method: PortMappingMethod
  /** Asks for a port, or for one that is held already to be held longer. Rejects with GatewayError. */
  map(wanted: WantedPort, lifetimeS: number, held?: MappedPort): Promise<MappedPort>
  /** Gives a port back. Rejects with GatewayError. */
  unmap(held: MappedPort): Promise<void>
  close(): void
}

/** Why a router gave nothing: a sentence for people. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
}

/** The IPv4 routers by which packets leave, nearest first. Only Linux tells without a program being run. */
export function defaultGateways(read?: () => string): string[] {
  return defaultRoutes(read)
    .filter(({ gateway, mask }) => mask === ANYWHERE && gateway !== ANYWHERE)
    .sort((a, b) => Number(a.metric) - Number(b.metric))
    .flatMap(({ gateway }) => addressOf(gateway) ?? [])
}

/** The kernel prints the address as a number of this machine's byte order: on all that Node runs on, but s390x, little endian. */
function addressOf(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length !== 4) return undefined
  return Endpoint.of(bytes.reverse(), 0).ip
}
