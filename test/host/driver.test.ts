import assert from 'node:assert/strict'
import { Deadlines, Endpoint } from '../../src/base/index.js'
import { HostClock } from '../../src/host/clock.js'
import { openDgramUdp } from '../../src/host/dgram-udp.js'
import { type DrivenEngine, HostDriver } from '../../src/host/driver.js'
import { nativeUdpMissing, openNativeUdp } from '../../src/host/native-udp.js'
import type { UdpSocket } from '../../src/host/udp-socket.js'
import type { UdpHandler } from '../../src/transport/udp.js'
import { MachineTime } from '../support/machine-time.js'
import { until } from '../support/until.js'

/** A socket made of lists: what stands in `incoming` is read, what is sent is noted with the flush that took it away. */
class FakeSocket implements UdpSocket {
  readonly kind = 'dgram'
  readonly family = 'ipv4'
  readonly local = Endpoint.parse('127.0.0.1', 1)!
  readonly localPort = 1
  readonly pollable = undefined
  readonly isSound = true
  readonly sharing = undefined
  incoming: Uint8Array[][] = []
  waiting = 0
  flushes: number[] = []
  closed = false
  onReadable: (() => void) | undefined
  readonly sender = {
    send: (): void => void this.waiting++,
    reserve: (_to: Endpoint, size: number): Uint8Array => {
      this.waiting++
      return new Uint8Array(size)
    },
  }
  watch(onReadable: () => void): void {
    this.onReadable = onReadable
  }
  receive(handler: UdpHandler): boolean {
    for (const packet of this.incoming.shift() ?? []) handler(this.local, packet)
    return this.incoming.length > 0
  }
  flush(): void {
    if (this.waiting > 0) this.flushes.push(this.waiting)
    this.waiting = 0
  }
  multicastBy(): boolean {
    return false
  }
  ref(): void {}
  unref(): void {}
  stats() {
    return { packetsIn: 0, packetsOut: 0, unsent: 0, overflowOut: 0, overflowIn: 0, receiveErrors: 0 }
  }
  close(): void {
    this.closed = true
  }
}

function setUp(): {
  clock: HostClock
  socket: FakeSocket
  driver: HostDriver
  deadlines: Deadlines
  log: string[]
  errors: unknown[]
  engine: { receive: UdpHandler; wakes: number }
} {
  const clock = new HostClock()
  const deadlines = new Deadlines()
  const socket = new FakeSocket()
  const log: string[] = []
  const errors: unknown[] = []
  const engine = {
    wakes: 0,
    receive: ((_from, packet) => void log.push(`packet ${packet[0]}`)) as UdpHandler,
  }
  const driven: DrivenEngine = {
    receive: (from, packet) => engine.receive(from, packet),
    wake: (nowMs) => {
      engine.wakes++
      deadlines.run(nowMs)
    },
    nextWakeMs: () => deadlines.nextMs(),
  }
  const driver = new HostDriver({ engine: driven, clock, onError: (error) => errors.push(error) })
  driver.addSocket(socket)
  return { clock, socket, driver, deadlines, log, errors, engine }
}

