// What a stranger gets for the bytes of a request, to a forged address for example. Nothing is larger than c-toxcore's answer.

import assert from 'node:assert/strict'
import { PacketKind } from '../../src/packet/kinds.js'
import type { SimEngine, SimHost, SimNode } from '../../src/sim/index.js'
import type { Attacker } from './attacker.js'
import { Siege, stranger } from './siege.js'

/** Sizes of c-toxcore 0.2.18's answers, from its packet layouts. Four nodes over IPv4, 39 bytes each, stand in those that tell nodes. */
const NODES_BYTES = 4 * 39
const NODES_RESPONSE_BYTES = 1 + 32 + 24 + 16 + 1 + NODES_BYTES + 8
const ANNOUNCE_RESPONSE_BYTES = 1 + 177 + (1 + 8 + 24 + 16 + 1 + 32 + NODES_BYTES)

describe('amplification', () => {
  let siege: Siege
  let node: SimHost<SimNode>
  before(async () => {
    siege = await Siege.begin('amplification')
    siege.befriend()
    node = siege.nodes[1]!
  })

  /** Bytes that `target` sends to `stranger(n)` for one packet, at once and in the ten seconds after it. */
  function answerOf(packet: Uint8Array, n: number, target: SimHost<SimEngine>): number {
    let bytes = 0
    siege.world.setFilter(({ to, packet: { length } }) => {
      if (to.equals(stranger(n))) bytes += length
      return true
    })
    target.deliver(stranger(n), packet)
    siege.world.run(10_000)
    siege.world.setFilter(undefined)
    return bytes
  }

  it('of each request is that of c-toxcore at most', () => {
    const key = node.engine.dhtPublicKey
    const [one, two, three, four] = siege.attackers(4) as [Attacker, Attacker, Attacker, Attacker]
    const ping = one.ping(key)
    // Whoever asks is pinged back once to find out whether it is really there: 82 bytes.
    assert.ok(answerOf(ping, 1, node) <= 82 + 82)
    const nodes = two.askNodes(key)
    assert.equal(nodes.length, 113)
    assert.ok(answerOf(nodes, 2, node) <= NODES_RESPONSE_BYTES + 82)
    const announce = three.announce(key)
    assert.equal(announce.length, 354)
    assert.ok(answerOf(announce, 3, node) <= ANNOUNCE_RESPONSE_BYTES)
    const aliceKey = siege.alice.engine.dhtPublicKey
    const cookie = four.cookieRequest(aliceKey)
    assert.equal(cookie.length, 145)
    assert.equal(answerOf(cookie, 4, siege.alice), 161)
  })

  it('of everything that is not a good request is nothing', () => {
    const key = node.engine.dhtPublicKey
    const [one] = siege.attackers(1) as [Attacker]
    const nothing = [
      one.dht(key, PacketKind.PING_RESPONSE, new Uint8Array(9)),
      one.dht(key, PacketKind.NODES_RESPONSE, new Uint8Array(9)),
      one.dht(key, PacketKind.NODES_REQUEST, new Uint8Array(39)),
      one.ping(key).subarray(1),
      Uint8Array.of(PacketKind.BOOTSTRAP_INFO, ...new Uint8Array(77)),
      Uint8Array.of(PacketKind.CRYPTO_HANDSHAKE, ...new Uint8Array(384)),
      Uint8Array.of(PacketKind.CRYPTO_DATA, ...new Uint8Array(400)),
      Uint8Array.of(PacketKind.LAN_DISCOVERY, ...one.publicKey),
    ]
    for (const [i, packet] of nothing.entries()) assert.equal(answerOf(packet, 20 + i, node), 0, `packet ${i}`)
  })

  it('of many requests from one address: answered, but pinged back hardly ever', () => {
    const key = node.engine.dhtPublicKey
    let bytes = 0
    siege.world.setFilter(({ to, packet: { length } }) => {
      if (to.address[0] === 60) bytes += length
      return true
    })
    for (const [i, one] of siege.attackers(500).entries()) node.deliver(stranger(50, 1000 + i), one.ping(key))
    siege.world.run(5000)
    siege.world.setFilter(undefined)
    assert.ok(bytes <= 500 * 82 + (16 + 4 * 5) * 82, `${bytes} bytes`)
  })
})
