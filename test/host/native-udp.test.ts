// What only the native twin has: arguments judged at the door, several environments, segmentation.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Endpoint } from '../../src/base/index.js'
import { openNativeUdp } from '../../src/host/native-udp.js'
import { loadNativeUdp, type NativeUdpClass } from '../../src/host/native-udp-binding.js'

const loaded = loadNativeUdp()
const ANY_IPV4 = new Uint8Array(4)
const LOOPBACK = Uint8Array.of(127, 0, 0, 1)

describe('native UDP', () => {
  let UdpSocket: NativeUdpClass
  before(function () {
    if (typeof loaded === 'string') {
      this.test!.title += ` (${loaded})`
      return this.skip()
    }
    UdpSocket = loaded
  })

  const row = (offset: number, length: number, family: number, port: number, address = LOOPBACK): Int32Array => {
    const words = new Int32Array(8)
    words.set([offset, length, family, port])
    new Uint8Array(words.buffer).set(address, 16)
    return words
  }
  const rowsOf = (...rows: Int32Array[]): Int32Array => Int32Array.from(rows.flatMap((words) => [...words]))

  it('answers every wrong argument with an error, never a crash', () => {
    const nonsense: unknown[] = [
      undefined,
      null,
      true,
      -1,
      1.5,
      2 ** 40,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      'text',
      10n,
      Symbol('s'),
      {},
      [],
      () => {},
      new Uint8Array(0),
      new Uint8Array(4),
      new Uint8Array(16),
      new Uint8Array(new SharedArrayBuffer(64)),
      new Int32Array(0),
      new Int32Array(80),
      new Float64Array(8),
      new DataView(new ArrayBuffer(8)),
      new ArrayBuffer(8),
      new Proxy({}, {}),
    ]
    const methods = [
      'open',
      'receive',
      'send',
      'start',
      'multicastBy',
      'letJoin',
      'spread',
      'wantWritable',
      'ref',
      'unref',
      'stats',
      'close',
    ] as const
    let seed = 1
    const pick = (): unknown => nonsense[(seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % nonsense.length]
    for (let round = 0; round < 3000; round++) {
      const socket = new UdpSocket()
      if (round % 2 === 0) socket.open(4, LOOPBACK, 0, 0)
      for (const method of methods) {
        const args = Array.from({ length: round % 6 }, pick)
        try {
          ;(socket[method] as (...args: unknown[]) => unknown)(...args)
        } catch (error) {
          assert.ok(error instanceof TypeError || error instanceof RangeError, String(error))
        }
      }
      socket.close()
    }
  })

  it('refuses a receiver that is no socket, and a call without new', () => {
    const socket = new UdpSocket()
    for (const receiver of [{}, Object.create(UdpSocket.prototype) as object, 1, new Map()]) {
      assert.throws(() => socket.close.call(receiver as never))
    }
    assert.throws(() => (UdpSocket as unknown as () => unknown)())
    socket.close()
  })

  it('refuses rows outside the arrays and passes over impossible ones', () => {
    const socket = new UdpSocket()
    const port = socket.open(4, LOOPBACK, 0, 0)
    const arena = new Uint8Array(100)
    const one = row(0, 10, 4, port)
    assert.throws(() => socket.send(arena, one, 0, 2), RangeError)
    assert.throws(() => socket.send(arena, one, 2, 1), RangeError)
    const bad = rowsOf(
      row(95, 10, 4, port),
      row(-1, 10, 4, port),
      row(0, -1, 4, port),
      row(0, 10, 5, port),
      row(0, 10, 4, 0),
      row(0, 10, 4, 65_536),
      row(0, 10, 6, port, new Uint8Array(16)),
    )
    assert.equal(socket.send(arena, bad, 0, 7), 7)
    assert.equal(socket.stats().invalidRows, 7)
    assert.equal(socket.send(arena, rowsOf(one, row(200, 1, 4, port), one), 0, 3), 3)
    assert.equal(socket.stats().packetsOut, 2)
    socket.close()
  })

  it('refuses detached memory', () => {
    const socket = new UdpSocket()
    socket.open(4, LOOPBACK, 0, 0)
    const arena = new Uint8Array(1 << 20)
    const rows = new Int32Array(4096)
    structuredClone(arena, { transfer: [arena.buffer] })
    assert.throws(() => socket.receive(arena, rows), RangeError)
    assert.equal(socket.send(arena, row(0, 10, 4, 9), 0, 1), 1)
    assert.equal(socket.stats().invalidRows, 1)
    structuredClone(rows, { transfer: [rows.buffer] })
    assert.throws(() => socket.receive(new Uint8Array(1 << 20), rows), RangeError)
    socket.close()
  })

  it('opens once, reports errors as negative numbers, and stays closed', () => {
    const socket = new UdpSocket()
    const port = socket.open(4, LOOPBACK, 0, 0)
    assert.ok(port > 0)
    assert.ok(socket.open(4, LOOPBACK, 0, 0) < 0)
    const other = new UdpSocket()
    assert.equal(other.open(4, LOOPBACK, port, port), -98)
    assert.ok(other.open(4, LOOPBACK, 0, 0) > 0, 'a failed open may be repeated')
    socket.close()
    assert.equal(
      socket.start(() => {}),
      -9,
    )
    assert.equal(socket.send(new Uint8Array(8), row(0, 8, 4, 9), 0, 1), 1)
    other.close()
  })

  it('joins a run of equal packets into few messages where the kernel can', function () {
    const socket = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    const raw = new UdpSocket()
    raw.open(4, LOOPBACK, 0, 0)
    if (!raw.stats().segments) {
      raw.close()
      socket.close()
      return this.skip()
    }
    const arena = new Uint8Array(100 * 1000)
    const rows = rowsOf(...Array.from({ length: 100 }, (_, i) => row(i * 1000, 1000, 4, socket.localPort)))
    assert.equal(raw.send(arena, rows, 0, 100), 100)
    const { packetsOut, messagesOut } = raw.stats()
    assert.equal(packetsOut, 100)
    assert.equal(messagesOut, 2)
    let got = 0
    while (socket.receive((_from, packet) => (got += packet.length === 1000 ? 1 : 0))) {}
    assert.equal(got, 100)
    raw.close()
    socket.close()
  })

  it('joins packets that do not lie behind one another, and ends a run with a shorter one', () => {
    const socket = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    const raw = new UdpSocket()
    raw.open(4, LOOPBACK, 0, 0)
    const arena = Uint8Array.from({ length: 4000 }, (_, i) => i / 100)
    const to = socket.localPort
    const rows = rowsOf(row(3000, 100, 4, to), row(0, 100, 4, to), row(500, 50, 4, to), row(600, 100, 4, to))
    raw.send(arena, rows, 0, 4)
    const got: number[][] = []
    while (socket.receive((_from, packet) => got.push([packet.length, packet[0]!, packet[packet.length - 1]!]))) {}
    assert.deepEqual(got, [
      [100, 30, 30],
      [100, 0, 0],
      [50, 5, 5],
      [100, 6, 6],
    ])
    raw.close()
    socket.close()
  })

  it('sends plainly where the path is too narrow for segments', function () {
    if (spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'mtu', '1280']).status !== 0) {
      this.test!.title += ' (needs a network namespace)'
      return this.skip()
    }
    const child = fileURLToPath(new URL('narrow-path-child.ts', import.meta.url))
    // The same loader of TypeScript as this process has.
    const flags = process.execArgv.includes('--import') ? process.execArgv : ['--import', 'tsx']
    const command = [process.execPath, ...flags, child].map((part) => `'${part}'`).join(' ')
    const inside = `ip link set lo mtu 1280 up && exec ${command}`
    const { status, stdout, stderr } = spawnSync('unshare', ['-rn', 'sh', '-c', inside], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const { refusedSegments, ...counts } = JSON.parse(stdout) as Record<string, number>
    assert.deepEqual(counts, { arrived: 100, packetsOut: 100, unsent: 0 })
    assert.equal(refusedSegments, 1)
  })

  it('can be read without the event loop', () => {
    const alice = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    const bob = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    alice.sender.send(bob.local, Uint8Array.of(1, 2, 3))
    alice.flush()
    let got = 0
    bob.receive(() => got++)
    assert.equal(got, 1)
    alice.close()
    bob.close()
  })

  it('does not let a handler that reads again spoil its own batch', () => {
    const alice = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    alice.sender.send(Endpoint.of(LOOPBACK, alice.localPort), Uint8Array.of(1))
    alice.sender.send(Endpoint.of(LOOPBACK, alice.localPort), Uint8Array.of(2, 2))
    alice.flush()
    const got: number[] = []
    alice.receive((_from, packet) => {
      alice.receive(() => assert.fail('nested'))
      got.push(packet[0]!)
    })
    assert.deepEqual(got, [1, 2])
    alice.close()
  })

  it('reports an exception of the callback as uncaught, and goes on', async () => {
    const socket = new UdpSocket()
    const port = socket.open(4, ANY_IPV4, 0, 0)
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    let calls = 0
    try {
      const caught = new Promise<Error>((resolve) => process.once('uncaughtException', resolve))
      socket.start(() => {
        calls++
        socket.receive(new Uint8Array(UdpSocket.SLOT_BYTES), new Int32Array(8 * (1 + UdpSocket.SEGMENTS_IN_MAX)))
        throw new Error('thrown by a listener')
      })
      socket.send(new Uint8Array(8), row(0, 8, 4, port), 0, 1)
      assert.equal((await caught).message, 'thrown by a listener')
      assert.equal(calls, 1)
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener)
      socket.close()
    }
  })

  it('works in workers, also in one that is terminated while packets arrive', async () => {
    const code = `
      const { parentPort } = require('node:worker_threads')
      const { UdpSocket } = require(${JSON.stringify(loadedAddonPath())})
      const socket = new UdpSocket()
      const port = socket.open(4, Uint8Array.of(127, 0, 0, 1), 0, 0)
      const arena = new Uint8Array(UdpSocket.SLOT_BYTES * 32)
      const rows = new Int32Array(8 * (1 + 32 * UdpSocket.SEGMENTS_IN_MAX))
      socket.start(() => { socket.receive(arena, rows); parentPort.postMessage('got') })
      parentPort.postMessage(port)`
    const sender = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
    for (let round = 0; round < 4; round++) {
      const worker = new Worker(code, { eval: true })
      const port = await new Promise<number>((resolve) => worker.once('message', resolve))
      const got = new Promise((resolve) => worker.once('message', resolve))
      for (let i = 0; i < 200; i++) sender.sender.reserve(Endpoint.of(LOOPBACK, port), 100).fill(i)
      sender.flush()
      await got
      await worker.terminate()
    }
    sender.close()
  })

  it('keeps the event loop alive, until it is unref-ed', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      const { UdpSocket } = require(${JSON.stringify(loadedAddonPath())})
      const socket = new UdpSocket()
      socket.open(4, Uint8Array.of(127, 0, 0, 1), 0, 0)
      socket.start(() => {})
      if (workerData === 'unref') socket.unref()`
    const start = (workerData: string): Promise<unknown> & { worker: Worker } => {
      const worker = new Worker(code, { eval: true, workerData })
      return Object.assign(once(worker, 'exit'), { worker })
    }
    const held = start('ref')
    let isHeld = true
    void held.then(() => {
      isHeld = false
    })
    // Started later and gone: had the first one been about to end, it would have ended too.
    await start('unref')
    await start('unref')
    assert.equal(isHeld, true)
    await held.worker.terminate()
  })
})

/** The file from which this process has loaded the addon. */
function loadedAddonPath(): string {
  const found = Object.keys(createRequire(import.meta.url).cache).find((path) => path.endsWith('toxcore_ts.node'))
  assert.ok(found !== undefined)
  return found
}
