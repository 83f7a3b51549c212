// Lists of nodes inside savedata: DHT nodes, path nodes, TCP relays. Spec: State Format, DHT Sections, Tcp Relays, Path Nodes.
// The nodes themselves are big endian, as on the wire. One bad node spoils its whole list, but never the file.

import { concatBytes } from '../../base/index.js'
import { decodePrefix, encode, many, Reader, u32le } from '../../codec/index.js'
import { type NodeInfo, nodeInfo, nodeOrRelay, type RelayInfo, relayNode } from '../node-info.js'
import { DHT_SECTION_COOKIE, readSections, writeSections } from './section.js'

/** In front of the sections of the DHT section. */
const DHT_COOKIE = 0x0159000d
const DHT_COOKIE_BYTES = 4
const DHT_NODES_TYPE = 4

/** 2 × (1,024 of the close list + 2 × 8 of the searches for random keys), for IPv4 and IPv6: what c-toxcore reads. */
export const DHT_NODES_READ_MAX = 2 * (128 * 8 + 2 * 8)
/** c-toxcore keeps the size of a list in 16 bits, so a longer list would come back as garbage: 65,535 / 51 bytes of IPv6. */
export const DHT_NODES_SAVE_MAX = Math.floor(65_535 / 51)
export const TCP_RELAYS_MAX = 8
export const PATH_NODES_MAX = 8

/** Up to `max` nodes; the rest of the list is left alone. `undefined` when one of them is malformed or a relay. */
export function readNodes(bytes: Uint8Array, max: number): NodeInfo[] | undefined {
  const reader = new Reader(bytes)
  const nodes: NodeInfo[] = []
  while (reader.left > 0 && nodes.length < max) {
    nodes.push(nodeInfo.read(reader))
    if (reader.failed) return undefined
  }
  return nodes
}

/** Nodes behind one another. */
export function writeNodes(nodes: readonly NodeInfo[]): Uint8Array {
  return encode(many(nodeInfo), nodes)
}

/** Up to 8 relays; `undefined` when one is malformed. An address that is marked as UDP is taken for a relay too, as in C. */
export function readRelays(bytes: Uint8Array): RelayInfo[] | undefined {
  const reader = new Reader(bytes)
  const relays: RelayInfo[] = []
  while (reader.left > 0 && relays.length < TCP_RELAYS_MAX) {
    const { address, publicKey } = nodeOrRelay.read(reader)
    if (reader.failed) return undefined
    relays.push({ relay: address.endpoint, publicKey })
  }
  return relays
}

/** Relays behind one another. */
export function writeRelays(relays: readonly RelayInfo[]): Uint8Array {
  return encode(many(nodeOrRelay), relays.map(relayNode))
}

/** The nodes of a DHT section: of a damaged list none, `undefined` when there is no list in front of the first damage. */
export function readDhtNodes(bytes: Uint8Array): NodeInfo[] | undefined {
  let nodes: NodeInfo[] | undefined
  if (decodePrefix(u32le, bytes)?.value !== DHT_COOKIE) return nodes
  readSections(bytes.subarray(DHT_COOKIE_BYTES), DHT_SECTION_COOKIE, (section) => {
    if (section.type === DHT_NODES_TYPE && section.bytes.length > 0) {
      nodes = readNodes(section.bytes, DHT_NODES_READ_MAX) ?? []
    }
    return true
  })
  return nodes
}

/** A DHT section with the first of these nodes: as many as c-toxcore can read back. */
export function writeDhtNodes(nodes: readonly NodeInfo[]): Uint8Array {
  const list = { type: DHT_NODES_TYPE, bytes: writeNodes(nodes.slice(0, DHT_NODES_SAVE_MAX)) }
  return concatBytes(encode(u32le, DHT_COOKIE), writeSections([list], DHT_SECTION_COOKIE))
}
