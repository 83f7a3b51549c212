import assert from 'node:assert/strict'
import { established, message, numberOf, World } from './pair.js'

const inOrder = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('net crypto: sessions', () => {
  it('two peers meet within two and a half round trips, started from one side', () => {
    const world = new World()
    const a = world.peer()
    const b = world.peer()
    a.connectTo(b)
    world.run(2.5 * 20)
    assert.deepEqual([a.connection?.state, b.connection?.state], ['established', 'established'])
    assert.deepEqual(a.log, ['established', 'direct true'])
    assert.deepEqual(b.log, ['accepted', 'established', 'direct true'])
    assert.deepEqual(b.incoming[0]!.longTermPublicKey, a.keys.publicKey)
    assert.deepEqual(b.incoming[0]!.dhtPublicKey, a.dhtKeys.publicKey)
    assert.equal(b.incoming[0]!.from?.key, a.endpoint.key)
  })

  it('two peers that start at once meet in one session', () => {
    const world = new World()
    const a = world.peer()
    const b = world.peer()
    a.connectTo(b)
    b.connectTo(a)
    world.run(100)
    assert.ok(a.isEstablished && b.isEstablished)
    assert.deepEqual([a.incoming.length, b.incoming.length], [0, 0])
    a.connection!.sendLossless(message(1))
    b.connection!.sendLossless(message(2))
    world.run(20)
    assert.deepEqual([numberOf(b.received[0]!), numberOf(a.received[0]!)], [1, 2])
  })

  it('a message leaves in the turn it is sent in; its acknowledgement in the turn it arrives in', () => {
    const { world, a, b } = established()
    world.run(3_000)
    const number = a.connection!.sendLossless(message(7, 1000))!
    world.run(10)
    assert.deepEqual(b.received.map(numberOf), [7])
    assert.equal(a.connection!.isAcked(number), false)
    world.run(10)
    assert.equal(a.connection!.isAcked(number), true)
    assert.equal(a.ackedUpTo, number + 1)
    assert.equal(a.connection!.isAcked(number + 1), false, 'a packet not yet sent is not acknowledged')
  })

  it('one batch of messages costs one acknowledgement, and acknowledgements are not acknowledged', () => {
    const { world, a, b } = established()
    world.run(2_500)
    world.isRecording = true
    for (let i = 0; i < 50; i++) a.connection!.sendLossless(message(i))
    world.run(30)
    assert.equal(b.received.length, 50)
    assert.equal(world.sent.filter(({ from }) => from.equals(a.endpoint)).length, 50)
    assert.equal(world.sent.filter(({ from }) => from.equals(b.endpoint)).length, 1)
  })

  it('an answer sent from the handler carries the acknowledgement', () => {
    const { world, a, b } = established()
    world.run(2_500)
    b.onLossless = (data) => void b.connection!.sendLossless(message(numberOf(data) + 100))
    world.isRecording = true
    const number = a.connection!.sendLossless(message(1))!
    world.run(20)
    assert.ok(a.connection!.isAcked(number))
    assert.equal(world.sent.filter(({ from }) => from.equals(b.endpoint)).length, 1)
  })

  it('an idle session says a packet request a second each way, so that c-toxcore keeps the direct path', () => {
    const { world, a } = established()
    world.run(5_000)
    world.isRecording = true
    world.run(10_000)
    const ofA = world.sent.filter(({ from }) => from.equals(a.endpoint))
    assert.ok(ofA.length >= 9 && ofA.length <= 11, `${ofA.length} packets`)
    assert.ok(ofA.every(({ packet }) => packet.length === 32))
  })

  for (const [name, weather] of Object.entries({
    'ten percent loss': { loss: 0.1, duplicate: 0, jitterMs: 0 },
    reordering: { loss: 0, duplicate: 0, jitterMs: 30 },
    duplication: { loss: 0, duplicate: 0.5, jitterMs: 0 },
    'loss, reordering and duplication': { loss: 0.1, duplicate: 0.1, jitterMs: 15 },
  })) {
    it(`delivers everything once and in order under ${name}`, () => {
      const { world, a, b } = established()
      Object.assign(world.weather, weather)
      for (let i = 0; i < 1000; i++) {
        a.connection!.sendLossless(message(i, 100))
        b.connection!.sendLossless(message(i, 30))
      }
      assert.ok(
        world.until(() => a.connection!.isAcked(999) && b.connection!.isAcked(999), 60_000),
        `acknowledged up to ${a.ackedUpTo} and ${b.ackedUpTo}`,
      )
      assert.deepEqual(b.received.map(numberOf), inOrder(1000))
      assert.deepEqual(a.received.map(numberOf), inOrder(1000))
    })
  }

  it('connects under thirty percent loss', () => {
    for (let seed = 0; seed < 10; seed++) {
      const world = new World()
      world.weather.loss = 0.3
      const a = world.peer()
      const b = world.peer()
      for (let i = 0; i < seed; i++) a.env.random.uniform(2)
      a.connectTo(b)
      b.connectTo(a)
      assert.ok(world.until(() => a.isEstablished && b.isEstablished, 8_000))
    }
  })

  it('a lost last message is repaired within few round trips', () => {
    const { world, a, b } = established()
    for (let i = 0; i < 10; i++) {
      a.connection!.sendLossless(message(i))
      world.run(100)
    }
    world.filter = ({ from }) => !from.equals(a.endpoint)
    a.connection!.sendLossless(message(10))
    world.run(1)
    world.filter = () => true
    world.run(120)
    assert.equal(b.received.length, 11)
  })

  it('refuses when 32,768 packets wait, keeps them all, and says when there is room again', () => {
    const { world, a, b } = established()
    world.filter = ({ packet }) => packet[0] !== 0x1b
    let count = 0
    while (a.connection!.sendLossless(message(count, 5)) !== undefined) count++
    assert.equal(count, 32_768)
    assert.equal(a.connection!.freeSlots, 0)
    world.filter = () => true
    assert.ok(world.until(() => b.received.length === count, 60_000))
    assert.deepEqual(b.received.map(numberOf), inOrder(count))
    assert.ok(a.log.includes('writable'))
    world.run(1_000)
    assert.equal(a.connection!.freeSlots, 32_768)
    assert.ok(a.connection!.isAcked(count - 1))
  })

  it('lossy packets arrive at most as sent, and tell nothing about lossless ones', () => {
    const { world, a, b } = established()
    assert.equal(a.connection!.sendLossy(Uint8Array.of(200, 1, 2, 3)), true)
    world.run(15)
    assert.deepEqual(b.lossy, [Uint8Array.of(200, 1, 2, 3)])
    assert.throws(() => a.connection!.sendLossy(Uint8Array.of(16)), RangeError)
    assert.throws(() => a.connection!.sendLossless(Uint8Array.of(192)), RangeError)
    assert.throws(() => a.connection!.sendLossless(new Uint8Array(1374).fill(64)), RangeError)
    assert.throws(() => a.connection!.sendLossless(new Uint8Array(0)), RangeError)
  })

  it('payloads of every length arrive as they were sent', () => {
    const { world, a, b } = established()
    for (let size = 5; size <= 1373; size += 19) a.connection!.sendLossless(message(size, size))
    a.connection!.sendLossless(message(1373, 1373))
    a.connection!.sendLossless(Uint8Array.of(16))
    world.run(2_000)
    const sizes = b.received.map(({ length }) => length)
    assert.deepEqual(sizes.slice(-2), [1373, 1])
    assert.ok(b.received.slice(0, -1).every((data) => numberOf(data) === data.length))
  })

  it('a kill closes the other side at once', () => {
    const { world, a, b } = established()
    a.connection!.kill()
    world.run(15)
    assert.equal(b.connection!.state, 'killed')
    assert.equal(b.log.at(-1), 'closed killed-by-peer')
    assert.deepEqual(a.log, ['established', 'direct true'])
    assert.deepEqual([a.net.size, b.net.size], [0, 0])
    assert.equal(a.connection!.sendLossless(message(1)), undefined)
  })

  it('reports a direct path of which nothing came for eight seconds, and again when it works', () => {
    const { world, a } = established()
    const told = (): string | undefined => a.log.filter((line) => line.startsWith('direct')).at(-1)
    world.run(3_000)
    world.filter = () => false
    world.run(7_000)
    assert.equal(told(), 'direct true')
    world.run(3_000)
    assert.equal(told(), 'direct false')
    assert.equal(a.connection!.hasDirectPath, false)
    a.connection!.sendLossless(message(5))
    world.filter = () => true
    world.run(3_000)
    assert.equal(told(), 'direct true')
    assert.ok(a.connection!.isAcked(0))
  })

  it('reports a peer of whom nothing came for five seconds, and that it speaks again', () => {
    const { world, b } = established()
    world.run(10_000)
    assert.ok(!b.log.some((line) => line.startsWith('silent')))
    world.filter = () => false
    const startMs = world.nowMs
    assert.ok(world.until(() => b.log.includes('silent true')))
    const afterMs = world.nowMs - startMs
    assert.ok(afterMs >= 4_000 && afterMs <= 6_100, `after ${afterMs} ms`)
    world.filter = () => true
    world.run(1_100)
    assert.deepEqual(
      b.log.filter((line) => line.startsWith('silent')),
      ['silent true', 'silent false'],
    )
  })

  it('leaves no deadline behind when all connections are gone', () => {
    const { world, a, b } = established()
    a.connection!.sendLossless(message(1))
    a.net.close()
    world.run(5_000)
    assert.equal(b.net.size, 0)
    assert.deepEqual(b.env.deadlines.list(), [])
    assert.deepEqual(a.env.deadlines.list(), [])
  })
})
