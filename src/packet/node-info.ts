// Node info (packed node): IP type, address, port, DHT public key. Spec: DHT, Node Info.
// The same format names TCP relays, with the family's highest bit set.

import { Endpoint } from '../base/index.js'
import { bytes, mapped, type Reader, type Schema, struct } from '../codec/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'

const UDP_IPV4 = 2
const UDP_IPV6 = 10
const TCP_IPV4 = 130
const TCP_IPV6 = 138

export type Protocol = 'udp' | 'tcp'

export interface ProtocolEndpoint {
  readonly protocol: Protocol
  readonly endpoint: Endpoint
}

/** IP type, address and port: 7 bytes for IPv4, 19 for IPv6. */
export const protocolEndpoint: Schema<ProtocolEndpoint> = {
  doc: 'IP type (2, 10: UDP over IPv4, IPv6; 130, 138: TCP), address[4 or 16], port as uint16 (big endian)',
  minSize: 7,
  maxSize: 19,
  size: ({ endpoint }) => 3 + endpoint.address.length,
  write(writer, { protocol, endpoint }) {
    const isUdp = protocol === 'udp'
    if (endpoint.family === 4) writer.bytes[writer.at] = isUdp ? UDP_IPV4 : TCP_IPV4
    else writer.bytes[writer.at] = isUdp ? UDP_IPV6 : TCP_IPV6
    writer.bytes.set(endpoint.address, writer.at + 1)
    writer.view.setUint16(writer.at + 1 + endpoint.address.length, endpoint.port)
    writer.at += 3 + endpoint.address.length
  },
  read(reader: Reader) {
    const at = reader.skip(1)
    const type = at < 0 ? -1 : reader.bytes[at]!
    const isIpv4 = type === UDP_IPV4 || type === TCP_IPV4
    if (!isIpv4 && type !== UDP_IPV6 && type !== TCP_IPV6) reader.fail()
    const length = isIpv4 ? 4 : 16
    const start = reader.skip(length + 2)
    if (start < 0) return NOWHERE
    const endpoint = Endpoint.of(reader.bytes.subarray(start, start + length), reader.view.getUint16(start + length))
    return { protocol: type < TCP_IPV4 ? 'udp' : 'tcp', endpoint }
  },
}

const NOWHERE: ProtocolEndpoint = { protocol: 'udp', endpoint: Endpoint.of(new Uint8Array(4), 0) }

/** A DHT node that is reached by UDP. */
export interface NodeInfo {
  readonly endpoint: Endpoint
  readonly publicKey: DhtPublicKey
}

/** A TCP relay. */
export interface RelayInfo {
  readonly relay: Endpoint
  readonly publicKey: DhtPublicKey
}

export interface NodeOrRelay {
  readonly address: ProtocolEndpoint
  readonly publicKey: DhtPublicKey
}

/** A DHT node or a TCP relay, as friends tell each other and as savedata keeps them. */
export const nodeOrRelay = struct({ address: protocolEndpoint, publicKey: bytes<DhtPublicKey>(32) }, 'node info')

/** A DHT node reached by UDP: 39 bytes for IPv4, 51 for IPv6. A TCP relay here is malformed. */
export const nodeInfo: Schema<NodeInfo> = mapped(
  nodeOrRelay,
  ({ endpoint, publicKey }: NodeInfo) => ({ address: { protocol: 'udp' as const, endpoint }, publicKey }),
  ({ address, publicKey }) => (address.protocol === 'udp' ? { endpoint: address.endpoint, publicKey } : undefined),
)

/** A relay as it stands in lists of nodes and relays. */
export function relayNode({ relay, publicKey }: RelayInfo): NodeOrRelay {
  return { address: { protocol: 'tcp', endpoint: relay }, publicKey }
}
