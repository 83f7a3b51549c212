// Opens a UDP socket with the best twin that this machine has: the addon's where it is built, else node:dgram's.
// TOXCORE_TS_UDP=native|dgram forces one; a forced one that is missing is an error.

import { openDgramUdp } from './dgram-udp.js'
import { nativeUdpMissing, openNativeUdp } from './native-udp.js'
import type { UdpSocket, UdpSocketOptions } from './udp-socket.js'
import { UdpError } from './udp-socket.js'

function forcedKind(): 'native' | 'dgram' | undefined {
  const forced = process.env['TOXCORE_TS_UDP']
  if (forced === undefined || forced === '') return undefined
  if (forced === 'native' || forced === 'dgram') return forced
  throw new UdpError('system', `TOXCORE_TS_UDP is '${forced}'; it may be native or dgram`)
}

/**
 * Opens a socket on the first free port of the range, with the native twin where there is one. Rejects with UdpError.
 */
export async function openUdpSocket(options: UdpSocketOptions): Promise<UdpSocket> {
  const forced = forcedKind()
  if (forced === 'dgram') return openDgramUdp(options)
  const missing = nativeUdpMissing()
  if (missing === undefined) return openNativeUdp(options)
  if (forced === 'native') throw new UdpError('no-native', `TOXCORE_TS_UDP=native, but ${missing}`)
  if (options.joins === true) throw new UdpError('no-native', `a port cannot be shared here: ${missing}`)
  return openDgramUdp(options)
}
