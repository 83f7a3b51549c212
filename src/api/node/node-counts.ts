// What a node and its workers count on the way of packets, and the sum of it.

import type { UdpStats } from '../../host/udp-socket.js'
import type { NodeHost } from './node-host.js'

export interface NodeCounts {
  /** Packets by their first byte. */
  readonly received: Float64Array
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly udp: UdpStats
  /** Packets that were not served, by reason. */
  readonly drops: Readonly<Record<string, number>>
}

/** Of the node's own thread. */
export function countsOf({ node, socket, env, sent }: NodeHost): NodeCounts {
  const { received, receivedBytes } = node.router
  return { received, receivedBytes, sentBytes: sent.bytes, udp: socket.stats(), drops: env.drops.toJSON() }
}

/** Of all threads together. */
export function addUp(all: readonly NodeCounts[]): NodeCounts {
  const sum = (of: (counts: NodeCounts) => number): number => all.reduce((total, one) => total + of(one), 0)
  const drops: Record<string, number> = {}
  for (const one of all) {
    for (const [reason, count] of Object.entries(one.drops)) drops[reason] = (drops[reason] ?? 0) + count
  }
  return {
    received: new Float64Array(256).map((_, kind) => sum(({ received }) => received[kind]!)),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    udp: {
      packetsIn: sum(({ udp }) => udp.packetsIn),
      packetsOut: sum(({ udp }) => udp.packetsOut),
      unsent: sum(({ udp }) => udp.unsent),
      overflowOut: sum(({ udp }) => udp.overflowOut),
      overflowIn: sum(({ udp }) => udp.overflowIn),
      receiveErrors: sum(({ udp }) => udp.receiveErrors),
    },
    drops,
  }
}
