// A node as its operator runs it: from a file, reloaded, asked by monitors, stopped and started again.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { BootstrapNodeServer, checkNode } from '../../../src/index.js'
import { COMMAND, DEADLINE_MS, isBuilt, Processes, type Running, run } from '../process.js'

describe('toxcore-ts node as a service', function () {
  this.timeout(4 * DEADLINE_MS)
  let dir: string
  let processes: Processes
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    processes = new Processes()
  })
  afterEach(async () => {
    await processes.killAll()
    rmSync(dir, { recursive: true })
  })

  const file = (name: string): string => join(dir, name)
  const write = (name: string, ...lines: string[]): string => {
    writeFileSync(file(name), lines.join('\n'))
    return file(name)
  }
  const metricsPort = async (node: Running): Promise<number> =>
    Number((await node.until(/health on http:\/\/127\.0\.0\.1:(\d+)/, 'stderr'))[1])

  it('reloads on SIGHUP without dropping a connection, and keeps what it knows for the next start', async () => {
    await using other = await BootstrapNodeServer.create({ port: 0 })
    const [first, second, third] = await freePorts(3)
    const common = ['listen = "127.0.0.1"', `key_file = "${file('key')}"`, `state_file = "${file('state.json')}"`]
    const more = [`log = "${file('log')}"`, `pid_file = "${file('pid')}"`, `bootstrap = ["${other.asBootstrapNode()}"]`]
    const config = write(
      'a.toml',
      ...common,
      ...more,
      `tcp_ports = [${first}, ${second}]`,
      'motd = "{dht_nodes} known"',
      'port_mapping = true',
    )
    const node = processes.start('node', '--config', config)
    const address = await node.firstLine()
    assert.equal(readFileSync(file('pid'), 'utf8'), `${node.pid}\n`)
    await logged(file('log'), /connected to the network/)
    assert.match(
      readFileSync(file('log'), 'utf8'),
      /port mapping: the router is not asked, since .* this machine alone/,
    )
    write('a.toml', 'nonsense')
    node.signal('SIGHUP')
    await logged(file('log'), /nothing is changed, since the configuration is wrong:[\s\S]*a\.toml:1: /)
    renameSync(file('log'), file('log.1'))
    const kept = connect(first!, '127.0.0.1')
    await once(kept, 'connect')
    const keptSinceMs = performance.now()
    let keptForMs = Number.POSITIVE_INFINITY
    kept
      .on('error', () => {})
      .on('close', () => {
        keptForMs = performance.now() - keptSinceMs
      })
    write('a.toml', ...common, ...more, `tcp_ports = [${second}, ${third}]`, 'motd = "now {version}"', 'port = 1')
    node.signal('SIGHUP')
    await logged(file('log'), new RegExp(`reloaded; relays on TCP ports ${second}, ${third}\n`))
    assert.match(readFileSync(file('log'), 'utf8'), /changed, but only a restart brings it: port\n/)
    // The log of before was moved away: nothing is written into it any more.
    assert.doesNotMatch(readFileSync(file('log.1'), 'utf8'), /reloaded/)
    const check = await checkNode(address, { tcpPorts: [first!, second!, third!], timeoutMs: 20_000 })
    assert.equal(check.motd, 'now 0.1.0')
    assert.deepEqual(
      check.tcp.map(({ ms }) => ms !== undefined),
      [false, true, true],
    )
    // It says nothing, so that it may end after the five seconds of a handshake, but not before.
    assert.ok(keptForMs > 4900, `it lasted ${keptForMs} ms`)
    kept.destroy()

    node.signal('SIGTERM')
    assert.equal(await node.end(), 0)
    assert.ok(!existsSync(file('pid')))
    const otherPort = new RegExp(`"port":${other.port}`)
    assert.match(readFileSync(file('state.json'), 'utf8'), otherPort)
    // Nobody is named any more: what it knew is enough.
    const again = processes.start('node', '--key', file('key'), '--state', file('state.json'))
    assert.equal((await again.firstLine()).slice(-64), address.slice(-64))
    await again.until(/connected to the network/, 'stderr')
    again.signal('SIGINT')
    assert.equal(await again.end(), 0)
    assert.match(readFileSync(file('state.json'), 'utf8'), otherPort)
  })

  it('starts with damaged state and readable keys, and says so', async () => {
    write('state', '{"nodes":[{"ipv4":')
    const fresh = processes.start('node', '--key', file('key'))
    const address = await fresh.firstLine()
    fresh.signal('SIGTERM')
    await fresh.end()
    chmodSync(file('key'), 0o644)
    const node = processes.start('node', '--key', file('key'), '--state', file('state'), '--motd', '{what}')
    assert.equal((await node.firstLine()).slice(-64), address.slice(-64))
    await node.until(/saved nodes .*state cannot be used: it is not JSON/, 'stderr')
    await node.until(/key file .* can be read by others \(mode 644\)/, 'stderr')
    await node.until(/motd names what is not known: \{what\}/, 'stderr')
    node.signal('SIGTERM')
    assert.equal(await node.end(), 0)
    assert.equal(statSync(file('state')).mode & 0o777, 0o600)
  })

  it('goes on when one TCP port is taken, and ends when all are', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const [free] = await freePorts(1)
    const node = processes.start('node', '--tcp-port', String(port), '--tcp-port', String(free), '--metrics', '0')
    await node.until(new RegExp(`TCP port ${port} on 127.0.0.1 is in use`), 'stderr')
    await node.until(new RegExp(`relays on TCP ports ${free}\n`), 'stderr')
    const health = await ask(await metricsPort(node), '/health')
    assert.equal(health.status, 503)
    assert.deepEqual(JSON.parse(health.body), {
      status: 'trouble',
      reasons: [`TCP port ${port} on 127.0.0.1 is in use`],
    })
    node.signal('SIGTERM')
    await node.end()
    const none = await run('node', '--tcp-port', String(port))
    assert.deepEqual([none.code, none.stdout], [1, ''])
    assert.match(none.stderr, /is in use/)
    taken.close()
  })

  it('tells monitors what it has done, and nobody else', async () => {
    await using other = await BootstrapNodeServer.create({ port: 0 })
    const node = processes.start('node', '--bootstrap', other.asBootstrapNode(), '--metrics', '0')
    const address = await node.firstLine()
    const port = await metricsPort(node)
    await node.until(/connected to the network/, 'stderr')
    assert.deepEqual(await ask(port, '/health'), { status: 200, body: '{"status":"ok","reasons":[]}\n' })
    const socket = createSocket('udp4')
    socket.send('x', Number(address.split(':')[1]), '127.0.0.1')
    const { body } = await until(
      () => ask(port, '/metrics'),
      ({ body }) => /drops_total\{module="udp",reason="unknown kind"\} 1\n/.test(body),
    )
    socket.close()
    for (const line of body.trimEnd().split('\n')) {
      assert.match(
        line,
        /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? [-\d.e+]+)$/,
      )
    }
    for (const name of ['udp_packets_received_total{kind="nodes_response"}', 'dht_nodes', 'dht_connected']) {
      assert.ok(Number(new RegExp(`^tox_node_${name.replace(/[{}]/g, '\\$&')} (.+)$`, 'm').exec(body)?.[1]) > 0, name)
    }
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_max_seconds',
      'tox_node_relay_clients',
    ]) {
      assert.match(body, new RegExp(`^${name} \\d`, 'm'))
    }
    const status = async (path: string, options: object): Promise<number> => (await ask(port, path, options)).status
    assert.equal(await status('/metrics', { headers: { host: 'rebound.example' } }), 403)
    assert.equal(await status('/metrics', { headers: { host: `localhost:${port}` } }), 200)
    assert.equal(await status('/metrics', { headers: { host: '[::1]' } }), 200)
    assert.equal(await status('/', {}), 404)
    assert.equal(await status('/metrics', { method: 'DELETE' }), 405)
    assert.equal(await status('/metrics', { method: 'POST', headers: { 'content-length': 5 } }), 413)
    assert.equal(await status('/metrics', { headers: { x: 'y'.repeat(8000) } }), 431)
    other.close()
    node.signal('SIGTERM')
    assert.equal(await node.end(), 0)
  })

  it('answers with several threads', async function () {
    if (!isBuilt()) this.skip() // A thread is started from the build alone.
    const node = processes.start('node', '--workers', '2', '--metrics', '0')
    const check = await checkNode(await node.firstLine(), { timeoutMs: 20_000 })
    assert.ok(check.udpMs !== undefined)
    assert.equal((await ask(await metricsPort(node), '/health')).status, 200)
    node.signal('SIGTERM')
    assert.equal(await node.end(), 0)
  })

  it('respects the pid file of a living node, and takes that of a dead one', async () => {
    const args = ['node', '--pid-file', file('pid')]
    writeFileSync(file('pid'), '2147483646\n')
    const first = processes.start(...args)
    await first.firstLine()
    const second = await run(...args)
    assert.equal(second.code, 1)
    assert.match(second.stderr, new RegExp(`a node runs already, as process ${first.pid}`))
    first.signal('SIGTERM')
    assert.equal(await first.end(), 0)
    assert.ok(!existsSync(file('pid')))
  })

  it('tells systemd when it is ready, reloads, lives and stops', async () => {
    // What systemd-notify is told, in place of a systemd.
    writeFileSync(file('systemd-notify'), `#!/bin/sh\necho "$*" >> "${file('told')}"\n`, { mode: 0o755 })
    const config = write('a.toml', '')
    const env = {
      ...process.env,
      PATH: `${dir}${delimiter}${process.env['PATH']}`,
      NOTIFY_SOCKET: '/run/none',
      WATCHDOG_USEC: '400000',
    }
    const node = processes.startNode([...COMMAND, 'node', '--config', config, '--log', 'journal'], { env })
    await logged(
      file('told'),
      /^--ready --status=UDP port \d+, key [0-9A-F]{64}\n[\s\S]*WATCHDOG=1\n[\s\S]*WATCHDOG=1\n/,
    )
    await node.until(/^<6>node: runs on UDP port/m, 'stderr')
    node.signal('SIGHUP')
    await logged(file('told'), /RELOADING=1 MONOTONIC_USEC=\d+\n(?:WATCHDOG=1\n)*--ready/)
    node.signal('SIGTERM')
    assert.equal(await node.end(), 0)
    assert.match(readFileSync(file('told'), 'utf8'), /STOPPING=1\n$/)
  })

  it('tells all mistakes of a configuration at once', async () => {
    const path = write('a.toml', 'port = 0', 'prot = 1')
    const expected = { code: 2, stdout: '', stderr: /a\.toml:1: port must be .*\n.*a\.toml:2: unknown setting prot\n$/ }
    for (const args of [['--check-config'], []]) {
      const { code, stdout, stderr } = await run('node', '--config', path, ...args)
      assert.deepEqual({ code, stdout }, { code: expected.code, stdout: expected.stdout })
      assert.match(stderr, expected.stderr)
    }
    write('a.toml', 'port = 1')
    assert.deepEqual(await run('node', '--config', path, '--check-config'), {
      code: 0,
      stdout: `${path}: well\n`,
      stderr: '',
    })
  })
})

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Waits until a file that grows matches. */
async function logged(path: string, pattern: RegExp): Promise<void> {
  await until(
    async () => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
    (text) => pattern.test(text),
  )
}

async function until<T>(look: () => Promise<T>, isIt: (found: T) => boolean): Promise<T> {
  const endMs = performance.now() + DEADLINE_MS
  for (;;) {
    const found = await look()
    if (isIt(found)) return found
    if (performance.now() > endMs) throw new Error(`not within ${DEADLINE_MS} ms: ${JSON.stringify(found)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function ask(port: number, path: string, options: object = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    })
    asking.on('error', reject)
    asking.flushHeaders()
    asking.end()
  })
}
