// What the instance sees of the network, for programs that measure.

import type { CoreInstance } from '../instance.js'
import { TrafficCounts } from '../traffic.js'

/** Of Tox_Netprof_Packet_Type; the others are all TCP, of which there is none yet. */
const UDP = 3
/** Of Tox_Netprof_Direction. */
const SENT = 0

const NONE = new TrafficCounts()

function counts(tox: CoreInstance, type: number, direction: number): TrafficCounts {
  if (type !== UDP) return NONE
  return direction === SENT ? tox.sent : tox.received
}

export const networkFunctions = {
  tox_netprof_get_packet_id_count: (tox: CoreInstance, type: number, id: number, direction: number) =>
    counts(tox, type, direction).packets[id]!,
  tox_netprof_get_packet_id_bytes: (tox: CoreInstance, type: number, id: number, direction: number) =>
    counts(tox, type, direction).bytes[id]!,
  tox_netprof_get_packet_total_count: (tox: CoreInstance, type: number, direction: number) =>
    counts(tox, type, direction).totalPackets,
  tox_netprof_get_packet_total_bytes: (tox: CoreInstance, type: number, direction: number) =>
    counts(tox, type, direction).totalBytes,

  tox_dht_get_num_closelist: (tox: CoreInstance) => tox.engine.dht.goodNeighbours().length,

  tox_dht_get_num_closelist_announce_capable(tox: CoreInstance) {
    const { dht, node } = tox.engine
    return dht.goodNeighbours().filter((publicKey) => node.announcements?.nodes.speaks(publicKey) === true).length
  },
}
