// Sessions follow peers that move, and nobody else.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { QUIET_MS } from '../../src/net-crypto/path.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { seededRandom } from '../support/env.js'
import { established, message, numberOf, type Peer, type Recorded, type World } from './pair.js'

/** On the same LAN as everybody here: from it nobody is kept away by being farther. */
const STRANGER = Endpoint.of(Uint8Array.of(10, 99, 0, 66), 33_445)

/** From now on `peer` sends from another endpoint, and nothing reaches it at the old one. */
function move(world: World, peer: Peer): void {
  world.hide([peer])
  world.filter = ({ to }) => !to.equals(peer.endpoint)
}

function lastDataOf(world: World, peer: Peer): Recorded {
  const packets = world.sent.filter(
    ({ from, packet }) => from.equals(peer.endpoint) && packet[0] === PacketKind.CRYPTO_DATA,
  )
  return packets.at(-1)!
}

describe('net crypto: roaming', () => {
  it('follows a peer whose packets come from elsewhere, at once and both ways', () => {
    const { world, a, b } = established()
    move(world, a)
    const before = b.connection!.endpoint
    a.connection!.sendLossless(message(1))
    world.run(60)
    assert.deepEqual(b.received.map(numberOf), [1])
    assert.ok(!b.connection!.endpoint!.equals(before!))
    b.connection!.sendLossless(message(2))
    world.run(60)
    assert.deepEqual(a.received.map(numberOf), [2])
    world.run(60_000)
    assert.ok(a.connection!.state === 'established' && b.connection!.state === 'established')
    assert.deepEqual(b.received.map(numberOf), [1])
  })

  it('tells the peer at once when our own address has changed', () => {
    const { world, a, b } = established()
    world.run(100)
    move(world, a)
    const before = b.connection!.endpoint
    a.net.networkChanged()
    world.run(50)
    assert.ok(!b.connection!.endpoint!.equals(before!))
  })

  it('does not follow a packet that somebody recorded and sends again', () => {
    const { world, a, b } = established()
    world.isRecording = true
    a.connection!.sendLossless(message(1))
    world.run(20)
    const { packet } = lastDataOf(world, a)
    a.connection!.sendLossless(message(2))
    world.run(20)
    b.router.receive(STRANGER, packet)
    assert.ok(b.connection!.endpoint!.equals(a.endpoint))
    assert.equal(b.env.drops.get('net-crypto/data of no session'), 1)
  })

  it('comes back with the next packet from one who caught a packet and was faster', () => {
    const { world, a, b } = established()
    world.isRecording = true
    world.filter = ({ from, packet }) => !(from.equals(a.endpoint) && packet[0] === PacketKind.CRYPTO_DATA)
    a.connection!.sendLossless(message(1))
    world.run(1)
    b.router.receive(STRANGER, lastDataOf(world, a).packet)
    assert.ok(b.connection!.endpoint!.equals(STRANGER))
    world.filter = () => true
    world.run(1_500)
    assert.ok(b.connection!.endpoint!.equals(a.endpoint))
    assert.deepEqual(b.received.map(numberOf), [1])
  })

  it('tries few of the packets that come from nowhere, whatever their number', () => {
    const { world, a, b } = established()
    const random = seededRandom(5)
    for (let i = 0; i < 100_000; i++) {
      const packet = random.bytes(100)
      packet[0] = PacketKind.CRYPTO_DATA
      b.router.receive(Endpoint.of(Uint8Array.of(20, 1, i >> 8, i & 255), 33_445), packet)
    }
    const tried = b.env.drops.get('net-crypto/data not authentic')
    assert.ok(tried > 0 && tried <= 64, `${tried} trials`)
    assert.equal(b.env.drops.get('net-crypto/data of no session'), 100_000)
    // Who moves meanwhile is heard as soon as the flood pauses.
    move(world, a)
    world.run(2_000)
    assert.ok(!b.connection!.endpoint!.equals(a.endpoint))
  })

  it('asks for a silent peer, first after one and a half missed packets, and stops when it speaks', () => {
    const { world, a, b } = established()
    world.run(5_000)
    world.filter = () => false
    const silentMs = world.nowMs
    const asked = (): number => b.log.filter((line) => line === 'quiet').length
    assert.ok(world.until(() => asked() === 1, QUIET_MS + 600))
    assert.ok(world.nowMs - silentMs >= QUIET_MS - 1_000)
    world.run(5_000)
    assert.equal(asked(), 4)
    // Until friends give up, ever more slowly.
    const lateMs: number[] = []
    for (let n = 5; world.until(() => asked() === n, 20_000); n++) lateMs.push(world.nowMs - silentMs)
    assert.equal(lateMs.length, 4)
    for (const [i, ms] of [8_000, 12_000, 17_000, 23_000].entries()) {
      assert.ok(lateMs[i]! >= ms - 1_000 && lateMs[i]! <= ms + 100, `round ${i} after ${lateMs[i]} ms`)
    }
    world.filter = () => true
    world.run(2_000)
    assert.equal(asked(), 8)
    assert.ok(a.connection!.state === 'established' && b.connection!.state === 'established')
  })
})
