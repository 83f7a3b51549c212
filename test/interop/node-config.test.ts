// One configuration and one key file, two programs: tox-bootstrapd and our node take turns with them and cannot be told apart.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, toHex } from '../../src/base/index.js'
import { BootstrapNodeServer, checkNode, formatNodeVersion, parseBootstrapNode } from '../../src/index.js'
import { Processes } from '../cli/process.js'
import { Bootstrapd, type BootstrapdOptions } from './bootstrapd.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

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
      let isJoined: () => void = () => {}
      const log = (_: string, __: string, text: string): void => {
        if (text === 'connected to the network') isJoined()
      }
      const joined = (): Promise<void> =>
        new Promise((resolve) => {
          isJoined = resolve
        })
      const host = ipv6 ? '::1' : '127.0.0.1'
      const keysFile = join(folder, 'keys')
      let config: string
      const options: BootstrapdOptions = { port: PORT, ipv6, tcpPorts: TCP_PORTS, motd: 'Grüße', keysFile }
      const seen: Seen[] = []
      {
        await using other = await BootstrapNodeServer.create({ bindAddress: host, port: 33_965, log })
        const nodes = [{ host, port: other.port, key: fromHex(other.publicKey)! }]
        await using theirs = await Bootstrapd.start({ ...options, nodes })
        config = await readFile(join(theirs.folder, 'conf'), 'utf8')
        await timed('theirs joins', joined())
        seen.push(await look(toHex(theirs.key), host))
        await theirs.stop()
        await other.close()
        await using again = await BootstrapNodeServer.create({
          ...{ bindAddress: host, port: 33_966, log },
          ...{ keyFile: join(folder, 'other') },
        })
        // The same, but for the node to join through, whose key is another one.
        const path = join(folder, 'tox-bootstrapd.conf')
        config = config.replace(other.publicKey, again.publicKey).replace(`${other.port}`, `${again.port}`)
        await writeFile(path, config.replace(/^pid_file_path.*$/m, `pid_file_path = "${join(folder, 'pid')}"`))
        const hasJoined = joined()
        const ours = processes.start('node', '--config', path)
        const address = await ours.firstLine()
        await timed('ours joins', hasJoined)
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
