// TCP connections that move in the program's calls alone, against Node's own sockets on loopback.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectNode, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { CONNECT_TIMEOUT_MS, TcpDialer } from '../../capi/core/tcp/dialer.js'
import { TcpPort } from '../../capi/core/tcp/listener.js'
import { TcpMover } from '../../capi/core/tcp/mover.js'
import { loadAddon } from '../../src/addon/index.js'
import { Deadlines, Endpoint } from '../../src/base/index.js'
import type { AcceptedStream, ByteStream, DialFailure, StreamHandler } from '../../src/transport/stream.js'

const DEADLINE_MS = 10_000
const LOOPBACK = '127.0.0.1'
const BULK_BYTES = 4 * 1024 * 1024

/** Moves one instance's connections, with a clock that a test sets. */
class Host {
  nowMs = 1_000
  mayRead = true
  readonly errors: unknown[] = []
  readonly deadlines = new Deadlines()
  readonly mover = new TcpMover({
    onError: (error) => this.errors.push(error),
    mayRead: () => this.mayRead,
    machineMs: () => performance.now(),
  })
  readonly dialer = new TcpDialer(this.mover, {
    clock: { now: () => this.nowMs, unixSeconds: () => 0 },
    deadlines: this.deadlines,
  })

  async until(what: string, isSo: () => boolean): Promise<void> {
    const endMs = performance.now() + DEADLINE_MS
    for (;;) {
      this.mover.step()
      this.deadlines.run(this.nowMs)
      if (isSo()) return
      assert.ok(performance.now() < endMs, `not within ${DEADLINE_MS} ms: ${what}`)
      await delay(1)
    }
  }
}

/** Reads a stream. */
class Reader implements StreamHandler {
  readonly pieces: Uint8Array[] = []
  size = 0
  isClosed = false

  onData(bytes: Uint8Array): void {
    this.pieces.push(bytes.slice())
    this.size += bytes.length
  }

  onClosed(): void {
    this.isClosed = true
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('latin1')
  }
}

/** One attempt and what came of it. */
class Dialled {
  stream: ByteStream | undefined
  failure: DialFailure | undefined
  readonly reader = new Reader()
  readonly attempt

  constructor(host: Host, to: Parameters<TcpDialer['dial']>[0]) {
    this.attempt = host.dialer.dial(to, {
      onConnected: (stream) => {
        this.stream = stream
        return this.reader
      },
      onFailed: (failure) => {
        this.failure = failure
      },
    })
    assert.equal(this.stream ?? this.failure, undefined, 'nothing is called before dial returns')
  }
}

const endpointOf = (port: number): Endpoint => Endpoint.parse(LOOPBACK, port)!

function bulk(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff)
}

