// A relay under load, in small numbers: bench/relay-connections.ts has the large ones, over sockets of the system.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import type { Endpoint } from '../../src/base/index.js'
import { TcpListener } from '../../src/host/tcp-listener.js'
import { Layer1 } from '../../src/packet/onion/index.js'
import type { RelayPacketKind } from '../../src/packet/relay/index.js'
import { NetworkNode } from '../../src/tox/network-node.js'
import { expectNoGrowth } from '../hostile/siege.js'
import { until } from '../support/until.js'
import { RelayWorld, type Visitor } from './visitor.js'

/** A packet of a client arrives in a frame: length 2, tag 16. */
const FRAME_BYTES = 2 + 16

describe('relay server under load', () => {
  it('keeps nothing of clients that came and went, however far they came (CVE-2018-25021)', async () => {
    const world = await RelayWorld.create({ connectionsPerSource: 10_000 })
    const comeAndGo = (count: number): void => {
      for (let n = 0; n < count; n++) {
        const visitor = world.visitor(`10.${n % 200}.0.1`)
        const steps = n % 8
        if (steps === 1) visitor.sendRaw(new Uint8Array(1))
        if (steps === 2) visitor.sendRaw(new Uint8Array(127))
        if (steps === 3) visitor.sendRaw(visitor.handshake().bytes)
        if (steps === 4) visitor.shakeHands()
        if (steps > 4) {
          visitor.shakeHands()
          for (let key = 0; key < 5; key++) visitor.send([0, ...new Array(32).fill(key), n & 255])
        }
        visitor.handler?.onClosed()
        if (n % 100 === 0) world.run(1_000)
      }
      world.run(60_000)
    }
    comeAndGo(500)
    // A connection costs 2 KiB at the least.
    expectNoGrowth(1024 * 1024, () => comeAndGo(1_000))
    assert.equal(world.server.connectionCount, 0)
    assert.equal(world.server.clientCount, 0)
    assert.equal(world.env.deadlines.size, 0)
  })

  it('keeps no socket of those that connect and leave', async () => {
    const world = await RelayWorld.create()
    const turn = (work: () => void): void => work()
    const accept = (stream: Parameters<typeof world.server.accept>[0]) => world.server.accept(stream)
    const listener = await TcpListener.open({ address: '127.0.0.1', port: 0, accept, turn })
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const before = sockets()
    try {
      for (let n = 0; n < 300; n++) {
        const socket = createConnection({ port: listener.port, host: '127.0.0.1' }).on('error', () => {})
        await new Promise<void>((resolve) => socket.once('connect', resolve))
        if (n % 3 === 0) socket.write(new Uint8Array(1 + (n % 127)))
        if (n % 2 === 0) socket.resetAndDestroy()
        else socket.destroy()
      }
      await until(() => world.server.connectionCount === 0, 'the relay has let all go')
      await until(() => sockets() <= before, 'and the process as well')
    } finally {
      listener.close()
    }
  })

  it('lets nobody wait for a flood of OOB packets, be they for somebody or for nobody', async () => {
    const world = await RelayWorld.create()
    const flooder = world.client('192.0.2.1')
    const reader = world.client('192.0.2.2')
    const sleeper = world.client('192.0.2.3')
    sleeper.isReading = false
    const oob = (to: readonly number[]): number[] => [6, ...to, ...new Array(1_024).fill(1)]
    for (let n = 0; n < 1_000; n++) {
      flooder.send(oob(sleeper.key))
      flooder.send(oob(new Array(32).fill(n & 255)))
      if (n % 10 === 0) flooder.send(oob(reader.key))
      if (n % 100 === 0) {
        reader.send([4, 0, 0, 0, 0, 0, 0, 0, 9])
        assert.deepEqual(reader.take().at(-1), [5, 0, 0, 0, 0, 0, 0, 0, 9])
      }
    }
    assert.ok(sleeper.queuedBytes < 300_000, `${sleeper.queuedBytes} bytes wait`)
    assert.ok([flooder, reader, sleeper].every(({ isOpen }) => isOpen))
  })

  it('shares out what may wait among those that do not read', async () => {
    const world = await RelayWorld.create({ connectionsPerSource: 1_000 })
    const talker = world.client('192.0.2.1')
    const sleepers = Array.from({ length: 400 }, (_, n) => world.client(`198.${51 + (n >> 8)}.${n & 255}.1`))
    for (const sleeper of sleepers) sleeper.isReading = false
    for (const sleeper of sleepers) {
      for (let n = 0; n < 4; n++) talker.send([6, ...sleeper.key, ...new Array(1_024).fill(1)])
    }
    // 64 MiB / 401 clients: 163 KiB each. One that is sent far more keeps its share and no more.
    const { key, queuedBytes } = sleepers[0]!
    for (let n = 0; n < 400; n++) talker.send([6, ...key, ...new Array(1_024).fill(1)])
    assert.ok(sleepers[0]!.queuedBytes > queuedBytes)
    assert.ok(sleepers[0]!.queuedBytes < 170 * 1024, `${sleepers[0]!.queuedBytes} bytes wait`)
  })
})

