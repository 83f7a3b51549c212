import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../../src/base/index.js'
import { decode, encode } from '../../../src/codec/index.js'
import * as onion from '../../../src/packet/onion/index.js'
import { endpoints, nodeInfos } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const nonce = bytesOf<never>(24)
const publicKey = bytesOf<never>(32)
const only = <const N>(value: N): fc.Arbitrary<N> => fc.constant(value)
const few = { runs: 12 }
// Padding is ignored, and IPv4 inside IPv6 is IPv4: an address has several encodings.
const addressed = { ...few, canonical: false }

schemaLaws('padded endpoint', onion.paddedEndpoint, endpoints, { canonical: false })
schemaLaws('layer 1', onion.Layer1, fc.record({ to: endpoints, publicKey, sealed: bytesBetween(103, 400) }), addressed)
schemaLaws('layer 2', onion.Layer2, fc.record({ to: endpoints, publicKey, sealed: bytesBetween(36, 400) }), addressed)
schemaLaws('exit layer', onion.ExitLayer, fc.record({ to: endpoints, data: bytesBetween(1, 1174) }), addressed)
schemaLaws(
  'onion initial',
  onion.OnionInitial,
  fc.record({ kind: only(0x80), nonce, publicKey, sealed: bytesBetween(170, 1343) }),
  few,
)
schemaLaws(
  'onion 1',
  onion.Onion1,
  fc.record({ kind: only(0x81), nonce, publicKey, sealed: bytesBetween(103, 1284), returnPath: bytesOf(59) }),
  few,
)
schemaLaws(
  'onion 2',
  onion.Onion2,
  fc.record({ kind: only(0x82), nonce, publicKey, sealed: bytesBetween(36, 1225), returnPath: bytesOf(118) }),
  few,
)
const data = bytesBetween(1, 1222)
schemaLaws('response 3', onion.OnionResponse3, fc.record({ kind: only(0x8c), returnPath: bytesOf(177), data }), few)
schemaLaws('response 2', onion.OnionResponse2, fc.record({ kind: only(0x8d), returnPath: bytesOf(118), data }), few)
schemaLaws('response 1', onion.OnionResponse1, fc.record({ kind: only(0x8e), returnPath: bytesOf(59), data }), few)
schemaLaws('return 2', onion.Return2, fc.record({ to: endpoints, returnPath: bytesOf(59) }), addressed)
schemaLaws('return 3', onion.Return3, fc.record({ to: endpoints, returnPath: bytesOf(118) }), addressed)

