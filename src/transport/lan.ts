// How the engine speaks to everybody on the networks that this host is on. Node's host knows the interfaces
// (host/lan.ts); any datagram socket can at least do what `lanSender` does.

import { Endpoint } from '../base/index.js'
import type { UdpSender } from './udp.js'

/** Port 0: a place for the ports of each round. */
export const LIMITED_BROADCAST = Endpoint.of(Uint8Array.of(255, 255, 255, 255), 0)
/** ff02::1, all nodes on the link (RFC 4291): every interface belongs to it. */
export const ALL_NODES = Endpoint.of(Uint8Array.of(0xff, 2, ...new Array<number>(13).fill(0), 1), 0)

export interface LanSender {
  /** Sends a copy of `packet` to each of `ports`, on every network that is near. Never fails from the engine's view. */
  send(ports: readonly number[], packet: Uint8Array): void
}

/** Limited broadcast and link-local multicast, by whichever interface the system takes. */
export function lanSender(udp: UdpSender, { ipv4 = true, ipv6 = true } = {}): LanSender {
  const everybody = [...(ipv4 ? [LIMITED_BROADCAST] : []), ...(ipv6 ? [ALL_NODES] : [])]
  return {
    send(ports, packet) {
      for (const to of everybody) for (const port of ports) udp.send(to.withPort(port), packet)
    },
  }
}
