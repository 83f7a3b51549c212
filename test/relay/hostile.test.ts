// What strangers may try with a relay: bytes of any kind and pace, and clients that only take.

import assert from 'node:assert/strict'
import { FrameReader, writeFrameLength } from '../../src/transport/frames.js'
import { RelayWorld } from './visitor.js'

describe('relay server: hostile clients', () => {
  it('takes a handshake cut at any byte, with what follows in the same piece', async () => {
    const world = await RelayWorld.create()
    for (let cut = 1; cut < 128; cut += 9) {
      const visitor = world.visitor()
      const { bytes, finish } = visitor.handshake()
      visitor.sendRaw(bytes.subarray(0, cut))
      visitor.sendRaw(bytes.subarray(cut))
      finish()
      const frame = visitor.seal([4, 0, 0, 0, 0, 0, 0, 0, 9])
      for (const byte of frame) visitor.sendRaw(Uint8Array.of(byte))
      assert.deepEqual(visitor.take(), [[5, 0, 0, 0, 0, 0, 0, 0, 9]])
      visitor.handler!.onClosed()
    }
    assert.equal(world.server.connectionCount, 0)
  })

  it('gives a handshake of any length below 128 bytes five seconds', async () => {
    const world = await RelayWorld.create()
    const visitors = Array.from({ length: 128 }, (_, length) => {
      const visitor = world.visitor()
      visitor.sendRaw(visitor.handshake().bytes.subarray(0, length))
      return visitor
    })
    world.run(4_900)
    assert.ok(visitors.every(({ isOpen }) => isOpen))
    world.run(200)
    assert.ok(visitors.every(({ isOpen }) => !isOpen))
    assert.equal(world.server.connectionCount, 0)
    assert.equal(world.env.deadlines.size, 0)
  })

  it('gives a client that never sends a packet five seconds too', async () => {
    const world = await RelayWorld.create()
    const visitor = world.visitor()
    visitor.shakeHands()
    world.run(5_100)
    assert.ok(!visitor.isOpen)
    assert.equal(world.server.clientCount, 0)
  })

  it('refuses forged handshakes, each byte of them', async () => {
    const world = await RelayWorld.create()
    for (let at = 0; at < 128; at++) {
      const visitor = world.visitor(`192.0.${at}.1`)
      const { bytes } = visitor.handshake()
      bytes[at]! ^= 1
      visitor.sendRaw(bytes)
      // The highest bit of a key is no part of it, but the lowest of each byte is.
      assert.ok(!visitor.isOpen, `byte ${at}`)
    }
    assert.equal(world.server.connectionCount, 0)
  })

  it('believes no handshake that was recorded', async () => {
    const world = await RelayWorld.create()
    const honest = world.visitor()
    const { bytes, finish } = honest.handshake()
    honest.sendRaw(bytes)
    finish()
    const first = honest.seal([4, 0, 0, 0, 0, 0, 0, 0, 9])
    honest.sendRaw(first)
    const thief = world.visitor('198.51.100.1')
    thief.sendRaw(bytes)
    thief.sendRaw(first)
    assert.ok(!thief.isOpen)
    assert.ok(honest.isOpen)
  })

  it('ends a stream whose lengths or packets make no sense', async () => {
    const world = await RelayWorld.create()
    for (const length of [0, 1, 15, 16, 2049, 0xffff]) {
      const client = world.client()
      const head = Uint8Array.of(length >> 8, length & 0xff)
      client.sendRaw(head)
      assert.ok(!client.isOpen, `length ${length}`)
    }
    const forged = world.client()
    const frame = forged.seal([4, 0, 0, 0, 0, 0, 0, 0, 9])
    frame[10]! ^= 1
    forged.sendRaw(frame)
    assert.ok(!forged.isOpen)
    const repeated = world.client()
    const again = repeated.seal([4, 0, 0, 0, 0, 0, 0, 0, 9])
    repeated.sendRaw(again)
    assert.ok(repeated.isOpen)
    repeated.sendRaw(again)
    assert.ok(!repeated.isOpen)
    assert.equal(world.server.connectionCount, 0)
  })

  it('ends clients whose packets are malformed, out of range or not a client’s to send', async () => {
    const world = await RelayWorld.create()
    const wrong: number[][] = [
      [0],
      [0, ...new Array(33).fill(1)],
      [1, 16, ...new Array(32).fill(1)],
      [2],
      [2, 16, 0],
      [3],
      [3, 16],
      [3, 0],
      [4],
      [4, ...new Array(9).fill(1)],
      [5, ...new Array(8).fill(0)],
      [6, ...new Array(32).fill(1)],
      [7, ...new Array(40).fill(1)],
      [8, ...new Array(100).fill(1)],
      [8, ...new Array(1400).fill(1)],
      [9, 1],
      [10],
      [10, 130, 1, 2, 3, 4, 1, 2, 9],
      [11, 1],
      [12],
      [15, 1, 2],
      [16, 1],
      [255],
    ]
    for (const packet of wrong) {
      const client = world.client()
      client.send(packet)
      assert.ok(!client.isOpen, `packet ${packet.slice(0, 3)} of ${packet.length}`)
    }
    assert.equal(world.server.connectionCount, 0)
    assert.equal(world.onion.length + world.forwarded.length, 0)
  })

  it('survives packets of random bytes', async () => {
    const world = await RelayWorld.create({ connectionsPerSource: 10_000 })
    for (let n = 0; n < 2_000; n++) {
      const client = world.client(`10.${n >> 8}.${n & 255}.1`)
      for (let k = 0; k < 5 && client.isOpen; k++) {
        const length = 1 + world.env.random.uniform(n % 2 === 0 ? 60 : 2_032)
        const packet = world.env.random.bytes(length)
        packet[0] = world.env.random.uniform(20)
        client.send(packet)
      }
      client.handler!.onClosed()
    }
    assert.equal(world.server.connectionCount, 0)
    assert.equal(world.server.clientCount, 0)
  }).timeout(180_000)

  it('has room for others when one address opens all it can', async () => {
    const world = await RelayWorld.create({ connections: 40, connectionsPerSource: 30 })
    const crowd = Array.from({ length: 50 }, () => world.visitor('192.0.2.1'))
    assert.equal(crowd.filter(({ isOpen }) => isOpen).length, 30)
    const others = Array.from({ length: 20 }, (_, n) => world.visitor(`198.51.100.${n}`))
    assert.equal(others.filter(({ isOpen }) => isOpen).length, 10)
    crowd[0]!.handler!.onClosed()
    assert.ok(world.visitor('192.0.2.1').isOpen)
  })

  it('lets the oldest of 256 handshakes go for a newer one', async () => {
    const world = await RelayWorld.create({ connectionsPerSource: 1_000 })
    const slow = Array.from({ length: 300 }, () => world.visitor())
    assert.deepEqual([slow[0]!.isOpen, slow[43]!.isOpen, slow[44]!.isOpen], [false, false, true])
    const client = world.client('198.51.100.1')
    assert.ok(client.isOpen)
  })

  it('leaves data out for a client that does not read, and ends one that leaves answers lying', async () => {
    const world = await RelayWorld.create()
    const a = world.client('192.0.2.1')
    const b = world.client('192.0.2.2')
    const toB = a.route(b)
    b.route(a)
    b.isReading = false
    for (let n = 0; n < 1_000; n++) a.send([toB, ...new Array(1_400).fill(1)])
    assert.ok(b.queuedBytes < 300_000, `${b.queuedBytes} bytes wait`)
    assert.ok(b.isOpen)
    for (let n = 0; n < 30_000 && b.isOpen; n++) {
      b.send([4, 0, 0, 0, 0, 0, 0, 0, 9])
      world.run(0)
    }
    assert.ok(!b.isOpen)
    assert.ok(b.queuedBytes < 600_000)
    assert.deepEqual(a.take().slice(-1), [[3, toB]])
  }).timeout(180_000)

  it('passes no more than its share of onion packets on for one address', async () => {
    const world = await RelayWorld.create()
    const flooder = world.client('192.0.2.1')
    const honest = world.client('192.0.2.2')
    const onion = [8, ...new Array(24).fill(5), ...new Array(300).fill(6)]
    for (let n = 0; n < 1_500; n++) flooder.send(onion)
    assert.equal(world.onion.length, 1_000)
    honest.send(onion)
    assert.equal(world.onion.length, 1_001)
    assert.ok(flooder.isOpen)
  })
})

describe('frames of a stream', () => {
  it('come out whole wherever the stream is cut', () => {
    const frames = [1, 2, 17, 300, 2048].map((length) => {
      const frame = new Uint8Array(2 + length).fill(length & 0xff, 2)
      writeFrameLength(frame, 0, length)
      return frame
    })
    const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]))
    for (const step of [1, 2, 3, 7, 299, 301, stream.length]) {
      const reader = new FrameReader(1, 2048)
      const found: number[] = []
      for (let at = 0; at < stream.length; at += step) {
        const isGood = reader.read(stream.subarray(at, at + step), (frame) => {
          assert.ok(frame.every((byte) => byte === (frame.length & 0xff)))
          return found.push(frame.length) > 0
        })
        assert.ok(isGood)
      }
      assert.deepEqual(found, [1, 2, 17, 300, 2048], `pieces of ${step}`)
    }
  })
})
