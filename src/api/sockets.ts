// Opening sockets and finding nodes for instances and bootstrap nodes alike, with failures in the words of the API.

import type { Endpoint } from '../base/index.js'
import type { LanDiscoveryOptions } from '../dht/index.js'
import { ResolveError, resolveHost } from '../host/dns.js'
import { HostLan } from '../host/lan.js'
import { LastingUdpSocket } from '../host/lasting-udp.js'
import { TOX_PORTS, UdpError, type UdpSocket } from '../host/udp-socket.js'
import { ToxError } from '../tox/errors.js'
import type { NetworkOptions } from './options.js'

/** The UDP socket that the options ask for. Rejects with ToxError. */
export async function openSocket({ bindAddress, port, ipv6 = true }: NetworkOptions): Promise<LastingUdpSocket> {
  const address = bindAddress === undefined ? {} : { address: bindAddress }
  const ports = port === undefined ? TOX_PORTS : { firstPort: port, lastPort: port }
  const isIpv6Address = bindAddress?.includes(':') ?? true
  try {
    if (ipv6 && isIpv6Address) {
      try {
        return await LastingUdpSocket.open({ family: 'dual', ...address, ...ports })
      } catch (error) {
        // A machine without IPv6 is no reason to fail, unless the user asked for an IPv6 address.
        if (!(error instanceof UdpError) || error.code !== 'family-unavailable' || bindAddress !== undefined)
          throw error
      }
    }
    return await LastingUdpSocket.open({ family: 'ipv4', ...address, ...ports })
  } catch (error) {
    return failSocket(error)
  }
}

/** Throws why a socket could not be opened as a ToxError. */
export function failSocket(error: unknown): never {
  if (!(error instanceof UdpError)) throw error
  throw new ToxError('NEW', error.code === 'address' ? 'bad-option' : 'port-alloc', error.message, { cause: error })
}

/** The addresses of a host that a socket of `family` can send to. Rejects with `TOX_ERR_BOOTSTRAP_BAD_HOST`. */
export async function resolveNode(
  host: string,
  port: number,
  family: UdpSocket['family'],
  signal?: AbortSignal,
): Promise<Endpoint[]> {
  const only = family === 'ipv4' ? { family: 4 as const } : family === 'ipv6' ? { family: 6 as const } : {}
  try {
    return await resolveHost(host, port, { ...only, ...(signal === undefined ? {} : { signal }) })
  } catch (error) {
    if (signal?.aborted) throw new ToxError('BOOTSTRAP', 'aborted')
    if (!(error instanceof ResolveError)) throw error
    throw new ToxError('BOOTSTRAP', error.code === 'bad-port' ? 'bad-port' : 'bad-host', error.message, {
      cause: error,
    })
  }
}

/** LAN discovery from this socket, where it is wanted (unless told otherwise, it is) and can leave the machine. */
export function lanOptions(
  socket: UdpSocket,
  wanted = true,
  ports: Pick<LanDiscoveryOptions, 'port'> = {},
): { lanDiscovery?: LanDiscoveryOptions } {
  return wanted && !socket.local.isLoopback ? { lanDiscovery: { lan: new HostLan(socket), ...ports } } : {}
}
