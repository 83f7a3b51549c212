import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint, fromHex, toHex } from '../../../src/base/index.js'
import { decode, encode } from '../../../src/codec/index.js'
import type { DhtPublicKey } from '../../../src/crypto/keys.js'
import {
  encodeForwardChain,
  FORWARD_DATA_MAX_BYTES,
  forwarding,
  forwardReply,
  forwardRequest,
  sendback,
  toForwarder,
  toRequester,
} from '../../../src/packet/forwarding/index.js'
import { endpoints } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const key = bytesOf<DhtPublicKey>(32)
const data = bytesBetween(0, FORWARD_DATA_MAX_BYTES)
const carried = { sendback: bytesBetween(0, 254), data }

schemaLaws('forward request', forwardRequest, fc.record({ kind: fc.constant(0x90 as const), recipient: key, data }), {
  runs: 10,
})
schemaLaws('forwarding', forwarding, fc.record({ kind: fc.constant(0x91 as const), ...carried }), { runs: 10 })
schemaLaws('forward reply', forwardReply, fc.record({ kind: fc.constant(0x92 as const), ...carried }), { runs: 10 })
schemaLaws('sendback', sendback, fc.record({ auth: bytesOf(32), data: bytesBetween(1, 222) }))
// IPv4 inside IPv6 is read as IPv4.
schemaLaws('sendback to the requester', toRequester, fc.record({ kind: fc.constant(0 as const), to: endpoints }), {
  canonical: false,
})
schemaLaws(
  'sendback to a forwarder',
  toForwarder,
  fc.record({ kind: fc.constant(1 as const), to: endpoints, sendback: bytesBetween(0, 200) }),
  { canonical: false, runs: 20 },
)

describe('forwarding packets on the wire', () => {
  const recipient = new Uint8Array(32).fill(0xab) as DhtPublicKey
  const hex = (bytes: Uint8Array): string => toHex(bytes).toLowerCase()

  it('lays out each kind as c-toxcore does', () => {
    const body = Uint8Array.of(1, 2, 3)
    assert.equal(hex(encode(forwardRequest, { kind: 0x90, recipient, data: body })), `90${'ab'.repeat(32)}010203`)
    const back = Uint8Array.of(9, 8)
    assert.equal(hex(encode(forwarding, { kind: 0x91, sendback: back, data: body })), '91020908010203')
    assert.equal(hex(encode(forwarding, { kind: 0x91, sendback: new Uint8Array(), data: body })), '9100010203')
    assert.equal(hex(encode(forwardReply, { kind: 0x92, sendback: back, data: body })), '92020908010203')
  })

  it('refuses the sendback length that is kept for later', () => {
    const packet = new Uint8Array(2 + 255)
    packet.set([0x91, 0xff])
    assert.equal(decode(forwarding, packet), undefined)
    packet[1] = 0xfe
    assert.equal(decode(forwarding, packet)!.data.length, 1)
  })

  it('fills a datagram of 2,048 bytes at most', () => {
    assert.equal(FORWARD_DATA_MAX_BYTES, 1792)
    assert.equal(forwarding.maxSize, 2048)
    assert.equal(forwardReply.maxSize, 2048)
    assert.equal(forwardRequest.maxSize, 33 + 1792)
  })

  it('refuses a TCP relay where a UDP host belongs', () => {
    const to = Endpoint.parse('10.1.2.3', 258)!
    assert.equal(hex(encode(toRequester, { kind: 0, to })), '00020a0102030102')
    assert.equal(decode(toRequester, fromHex('00820a0102030102')!), undefined)
  })

  it('nests chains, the first node outermost, four nodes at most', () => {
    const keys = [1, 2, 3, 4, 5].map((n) => new Uint8Array(32).fill(n) as DhtPublicKey)
    const chain = encodeForwardChain(keys.slice(0, 3), Uint8Array.of(7))
    assert.equal(hex(chain), `90${'01'.repeat(32)}90${'02'.repeat(32)}90${'03'.repeat(32)}07`)
    assert.throws(() => encodeForwardChain([], Uint8Array.of(7)), RangeError)
    assert.throws(() => encodeForwardChain(keys, Uint8Array.of(7)), RangeError)
    assert.throws(() => encodeForwardChain(keys.slice(0, 2), new Uint8Array(1792)), RangeError)
  })
})
