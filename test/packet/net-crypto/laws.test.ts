import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as codec from '../../../src/codec/index.js'
import * as wire from '../../../src/packet/net-crypto/index.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const u64s = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const u32s = fc.nat(0xffff_ffff)

schemaLaws(
  'cookie contents',
  wire.CookieContents,
  fc.record({ madeAtSeconds: u64s, longTermPublicKey: bytesOf<never>(32), dhtPublicKey: bytesOf<never>(32) }),
)
schemaLaws('cookie', wire.Cookie, fc.record({ nonce: bytesOf(24), sealed: bytesOf(88) }))
schemaLaws(
  'cookie request',
  wire.CookieRequest,
  fc.record({
    kind: fc.constant(0x18 as const),
    dhtPublicKey: bytesOf<never>(32),
    nonce: bytesOf(24),
    sealed: bytesOf(88),
  }),
)
schemaLaws(
  'cookie request contents',
  wire.CookieRequestPlain,
  fc.record({ longTermPublicKey: bytesOf<never>(32), padding: bytesOf(32), requestId: u64s }),
)
schemaLaws(
  'cookie response',
  wire.CookieResponse,
  fc.record({ kind: fc.constant(0x19 as const), nonce: bytesOf(24), sealed: bytesOf(136) }),
)
schemaLaws('cookie response contents', wire.CookieResponsePlain, fc.record({ cookie: bytesOf(112), requestId: u64s }))
schemaLaws(
  'handshake',
  wire.Handshake,
  fc.record({
    kind: fc.constant(0x1a as const),
    cookie: bytesOf(112),
    nonce: bytesOf(24),
    sealed: bytesOf(248),
  }),
)
schemaLaws(
  'handshake contents',
  wire.HandshakePlain,
  fc.record({
    baseNonce: bytesOf<never>(24),
    sessionPublicKey: bytesOf<never>(32),
    cookieHash: bytesOf(64),
    cookie: bytesOf(112),
  }),
)
schemaLaws(
  'crypto data',
  wire.DataPacket,
  fc.record({ kind: fc.constant(0x1b as const), nonceTail: fc.nat(0xffff), sealed: bytesBetween(25, 1397) }),
  { runs: 10 },
)
schemaLaws(
  'data contents',
  wire.DataPlain,
  fc.record({ receivedUpTo: u32s, packetNumber: u32s, payload: bytesBetween(1, 1373) }),
  { runs: 10 },
)
schemaLaws(
  'packet request',
  wire.PacketRequest,
  fc.record({ id: fc.constant(1 as const), gaps: bytesBetween(0, 1372) }),
  { runs: 10 },
)
schemaLaws('kill', wire.Kill, fc.record({ id: fc.constant(2 as const) }))

describe('sizes of net crypto packets are those of the network', () => {
  it('cookies, cookie packets and handshakes have one size each', () => {
    assert.equal(wire.Cookie.maxSize, 112)
    assert.equal(wire.COOKIE_BYTES, 112)
    assert.equal(wire.CookieRequest.maxSize, 145)
    assert.equal(wire.COOKIE_REQUEST_BYTES, 145)
    assert.equal(wire.CookieResponse.maxSize, 161)
    assert.equal(wire.COOKIE_RESPONSE_BYTES, 161)
    assert.equal(wire.Handshake.maxSize, 385)
    assert.equal(wire.HANDSHAKE_BYTES, 385)
  })

  it('data packets are 28 to 1,400 bytes and hold payloads up to 1,373', () => {
    assert.equal(wire.DataPacket.minSize, 28)
    assert.equal(wire.DataPacket.maxSize, 1400)
    assert.equal(wire.PAYLOAD_MAX_BYTES, 1373)
    assert.equal(wire.DataPlain.maxSize + 3 + 16, 1400)
  })

  it('padding fills payloads up to the next step of eight below the maximum', () => {
    assert.deepEqual(
      [1, 5, 13, 1366, 1372, 1373].map((length) => wire.paddingOf(length)),
      [4, 0, 0, 7, 1, 0],
    )
    for (let length = 1; length <= 1373; length++) {
      assert.equal((wire.paddingOf(length) + length) % 8, 1373 % 8)
      assert.ok(wire.paddingOf(length) + length <= 1373)
    }
  })

  it('encodes a cookie request as the network expects', () => {
    const packet = codec.encode(wire.CookieRequest, {
      kind: 0x18,
      dhtPublicKey: new Uint8Array(32).fill(1) as never,
      nonce: new Uint8Array(24).fill(2),
      sealed: new Uint8Array(88).fill(3),
    })
    const hex = Buffer.from(packet).toString('hex')
    assert.equal(hex, `18${'01'.repeat(32)}${'02'.repeat(24)}${'03'.repeat(88)}`)
  })
})
