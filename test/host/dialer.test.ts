import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Deadlines, Endpoint } from '../../src/base/index.js'
import { HostClock } from '../../src/host/clock.js'
import { type DialerOptions, HostDialer } from '../../src/host/dialer.js'
import { ProxiedDialer, type ProxyServer } from '../../src/transport/proxy/index.js'
import type { ByteStream, DialFailure, StreamDialer, StreamTarget } from '../../src/transport/stream.js'
import { until } from '../support/until.js'

const SHORT_MS = 60

/** A server that does with each connection what it is told. */
class Peer {
  readonly sockets: Socket[] = []
  readonly heard: number[] = []

  private constructor(
    readonly server: Server,
    readonly endpoint: Endpoint,
  ) {}

  static async open(onConnection: (socket: Socket) => void = () => {}, host = '127.0.0.1'): Promise<Peer> {
    const server = createServer().listen(0, host)
    await once(server, 'listening')
    const peer = new Peer(server, Endpoint.parse(host, (server.address() as AddressInfo).port)!)
    server.on('connection', (socket) => {
      peer.sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', (bytes) => peer.heard.push(...bytes))
      onConnection(socket)
    })
    return peer
  }

  get port(): number {
    return this.endpoint.port
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }
}

/** What came of one attempt. */
interface Result {
  stream?: ByteStream
  failure?: DialFailure
  heard: string
  closed: boolean
}

