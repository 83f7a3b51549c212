// What somebody behind a proxy shows to anybody else: nothing. Read from the system calls of a whole life: start, bootstrap by
// names, relays, a friend request, messages, a proxy that dies and returns. The same life without a proxy shows that the test
// would see it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BootstrapNodeServer, Tox, type ToxOptions } from '../../src/index.js'
import { bundle } from './bundle.js'
import { type Child, startChild } from './child.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS } from './pair.js'
import { needsPrograms, ProxyProcess } from './proxies.js'
import { timed, until } from './stopwatch.js'

const [SOCKS, HTTP] = [1180, 8180] as const
const CALLS = 'trace=socket,connect,bind,sendto,sendmsg,sendmmsg,openat'

/** What would be read to find out what a name means. */
const NAME_FILES = /"\/etc\/(hosts|resolv\.conf|nsswitch\.conf|gai\.conf|host\.conf)"|nscd/

/** Why nobody can be watched here, if so. */
function straceObstacle(): string | undefined {
  const { status, stderr } = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true'], { encoding: 'utf8' })
  return status === 0 ? undefined : `strace may not watch here: ${stderr.trim()}`
}

interface Happened {
  readonly udpPort?: number
  readonly network?: string
  readonly friend?: string
  readonly relay?: number
  readonly state?: string
  readonly failure?: string
}

/** A child under strace. */
class Watched {
  readonly events: Happened[] = []
  #child!: Child

  private constructor(readonly file: string) {}

  static start(program: string, file: string, parameters: readonly string[]): Watched {
    const watched = new Watched(file)
    const args = ['-f', '-qq', '--seccomp-bpf', '-s', '0', '-e', CALLS, '-o', file, process.execPath, program]
    watched.#child = startChild('strace', [...args, ...parameters], (line) => {
      watched.events.push(JSON.parse(line) as Happened)
    })
    return watched
  }

  async until(what: string, done: (event: Happened) => boolean, from = 0): Promise<void> {
    const isDone = (): boolean => this.events.slice(from).some(done)
    await until(() => isDone() || !this.#child.running, 2 * DEADLINE_MS, what)
    assert.ok(isDone(), `${what}: ended before, ${this.#child.stderr}`)
  }

  async end(): Promise<Seen> {
    this.#child.process.stdin!.end()
    await this.#child.exited
    return seenIn(wholeCalls(readFileSync(this.file, 'utf8')))
  }

  kill(): Promise<void> {
    return this.#child.killHard()
  }
}

interface Seen {
  /** Sockets that carry datagrams, or anything raw. */
  readonly datagrams: readonly string[]
  /** Ports that were connected to; whole calls where there is none. */
  readonly connects: readonly string[]
  readonly listens: readonly string[]
  /** What was sent otherwise than over a connection. */
  readonly sends: readonly string[]
  readonly lookups: readonly string[]
}

/** Calls of several threads are written as they begin and end: each as one line. */
function wholeCalls(trace: string): string[] {
  const begun = new Map<string, string>()
  return trace.split('\n').flatMap((line) => {
    const [, thread, call] = /^(\d+) +(.*)$/.exec(line) ?? ['', '', '']
    if (call!.endsWith('<unfinished ...>')) {
      begun.set(thread!, call!)
      return []
    }
    const end = /^<\.\.\. \w+ resumed>(.*)$/.exec(call!)?.[1]
    return [end === undefined ? call! : `${begun.get(thread!)} ${end}`]
  })
}

