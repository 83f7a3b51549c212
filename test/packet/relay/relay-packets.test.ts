import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toHex } from '../../../src/base/index.js'
import { encode } from '../../../src/codec/index.js'
import type { DhtPublicKey, Nonce, SessionPublicKey } from '../../../src/crypto/keys.js'
import {
  OobReceived,
  OobSend,
  RelayClientHandshake,
  RelayForwarding,
  RelayForwardRequest,
  RelayHandshakePlain,
  RelayOnionRequest,
  RelayOnionResponse,
  RelayPing,
  RelayPong,
  RelayServerHandshake,
  RouteConnected,
  RouteDisconnected,
  RoutingRequest,
  RoutingResponse,
} from '../../../src/packet/relay/index.js'
import { endpoints } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const publicKey = bytesOf<DhtPublicKey>(32)
const nonce = bytesOf<Nonce>(24)
const sealed = bytesOf(72)
const id = fc.integer({ min: 0, max: 255 })
const is = <const N extends number>(kind: N): fc.Arbitrary<N> => fc.constant(kind)

schemaLaws(
  'relay handshake, sealed',
  RelayHandshakePlain,
  fc.record({ sessionPublicKey: bytesOf<SessionPublicKey>(32), baseNonce: nonce }),
)
schemaLaws('relay handshake of the client', RelayClientHandshake, fc.record({ publicKey, nonce, sealed }))
schemaLaws('relay handshake of the relay', RelayServerHandshake, fc.record({ nonce, sealed }))
schemaLaws('routing request', RoutingRequest, fc.record({ kind: is(0), publicKey }))
schemaLaws('routing response', RoutingResponse, fc.record({ kind: is(1), id, publicKey }))
schemaLaws('route connected', RouteConnected, fc.record({ kind: is(2), id }))
schemaLaws('route disconnected', RouteDisconnected, fc.record({ kind: is(3), id }))
schemaLaws('relay ping', RelayPing, fc.record({ kind: is(4), id: fc.bigInt(0n, 2n ** 64n - 1n) }))
schemaLaws('relay pong', RelayPong, fc.record({ kind: is(5), id: fc.bigInt(1n, 2n ** 64n - 1n) }))
const oob = bytesBetween(1, 1024)
schemaLaws('OOB send', OobSend, fc.record({ kind: is(6), receiver: publicKey, data: oob }), { runs: 10 })
schemaLaws('OOB received', OobReceived, fc.record({ kind: is(7), sender: publicKey, data: oob }), { runs: 10 })
schemaLaws(
  'onion request over a relay',
  RelayOnionRequest,
  fc.record({ kind: is(8), nonce, layer: bytesBetween(154, 1335) }),
  { runs: 10 },
)
schemaLaws('onion response over a relay', RelayOnionResponse, fc.record({ kind: is(9), data: bytesBetween(1, 1400) }), {
  runs: 10,
})
const forwarded = bytesBetween(0, 1792)
// IPv4 inside IPv6 is read as IPv4.
schemaLaws(
  'forward request over a relay',
  RelayForwardRequest,
  fc.record({ kind: is(10), to: endpoints, data: forwarded }),
  {
    canonical: false,
    runs: 10,
  },
)
schemaLaws('forwarding over a relay', RelayForwarding, fc.record({ kind: is(11), data: forwarded }), { runs: 10 })

describe('relay packets on the wire', () => {
  it('have the sizes of c-toxcore', () => {
    assert.deepEqual(
      [RelayClientHandshake, RelayServerHandshake, RoutingRequest, RoutingResponse, RelayPing].map(
        ({ maxSize }) => maxSize,
      ),
      [128, 96, 33, 34, 9],
    )
    assert.equal(toHex(encode(RelayPing, { kind: 4, id: 0x0102030405060708n })), '040102030405060708')
  })
})