describe('TCP connections of the C library', () => {
  if (loadAddon()?.TcpSocket === undefined) {
    it.skip('there is no native addon with TCP sockets')
    return
  }

  let host: Host
  let server: Server
  const accepted: Socket[] = []

  const port = (): number => (server.address() as { port: number }).port
  const peer = (): Socket => accepted.at(-1)!

  beforeEach(async () => {
    host = new Host()
    server = createServer((socket) => {
      accepted.push(socket)
      socket.on('error', () => {})
    })
    server.listen(0, LOOPBACK)
    await once(server, 'listening')
  })
  afterEach(() => {
    for (const socket of accepted.splice(0)) socket.destroy()
    server.close()
    host.mover.close()
    assert.deepEqual(host.errors, [])
  })

  const connected = async (): Promise<Dialled & { stream: ByteStream }> => {
    const before = accepted.length
    const dialled = new Dialled(host, endpointOf(port()))
    await host.until('a connection', () => dialled.stream !== undefined && accepted.length > before)
    return dialled as Dialled & { stream: ByteStream }
  }

  it('carry what both sides say, and tell the end', async () => {
    const { stream, reader } = await connected()
    const socket = peer()
    assert.equal(stream.remote?.toString(), `${LOOPBACK}:${port()}`)
    stream.write(Buffer.from('hel'))
    stream.atTurnEnd(() => stream.write(Buffer.from('lo')))
    assert.equal(stream.queuedBytes, 3)
    host.mover.flush()
    assert.equal(stream.queuedBytes, 0)
    assert.equal(String((await once(socket, 'data'))[0]), 'hello')
    socket.end('bye')
    await host.until('the end', () => reader.isClosed)
    assert.equal(reader.text, 'bye')
    stream.write(Buffer.from('too late'))
    assert.equal(stream.queuedBytes, 0)
    stream.destroy()
  })

  it('queue what the system does not take, and send it when it does', async () => {
    const { stream } = await connected()
    const socket = peer()
    const sent = bulk(BULK_BYTES)
    for (let at = 0; at < sent.length; at += 1000) stream.write(sent.subarray(at, at + 1000))
    host.mover.flush()
    assert.ok(stream.queuedBytes > 0 && stream.queuedBytes < sent.length)
    assert.notEqual(host.mover.pollable, undefined, 'the descriptor tells when there is room')
    const pieces: Buffer[] = []
    let size = 0
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece)
      size += piece.length
    })
    await host.until('all of it', () => size === sent.length)
    assert.ok(Buffer.concat(pieces).equals(sent))
    assert.equal(stream.queuedBytes, 0)
  })

  it('leave what arrives to the kernel while nobody may read it', async () => {
    const { reader } = await connected()
    const socket = peer()
    host.mayRead = false
    const sent = bulk(BULK_BYTES)
    socket.write(sent)
    for (let i = 0; i < 20; i++) {
      host.mover.step()
      await delay(1)
    }
    assert.equal(reader.size, 0)
    host.mayRead = true
    await host.until('all of it', () => reader.size === sent.length)
    assert.ok(Buffer.concat(reader.pieces).equals(sent))
  })

  it('send a farewell when they are ended, and hear nothing more', async () => {
    const { stream, reader } = await connected()
    const socket = peer()
    stream.write(Buffer.from('fare'))
    stream.atTurnEnd(() => stream.write(Buffer.from('well')))
    stream.destroy()
    stream.destroy()
    assert.equal(String((await once(socket, 'data'))[0]), 'farewell')
    await once(socket, 'close')
    host.mover.step()
    assert.equal(reader.isClosed, false)
  })

  it('end when the peer has broken them', async () => {
    const { stream, reader } = await connected()
    const socket = peer()
    socket.resetAndDestroy()
    await once(socket, 'close')
    stream.write(bulk(100))
    await host.until('the end', () => reader.isClosed)
  })

  it('survive a mistake of whoever reads one of them', async () => {
    const { stream } = await connected()
    const second = await connected()
    stream.atTurnEnd(() => assert.fail('a mistake'))
    second.stream.write(Buffer.from('still here'))
    host.mover.flush()
    assert.match(String(host.errors.pop()), /a mistake/)
    assert.equal(String((await once(peer(), 'data'))[0]), 'still here')
  })

  it('fail where nobody listens, where no way leads, and for a name', async () => {
    const closed = port()
    server.close()
    const attempts = [
      new Dialled(host, endpointOf(closed)),
      // The system refuses a broadcast address at once.
      new Dialled(host, Endpoint.parse('255.255.255.255', 33445)!),
      new Dialled(host, { host: 'localhost', port: closed }),
    ]
    assert.ok(host.mover.isImpatient)
    assert.equal(host.mover.pollable, undefined)
    await host.until('three failures', () => attempts.every(({ failure }) => failure !== undefined))
    const codes = attempts.map(({ failure }) => failure!.code)
    assert.deepEqual(codes, ['refused', 'unreachable', 'not-resolved'])
  })

  it('give up when nobody answers in time, and at once when they are no longer wanted', async () => {
    // A listener whose backlog is full answers nobody.
    const full = TcpPort.open(0, false)
    assert.ok(full.ok)
    const crowd = Array.from({ length: 300 }, () => connectNode({ port: full.value.port, host: LOOPBACK }))
    for (const socket of crowd) socket.on('error', () => {})
    await delay(50)
    const late = new Dialled(host, endpointOf(full.value.port))
    const unwanted = new Dialled(host, endpointOf(full.value.port))
    unwanted.attempt.cancel()
    host.mover.step()
    host.nowMs += CONNECT_TIMEOUT_MS
    await host.until('the timeout', () => late.failure !== undefined)
    assert.equal(late.failure?.code, 'timeout')
    assert.equal(unwanted.failure ?? unwanted.stream, undefined)
    assert.equal(host.deadlines.size, 0)
    for (const socket of crowd) socket.destroy()
    full.value.close()
  })

  describe('that come in', () => {
    const readers: Reader[] = []
    const streams: AcceptedStream[] = []
    let open: TcpPort

    beforeEach(() => {
      const opened = TcpPort.open(0, true)
      assert.ok(opened.ok)
      open = opened.value
      open.admit(host.mover, (stream) => {
        if (readers.length === 2) {
          stream.destroy()
          return undefined
        }
        streams.push(stream)
        readers.push(new Reader())
        return readers.at(-1)
      })
    })
    afterEach(() => {
      open.close()
      readers.length = streams.length = 0
    })

    it('are taken over IPv4 and IPv6, with where they come from, or refused', async () => {
      const first = connectNode({ port: open.port, host: LOOPBACK })
      await host.until('the first', () => streams.length === 1)
      const second = connectNode({ port: open.port, host: '::1' })
      await host.until('the second', () => streams.length === 2)
      assert.deepEqual(
        streams.map(({ remote }) => `${remote.family} ${remote.ip} ${remote.port}`),
        [`4 127.0.0.1 ${first.localPort}`, `6 ::1 ${second.localPort}`],
      )
      first.write('one')
      second.end('two')
      await host.until('both', () => readers[0]!.text === 'one' && readers[1]!.isClosed)
      assert.equal(readers[1]!.text, 'two')
      const third = connectNode({ port: open.port, host: LOOPBACK })
      third.on('error', () => {})
      let isRefused = false
      third.on('close', () => {
        isRefused = true
      })
      third.resume()
      await host.until('the refusal', () => isRefused)
      first.destroy()
    })

    it('find a port taken, and one that is free again', () => {
      const taken = TcpPort.open(open.port, true)
      assert.deepEqual(taken, { ok: false, error: 'EADDRINUSE' })
      open.close()
      const again = TcpPort.open(open.port, false)
      assert.ok(again.ok)
      again.value.close()
    })
  })
})
