// The instance's UDP socket, opened as the options of tox_new want it.

import { fail, type Logger, ok, type Result } from '../../src/base/index.js'
import { openNativeUdp } from '../../src/host/native-udp.js'
import { TOX_PORTS, UdpError, type UdpSocket } from '../../src/host/udp-socket.js'

export interface UdpOptions {
  readonly ipv6: boolean
  readonly startPort: number
  readonly endPort: number
}

/**
 * Two zeros mean the usual range, one zero the other port alone, and the two may stand in either order, as in c-toxcore. A
 * machine without IPv6 gets an IPv4 socket.
 */
export function openUdp({ ipv6, startPort, endPort }: UdpOptions, log: Logger): Result<UdpSocket, 'port-alloc'> {
  const ports = portRange(startPort, endPort)
  try {
    return ok(ipv6 ? openDual(ports) : openNativeUdp({ family: 'ipv4', ...ports }))
  } catch (error) {
    if (!(error instanceof UdpError) || error.code === 'no-native') throw error
    log.log('error', 'udp', error.message)
    return fail('port-alloc')
  }
}

function openDual(ports: PortRange): UdpSocket {
  try {
    return openNativeUdp({ family: 'dual', ...ports })
  } catch (error) {
    const isWithout = error instanceof UdpError && (error.code === 'family-unavailable' || error.code === 'address')
    if (!isWithout) throw error
    return openNativeUdp({ family: 'ipv4', ...ports })
  }
}

type PortRange = { readonly firstPort: number; readonly lastPort: number }

function portRange(startPort: number, endPort: number): PortRange {
  if (startPort === 0 && endPort === 0) return TOX_PORTS
  const start = startPort === 0 ? endPort : startPort
  const end = endPort === 0 ? startPort : endPort
  return { firstPort: Math.min(start, end), lastPort: Math.max(start, end) }
}
