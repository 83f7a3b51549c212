import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import type { DhtPublicKey } from '../../src/crypto/keys.js'
import { TimedAuth } from '../../src/forwarding/index.js'
import { encodeForwardChain, forwarding, forwardReply, forwardRequest } from '../../src/packet/forwarding/index.js'
import { VirtualTime, virtualEnv } from '../support/env.js'
import { type ForwardingNode, ForwardingWorld } from './world.js'

const HOUR_MS = 3600 * 1000
const QUESTION = Uint8Array.of(0x93, 1, 2, 3)
const ANSWER = Uint8Array.of(0x94, 4, 5)
const NOTHING = new Uint8Array()

describe('forwarding', () => {
  let world: ForwardingWorld

  beforeEach(async () => {
    world = await ForwardingWorld.create()
  })

  /** Lets `node` answer each forwarded request with `answer`; what it was asked is in the returned array. */
  function answering(node: ForwardingNode, answer = ANSWER): Uint8Array[] {
    const asked: Uint8Array[] = []
    node.forwarding.onRequest = (forwarder, sendback, data) => {
      asked.push(data.slice())
      node.forwarding.reply(forwarder, sendback, answer)
    }
    return asked
  }

  it('carries a request to a node and its answer back', () => {
    const [middle, end, asker] = [world.node(), world.node(), world.watcher()]
    const asked = answering(end)
    asker.udp.send(middle.endpoint, encodeForwardChain([end.key], QUESTION))
    world.run(100)
    assert.deepEqual(asked, [QUESTION])
    assert.equal(asker.arrived.length, 1)
    assert.ok(asker.arrived[0]!.from.equals(middle.endpoint))
    assert.deepEqual(decode(forwarding, asker.arrived[0]!.packet), { kind: 0x91, sendback: NOTHING, data: ANSWER })
    assert.deepEqual({ ...middle.forwarding.stats }, { forwarded: 1, returned: 1, requestsReceived: 0 })
  })

  it('carries both along a chain of four', () => {
    const nodes = Array.from({ length: 5 }, () => world.node())
    const asker = world.watcher()
    const asked = answering(nodes[4]!)
    const keys = nodes.slice(1).map(({ key }) => key)
    asker.udp.send(nodes[0]!.endpoint, encodeForwardChain(keys, QUESTION))
    world.run(200)
    assert.deepEqual(asked, [QUESTION])
    assert.deepEqual(decode(forwarding, asker.arrived[0]!.packet)!.data, ANSWER)
    // Five packets there, five back: one for each hop.
    assert.equal(world.sent.length, 10)
  })

  it('hands an answer to a node that asked for itself', () => {
    const [middle, end, asker] = [world.node(), world.node(), world.node()]
    answering(end)
    const answers: Uint8Array[] = []
    asker.forwarding.onResponse = (_, data) => answers.push(data.slice())
    asker.udp.send(middle.endpoint, encodeForwardChain([end.key], QUESTION))
    world.run(100)
    assert.deepEqual(answers, [ANSWER])
  })

  it('ends a chain that goes round in circles', () => {
    const [a, b, asker] = [world.node(), world.node(), world.watcher()]
    let packet: Uint8Array = QUESTION
    for (let i = 0; i < 12; i++) {
      const recipient = i % 2 === 0 ? a.key : b.key
      packet = encode(forwardRequest, { kind: 0x90, recipient, data: packet })
    }
    asker.udp.send(a.endpoint, packet)
    world.run(500)
    // Each hop adds 40 bytes to the sendback: 240 fit, 280 do not.
    assert.equal(world.sent.length, 1 + 6)
    assert.equal(a.env.drops.toJSON()['forwarding/chain too long'], 1)
  })

  it('sends one packet for one packet, hardly larger', () => {
    const [middle, end, asker] = [world.node(), world.node(), world.watcher()]
    answering(end)
    asker.udp.send(middle.endpoint, encodeForwardChain([end.key], QUESTION))
    world.run(100)
    const [request, there, reply, back] = world.sent.map(({ packet }) => packet.length)
    assert.equal(there! - request!, 9)
    assert.equal(reply! - back!, 40)
    assert.equal(world.sent.length, 4)
  })

  it('passes nothing on for an unknown node', () => {
    const [middle, asker] = [world.node(), world.watcher()]
    asker.udp.send(middle.endpoint, encodeForwardChain([new Uint8Array(32).fill(99) as DhtPublicKey], QUESTION))
    world.run(100)
    assert.equal(world.sent.length, 1)
    assert.equal(middle.env.drops.toJSON()['forwarding/forward-request for an unknown node'], 1)
  })

  describe('sendbacks', () => {
    /** A sendback as the destination sees it. */
    function seen(middle: ForwardingNode): Uint8Array {
      const [asker, end] = [world.watcher(), world.node()]
      let sendback: Uint8Array = NOTHING
      end.forwarding.onRequest = (_, got) => {
        sendback = got.slice()
      }
      asker.udp.send(middle.endpoint, encodeForwardChain([end.key], QUESTION))
      world.run(100)
      return sendback
    }

    it('go out of date after one to two hours', () => {
      const [middle, end] = [world.node(), world.watcher()]
      const sendback = seen(middle)
      assert.equal(sendback.length, 40)
      const reply = encode(forwardReply, { kind: 0x92, sendback, data: ANSWER })
      world.run(HOUR_MS - 1000)
      end.udp.send(middle.endpoint, reply)
      world.run(100)
      assert.equal(middle.forwarding.stats.returned, 1)
      world.run(HOUR_MS + 1000)
      end.udp.send(middle.endpoint, reply)
      world.run(100)
      assert.equal(middle.forwarding.stats.returned, 1)
      assert.equal(middle.env.drops.toJSON()['forwarding/sendback is not ours'], 1)
    })

    it('that somebody changed, made up or took from another node send nothing', () => {
      const [middle, other, attacker] = [world.node(), world.node(), world.watcher()]
      const sendback = seen(middle)
      const before = world.sent.length
      for (let i = 0; i < sendback.length; i++) {
        const changed = sendback.slice()
        changed[i]! ^= 1
        attacker.udp.send(middle.endpoint, encode(forwardReply, { kind: 0x92, sendback: changed, data: ANSWER }))
      }
      attacker.udp.send(middle.endpoint, encode(forwardReply, { kind: 0x92, sendback: NOTHING, data: ANSWER }))
      attacker.udp.send(other.endpoint, encode(forwardReply, { kind: 0x92, sendback, data: ANSWER }))
      world.run(100)
      assert.equal(world.sent.length - before, sendback.length + 2)
    })
  })

  it('serves clients of a TCP relay', () => {
    const [middle, end] = [world.node(), world.node()]
    const asked = answering(end)
    const answers: [string, Uint8Array][] = []
    const mark = new TextEncoder().encode('client 7')
    middle.forwarding.onRelayReply = (got, data) => answers.push([new TextDecoder().decode(got), data.slice()])
    assert.ok(middle.forwarding.forwardFromRelay(end.endpoint, QUESTION, mark))
    assert.ok(!middle.forwarding.forwardFromRelay(end.endpoint, new Uint8Array(1793), mark))
    assert.ok(!middle.forwarding.forwardFromRelay(Endpoint.parse('0.0.0.0', 1)!, QUESTION, mark))
    world.run(100)
    assert.deepEqual(asked, [QUESTION])
    assert.deepEqual(answers, [['client 7', ANSWER]])
  })

  it('stops at the limit of one source, and serves the others', () => {
    const [middle, end, flooder, asker] = [world.node(), world.node(), world.watcher(), world.watcher()]
    answering(end)
    const packet = encodeForwardChain([end.key], QUESTION)
    for (let i = 0; i < 3000; i++) middle.router.receive(flooder.endpoint, packet)
    assert.equal(middle.forwarding.stats.forwarded, 1000)
    asker.udp.send(middle.endpoint, packet)
    world.run(100)
    assert.equal(asker.arrived.length, 1)
  })

  it('stands whatever arrives', () => {
    const node = world.node()
    const stranger = Endpoint.parse('10.66.0.1', 7)!
    fc.assert(
      fc.property(fc.constantFrom(0x90, 0x91, 0x92), fc.uint8Array({ maxLength: 300 }), (kind, tail) => {
        const packet = new Uint8Array(1 + tail.length)
        packet[0] = kind
        packet.set(tail, 1)
        node.router.receive(stranger, packet)
      }),
      { numRuns: 500, seed: 1 },
    )
    assert.equal(node.forwarding.stats.forwarded, 0)
    assert.equal(node.forwarding.stats.returned, 0)
  })
})

describe('timed authentication', () => {
  it('is good in its window and the next, for its data and its maker alone', async () => {
    const { crypto } = await ForwardingWorld.create()
    const time = new VirtualTime()
    time.nowMs = 1000
    const { clock } = virtualEnv(time)
    const auth = new TimedAuth(clock, crypto, 1000)
    const data = Uint8Array.of(1, 2, 3)
    const tag = auth.of(data)
    assert.equal(tag.length, 32)
    for (const [atMs, isGood] of [
      [1000, true],
      [2999, true],
      [3000, false],
      [999, false],
    ] as const) {
      time.nowMs = atMs
      assert.equal(auth.isGood(tag, data), isGood, `at ${atMs} ms`)
    }
    time.nowMs = 1000
    assert.ok(!auth.isGood(tag, Uint8Array.of(1, 2, 4)))
    assert.ok(!auth.isGood(tag, Uint8Array.of(1, 2)))
    assert.ok(!new TimedAuth(clock, crypto, 1000).isGood(tag, data))
  })
})