type Kind = keyof typeof RelayPacketKind | 'DATA'

describe('what leaves a relay for a packet of each kind', () => {
  let world: RelayWorld
  let node: NetworkNode
  let udpBytes = 0
  before(async () => {
    world = await RelayWorld.create()
    const count = (_: Endpoint, size: number): Uint8Array => {
      udpBytes += size
      return new Uint8Array(size)
    }
    const udp = { send: (to: Endpoint, { length }: Uint8Array) => void count(to, length), reserve: count }
    node = new NetworkNode({ env: world.env, crypto: world.crypto, udp })
  })
  after(() => node.close())

  /** Two clients, each with a route to the other. */
  function joined(): { a: Visitor; b: Visitor; toB: number } {
    const [a, b] = [world.client('192.0.2.1'), world.client('192.0.2.2')]
    const toB = a.route(b)
    b.route(a)
    a.take()
    b.take()
    return { a, b, toB }
  }

  /** Bytes in and out, frames counted; -1 where the relay ends the connection instead. */
  function measure(packet: number[], { a, b }: { a: Visitor; b: Visitor }): [number, number] {
    udpBytes = 0
    a.send(packet)
    const sent = [...a.take(), ...b.take()].reduce((sum, { length }) => sum + length + FRAME_BYTES, 0)
    for (const { nonce, layer, mark } of world.onion.splice(0)) node.onionRouter.forwardFromRelay(nonce, layer, mark)
    for (const { to, data, mark } of world.forwarded.splice(0)) node.forwarding!.forwardFromRelay(to, data, mark)
    const figures: [number, number] = [packet.length + FRAME_BYTES, a.isOpen ? sent + udpBytes : -1]
    for (const one of [a, b]) if (one.isOpen) one.handler!.onClosed()
    return figures
  }

  const pair = (): { a: Visitor; b: Visitor } => ({ a: world.client('192.0.2.1'), b: world.client('192.0.2.2') })
  const layer = (): number[] => {
    const bytes = new Array(Layer1.minSize).fill(1)
    // To 9.9.9.9.
    return [2, 9, 9, 9, 9, ...new Array(12).fill(0), 1, 1, ...bytes.slice(19)]
  }
  const KINDS: Record<Kind, () => [number, number]> = {
    ROUTING_REQUEST: () => {
      const { a, b } = pair()
      b.route(a)
      b.take()
      return measure([0, ...b.key], { a, b })
    },
    ROUTING_RESPONSE: () => measure([1, 16, ...new Array(32).fill(1)], pair()),
    CONNECTED: () => measure([2, 16], pair()),
    DISCONNECTED: () => {
      const { a, b, toB } = joined()
      return measure([3, toB], { a, b })
    },
    PING: () => measure([4, 0, 0, 0, 0, 0, 0, 0, 1], pair()),
    PONG: () => measure([5, 0, 0, 0, 0, 0, 0, 0, 1], pair()),
    OOB_SEND: () => {
      const { a, b } = pair()
      return measure([6, ...b.key, 1], { a, b })
    },
    OOB_RECEIVED: () => measure([7, ...new Array(33).fill(1)], pair()),
    ONION_REQUEST: () => measure([8, ...new Array(24).fill(1), ...layer()], pair()),
    ONION_RESPONSE: () => measure([9, 1], pair()),
    FORWARD_REQUEST: () => measure([10, 2, 9, 9, 9, 9, 1, 1], pair()),
    FORWARDING: () => measure([11, 1], pair()),
    DATA: () => {
      const { a, b, toB } = joined()
      return measure([toB, 1], { a, b })
    },
  }

  const text = readFileSync(new URL('../../doc/security.md', import.meta.url), 'utf8')
  for (const [kind, figures] of Object.entries(KINDS)) {
    it(`${kind}: as doc/security.md says`, () => {
      const [bytesIn, bytesOut] = figures()
      const row = new RegExp(`^\\| a client's \`${kind}\` \\|([^|]*)\\|([^|]*)\\|`, 'm').exec(text)
      const told = row?.slice(1).map((cell) => cell.trim())
      assert.deepEqual(told, bytesOut < 0 ? ['any', 'its end'] : [String(bytesIn), String(bytesOut)])
    })
  }
})
