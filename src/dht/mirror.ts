// What the workers of a node know of its neighbours: the good nodes of its table, written down by the node and read by each worker.
// A node that answers strangers needs no more, and whoever reads it believes it whole until the next one comes.

import { decode } from '../codec/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { type NodeInfo, nodeInfo } from '../packet/node-info.js'
import { CloseList } from './close-list.js'
import { DhtNode } from './node.js'
import { NodeTable } from './node-table.js'

/** For each node: whether it is a neighbour, how many addresses, and these as node infos, the fresher one first. */
const HEAD_BYTES = 2
const INFO_BYTES = { ipv4: 39, ipv6: 51 }
const IPV4 = 2

/** The good nodes of `table`, for `readNodes`. */
export function writeNodes(table: NodeTable, nowMs: number): Uint8Array {
  const out = new Uint8Array(table.size * (HEAD_BYTES + INFO_BYTES.ipv4 + INFO_BYTES.ipv6))
  let at = 0
  for (let slot = 0; slot < table.size; slot++) {
    const node = table.at(slot)
    const good = node.goodAssociations(nowMs)
    if (good.length === 0) continue
    out[at++] = node.bucket >= 0 ? 1 : 0
    out[at++] = good.length
    for (const { packed } of good) {
      out.set(packed, at)
      at += packed.length
    }
  }
  return out.slice(0, at)
}

/** A table and a close list of what `writeNodes` wrote; in them nobody ever goes bad. */
export function readNodes(
  bytes: Uint8Array,
  ownPublicKey: DhtPublicKey,
): { readonly table: NodeTable; readonly close: CloseList } {
  const table = new NodeTable()
  const close = new CloseList(ownPublicKey)
  let at = 0
  while (at < bytes.length) {
    const isNeighbour = bytes[at] === 1
    const infos: NodeInfo[] = []
    const count = bytes[at + 1]!
    at += HEAD_BYTES
    for (let i = 0; i < count; i++) {
      const end = at + (bytes[at] === IPV4 ? INFO_BYTES.ipv4 : INFO_BYTES.ipv6)
      infos.push(decode(nodeInfo, bytes.subarray(at, end))!)
      at = end
    }
    const node = new DhtNode(infos[0]!.publicKey)
    // The older one first: what comes later is the fresher one.
    for (const [i, { endpoint }] of infos.reverse().entries()) node.answeredFrom(endpoint, FOR_EVER_MS + i)
    if (isNeighbour) close.add(node, 0)
    table.add(node)
  }
  return { table, close }
}

/** Far beyond every clock, and far below where adding an interval would be lost. */
const FOR_EVER_MS = 2 ** 50
