import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import type { DhtPublicKey } from '../../src/crypto/keys.js'
import { nodeInfo, nodeOrRelay } from '../../src/packet/node-info.js'
import { endpoints, nodeInfos } from '../laws/arbitraries.js'
import { bytesOf, schemaLaws } from '../laws/schema-laws.js'

// An IPv4 address inside IPv6 (::ffff:a.b.c.d) is read as IPv4, so it has two encodings.
schemaLaws('node info', nodeInfo, nodeInfos, { canonical: false })
schemaLaws(
  'node or relay',
  nodeOrRelay,
  fc.record({
    address: fc.record({ protocol: fc.constantFrom('udp' as const, 'tcp' as const), endpoint: endpoints }),
    publicKey: bytesOf<DhtPublicKey>(32),
  }),
  { canonical: false },
)

describe('node info', () => {
  const publicKey = new Uint8Array(32).fill(7) as DhtPublicKey

  it('takes 39 bytes for IPv4 and 51 for IPv6, address and port in network order', () => {
    const v4 = encode(nodeInfo, { endpoint: Endpoint.parse('1.2.3.4', 33_445)!, publicKey })
    assert.deepEqual([...v4.subarray(0, 7)], [2, 1, 2, 3, 4, 0x82, 0xa5])
    assert.equal(v4.length, 39)
    const v6 = encode(nodeInfo, { endpoint: Endpoint.parse('2001:db8::1', 33_445)!, publicKey })
    assert.equal(v6[0], 10)
    assert.equal(v6.length, 51)
  })

  it('refuses a TCP relay where a node belongs', () => {
    const relay = encode(nodeOrRelay, {
      address: { protocol: 'tcp', endpoint: Endpoint.parse('1.2.3.4', 443)! },
      publicKey,
    })
    assert.equal(decode(nodeInfo, relay), undefined)
  })
})
