// What one node and its process tell about themselves.

import { PacketKind } from '../../packet/kinds.js'
import { counter, gauge, labelled, type Metric } from './metrics.js'
import type { NodeCounts } from './node-counts.js'
import type { NodeHost } from './node-host.js'

/** Relay ports and what they carried. */
export interface RelayTraffic {
  readonly ports: number
  readonly bytesRead: number
  readonly bytesWritten: number
}

/** `counts`: of all its threads together. */
export function nodeMetrics({ node }: NodeHost, counts: NodeCounts, relay: RelayTraffic): Metric[] {
  const { dht, announceServer, announcements, forwarding } = node
  const { udp } = counts
  const { nodes, close } = dht.size
  const all = [
    labelled('counter', 'tox_node_udp_packets_received_total', 'Packets by kind.', packetsByKind(counts.received)),
    counter('tox_node_udp_received_bytes_total', 'Bytes of these packets.', counts.receivedBytes),
    counter('tox_node_udp_packets_sent_total', 'Packets that the system took.', udp.packetsOut),
    counter('tox_node_udp_sent_bytes_total', 'Bytes handed to the system.', counts.sentBytes),
    counter('tox_node_udp_unsent_total', 'Packets that the system refused.', udp.unsent),
    counter('tox_node_udp_overflow_total', 'Packets lost in our own queues.', udp.overflowIn + udp.overflowOut),
    labelled(
      'counter',
      'tox_node_drops_total',
      'Packets that were not served, by module and reason.',
      drops(counts.drops),
    ),
    gauge('tox_node_dht_connected', 'Whether any node of the DHT answers.', dht.isConnected ? 1 : 0),
    gauge('tox_node_dht_nodes', 'Nodes that are known.', nodes),
    gauge('tox_node_dht_neighbours', 'Of these, in the list of those closest to this node.', close),
    gauge(
      'tox_node_onion_announced',
      'Peers that can be found by the onion through this node.',
      announceServer.store.size,
    ),
    gauge('tox_node_relay_ports', 'TCP ports that are open.', relay.ports),
    gauge('tox_node_relay_connections', 'TCP connections.', node.relay?.connectionCount ?? 0),
    gauge('tox_node_relay_clients', 'Of these, clients that have shown who they are.', node.relay?.clientCount ?? 0),
    counter('tox_node_relay_received_bytes_total', 'Bytes that came by TCP.', relay.bytesRead),
    counter('tox_node_relay_sent_bytes_total', 'Bytes that went by TCP.', relay.bytesWritten),
  ]
  if (announcements !== undefined) {
    const { searches, retrieved, stored } = announcements.stats
    all.push(
      gauge('tox_node_announcements', 'Announcements in the DHT that are stored here.', announcements.store.size),
      counter('tox_node_announcement_searches_total', 'Searches for announcements that were answered.', searches),
      counter('tox_node_announcements_retrieved_total', 'Announcements that were handed out.', retrieved),
      counter('tox_node_announcements_stored_total', 'Announcements that were stored or renewed.', stored),
    )
  }
  if (forwarding !== undefined) {
    const { forwarded, returned } = forwarding.stats
    all.push(
      counter('tox_node_forwarded_total', 'Packets that were passed on to a node for somebody.', forwarded),
      counter('tox_node_forward_replies_total', 'Answers that were passed back.', returned),
    )
  }
  return all
}

/** What there is once in a process. `lagMs` is the longest that its event loop was late in the last minute. */
export function processMetrics(lagMs: number | undefined): Metric[] {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return [
    gauge(
      'process_start_time_seconds',
      'When the process started, in seconds since 1970.',
      Date.now() / 1000 - process.uptime(),
    ),
    counter('process_cpu_seconds_total', 'Processor time.', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Memory that the process holds.', rss),
    gauge('nodejs_heap_size_used_bytes', 'Memory that its JavaScript uses.', heapUsed),
    ...(lagMs === undefined
      ? []
      : [gauge('nodejs_eventloop_lag_max_seconds', 'How late work began, at most, in the last minute.', lagMs / 1000)]),
  ]
}

const KIND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(PacketKind).map(([name, kind]) => [kind, name.toLowerCase()]),
)

function packetsByKind(received: Float64Array): Metric['values'] {
  const known = [...KIND_NAMES].map(([kind, name]) => ({ labels: { kind: name }, value: received[kind]! }))
  const all = received.reduce((sum, count) => sum + count, 0)
  const unknown = all - known.reduce((sum, { value }) => sum + value, 0)
  return [...known, { labels: { kind: 'unknown' }, value: unknown }]
}

function drops(counts: NodeCounts['drops']): Metric['values'] {
  return Object.entries(counts).map(([name, value]) => {
    const slash = name.indexOf('/')
    return { labels: { module: name.slice(0, slash), reason: name.slice(slash + 1) }, value }
  })
}
