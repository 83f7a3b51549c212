// What the instance sees of the network, for programs that measure.

import type { CoreInstance } from '../instance.js'
import type { TrafficCounts } from '../traffic.js'

/** In the order of Tox_Netprof_Packet_Type: what counts as this. */
const TYPES: readonly ((tox: CoreInstance) => readonly Traffic[])[] = [
  ({ relayClient }) => [relayClient],
  ({ relayServer }) => [relayServer],
  ({ relayClient, relayServer }) => [relayClient, relayServer],
  (tox) => [{ sentCounts: tox.sent, receivedCounts: tox.received }],
]
/** Of Tox_Netprof_Direction. */
const SENT = 0

interface Traffic {
  readonly sentCounts: TrafficCounts
  readonly receivedCounts: TrafficCounts
}

/** What `read` says of all traffic of a type in one direction; 0 for a type that is none. */
function sum(tox: CoreInstance, type: number, direction: number, read: (counts: TrafficCounts) => number): number {
  const all = TYPES[type]?.(tox) ?? []
  return all.reduce((total, one) => total + read(direction === SENT ? one.sentCounts : one.receivedCounts), 0)
}

export const networkFunctions = {
  tox_netprof_get_packet_id_count: (tox: CoreInstance, type: number, id: number, direction: number) =>
    sum(tox, type, direction, ({ packets }) => packets[id]!),
  tox_netprof_get_packet_id_bytes: (tox: CoreInstance, type: number, id: number, direction: number) =>
    sum(tox, type, direction, ({ bytes }) => bytes[id]!),
  tox_netprof_get_packet_total_count: (tox: CoreInstance, type: number, direction: number) =>
    sum(tox, type, direction, ({ totalPackets }) => totalPackets),
  tox_netprof_get_packet_total_bytes: (tox: CoreInstance, type: number, direction: number) =>
    sum(tox, type, direction, ({ totalBytes }) => totalBytes),

  tox_dht_get_num_closelist: (tox: CoreInstance) => tox.engine.dht.goodNeighbours().length,

  tox_dht_get_num_closelist_announce_capable(tox: CoreInstance) {
    const { dht, node } = tox.engine
    return dht.goodNeighbours().filter((publicKey) => node.announcements?.nodes.speaks(publicKey) === true).length
  },
}
