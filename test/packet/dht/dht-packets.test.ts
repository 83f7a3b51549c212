import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../../src/base/index.js'
import { encode } from '../../../src/codec/index.js'
import type { DhtPublicKey, Nonce } from '../../../src/crypto/keys.js'
import {
  bootstrapInfoRequest,
  bootstrapInfoResponse,
  DHT_REQUEST_DATA_MAX_BYTES,
  DHT_REQUEST_FORWARD_MAX_BYTES,
  dhtRequestPacket,
  dhtRequestPlain,
  lanDiscovery,
  NODES_REQUEST_BYTES,
  natPing,
  nodesRequest,
  nodesRequestPacket,
  nodesResponse,
  nodesResponsePacket,
  PING_PACKET_BYTES,
  pingRequest,
  pingRequestPacket,
  pingResponse,
  pingResponsePacket,
} from '../../../src/packet/dht/index.js'
import { PacketKind } from '../../../src/packet/kinds.js'
import { nodeInfos } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const key = bytesOf<DhtPublicKey>(32)
const frame = <const K extends number>(kind: K, box: fc.Arbitrary<Uint8Array>) =>
  fc.record({ kind: fc.constant(kind), sender: key, nonce: bytesOf<Nonce>(24), box })

schemaLaws('ping request', pingRequest, fc.record({ kind: fc.constant(0 as const), requestId: id }))
schemaLaws('ping response', pingResponse, fc.record({ kind: fc.constant(1 as const), requestId: id }))
schemaLaws('ping request packet', pingRequestPacket, frame(0, bytesOf(25)))
schemaLaws('ping response packet', pingResponsePacket, frame(1, bytesOf(25)))
schemaLaws('nodes request', nodesRequest, fc.record({ sought: key, requestId: id }))
schemaLaws(
  'nodes response',
  nodesResponse,
  fc.record({ nodes: fc.array(nodeInfos, { maxLength: 4 }), requestId: id }),
  // IPv4 inside IPv6 is read as IPv4.
  { canonical: false },
)
schemaLaws('nodes request packet', nodesRequestPacket, frame(2, bytesOf(56)))
schemaLaws('nodes response packet', nodesResponsePacket, frame(4, bytesBetween(25, 229)))
schemaLaws(
  'DHT request packet',
  dhtRequestPacket,
  fc.record({
    kind: fc.constant(0x20 as const),
    recipient: key,
    sender: key,
    nonce: bytesOf<Nonce>(24),
    box: bytesBetween(17, DHT_REQUEST_FORWARD_MAX_BYTES - 89),
  }),
  { runs: 15 },
)
schemaLaws(
  'DHT request, plain',
  dhtRequestPlain,
  fc.record({ kind: fc.nat(255), data: bytesBetween(1, DHT_REQUEST_DATA_MAX_BYTES) }),
  { runs: 15 },
)
schemaLaws('NAT ping', natPing, fc.record({ isResponse: fc.boolean(), requestId: id }))
schemaLaws(
  'bootstrap info request',
  bootstrapInfoRequest,
  fc.record({ kind: fc.constant(0xf0 as const), padding: bytesOf(77) }),
)
schemaLaws(
  'bootstrap info response',
  bootstrapInfoResponse,
  fc.record({ kind: fc.constant(0xf0 as const), version: fc.nat(), motd: bytesBetween(0, 256) }),
)
schemaLaws('LAN discovery', lanDiscovery, fc.record({ kind: fc.constant(0x21 as const), publicKey: key }))

describe('DHT packet sizes', () => {
  it('are those of the specification', () => {
    assert.equal(PING_PACKET_BYTES, 82)
    assert.equal(NODES_REQUEST_BYTES, 113)
    assert.equal(nodesResponsePacket.minSize, 82)
    assert.equal(nodesResponsePacket.maxSize, 73 + 1 + 4 * 51 + 8)
    assert.equal(DHT_REQUEST_DATA_MAX_BYTES, 918)
    assert.equal(dhtRequestPacket.minSize, 106)
    assert.equal(lanDiscovery.minSize, 33)
  })

  it('lays a nodes response out as count, nodes, request id', () => {
    const node = { endpoint: Endpoint.parse('1.2.3.4', 5)!, publicKey: new Uint8Array(32).fill(9) as DhtPublicKey }
    const bytes = encode(nodesResponse, { nodes: [node], requestId: 0x0102030405060708n })
    assert.deepEqual([...bytes.subarray(0, 8)], [1, 2, 1, 2, 3, 4, 0, 5])
    assert.deepEqual([...bytes.subarray(40)], [1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('gives every kind its own first byte', () => {
    const kinds = Object.values(PacketKind)
    assert.equal(new Set(kinds).size, kinds.length)
  })
})
