import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey } from '../../src/crypto/keys.js'
import { isCredible } from '../../src/onion/announce-exchange.js'
import { PathNodes } from '../../src/onion/path-nodes.js'
import type { NodeInfo } from '../../src/packet/node-info.js'
import { seededRandom } from '../support/env.js'

const node = (n: number, ip = `8.8.${n >> 8}.${n & 255}`): NodeInfo => {
  const publicKey = new Uint8Array(32).fill(1) as DhtPublicKey
  publicKey[0] = n & 255
  publicKey[1] = n >> 8
  return { endpoint: Endpoint.parse(ip, 33_445)!, publicKey }
}

describe('path nodes', () => {
  it('are three different ones where there are three, and repeated where not', () => {
    for (const [known, different] of [
      [1, 1],
      [2, 2],
      [3, 3],
      [9, 3],
    ] as const) {
      const nodes = new PathNodes(seededRandom(known))
      for (let i = 0; i < known; i++) nodes.add(node(i))
      for (let i = 0; i < 50; i++) assert.equal(new Set(nodes.pickThree()).size, different)
    }
    assert.equal(new PathNodes(seededRandom(1)).pickThree(), undefined)
  })

  it('begin with a node that our socket reaches', () => {
    const nodes = new PathNodes(seededRandom(1), ({ family }) => family === 4)
    for (let i = 0; i < 8; i++) nodes.add(node(i, `2001:db8::${i + 1}`))
    assert.equal(nodes.pickThree(), undefined)
    nodes.add(node(100))
    for (let i = 0; i < 20; i++) assert.equal(nodes.pickThree()![0].endpoint.family, 4)
  })

  it('are no LAN nodes where there are others', () => {
    const nodes = new PathNodes(seededRandom(1))
    for (let i = 0; i < 8; i++) nodes.add(node(i, `192.168.0.${i + 1}`))
    assert.ok(nodes.pickThree() !== undefined)
    for (let i = 0; i < 3; i++) nodes.add(node(50 + i))
    for (let i = 0; i < 20; i++) assert.ok(nodes.pickThree()!.every(({ endpoint }) => !endpoint.isLan))
  })

  it('leave when another answers us from their address, not when somebody says so', () => {
    const nodes = new PathNodes(seededRandom(1))
    const [former, heir, liar] = [node(1, '8.8.8.8'), node(2, '8.8.8.8'), node(3, '8.8.8.8')]
    nodes.add(former)
    nodes.add(liar)
    assert.deepEqual(nodes.list(), [former, liar])
    assert.equal(nodes.addProven(heir), true)
    assert.equal(nodes.addProven(heir), false)
    assert.deepEqual(nodes.list(), [heir])
  })

  it('are 32 at most, the youngest, and leave when their paths keep failing', () => {
    const nodes = new PathNodes(seededRandom(1))
    for (let i = 0; i < 100; i++) nodes.add(node(i))
    assert.equal(nodes.size, 32)
    assert.equal(nodes.backup(3)[0]!.publicKey[0], 99)
    const bad = node(80)
    for (let i = 0; i < 5; i++) nodes.failed([bad])
    nodes.worked([bad])
    for (let i = 0; i < 5; i++) nodes.failed([bad])
    assert.equal(nodes.size, 32)
    nodes.failed([bad])
    assert.equal(nodes.size, 31)
  })

  it('of an earlier run serve until one is known to work, and are saved again', () => {
    const nodes = new PathNodes(seededRandom(1))
    nodes.addSaved([node(1), node(2)])
    assert.equal(nodes.list().length, 2)
    nodes.add(node(2))
    assert.equal(nodes.list().length, 1)
    assert.deepEqual(
      nodes.backup(8).map(({ publicKey }) => publicKey[0]),
      [2, 1],
    )
  })
})

describe('a node named in an answer', () => {
  const lan = Endpoint.parse('192.168.1.2', 1)!
  const far = Endpoint.parse('8.8.8.8', 1)!

  it('of a LAN is believed from a LAN only', () => {
    assert.ok(isCredible(far, far))
    assert.ok(isCredible(far, 'relay'))
    assert.ok(isCredible(lan, lan))
    assert.ok(!isCredible(lan, far))
    assert.ok(!isCredible(lan, 'relay'))
  })

  it('without a port or an address is not', () => {
    assert.ok(!isCredible(far.withPort(0), far))
    assert.ok(!isCredible(Endpoint.parse('0.0.0.0', 1)!, lan))
  })
})
