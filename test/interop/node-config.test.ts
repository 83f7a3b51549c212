// One configuration and one key file, two programs: tox-bootstrapd and our node take turns with them and cannot be told apart.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fromHex, toHex } from '../../src/base/index.js'
import { BootstrapNodeServer, checkNode, formatNodeVersion, parseBootstrapNode } from '../../src/index.js'
import { COMMAND, Processes } from '../cli/process.js'
import { Bootstrapd, type BootstrapdOptions } from './bootstrapd.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

/** Makes a machine without IPv6 of this one. */
const NO_IPV6 = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
int socket(int domain, int type, int protocol) {
  if (domain == AF_INET6) return errno = EAFNOSUPPORT, -1;
  int (*next)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
  return next(domain, type, protocol);
}
`

const PORT = 33_960
const TCP_PORTS = [33_961, 33_962]

describe('interop: a node from the files of tox-bootstrapd', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let folder: string
  const processes = new Processes()
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toxcore-ts-'))
  })
  afterEach(async () => {
    await processes.killAll()
    await rm(folder, { recursive: true })
  })

  interface Seen {
    key: string
    motd: string | undefined
    answers: boolean[]
    version: string
  }

  /** What a status page would see of the node on PORT. */
  const look = async (key: string, host: string): Promise<Seen> => {
    const node = { host, port: PORT, publicKey: parseBootstrapNode(`a:1:${key}`).publicKey, tcpPorts: TCP_PORTS }
    const { udpMs, tcp, motd, version } = await checkNode(node, { timeoutMs: DEADLINE_MS })
    const answers = [udpMs, ...tcp.map(({ ms }) => ms)].map((ms) => ms !== undefined)
    return { key, motd, answers, version: formatNodeVersion(version!) }
  }

  for (const ipv6 of [false, true]) {
    it(`theirs first, over IPv${ipv6 ? 6 : 4}: ours has their key and answers the same`, async () => {
      const host = ipv6 ? '::1' : '127.0.0.1'
      const keysFile = join(folder, 'keys')
      let config: string
      const options: BootstrapdOptions = { port: PORT, ipv6, tcpPorts: TCP_PORTS, motd: 'Grüße', keysFile }
      const seen: Seen[] = []
      {
        await using other = await BootstrapNodeServer.create({ bindAddress: host, port: 33_965 })
        const nodes = [{ host, port: other.port, key: fromHex(other.publicKey)! }]
        await using theirs = await Bootstrapd.start({ ...options, nodes })
        config = await readFile(join(theirs.folder, 'conf'), 'utf8')
        await timed('theirs joins', joined(other))
        seen.push(await look(toHex(theirs.key), host))
        await theirs.stop()
        await other.close()
        await using again = await BootstrapNodeServer.create({
          ...{ bindAddress: host, port: 33_966 },
          ...{ keyFile: join(folder, 'other') },
        })
        // The same, but for the node to join through, whose key is another one.
        const path = join(folder, 'tox-bootstrapd.conf')
        config = config.replace(other.publicKey, again.publicKey).replace(`${other.port}`, `${again.port}`)
        await writeFile(path, config.replace(/^pid_file_path.*$/m, `pid_file_path = "${join(folder, 'pid')}"`))
        const ours = processes.start('node', '--config', path)
        const address = await ours.firstLine()
        await timed('ours joins', joined(again))
        assert.equal(await readFile(join(folder, 'pid'), 'utf8'), `${ours.pid}\n`)
        seen.push(await look(address.slice(-64), host))
        ours.signal('SIGTERM')
        assert.equal(await ours.end(), 0)
        assert.equal(ours.stderr.match(/ warn .*/g), null)
      }
      const [theirs, ours] = seen
      assert.deepEqual(theirs!.answers, [true, true, true])
      assert.equal(theirs!.version, 'tox-bootstrapd 0.2.18')
      assert.match(ours!.version, /^toxcore-ts \d/)
      assert.deepEqual({ ...ours, version: '' }, { ...theirs, version: '' })
    })
  }

  it('ours falls back to IPv4 where there is no IPv6, and ends where it must not', async function () {
    const library = join(folder, 'no-ipv6.so')
    await writeFile(join(folder, 'no-ipv6.c'), NO_IPV6)
    const { status } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, join(folder, 'no-ipv6.c'), '-ldl'])
    if (status !== 0) this.skip() // No compiler.
    const path = join(folder, 'tox-bootstrapd.conf')
    const lines = [`port = ${PORT}`, `keys_file_path = "${join(folder, 'keys')}"`, 'enable_lan_discovery = false']
    const start = async (fallback: boolean) => {
      await writeFile(path, [...lines, 'tcp_relay_ports = [33961]', `enable_ipv4_fallback = ${fallback}`].join('\n'))
      const env = { ...process.env, LD_PRELOAD: library }
      return processes.startNode([...COMMAND, 'node', '--config', path], { env })
    }
    const node = await start(true)
    const key = (await node.firstLine()).slice(-64)
    assert.match(node.stderr, /no IPv6 here .*: going on with IPv4 alone/)
    assert.deepEqual((await look(key, '127.0.0.1')).answers, [true, true, false])
    node.signal('SIGTERM')
    await node.end()
    const strict = await start(false)
    assert.equal(await strict.end(), 1)
    assert.match(strict.stderr, /this system has no dual sockets/)
  })

  it('ours first: theirs takes the key file that ours made', async () => {
    const keysFile = join(folder, 'keys')
    const path = join(folder, 'tox-bootstrapd.conf')
    const lines = [
      `port = ${PORT}`,
      `keys_file_path = "${keysFile}"`,
      'enable_tcp_relay = false',
      'enable_ipv6 = false',
    ]
    await writeFile(path, `${lines.join('\n')}\nenable_lan_discovery = false\n`)
    const ours = processes.start('node', '--config', path)
    const address = await ours.firstLine()
    ours.signal('SIGTERM')
    await ours.end()
    assert.equal((await stat(keysFile)).mode & 0o777, 0o600)
    await using theirs = await Bootstrapd.start({ port: PORT, keysFile })
    assert.equal(toHex(theirs.key), address.slice(-64))
  })
})

/** Resolves when somebody has joined through this node. */
async function joined(node: BootstrapNodeServer): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  while (!node.isConnected) await setTimeout(50, undefined, { signal })
}