function seenIn(calls: readonly string[]): Seen {
  const inet = calls.filter((call) => /AF_INET|AF_PACKET/.test(call))
  const ports = inet.flatMap((call) => (/^connect\(/.test(call) ? (/port=htons\((\d+)\)/.exec(call)?.[1] ?? call) : []))
  return {
    datagrams: inet.filter((call) => /^socket\(.*SOCK_(DGRAM|RAW)/.test(call)),
    connects: [...new Set(ports)],
    listens: inet.filter((call) => /^bind\(/.test(call) && !/htons\(0\)/.test(call)),
    // Addresses of many packets are not written out. The kernel's own (netlink) tells which addresses we have.
    sends: calls.filter((call) => /^send(to|msg|mmsg)\(/.test(call) && !call.includes('AF_NETLINK')),
    lookups: calls.filter((call) => NAME_FILES.test(call)),
  }
}

describe('interop: hidden behind a proxy', function () {
  this.timeout(6 * DEADLINE_MS)
  onlyLoopback(this)
  needsPrograms(this, ['strace', 'microsocks', 'tinyproxy'])

  const folder = mkdtempSync(join(tmpdir(), 'hidden-'))
  const nodes: BootstrapNodeServer[] = []
  const toStop: (() => unknown)[] = []
  let program: string
  let friend: Tox

  before(async function () {
    const why = straceObstacle()
    if (why !== undefined) {
      this.test!.parent!.title += ` [${why}]`
      this.skip()
    }
    program = await bundle('hidden-child.ts')
    for (let n = 0; n < 4; n++) {
      const bootstrap = nodes.slice(0, 1).map((node) => node.asBootstrapNode())
      nodes.push(await BootstrapNodeServer.create({ port: 0, tcpPorts: [0], bootstrap }))
    }
    const bootstrap = nodes.map((node) => node.asBootstrapNode())
    const relays = nodes.map((node) => `127.0.0.1:${node.tcpPorts[0]}:${node.publicKey}`)
    friend = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false, bootstrap, relays })
    friend.on('friendRequest', (request) => request.accept())
    await friend.whenConnected()
  })
  afterEach(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop()
  })
  after(async () => {
    await friend?.close()
    for (const node of nodes) await node.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const watch = (name: string, options: ToxOptions): Watched => {
    // The last one by name alone; onion paths need some addresses.
    const known = nodes.map(({ port, publicKey, tcpPorts }, n) => {
      const host = n === nodes.length - 1 ? 'localhost' : '127.0.0.1'
      return { node: `${host}:${port}:${publicKey}`, tcpPorts }
    })
    const parameters = [JSON.stringify({ ...options, nodes: known }), friend.address]
    const watched = Watched.start(program, join(folder, name), parameters)
    toStop.push(() => watched.kill())
    return watched
  }
  /** Says `text` to the watched one, and waits until it comes back. */
  const echoed = async (text: string): Promise<void> => {
    const back = new Promise<void>((resolve) => {
      const onMessage = (message: { text: string }): void => {
        if (message.text !== text) return
        friend.off('message', onMessage)
        resolve()
      }
      friend.on('message', onMessage)
    })
    await friend.friends.at(-1)!.send(text, { outbox: true })
    await back
  }

  const proxies = [
    ['SOCKS5', SOCKS, () => ProxyProcess.microsocks(SOCKS), `socks5://127.0.0.1:${SOCKS}`],
    ['HTTP', HTTP, () => ProxyProcess.tinyproxy(HTTP), `http://127.0.0.1:${HTTP}`],
  ] as const
  for (const [name, port, open, proxy] of proxies) {
    it(`shows itself to the ${name} proxy alone`, async () => {
      const first = await open()
      toStop.push(() => first.stop())
      const watched = watch(name, { proxy, localDiscovery: true })
      await timed(
        'friends',
        watched.until('a friend', (event) => event.friend === 'tcp'),
      )
      await echoed('one')
      await first.stop()
      await watched.until('the proxy is missed', (event) => event.failure === 'proxy-unreachable')
      const heard = watched.events.length
      const second = await open()
      toStop.push(() => second.stop())
      await watched.until('the proxy again', ({ state }) => state === 'connected', heard)
      await timed('again', echoed('two'))
      const seen = await watched.end()
      assert.equal(watched.events.find(({ udpPort }) => udpPort !== undefined)!.udpPort, 0)
      assert.deepEqual(seen, { datagrams: [], connects: [String(port)], listens: [], sends: [], lookups: [] })
    })
  }

  it('would be seen otherwise', async () => {
    const watched = watch('open', { bindAddress: '127.0.0.1', ipv6: false })
    await timed(
      'friends',
      watched.until('a friend', (event) => event.friend !== undefined && event.friend !== 'none'),
    )
    await echoed('three')
    const seen = await watched.end()
    const relayPorts = nodes.map(({ tcpPorts }) => String(tcpPorts[0]))
    assert.ok(seen.datagrams.length > 0)
    assert.ok(seen.sends.length > 0)
    assert.ok(seen.lookups.length > 0)
    assert.ok(seen.listens.length > 0)
    assert.ok(
      seen.connects.some((port) => relayPorts.includes(port)),
      seen.connects.join(' '),
    )
  })
})
