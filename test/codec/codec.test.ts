import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../src/base/index.js'
import * as codec from '../../src/codec/index.js'
import { nodeInfo, nodeOrRelay } from '../../src/packet/node-info.js'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

describe('codec', () => {
  const sample = codec.struct({
    kind: codec.literal(0x20, 'sample'),
    id: codec.u16,
    le: codec.u32le,
    on: codec.flag,
    names: codec.counted(codec.u8, codec.sized(codec.u8, 3), 2),
    tail: codec.rest(1, 4),
  })
  const value: codec.Of<typeof sample> = {
    kind: 0x20,
    id: 0x0102,
    le: 1,
    on: true,
    names: [hex('aa'), hex('')],
    tail: hex('ff'),
  }
  const bytes = hex('20' + '0102' + '01000000' + '01' + '02' + '01aa' + '00' + 'ff')

  it('encodes in declared order and byte order, and decodes to the same', () => {
    assert.deepEqual(codec.encode(sample, value), bytes)
    assert.deepEqual(codec.decode(sample, bytes), value)
    const target = new Uint8Array(40)
    assert.equal(codec.encodeInto(sample, value, target), bytes.length)
    assert.deepEqual(target.subarray(0, bytes.length), bytes)
  })

  it('refuses every truncation, a long tail, a wrong kind, a wrong flag and a count or size beyond its bound', () => {
    for (let length = 0; length < bytes.length; length++)
      assert.equal(codec.decode(sample, bytes.subarray(0, length)), undefined)
    assert.equal(codec.decode(sample, hex(`${Buffer.from(bytes).toString('hex')}00000000`)), undefined)
    for (const [at, wrong] of [
      [0, 0x21],
      [7, 2],
      [8, 3],
      [9, 4],
    ] as const) {
      const changed = bytes.slice()
      changed[at] = wrong
      assert.equal(codec.decode(sample, changed), undefined, `byte ${at}`)
    }
  })

  it('refuses to encode what could not be decoded', () => {
    assert.throws(() => codec.encode(sample, { ...value, tail: hex('') }), RangeError)
    assert.throws(() => codec.encode(sample, { ...value, names: [hex(''), hex(''), hex('')] }), RangeError)
    assert.throws(() => codec.encode(codec.bytes(4), hex('00')), RangeError)
  })

  it('fixed byte fields are copies, fields of varying length are views', () => {
    const schema = codec.struct({ fixed: codec.bytes(1), rest: codec.rest() })
    const input = hex('0102')
    const decoded = codec.decode(schema, input)!
    input.fill(9)
    assert.deepEqual(decoded, { fixed: hex('01'), rest: hex('09') })
  })

  it('64-bit numbers keep all their bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (n) => {
        assert.equal(codec.decode(codec.u64, codec.encode(codec.u64, n)), n)
        assert.equal(codec.decode(codec.u64le, codec.encode(codec.u64, n).reverse()), n)
      }),
    )
  })

  it('decodePrefix tells where a value ended', () => {
    assert.deepEqual(codec.decodePrefix(codec.u16, hex('010203')), { value: 0x0102, size: 2 })
    assert.equal(codec.decodePrefix(codec.u16, hex('01')), undefined)
  })
})

describe('node info', () => {
  const publicKey = new Uint8Array(32).fill(7) as never
  it('packs IPv4 in 39 bytes and IPv6 in 51, port in network order', () => {
    const v4 = codec.encode(nodeInfo, { endpoint: Endpoint.parse('1.2.3.4', 33445)!, publicKey })
    assert.equal(Buffer.from(v4.subarray(0, 7)).toString('hex'), '02' + '01020304' + '82a5')
    assert.equal(v4.length, 39)
    const v6 = codec.encode(nodeInfo, { endpoint: Endpoint.parse('2001:db8::1', 33445)!, publicKey })
    assert.equal(v6[0], 10)
    assert.equal(v6.length, 51)
    assert.equal(codec.decode(nodeInfo, v6)!.endpoint.ip, '2001:db8::1')
  })

  it('a TCP relay is malformed among nodes, but fine where relays may stand; unknown types never are', () => {
    const relay = codec.encode(nodeOrRelay, {
      address: { protocol: 'tcp', endpoint: Endpoint.parse('1.2.3.4', 443)! },
      publicKey,
    })
    assert.equal(relay[0], 130)
    assert.equal(codec.decode(nodeInfo, relay), undefined)
    assert.equal(codec.decode(nodeOrRelay, relay)!.address.protocol, 'tcp')
    relay[0] = 3
    assert.equal(codec.decode(nodeOrRelay, relay), undefined)
  })
})