describe('HostDriver', () => {
  let time: MachineTime
  beforeEach(() => {
    time = MachineTime.take()
  })
  afterEach(() => time.giveBack())

  it('answers in the turn that reads, with one flush for the batch, and the clock stands still', () => {
    const { socket, driver, engine, clock } = setUp()
    const moments = new Set<number>()
    engine.receive = () => {
      moments.add(clock.now())
      time.nowMs += 2
      socket.sender.send()
    }
    socket.incoming = [[Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]]
    driver.start()
    socket.onReadable!()
    assert.deepEqual(socket.flushes, [3])
    assert.equal(moments.size, 1)
    driver.close()
  })

  it('fires deadlines on time, and what they send leaves at once', async () => {
    const { socket, driver, deadlines, clock } = setUp()
    const startMs = clock.now()
    let firedMs = 0
    deadlines
      .create('test', () => {
        firedMs = clock.now()
        socket.sender.send()
      })
      .set(startMs + 20)
    driver.start()
    await time.pass(19)
    assert.equal(firedMs, 0)
    await time.pass(1)
    assert.equal(firedMs, startMs + 20)
    assert.deepEqual(socket.flushes, [1])
    driver.close()
  })

  it('wakes once for deadlines that lie close together in the distance', async () => {
    const { driver, deadlines, clock, engine } = setUp()
    const startMs = clock.now()
    let fired = 0
    for (let i = 0; i < 5; i++) deadlines.create('test', () => fired++).set(startMs + 40 + i)
    driver.start()
    await time.pass(39)
    assert.equal(fired, 0)
    await time.pass(11)
    assert.equal(fired, 5)
    assert.equal(engine.wakes, 1)
    driver.close()
  })

  it('follows a nearer deadline after touch, and sends what the user call left', async () => {
    const { socket, driver, deadlines, clock } = setUp()
    deadlines.create('far', () => {}).set(clock.now() + 60_000)
    driver.start()
    let fired = 0
    deadlines.create('near', () => fired++).set(clock.now() + 5)
    for (let i = 0; i < 10; i++) {
      socket.sender.send()
      driver.touch()
    }
    await Promise.resolve()
    assert.deepEqual(socket.flushes, [10], 'before any other event')
    await time.pass(5)
    assert.equal(fired, 1)
    driver.close()
  })

  it('sleeps while nothing waits', async () => {
    const { driver, engine } = setUp()
    driver.start()
    await time.pass(24 * 3_600_000)
    assert.deepEqual([engine.wakes, time.timersSet], [0, 0])
    driver.close()
  })

  it('reads a bounded number of batches for one wake-up', () => {
    const { driver, socket, log } = setUp()
    socket.incoming = Array.from({ length: 100 }, (_, i) => [Uint8Array.of(i)])
    driver.start()
    socket.onReadable!()
    assert.ok(log.length >= 1 && log.length <= 8)
    driver.close()
  })

  it('does not spin when an engine asks to be woken at once for ever', async () => {
    const { driver, deadlines, clock, engine } = setUp()
    const again = deadlines.create('always due', () => again.set(clock.now()))
    again.set(clock.now())
    driver.start()
    await time.pass(50)
    assert.ok(engine.wakes > 50 && engine.wakes < 50 + 25, `${engine.wakes} wakes`)
    driver.close()
  })

  it('loses the packet that hits a mistake of ours, not the batch', () => {
    const { driver, socket, log, errors, engine, deadlines, clock } = setUp()
    const receive = engine.receive
    engine.receive = (from, packet) => {
      if (packet[0] === 2) throw new Error('mistake')
      receive(from, packet)
    }
    deadlines
      .create('broken', () => {
        throw new Error('broken deadline')
      })
      .set(clock.now())
    socket.incoming = [[Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)], [Uint8Array.of(4)]]
    driver.start()
    socket.onReadable!()
    assert.deepEqual(log, ['packet 1', 'packet 3', 'packet 4'])
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      ['mistake', 'broken deadline'],
    )
    driver.close()
  })

  it('steps without waiting, as tox_iterate does', () => {
    const { driver, socket, log, deadlines, clock } = setUp()
    deadlines.create('due', () => log.push('deadline')).set(clock.now())
    socket.incoming = [[Uint8Array.of(1)]]
    driver.step()
    assert.deepEqual(log, ['packet 1', 'deadline'])
    assert.equal(socket.onReadable, undefined)
    driver.close()
  })

  it('may be closed from inside a packet handler, and sends nothing afterwards', () => {
    const { driver, socket, engine } = setUp()
    engine.receive = () => {
      socket.sender.send()
      driver.close()
    }
    socket.incoming = [[Uint8Array.of(1)], [Uint8Array.of(2)]]
    driver.start()
    socket.onReadable!()
    assert.ok(socket.closed)
    assert.deepEqual(socket.flushes, [1])
    driver.close()
    driver.touch()
    driver.step()
  })
})

describe('HostDriver on real sockets', () => {
  const open = async (kind: string): Promise<UdpSocket> => {
    const options = { family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 } as const
    return kind === 'native' ? openNativeUdp(options) : openDgramUdp(options)
  }
  for (const kind of ['native', 'dgram']) {
    it(`plays ping-pong over real ${kind} sockets`, async function () {
      if (kind === 'native' && nativeUdpMissing() !== undefined) return this.skip()
      const sockets = [await open(kind), await open(kind)]
      let volleys = 0
      const drivers = sockets.map((socket) => {
        const engine: DrivenEngine = {
          receive: (from, packet) => {
            if (++volleys < 200) socket.sender.send(from, packet)
          },
          wake: () => {},
          nextWakeMs: () => Number.POSITIVE_INFINITY,
        }
        const driver = new HostDriver({
          engine,
          clock: new HostClock(),
          onError: (error) => assert.fail(String(error)),
        })
        driver.addSocket(socket)
        driver.start()
        return driver
      })
      sockets[0]!.sender.send(sockets[1]!.local, Uint8Array.of(1))
      drivers[0]!.touch()
      await until(() => volleys === 200, '200 volleys')
      for (const driver of drivers) driver.close()
    })
  }
})
