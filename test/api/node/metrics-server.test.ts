// The HTTP page of a node, asked by strangers: slowly, often, too much, and by half.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { formatMetrics, gauge, labelled } from '../../../src/api/node/metrics.js'
import { MetricsServer } from '../../../src/api/node/metrics-server.js'
import { ToxError } from '../../../src/index.js'

describe('metrics of a node', () => {
  let server: MetricsServer
  let troubles: string[] = []
  const sockets: Socket[] = []
  before(async () => {
    server = await MetricsServer.open({
      host: '127.0.0.1',
      port: 0,
      timeoutMs: 500,
      metrics: () => formatMetrics([gauge('one', 'One.', 1)]),
      troubles: () => troubles,
    })
  })
  after(() => server.close())
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  const open = async (): Promise<Socket> => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => {})
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  /** All that comes back until the connection ends. */
  const say = async (text: string): Promise<string> => {
    const socket = await open()
    let answer = ''
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part
    })
    socket.write(text)
    await once(socket, 'close')
    return answer
  }

  it('writes what Prometheus reads', () => {
    const labels = { reason: 'a "quoted\\ one"\nand more' }
    const metrics = [gauge('a', 'A\\\nB', 1.5), labelled('counter', 'b_total', 'B', [{ labels, value: Number.NaN }])]
    assert.equal(
      formatMetrics(metrics),
      [
        '# HELP a A\\\\\\nB\n# TYPE a gauge\na 1.5',
        '# HELP b_total B\n# TYPE b_total counter\nb_total{reason="a \\"quoted\\\\ one\\"\\nand more"} NaN\n',
      ].join('\n'),
    )
  })

  it('answers, and allows no other origin to read', async () => {
    const answer = await say(
      'GET /metrics?x HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://a.example\r\nConnection: close\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
    assert.match(answer, /\r\n\r\n# HELP one One\.\n# TYPE one gauge\none 1\n$/)
    assert.doesNotMatch(answer, /access-control/i)
    assert.match(answer, /x-content-type-options: nosniff/i)
    troubles = ['the "disk" is full']
    const health = await say('HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    troubles = []
    assert.match(health, /^HTTP\/1\.1 503 /)
    assert.match(health, /\r\n\r\n$/)
  })

  it('refuses foreign names, bodies and nonsense', async () => {
    const status = async (head: string): Promise<string> =>
      (await say(`${head}\r\nConnection: close\r\n\r\n`)).slice(9, 12)
    for (const host of ['a.example', '127.0.0.1.a.example', '', 'localhost.a.example:9100', '[::1', '::1']) {
      assert.equal(await status(`GET /metrics HTTP/1.1\r\nHost: ${host}`), '403', host)
    }
    assert.equal(await status('GET /metrics HTTP/1.0'), '403')
    // Node 20 refuses this by itself.
    assert.match(await status('GET /metrics HTTP/1.1'), /^40[03]$/)
    assert.equal(await status('POST /metrics HTTP/1.1\r\nHost: [::1]:9100\r\nContent-Length: 100000000'), '413')
    assert.equal(await status('GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked'), '413')
    assert.equal(await status('GET /../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1'), '404')
    assert.equal(await status(`GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'y'.repeat(5000)}`), '431')
    assert.equal(await status('\u0016\u0003\u0001nonsense'), '400')
  })

  it('keeps no connection that says nothing', async function () {
    this.timeout(30_000)
    const startMs = performance.now()
    const answer = await say('GET /metrics HTTP/1.1\r\nHost: 127')
    assert.match(answer, /^(?:HTTP\/1\.1 408 |$)/)
    assert.ok(performance.now() - startMs < 15_000)
  })

  it('takes no more than 32 at once', async () => {
    const closed: Promise<unknown>[] = []
    for (let i = 0; i < 40; i++) closed.push(once(await open(), 'close'))
    // Eight of them are refused.
    let count = 0
    await new Promise<void>((resolve) => {
      for (const one of closed) void one.then(() => ++count === 8 && resolve())
    })
  })

  it('tells that its port is taken', async () => {
    const options = { host: '127.0.0.1', port: server.port, metrics: () => '', troubles: () => [] }
    await assert.rejects(
      MetricsServer.open(options),
      (error) => error instanceof ToxError && /for metrics, is in use/.test(error.message),
    )
  })
})
