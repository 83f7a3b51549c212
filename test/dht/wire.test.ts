// The hand-laid hot path against the schemas, which are the reference.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import {
  type Crypto,
  type DhtKeyPair,
  loadCrypto,
  MAC_BYTES,
  type Nonce,
  SharedKeyCache,
} from '../../src/crypto/index.js'
import { DhtNode } from '../../src/dht/node.js'
import { NodeTable } from '../../src/dht/node-table.js'
import { StrangerKeys } from '../../src/dht/stranger-keys.js'
import { DhtWire } from '../../src/dht/wire.js'
import {
  nodesRequest,
  nodesRequestPacket,
  nodesResponse,
  nodesResponsePacket,
  pingRequest,
  pingRequestPacket,
  pingResponse,
  pingResponsePacket,
  sealedPacket,
} from '../../src/packet/dht/index.js'
import { nodeInfos } from '../laws/arbitraries.js'
import { bytesOf } from '../laws/schema-laws.js'
import { seededRandom, VirtualTime, virtualEnv } from '../support/env.js'

const FROM = Endpoint.parse('127.0.0.1', 33_445)!
const NOW = 1000
const ids = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

describe('DHT packets by hand and by schema', () => {
  let crypto: Crypto
  let us: DhtKeyPair
  let them: DhtKeyPair
  let wire: DhtWire
  let sent: Uint8Array
  before(async () => {
    crypto = await loadCrypto()
    us = crypto.keyPair() as DhtKeyPair
    them = crypto.keyPair() as DhtKeyPair
    const sharedKeys = new SharedKeyCache(crypto, us.secretKey)
    wire = new DhtWire({
      crypto,
      random: seededRandom(1),
      udp: { send: () => assert.fail(), reserve: (_to, size) => (sent = new Uint8Array(size).fill(0xee)) },
      ownPublicKey: us.publicKey,
      sharedKeys,
      strangerKeys: new StrangerKeys(virtualEnv(new VirtualTime()), sharedKeys),
    })
  })

  const shared = () => crypto.sharedKey(us.publicKey, them.secretKey)!
  const unsealed = (schema: ReturnType<typeof sealedPacket>): Uint8Array => {
    const packet = decode(schema, sent)
    assert.ok(packet !== undefined, 'the schema refuses the packet')
    assert.deepEqual(packet.sender, us.publicKey)
    const plain = new Uint8Array(packet.box.length - MAC_BYTES)
    assert.ok(crypto.open(plain, packet.box, packet.nonce, shared()))
    return plain
  }
  const sealed = (kind: number, plain: Uint8Array): Uint8Array => {
    const nonce = new Uint8Array(24).fill(kind) as Nonce
    const box = new Uint8Array(plain.length + MAC_BYTES)
    crypto.seal(box, plain, nonce, shared())
    return encode(sealedPacket(kind, 'any', 0, 2048), { kind, sender: them.publicKey, nonce, box })
  }

  it('agree on pings', () => {
    fc.assert(
      fc.property(ids, (requestId) => {
        wire.ping(FROM, them.publicKey, requestId)
        assert.deepEqual(decode(pingRequest, unsealed(pingRequestPacket)), { kind: 0, requestId })
        const plain = encode(pingRequest, { kind: 0, requestId })
        assert.equal(wire.open(FROM, sealed(0, plain)), plain.length)
        assert.deepEqual(wire.opened.subarray(0, plain.length), plain)
        assert.deepEqual(wire.sender, them.publicKey)
        assert.equal(wire.openedId(1), requestId)
        wire.answerPing(FROM)
        assert.deepEqual(decode(pingResponse, unsealed(pingResponsePacket)), { kind: 1, requestId })
      }),
      { seed: 3 },
    )
  })

  it('agree on nodes requests and on responses with nodes of both address families', () => {
    const nodes = fc.uniqueArray(nodeInfos, { maxLength: 4, selector: ({ publicKey }) => publicKey.join() })
    fc.assert(
      fc.property(ids, bytesOf(32), nodes, (requestId, sought, known) => {
        wire.askNodes(FROM, them.publicKey, sought as never, requestId)
        assert.deepEqual(decode(nodesRequest, unsealed(nodesRequestPacket)), { sought, requestId })
        assert.equal(wire.open(FROM, sealed(2, encode(nodesRequest, { sought: sought as never, requestId }))), 40)
        const table = new NodeTable()
        for (const { endpoint, publicKey } of known) {
          const node = new DhtNode(publicKey)
          node.answeredFrom(endpoint, NOW)
          table.add(node)
        }
        wire.answerNodes(FROM, table.nearest(wire.opened, 4, NOW))
        const response = decode(nodesResponse, unsealed(nodesResponsePacket))!
        assert.equal(response.requestId, requestId)
        const named = (list: typeof known) => list.map(({ endpoint }) => endpoint.toString()).sort()
        assert.deepEqual(named([...response.nodes]), named(known))
      }),
      { seed: 4 },
    )
  })

  it('never use a nonce twice', () => {
    const nonces = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      wire.ping(FROM, them.publicKey, 1n)
      nonces.add(sent.slice(33, 57).join())
    }
    assert.equal(nonces.size, 1000)
  })

  it('opens nothing that does not fit, is its own, or is sealed with a useless key', () => {
    const plain = encode(pingRequest, { kind: 0, requestId: 1n })
    const good = sealed(0, plain)
    assert.equal(wire.open(FROM, good.subarray(0, 72)), -1)
    assert.equal(wire.open(FROM, new Uint8Array(2048)), -1)
    const own = good.slice()
    own.set(us.publicKey, 1)
    assert.equal(wire.open(FROM, own), -1)
    const useless = good.slice()
    useless.fill(0, 1, 33)
    assert.equal(wire.open(FROM, useless), -1)
    assert.equal(wire.ping(FROM, new Uint8Array(32) as never, 1n), false)
  })
})