const payload = fc.record({
  pingId: bytesOf(32),
  soughtKey: publicKey,
  dataPublicKey: publicKey,
  requestId: bytesOf(8),
})
schemaLaws('announce payload', onion.AnnouncePayload, payload, few)
schemaLaws(
  'group announce payload',
  onion.GroupAnnouncePayload,
  fc.record({ announce: payload, groupData: bytesBetween(0, 136) }),
  few,
)
schemaLaws(
  'announce request',
  onion.AnnounceRequest,
  fc.record({ kind: only(0x83), nonce, publicKey, sealed: bytesOf(120) }),
  few,
)
const returnPath = bytesOf(177)
schemaLaws(
  'announce request with a way back',
  onion.ReturnableAnnounceRequest,
  fc.record({ kind: only(0x83), nonce, publicKey, sealed: bytesOf(120), returnPath }),
  few,
)
schemaLaws(
  'newer announce request',
  onion.ReturnableGroupAnnounceRequest,
  fc.record({ kind: only(0x87), nonce, publicKey, sealed: bytesBetween(120, 256), returnPath }),
  few,
)
const answer = {
  isStored: fc.constantFrom(0 as const, 1 as const, 2 as const),
  pingIdOrKey: bytesOf(32),
  nodes: fc.array(nodeInfos, { maxLength: 4 }),
}
schemaLaws('announce answer', onion.AnnounceAnswer, fc.record(answer), addressed)
schemaLaws(
  'newer announce answer',
  onion.GroupAnnounceAnswer,
  fc.record({ ...answer, groupData: bytesBetween(0, 60) }),
  addressed,
)
schemaLaws(
  'announce response',
  onion.AnnounceResponse,
  fc.record({ kind: only(0x84), requestId: bytesOf(8), nonce, sealed: bytesBetween(49, 253) }),
  few,
)
schemaLaws(
  'newer announce response',
  onion.GroupAnnounceResponse,
  fc.record({ kind: only(0x88), requestId: bytesOf(8), nonce, sealed: bytesBetween(50, 1189) }),
  few,
)
schemaLaws(
  'data request',
  onion.DataRequest,
  fc.record({ kind: only(0x85), destination: publicKey, nonce, publicKey, sealed: bytesBetween(65, 1085) }),
  few,
)
schemaLaws(
  'data request with a way back',
  onion.ReturnableDataRequest,
  fc.record({ kind: only(0x85), destination: publicKey, nonce, publicKey, sealed: bytesBetween(17, 1085), returnPath }),
  few,
)
schemaLaws(
  'data response',
  onion.DataResponse,
  fc.record({ kind: only(0x86), nonce, publicKey, sealed: bytesBetween(65, 1085) }),
  few,
)
schemaLaws('onion data', onion.OnionData, fc.record({ sender: publicKey, sealed: bytesBetween(17, 996) }), few)
schemaLaws(
  'DHT public key packet',
  onion.DhtPublicKeyPacket,
  fc.record({
    kind: only(0x9c),
    noReplay: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    dhtPublicKey: publicKey,
    nodes: fc.array(
      fc.record({
        address: fc.record({ protocol: fc.constantFrom('udp' as const, 'tcp' as const), endpoint: endpoints }),
        publicKey,
      }),
      { maxLength: 4 },
    ),
  }),
  addressed,
)
schemaLaws(
  'DHT public key request',
  onion.DhtPublicKeyRequest,
  fc.record({ sender: publicKey, nonce, sealed: bytesBetween(57, 261) }),
  few,
)

describe('onion sizes', () => {
  it('are those of c-toxcore', () => {
    assert.equal(onion.ONION_DATA_MAX_BYTES, 1174)
    assert.equal(onion.ONION_RESPONSE_MAX_BYTES, 1222)
    assert.deepEqual([onion.RETURN_1_BYTES, onion.RETURN_2_BYTES, onion.RETURN_3_BYTES], [59, 118, 177])
    assert.equal(onion.OnionInitial.minSize, 1 + 225 + 1)
    assert.equal(onion.Onion1.minSize, 1 + 217 + 1)
    assert.equal(onion.Onion2.minSize, 1 + 209 + 1)
    assert.equal(onion.OnionInitial.maxSize, 1400)
    assert.equal(onion.Onion1.maxSize, 1400)
    assert.equal(onion.Onion2.maxSize, 1400)
    assert.equal(onion.ReturnableAnnounceRequest.minSize, 177 + 177)
    assert.equal(onion.AnnounceResponse.minSize, 82)
  })

  it('of an address do not tell IPv4 from IPv6', () => {
    const v4 = encode(onion.paddedEndpoint, Endpoint.parse('1.2.3.4', 33_445)!)
    assert.deepEqual([...v4], [2, 1, 2, 3, 4, ...new Array<number>(12).fill(0), 0x82, 0xa5])
    const v6 = encode(onion.paddedEndpoint, Endpoint.parse('2001:db8::1', 33_445)!)
    assert.equal(v6.length, v4.length)
    assert.equal(decode(onion.paddedEndpoint, v6)?.toString(), '[2001:db8::1]:33445')
  })

  it('an address of a TCP family is refused', () => {
    const bytes = encode(onion.paddedEndpoint, Endpoint.parse('1.2.3.4', 33_445)!)
    bytes[0] = 130
    assert.equal(decode(onion.paddedEndpoint, bytes), undefined)
  })
})
