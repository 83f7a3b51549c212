// Speaks to everybody on the networks of this machine: IPv4 by the broadcast address of each interface and by limited
// broadcast, IPv6 by the group of all nodes on each interface's link. Interfaces come and go, so they are looked up each time.

import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { Endpoint } from '../base/index.js'
import { ALL_NODES, type LanSender, LIMITED_BROADCAST } from '../transport/lan.js'
import type { Link, UdpSocket } from './udp-socket.js'

/** A machine full of virtual bridges greets this many of its networks (c-toxcore: MAX_INTERFACES). */
const NETWORKS_MAX = 16

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

export class HostLan implements LanSender {
  constructor(
    private readonly socket: Pick<UdpSocket, 'sender' | 'family' | 'local' | 'multicastBy'>,
    private readonly interfaces: () => Interfaces = networkInterfaces,
  ) {}

  send(ports: readonly number[], packet: Uint8Array): void {
    const { sender, family, local } = this.socket
    const sendTo = (to: Endpoint): void => {
      for (const port of ports) sender.send(to.withPort(port), packet)
    }
    const near = nearNetworks(this.interfaces(), local)
    if (family !== 'ipv6') for (const broadcast of near.broadcasts) sendTo(broadcast)
    if (family === 'ipv4') return
    // One socket has one interface for multicast at a time: each switch sends first what waits.
    for (const link of near.links) if (this.socket.multicastBy(link)) sendTo(ALL_NODES)
  }
}

/**
 * Whom to broadcast to, and by which links to multicast, from a socket bound to `local`. One that is bound to a single address
 * speaks on the network of that address alone.
 */
function nearNetworks(interfaces: Interfaces, local: Endpoint): { broadcasts: Endpoint[]; links: Link[] } {
  const isBoundToAll = local.address.every((byte) => byte === 0)
  const broadcasts = new Map<string, Endpoint>()
  const links = new Map<number, Link>()
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    if (!isBoundToAll && !addresses.some(({ address }) => address === local.ip)) continue
    for (const one of addresses) {
      if (one.internal) continue
      if (one.family === 'IPv6') {
        // Only link-local addresses tell the interface's number; ff02::1 is sent from one anyway.
        if (one.scopeid > 0) links.set(one.scopeid, { name, index: one.scopeid })
      } else {
        const broadcast = broadcastOf(one)
        if (broadcast !== undefined) broadcasts.set(broadcast.key, broadcast)
      }
    }
  }
  const everywhere = isBoundToAll ? [LIMITED_BROADCAST] : []
  return {
    broadcasts: [...[...broadcasts.values()].slice(0, NETWORKS_MAX), ...everywhere],
    links: [...links.values()].slice(0, NETWORKS_MAX),
  }
}

/** The last address of the network; none where the network is a line between two (RFC 3021) or a single host. */
function broadcastOf({ address, netmask }: { address: string; netmask: string }): Endpoint | undefined {
  const own = Endpoint.parse(address, 0)?.address
  const mask = Endpoint.parse(netmask, 0)?.address
  if (own?.length !== 4 || mask?.length !== 4 || mask[3]! >= 254) return undefined
  return Endpoint.of(
    own.map((byte, i) => byte | (~mask[i]! & 0xff)),
    0,
  )
}
