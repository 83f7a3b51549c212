import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { TcpListenError, TcpListener } from '../../src/host/tcp-listener.js'
import type { AcceptedStream } from '../../src/transport/stream.js'
import { until } from '../support/until.js'

/** A listener on loopback that keeps what happens. */
class Scene {
  readonly streams: AcceptedStream[] = []
  readonly received: number[] = []
  closed = 0
  turns = 0
  isOpenToAll = true
  listener!: TcpListener

  static async open(): Promise<Scene> {
    const scene = new Scene()
    scene.listener = await TcpListener.open({
      address: '127.0.0.1',
      port: 0,
      turn: (work) => {
        scene.turns++
        work()
      },
      accept: (stream) => {
        if (!scene.isOpenToAll) {
          stream.destroy()
          return undefined
        }
        scene.streams.push(stream)
        return { onData: (bytes) => scene.received.push(...bytes), onClosed: () => scene.closed++ }
      },
    })
    return scene
  }

  async connect(): Promise<Socket> {
    const socket = createConnection({ port: this.listener.port, host: '127.0.0.1' })
    await once(socket, 'connect')
    return socket
  }
}

describe('TCP listener', () => {
  let scene: Scene
  beforeEach(async () => {
    scene = await Scene.open()
  })
  afterEach(() => scene.listener.close())

  it('hands bytes in and out, and tells when the other side leaves', async () => {
    const socket = await scene.connect()
    socket.write(Uint8Array.of(1, 2, 3))
    await until(() => scene.received.length === 3, 'three bytes')
    const [stream] = scene.streams
    assert.equal(stream!.remote.ip, '127.0.0.1')
    assert.equal(stream!.remote.port, socket.localPort)
    const answers: number[] = []
    socket.on('data', (bytes) => answers.push(...bytes))
    for (let n = 0; n < 100; n++) stream!.write(Uint8Array.of(n))
    await until(() => answers.length === 100, 'a hundred bytes')
    assert.deepEqual(answers.slice(-2), [98, 99])
    socket.end()
    await until(() => scene.closed === 1, 'the end')
    assert.ok(scene.turns >= 3)
  })

  it('counts what the other side does not read', async () => {
    const socket = await scene.connect()
    await until(() => scene.streams.length === 1, 'the stream')
    socket.pause()
    const [stream] = scene.streams
    const piece = new Uint8Array(1024 * 1024)
    // Far more than two socket buffers hold.
    for (let n = 0; n < 64; n++) stream!.write(piece)
    assert.ok(stream!.queuedBytes > 0)
    stream!.destroy()
    stream!.write(piece)
    stream!.destroy()
    await once(socket.resume(), 'close')
    assert.equal(scene.closed, 0, 'who ends a stream is not told of it')
  })

  it('lets a stream be refused', async () => {
    scene.isOpenToAll = false
    const socket = createConnection({ port: scene.listener.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    await once(socket.resume(), 'close')
    assert.equal(scene.streams.length, 0)
  })

  it('outlives connections that break', async () => {
    for (let n = 0; n < 20; n++) (await scene.connect()).resetAndDestroy()
    await until(() => scene.closed === 20, 'twenty ends')
    const socket = await scene.connect()
    socket.write(Uint8Array.of(7))
    await until(() => scene.received.length === 1, 'a byte')
    socket.destroy()
  })

  it('says why a port cannot be opened', async () => {
    const options = { turn: (work: () => void) => work(), accept: () => undefined }
    const { port } = scene.listener
    const isTaken = (error: unknown): boolean => error instanceof TcpListenError && /in use/.test(error.message)
    await assert.rejects(TcpListener.open({ address: '127.0.0.1', port, ...options }), isTaken)
    const isForeign = (error: unknown): boolean =>
      error instanceof TcpListenError && /not an address/.test(error.message)
    await assert.rejects(TcpListener.open({ address: '192.0.2.1', port: 0, ...options }), isForeign)
  })

  it('ends its connections with itself', async () => {
    const socket = await scene.connect()
    await until(() => scene.streams.length === 1, 'the stream')
    scene.listener.close()
    await once(socket.resume(), 'close')
  })
})
