// TCP between simulated hosts.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { type EngineSetup, type SimHost, World } from '../../src/sim/index.js'
import type { ByteStream, DialFailureCode, StreamHandler, StreamTarget } from '../../src/transport/stream.js'

const PORT = 3389

/** Says over streams what it is told to, and keeps what it hears. */
class Talker {
  readonly streams: ByteStream[] = []
  readonly failures: DialFailureCode[] = []
  received = 0
  /** Bytes that did not follow those before them: each stream counts 0, 1, 2, … */
  outOfOrder = 0
  closed = 0
  drained = 0

  constructor(readonly setup: EngineSetup) {}

  receive(): void {}

  listen(): this {
    this.setup.listen(PORT, (stream) => this.#handler(stream))
    return this
  }

  dial(to: StreamTarget): () => void {
    const attempt = this.setup.dialer.dial(to, {
      onConnected: (stream) => this.#handler(stream),
      onFailed: ({ code }) => this.failures.push(code),
    })
    return () => attempt.cancel()
  }

  #handler(stream: ByteStream): StreamHandler {
    this.streams.push(stream)
    let next = 0
    return {
      onData: (bytes) => {
        for (const byte of bytes) if (byte !== (next++ & 0xff)) this.outOfOrder++
        this.received += bytes.length
      },
      onDrained: () => this.drained++,
      onClosed: () => this.closed++,
    }
  }
}

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff)

function pair(world: World<Talker>, options: Parameters<World['addHost']>[1] = {}) {
  const server = world.addPeer('server', { engine: (setup) => new Talker(setup).listen() })
  const client = world.addPeer('client', { engine: (setup) => new Talker(setup), ...options })
  return { server, client, to: server.endpoint.withPort(PORT) }
}

function connected(world: World<Talker>, client: SimHost<Talker>, to: StreamTarget): ByteStream {
  client.engine.dial(to)
  world.expect('connected', () => client.engine.streams.length > 0, 20_000)
  return client.engine.streams[0]!
}

describe('simulated TCP', () => {
  it('connects by address and by name, and tells both ends where the other is', () => {
    for (const byName of [false, true]) {
      const world = new World<Talker>({ seed: 1 })
      const router = world.addRouter({ kind: 'symmetric' })
      const { server, client, to } = pair(world, { router })
      const stream = connected(world, client, byName ? { host: 'server', port: PORT } : to)
      assert.ok(stream.remote!.equals(to))
      assert.equal(server.engine.streams[0]!.remote!.ip, router.nat.address.ip)
      assert.equal(world.nowMs, 50)
    }
  })

  it('says why it does not connect', () => {
    const world = new World<Talker>({ seed: 2 })
    const { server, client, to } = pair(world)
    const router = world.addRouter({ kind: 'full-cone' })
    const hidden = world.addPeer('hidden', { router, engine: (setup) => new Talker(setup).listen() })
    client.engine.dial(to.withPort(1))
    client.engine.dial({ host: 'nobody', port: PORT })
    client.engine.dial(Endpoint.parse('2001:db8::1', PORT)!)
    world.run(100)
    assert.deepEqual(client.engine.failures.splice(0).sort(), ['not-resolved', 'refused', 'unreachable'])
    client.engine.dial(hidden.endpoint.withPort(PORT))
    client.engine.dial(router.nat.address.withPort(PORT))
    server.unplug()
    client.engine.dial(to)
    world.run(11_000)
    assert.deepEqual(client.engine.failures, ['timeout', 'timeout', 'timeout'])
    const cancel = client.engine.dial(to)
    server.plug()
    cancel()
    world.run(20_000)
    assert.equal(client.engine.streams.length + server.engine.streams.length, 0)
  })

  it('carries bytes whole and in order, through loss and jitter', () => {
    const world = new World<Talker>({ seed: 3, link: { loss: 0.05, jitterMs: 40, duplicate: 0.1, reorder: 0.1 } })
    const { server, client, to } = pair(world)
    const stream = connected(world, client, to)
    const all = counting(2_000_000)
    for (let at = 0; at < all.length; at += 30_000) stream.write(all.subarray(at, at + 30_000))
    assert.equal(stream.queuedBytes, all.length - 1024 * 1024, 'what a window has no room for')
    world.expect('all arrived', () => server.engine.received === all.length, 60_000)
    assert.equal(server.engine.outOfOrder, 0)
    assert.equal(stream.queuedBytes, 0)
    assert.equal(client.engine.drained, 1)
  })

  it('is as slow as the line', () => {
    const world = new World<Talker>({ seed: 4 })
    const { server, client, to } = pair(world, { line: { upBytesPerSecond: 100_000 } })
    connected(world, client, to).write(counting(500_000))
    const startMs = world.nowMs
    world.expect('all arrived', () => server.engine.received === 500_000, 10_000)
    assert.ok(world.nowMs - startMs > 4_950 && world.nowMs - startMs < 5_200, `${world.nowMs - startMs} ms`)
  })

  it('waits while a partition lasts, and is over when it does not end', () => {
    const world = new World<Talker>({ seed: 5 })
    const { server, client, to } = pair(world)
    const stream = connected(world, client, to)
    world.partition([server])
    stream.write(counting(10))
    world.run(10_000)
    assert.equal(server.engine.received, 0)
    world.heal()
    world.expect('arrived', () => server.engine.received === 10, 1_000)
    world.partition([server])
    stream.write(counting(10))
    world.expect('given up', () => client.engine.closed === 1 && server.engine.closed === 1, 62_000)
  })

  it('is lost when a host moves', () => {
    const world = new World<Talker>({ seed: 6 })
    const { server, client, to } = pair(world)
    const stream = connected(world, client, to)
    client.moveTo(undefined)
    stream.write(counting(10))
    world.run(70_000)
    assert.equal(server.engine.received, 0)
    assert.equal(client.engine.closed, 1)
  })

  it('ends with either side: what was written before an engine stops still arrives', () => {
    const world = new World<Talker>({ seed: 7 })
    const { server, client, to } = pair(world)
    const stream = connected(world, client, to)
    stream.write(counting(300_000))
    client.stop()
    world.expect('closed', () => server.engine.closed === 1, 2_000)
    assert.equal(server.engine.received, 300_000)
    const other = world.addPeer('other', { engine: (setup) => new Talker(setup) })
    connected(world, other, to)
    server.kill()
    world.expect('told', () => other.engine.closed === 1, 1_000)
    other.engine.dial(to)
    world.expect('refused', () => other.engine.failures.includes('refused'), 1_000)
  })

  it('does what a turn leaves to do before its bytes leave', () => {
    const world = new World<Talker>({ seed: 8 })
    const { server, client, to } = pair(world)
    const stream = connected(world, client, to)
    stream.write(counting(100).subarray(0, 50))
    stream.atTurnEnd(() => stream.write(counting(100).subarray(50)))
    world.run(100)
    assert.equal(server.engine.received, 100)
    assert.equal(server.engine.outOfOrder, 0)
  })
})