describe('dialer', () => {
  const toClose: { close(): void }[] = []
  let isInTurn = false
  let lookups: string[] = []

  afterEach(() => {
    for (const one of toClose.splice(0)) one.close()
    lookups = []
  })

  const peer = async (...args: Parameters<typeof Peer.open>): Promise<Peer> => {
    const opened = await Peer.open(...args)
    toClose.push(opened)
    return opened
  }
  const dialer = (options: Partial<DialerOptions> = {}): HostDialer => {
    const lookup = async (host: string): Promise<string[]> => {
      lookups.push(host)
      return host === 'here.example' ? ['192.0.2.1', '127.0.0.1'].slice(1) : []
    }
    const turn = (work: () => void): void => {
      assert.ok(!isInTurn)
      isInTurn = true
      work()
      isInTurn = false
    }
    const made = new HostDialer({ turn, lookup, ...options })
    toClose.push(made)
    return made
  }
  const clock = new HostClock()
  const deadlines = new Deadlines()
  /** As `dialer`, through a proxy. */
  const through = (proxy: ProxyServer, options: Partial<DialerOptions> = {}, timeoutMs?: number): ProxiedDialer =>
    new ProxiedDialer({ direct: dialer(options), proxy, env: { clock, deadlines }, timeoutMs })
  /** Dials and waits until it is decided. */
  const dial = async (from: StreamDialer, to: StreamTarget): Promise<Result> => {
    const result: Result = { heard: '', closed: false }
    let isBack = false
    from.dial(to, {
      onConnected: (stream) => {
        assert.ok(isInTurn && isBack && result.stream === undefined && result.failure === undefined)
        result.stream = stream
        toClose.push({ close: () => stream.destroy() })
        return {
          onData: (bytes) => {
            assert.ok(isInTurn)
            result.heard += Buffer.from(bytes).toString()
          },
          onClosed: () => {
            assert.ok(isInTurn)
            result.closed = true
          },
        }
      },
      onFailed: (failure) => {
        assert.ok(isInTurn && isBack && result.stream === undefined && result.failure === undefined)
        result.failure = failure
      },
    })
    isBack = true
    await until(() => {
      isInTurn = true
      deadlines.run(clock.now())
      isInTurn = false
      return result.stream !== undefined || result.failure !== undefined
    }, 'a decision')
    return result
  }
  const proxyAt = ({ port }: Peer, more: Partial<ProxyServer> = {}): ProxyServer => ({
    ...{ type: 'socks5' as const, host: '127.0.0.1', port },
    ...more,
  })
  const codeOf = async (from: StreamDialer, to: StreamTarget): Promise<string> => (await dial(from, to)).failure!.code

  it('connects, talks, and tells when the other side leaves', async () => {
    const other = await peer((socket) => socket.write('welcome'))
    const result = await dial(dialer(), other.endpoint)
    assert.ok(result.stream!.remote!.equals(other.endpoint))
    result.stream!.write(Uint8Array.of(1, 2))
    result.stream!.write(Uint8Array.of(3))
    await until(() => result.heard === 'welcome' && other.heard.length === 3, 'words of both')
    other.sockets[0]!.end()
    await until(() => result.closed, 'the end')
  })

  it('looks names up where it may, and numbers never', async () => {
    const other = await peer()
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST']) {
      assert.ok((await dial(dialer({ mayResolve: false }), { host, port: other.port })).stream)
    }
    assert.deepEqual(lookups, [])
    assert.ok((await dial(dialer(), { host: 'here.example', port: other.port })).stream)
    assert.equal(await codeOf(dialer(), { host: 'nowhere.example', port: other.port }), 'not-resolved')
    assert.deepEqual(lookups, ['here.example', 'nowhere.example'])
    const blind = dialer({ mayResolve: false })
    assert.equal(await codeOf(blind, { host: 'here.example', port: other.port }), 'not-resolved')
    assert.equal(lookups.length, 2)
  })

  it('tries the next address of a name', async () => {
    const other = await peer()
    const from = dialer({ lookup: async () => ['127.0.0.2', '::1', '127.0.0.1'], timeoutMs: 9_000 })
    assert.ok((await dial(from, { host: 'many.example', port: other.port })).stream)
    const ipv4 = dialer({ lookup: async () => ['::1'], family: 4 })
    assert.equal(await codeOf(ipv4, { host: 'six.example', port: other.port }), 'not-resolved')
    assert.equal(await codeOf(ipv4, Endpoint.parse('::1', other.port)!), 'unreachable')
  })

  it('tells who refuses and who cannot be reached', async () => {
    const gone = await peer()
    gone.close()
    assert.equal(await codeOf(dialer(), gone.endpoint), 'refused')
    // What is bound to loopback cannot leave it.
    const bound = dialer({ localAddress: '127.0.0.1', timeoutMs: 9_000 })
    assert.equal(await codeOf(bound, Endpoint.parse('192.0.2.1', 1)!), 'unreachable')
    const other = await peer()
    assert.ok((await dial(bound, other.endpoint)).stream)
    assert.deepEqual((await dial(through(proxyAt(gone)), other.endpoint)).failure, {
      code: 'proxy-unreachable',
      text: `the SOCKS5 proxy 127.0.0.1:${gone.port}: connection refused`,
    })
  })

  it('goes through a proxy with names, and resolves none itself', async () => {
    const proxy = await peer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 yes\r\n\r\nhi'))
    })
    const known = proxyAt(proxy, { type: 'http', user: 'anna', password: 'geheim' })
    const result = await dial(through(known, { mayResolve: false }), { host: 'here.example', port: 7 })
    await until(() => result.heard === 'hi', 'the first words')
    assert.match(Buffer.from(proxy.heard).toString(), /^CONNECT here\.example:7 HTTP\/1\.1\r\n/)
    assert.equal(result.stream!.remote, undefined)
    assert.deepEqual(lookups, [])
    proxy.close()
    await until(() => result.closed, 'the end')
    // Its own name is another matter.
    const named = proxyAt(proxy, { host: 'here.example' })
    assert.equal(await codeOf(through(named, { mayResolve: false }), proxy.endpoint), 'proxy-unreachable')
    assert.deepEqual(lookups, [])
    assert.equal(await codeOf(through(named), proxy.endpoint), 'proxy-unreachable')
    assert.deepEqual(lookups, ['here.example'])
  })

  const behaviours: Record<string, [(socket: Socket) => void, string]> = {
    'hangs up at once': [(socket) => socket.destroy(), 'proxy-closed'],
    'hangs up when asked': [(socket) => socket.once('data', () => socket.end()), 'proxy-closed'],
    'says nothing': [() => {}, 'timeout'],
    'talks nonsense': [(socket) => socket.write('220 mail.example ESMTP\r\n'), 'proxy-garbage'],
    'wants a password': [(socket) => socket.write(Uint8Array.of(5, 255)), 'proxy-auth'],
    'says more than it is asked': [(socket) => socket.write(Uint8Array.of(5, 0, 5)), 'proxy-garbage'],
    refuses: [
      (socket) =>
        socket.once('data', () => {
          socket.write(Uint8Array.of(5, 0))
          socket.once('data', () => socket.write(Uint8Array.of(5, 2)))
        }),
      'proxy-refused',
    ],
    'does not find the host': [
      (socket) =>
        socket.once('data', () => {
          socket.write(Uint8Array.of(5, 0))
          socket.once('data', () => socket.write(Uint8Array.of(5, 4)))
        }),
      'unreachable',
    ],
  }
  for (const [what, [behaviour, code]] of Object.entries(behaviours)) {
    it(`tells of a proxy that ${what}, and leaves it`, async () => {
      const proxy = await peer(behaviour)
      const from = through(proxyAt(proxy), {}, code === 'timeout' ? SHORT_MS : 20_000)
      const { failure } = await dial(from, Endpoint.parse('192.0.2.1', 7)!)
      assert.equal(failure!.code, code)
      assert.match(failure!.text, /^the SOCKS5 proxy 127\.0\.0\.1:\d+ /)
      await until(() => proxy.sockets[0]!.destroyed || proxy.sockets[0]!.readableEnded, 'the end of the connection')
    })
  }

  it('gives up a host that does not answer', async () => {
    const lookup = (): Promise<string[]> => new Promise(() => {})
    const from = dialer({ lookup, timeoutMs: SHORT_MS })
    const { failure } = await dial(from, { host: 'slow.example', port: 1 })
    assert.deepEqual(failure, { code: 'timeout', text: `no answer within ${SHORT_MS / 1000} s` })
  })

  it('tells nothing once it is cancelled or closed', async () => {
    const proxy = await peer()
    const other = await peer()
    const told: string[] = []
    const handler = {
      onConnected: () => {
        told.push('connected')
        return { onData: () => {}, onClosed: () => {} }
      },
      onFailed: ({ code }: DialFailure) => told.push(code),
    }
    const direct = dialer()
    direct.dial(other.endpoint, handler).cancel()
    const behind = through(proxyAt(proxy))
    const attempt = behind.dial(other.endpoint, handler)
    await until(() => proxy.heard.length === 3, 'a greeting')
    attempt.cancel()
    attempt.cancel()
    await until(() => proxy.sockets[0]!.readableEnded || proxy.sockets[0]!.destroyed, 'the end of the connection')
    const closed = dialer()
    closed.dial(other.endpoint, handler)
    closed.close()
    assert.deepEqual(told, [])
    assert.equal(await codeOf(closed, other.endpoint), 'aborted')
    // A name that no proxy can be asked for is told later as well.
    behind.dial({ host: 'a'.repeat(300), port: 1 }, handler).cancel()
    assert.equal(await codeOf(behind, { host: 'a'.repeat(300), port: 1 }), 'not-resolved')
    assert.deepEqual([deadlines.size, told], [0, []])
    // One that failed already is told nothing either.
    const gone = await peer()
    gone.close()
    const late = direct.dial(gone.endpoint, handler)
    await dial(direct, other.endpoint)
    late.cancel()
    await dial(direct, other.endpoint)
    assert.deepEqual(
      told.filter((one) => one !== 'refused'),
      [],
    )
  })
})
