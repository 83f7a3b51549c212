// The simulated world: time, loss, partitions, restarts, sleep and clocks; and that a seed is a run.

import assert from 'node:assert/strict'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { type LinkConditions, SimTimeout, World } from '../../src/sim/index.js'
import { Parrot, Ticker } from './parrot.js'

const parrots = (link: Partial<LinkConditions> = {}, seed: number | string = 1): World<Parrot> =>
  new World({ seed, link, engine: (setup) => new Parrot(setup) })

describe('simulated world', () => {
  it('carries packets at the speed of the link, both ways', () => {
    const world = parrots({ latencyMs: 40 })
    const [a, b] = [world.addPeer('a'), world.addPeer('b')]
    a.engine.ask(b.endpoint, 'hello')
    world.run(39)
    assert.deepEqual(b.engine.texts, [])
    world.run(1)
    assert.deepEqual(b.engine.texts, ['hello'])
    assert.equal(b.engine.heard[0]!.from, a.endpoint.toString())
    world.run(40)
    assert.deepEqual(a.engine.texts, ['hello'])
    assert.equal(world.nowMs, 80)
    assert.deepEqual(a.traffic.sent(), { packets: 1, bytes: 6 })
    assert.deepEqual(b.traffic.toJSON(), {
      'ping-request': { sent: { packets: 0, bytes: 0 }, received: { packets: 1, bytes: 6 } },
      'ping-response': { sent: { packets: 1, bytes: 6 }, received: { packets: 0, bytes: 0 } },
    })
  })

  it('fires deadlines on time, on every host by its own clock', () => {
    const world = parrots({ latencyMs: 5 })
    const b = world.addPeer('b')
    const a = world.addPeer('a', { engine: (setup) => new Ticker(setup, () => b.endpoint, 100) })
    world.run(1005)
    assert.deepEqual(b.engine.texts, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    const gaps = b.engine.heard.map(({ atMs }, i) => atMs - (b.engine.heard[i - 1]?.atMs ?? 0)).slice(1)
    assert.deepEqual(new Set(gaps), new Set([100]))
    assert.notEqual(a.env.clock.now(), b.env.clock.now())
    assert.equal(a.env.clock.unixSeconds(), 1_700_000_001)
  })

  it('notices a deadline that is set from outside of a turn, and one with a fraction', () => {
    const world = parrots()
    const a = world.addPeer('a')
    const rung: number[] = []
    const startMs = a.env.clock.now()
    const bell = a.env.deadlines.create('bell', () => rung.push(a.env.clock.now() - startMs))
    for (const afterMs of [10.3, 0.1, 1 / 3]) {
      const fromMs = a.env.clock.now() - startMs
      bell.set(a.env.clock.now() + afterMs)
      world.run(20)
      const delayMs = rung.pop()! - fromMs
      assert.ok(delayMs >= afterMs - 1e-6 && delayMs < afterMs + 0.01, `${delayMs} after ${afterMs}`)
    }
  })

  it('stops an engine that spins, and names its deadline', () => {
    const world = parrots()
    const a = world.addPeer('a')
    const spin = a.env.deadlines.create('hot loop', () => spin.set(0))
    spin.set(0)
    assert.throws(() => world.run(1), /a spins: 'hot loop'/)
  })

  it('loses, doubles, delays and reorders as told', () => {
    const world = parrots({ loss: 0.1, duplicate: 0.05, jitterMs: 30, reorder: 0.01, reorderMs: 200 })
    const [a, b] = [world.addPeer('a'), world.addPeer('b')]
    for (let i = 0; i < 10_000; i++) a.engine.say(b.endpoint, String(i))
    world.run(1000)
    const numbers = b.engine.texts.map(Number)
    const different = new Set(numbers).size
    assert.ok(Math.abs(different - 9000) < 150, `${different} arrived`)
    assert.ok(Math.abs(numbers.length / different - 1.05) < 0.01, `${numbers.length} packets of ${different}`)
    assert.equal(world.lost.get('loss'), 10_000 - different)
    const first = b.engine.heard[0]!.atMs
    const late = b.engine.heard.filter(({ atMs }) => atMs - first > 100).length
    assert.ok(Math.abs(late - 95) < 40, `${late} late`)
    assert.ok(numbers.some((number, i) => i > 0 && number < numbers[i - 1]!))
  })

  it('keeps order on a calm link', () => {
    const world = parrots()
    const [a, b] = [world.addPeer('a'), world.addPeer('b')]
    for (let i = 0; i < 100; i++) a.engine.say(b.endpoint, String(i))
    world.run(100)
    assert.deepEqual(b.engine.texts.map(Number), [...Array(100).keys()])
  })

  it('lets a narrow line take its time, and drops what does not fit its buffer', () => {
    const world = parrots({ latencyMs: 0 })
    const a = world.addPeer('a', { line: { upBytesPerSecond: 10_000, queueMs: 300 } })
    const b = world.addPeer('b', { line: { downBytesPerSecond: 1_000_000, latencyMs: 10 } })
    const text = 'x'.repeat(971) // 1,000 bytes with kind and headers: 100 ms
    for (let i = 0; i < 10; i++) a.engine.say(b.endpoint, text)
    world.run(2000)
    assert.equal(b.engine.heard.length, 4)
    const gaps = b.engine.heard.map(({ atMs }, i) => atMs - (b.engine.heard[i - 1]?.atMs ?? 0)).slice(1)
    for (const gap of gaps) assert.ok(Math.abs(gap - 100) < 1e-6, `${gap}`)
    assert.equal(world.lost.get('queue full'), 6)
  })

  it('overwrites a packet when its turn is over: who keeps a view is found out', () => {
    const world = new World({ seed: 1, link: { duplicate: 1, jitterMs: 5 } })
    const views: Uint8Array[] = []
    const seen: number[] = []
    const receive = (_: unknown, packet: Uint8Array): void => {
      views.push(packet)
      seen.push(packet[1]!)
    }
    const b = world.addPeer('b', { engine: () => ({ receive }) })
    const a = world.addPeer('a', { engine: (setup) => new Parrot(setup) })
    for (const size of [0, 1, 63, 64, 65, 1024, 2048, 5000]) {
      a.engine.setup.udp.send(b.endpoint, new Uint8Array(size + 2).fill(7))
      world.run(100)
    }
    assert.deepEqual(new Set(seen), new Set([7]))
    assert.equal(seen.length, 16)
    assert.deepEqual(new Set(views.map((view) => view[1])), new Set([0xdb]))
  })

  it('splits and heals', () => {
    const world = parrots()
    const [a, b, c] = [world.addPeer('a'), world.addPeer('b'), world.addPeer('c')]
    const call = (): string => {
      for (const peer of [a, b, c]) peer.engine.heard.length = 0
      for (const to of [b, c]) a.engine.say(to.endpoint, 'x')
      world.run(100)
      return [b, c].map((peer) => peer.engine.heard.length).join()
    }
    assert.equal(call(), '1,1')
    world.partition([a, c])
    assert.equal(call(), '0,1')
    assert.equal(world.lost.get('partition'), 1)
    world.heal()
    assert.equal(call(), '1,1')
  })

  it('unplugs and plugs, filters, and removes hosts', () => {
    const world = parrots()
    const [a, b] = [world.addPeer('a'), world.addPeer('b')]
    const arrives = (): boolean => {
      const before = b.engine.heard.length
      a.engine.say(b.endpoint, 'x')
      world.run(100)
      return b.engine.heard.length > before
    }
    b.unplug()
    assert.equal(arrives(), false)
    b.plug()
    assert.equal(arrives(), true)
    a.unplug()
    assert.equal(arrives(), false)
    a.plug()
    world.setFilter(({ sender, to, packet }) => !(sender.name === 'a' && to.port === 33_445 && packet[0] === 2))
    assert.equal(arrives(), false)
    world.setFilter(undefined)
    const { endpoint } = b
    world.removeHost(b)
    a.engine.say(endpoint, 'x')
    world.run(100)
    assert.equal(world.lost.get('no such host'), 1)
    assert.throws(() => b.engine, /runs no engine/)
  })

  it('restarts an engine with a new port; the old one neither hears nor speaks nor ticks', () => {
    const world = parrots()
    const b = world.addPeer('b')
    const a = world.addPeer('a', { engine: (setup) => new Ticker(setup, () => b.endpoint, 100) })
    const old = a.engine as Ticker
    world.run(250)
    a.restart({ port: 40_000 })
    assert.notEqual(a.engine, old)
    old.say(b.endpoint, 'from the grave')
    world.run(1000)
    assert.equal(old.count, 2)
    assert.ok(!b.engine.texts.includes('from the grave'))
    assert.deepEqual(b.engine.texts.slice(0, 4), ['0', '1', '0', '1'])
    assert.equal(b.engine.heard.at(-1)!.from.split(':')[1], '40000')
  })

  it('lets a stopped engine say goodbye, but not a killed one', () => {
    const world = parrots()
    const b = world.addPeer('b')
    for (const end of ['stop', 'kill'] as const) {
      const a = world.addPeer(end)
      const { engine } = a
      engine.ask(b.endpoint, end)
      world.run(100)
      a[end]()
      assert.equal(a.isRunning, false)
      assert.equal(engine.closed, end === 'stop')
    }
    world.run(100)
    assert.deepEqual(b.engine.texts, ['stop', 'bye', 'kill'])
    assert.equal(world.lost.get('no engine'), 0)
  })

  for (const monotonic of ['runs', 'stops'] as const) {
    it(`sleeps an hour while the monotonic clock ${monotonic}`, () => {
      const world = parrots()
      const b = world.addPeer('b')
      const a = world.addPeer('a', { engine: (setup) => new Ticker(setup, () => b.endpoint, 1000) })
      world.run(1500)
      const [own, wall] = [a.env.clock.now(), a.env.clock.unixSeconds()]
      a.sleep(3_600_000, { monotonic })
      b.engine.say(a.endpoint, 'wake up')
      world.run(3_600_000)
      assert.deepEqual([b.engine.texts, world.lost.get('asleep')], [['0'], 1])
      assert.equal(a.env.clock.now() - own, monotonic === 'runs' ? 3_600_000 : 0)
      assert.equal(a.env.clock.unixSeconds() - wall, 3600)
      world.run(600)
      assert.deepEqual(b.engine.texts, ['0', '1'])
    })
  }

  it('jumps clocks either way', () => {
    const world = parrots()
    const b = world.addPeer('b')
    const a = world.addPeer('a', { engine: (setup) => new Ticker(setup, () => b.endpoint, 1000) })
    a.jumpClocks({ monotonicMs: 5_000, wallMs: -86_400_000 })
    world.run(100)
    assert.deepEqual(b.engine.texts, ['0'])
    assert.equal(a.env.clock.unixSeconds(), 1_700_000_000 - 86_400)
    a.jumpClocks({ monotonicMs: -3_000 })
    world.run(3_000)
    assert.deepEqual(b.engine.texts, ['0'])
    world.run(1_000)
    assert.deepEqual(b.engine.texts, ['0', '1'])
  })

  it('is the same run for the same seed, byte for byte, and another for another', async () => {
    const crypto: Crypto = await loadCrypto()
    const run = (seed: string): string => {
      const transcript: string[] = []
      const world = new World<Parrot>({ seed, crypto, link: { loss: 0.2, jitterMs: 50, duplicate: 0.1 } })
      const peers = Array.from({ length: 5 }, (_, i) => world.addPeer(`p${i}`, { engine: (s) => new Parrot(s) }))
      for (const { engine } of peers) {
        const { publicKey } = engine.setup.crypto.keyPair()
        const noise = engine.setup.env.random.bytes(7)
        for (const { endpoint } of peers) engine.ask(endpoint, Buffer.from([...publicKey, ...noise]).toString('hex'))
      }
      world.run(500)
      for (const { engine } of peers) transcript.push(JSON.stringify(engine.heard))
      return transcript.join('\n')
    }
    assert.equal(run('seed'), run('seed'))
    assert.notEqual(run('seed'), run('other'))
  })

  it('gives a host the same dice whatever other hosts there are', () => {
    const bytesOf = (names: string[]): string[] => {
      const world = parrots()
      for (const name of names) world.addPeer(name)
      return [...world.hosts.get('a')!.env.random.bytes(8)].map(String)
    }
    assert.deepEqual(bytesOf(['a']), bytesOf(['x', 'a', 'y']))
  })

  it('says with its seed what did not happen', () => {
    const world = parrots({}, 'moon')
    assert.throws(
      () => world.expect('the moon falls', () => false, 100),
      (error) =>
        error instanceof SimTimeout && /the moon falls: not within 100 ms \(seed moon, at 100/.test(error.message),
    )
    assert.equal(
      world.runUntil(() => world.nowMs >= 150, 1000),
      true,
    )
    assert.equal(world.nowMs, 150)
  })

  it('lets promises settle between moments', async () => {
    const world = parrots()
    const [a, b] = [world.addPeer('a'), world.addPeer('b')]
    let answered = 0
    const chat = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        a.engine.ask(b.endpoint, String(i))
        await new Promise<void>((resolve) => {
          const look = world.after(50, resolve)
          void look
        })
        answered = a.engine.heard.length
      }
    }
    const done = chat()
    await world.runAsync(10)
    await world.expectAsync('three answers', () => answered === 3, 1000)
    await done
    assert.equal(world.nowMs, 150)
    await assert.rejects(
      world.expectAsync('nothing', () => false, 10),
      SimTimeout,
    )
  })

  it('tells mistakes at once', () => {
    const world = parrots()
    world.addPeer('a')
    assert.throws(() => world.addPeer('a'), /there is a host a already/)
    assert.throws(() => world.setLink({ loss: 2 }), RangeError)
    assert.throws(() => world.setLink({ latencyMs: Number.NaN }), RangeError)
    assert.throws(() => new World({ seed: 1 }).addPeer('b'), /needs an engine/)
    assert.throws(() => world.hosts.get('a')!.engine.setup.crypto, /made without/)
  })
})
