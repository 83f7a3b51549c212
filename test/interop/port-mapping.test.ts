// Ports asked of Debian's miniupnpd, the UPnP, NAT-PMP and PCP server of many routers, on the router of a home of namespaces:
// somebody outside joins through the mapped port, and nothing of it is left when the program ends.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMAND, isBuilt, Processes } from '../cli/process.js'
import { ToStop } from '../support/to-stop.js'
import { startChild } from './child.js'
import { onlyLoopback } from './lane.js'
import { commandWithin, makeHome, makeInternet, type Namespace, namespaceObstacle } from './namespace.js'
import { OurPeer } from './our-peer.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

const MINIUPNPD = '/usr/sbin/miniupnpd'
const UDP_PORT = 33_480
const TCP_PORT = 33_500
const OTHER_TCP_PORT = 33_501

const TABLES = `
table inet upnp {
  chain prerouting {
    type nat hook prerouting priority dstnat
    jump portsIn
  }
  chain postrouting {
    type nat hook postrouting priority 99
    jump portsOut
  }
  chain portsIn { }
  chain portsOut { }
}
table inet upnpFilter {
  chain forward {
    type filter hook forward priority 0
    jump allowed
  }
  chain allowed { }
}
`

const config = (hasPcp: boolean): string => `
ext_ifname=wan
listening_ip=lan
enable_natpmp=${hasPcp ? 'yes' : 'no'}
enable_upnp=yes
secure_mode=yes
uuid=00000000-0000-4000-8000-000000000001
upnp_table_name=upnpFilter
upnp_nat_table_name=upnp
upnp_forward_chain=allowed
upnp_nat_chain=portsIn
upnp_nat_postrouting_chain=portsOut
allow 1024-65535 192.168.1.0/24 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
`

describe('interop: port mapping by miniupnpd', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop = new ToStop()
  const { later } = toStop
  let internet: Namespace
  let folder: string
  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'ports-'))
    const why = existsSync(MINIUPNPD) ? await namespaceObstacle({ nat: true }) : 'apt-get install -y miniupnpd'
    if (why !== undefined) {
      this.test!.parent!.title += ` [${why}]`
      return this.skip()
    }
    internet = await makeInternet()
  })
  afterEach(() => toStop.stop())
  after(async () => {
    await internet?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const startDaemon = async (router: Namespace, hasPcp: boolean): Promise<void> => {
    router.nft(TABLES)
    const file = join(folder, `conf-${hasPcp}`)
    await writeFile(file, config(hasPcp))
    const { command, args } = commandWithin(router, MINIUPNPD, ['-d', '-f', file, '-P', `${file}.pid`])
    const daemon = startChild(command, args, () => {})
    later({ [Symbol.asyncDispose]: () => daemon.killHard() })
  }
  const portsAt = (router: Namespace): string => router.run('nft', ['list', 'chain', 'inet', 'upnp', 'portsIn'])

  const tell = async (n: number, method: 'pcp' | 'upnp'): Promise<void> => {
    const { router, machine, address } = await makeHome(internet, n, 'symmetric')
    later(router)
    later(machine)
    await startDaemon(router, method === 'pcp')
    const options = { ipv6: false, localDiscovery: false } as const
    const ours = later(await OurPeer.start(machine, { ...options, portMapping: true, tcpPort: TCP_PORT }))
    const mapped = (protocol: string) =>
      ours.until(
        `${protocol} by ${method}`,
        ({ mapping }) => mapping?.protocol === protocol && mapping.method === method,
      )
    const [udp, tcp] = await timed(`ports by ${method}`, Promise.all([mapped('udp'), mapped('tcp')]))
    assert.deepEqual(udp.mapping!.external, { host: address, port: ours.port })
    assert.deepEqual(tcp.mapping!.external, { host: address, port: TCP_PORT })
    // It knows nobody: only through its port can it come to be on the network.
    assert.equal(
      ours.events.find(({ network }) => network === 'udp'),
      undefined,
    )
    const bootstrap = [`${address}:${ours.port}:${ours.dhtKey}`]
    later(await OurPeer.start(internet, { ...options, bootstrap }))
    await timed(
      `a guest through the port of ${method}`,
      ours.until('a guest', ({ network }) => network === 'udp'),
    )
    assert.match(portsAt(router), /dnat/)
    await ours.close()
    assert.doesNotMatch(portsAt(router), /dnat/)
  }

  it('opens the ports by PCP for somebody outside, and closes them at the end', () => tell(1, 'pcp'))
  const serve = async (): Promise<void> => {
    const { router, machine, address } = await makeHome(internet, 3, 'symmetric')
    later(router)
    later(machine)
    await startDaemon(router, true)
    const file = join(folder, 'node.toml')
    const write = (...tcpPorts: number[]): Promise<void> =>
      writeFile(file, `listen = "0.0.0.0"\nport = ${UDP_PORT}\ntcp_ports = [${tcpPorts}]\nport_mapping = true\n`)
    await write(TCP_PORT, OTHER_TCP_PORT)
    const processes = new Processes()
    later({ [Symbol.asyncDispose]: () => processes.killAll() })
    // Threads are started from the build alone.
    const settings = ['--config', file, ...(isBuilt() ? ['--workers', '2'] : [])]
    const { command, args } = commandWithin(machine, process.execPath, [...COMMAND, 'node', ...settings])
    const node = processes.startProgram(command, args)
    const open = (protocol: string, port: number) =>
      node.until(new RegExp(`port mapping: ${protocol} ${port}: is ${address}:${port} outside \\(pcp\\)`), 'stderr')
    const all = [open('udp', UDP_PORT), open('tcp', TCP_PORT), open('tcp', OTHER_TCP_PORT)]
    const key = (await node.firstLine()).slice(-64)
    await timed('the ports of a node', Promise.all(all))
    const question = ['--check', '--bootstrap', `${address}:${UDP_PORT}:${key}`, '--tcp-port', String(TCP_PORT)]
    const { command: ask, args: words } = commandWithin(internet, process.execPath, [...COMMAND, 'node', ...question])
    const check = processes.startProgram(ask, words)
    // By UDP and by TCP, under its key.
    assert.equal(await timed('a node is asked through its ports', check.end()), 0, check.stdout)
    await write(TCP_PORT)
    node.signal('SIGHUP')
    await node.until(new RegExp(`port mapping: tcp ${OTHER_TCP_PORT}: given back`), 'stderr')
    assert.deepEqual([...portsAt(router).matchAll(/dport (\d+)/g)].map(([, port]) => Number(port)).sort(), [
      UDP_PORT,
      TCP_PORT,
    ])
    node.signal('SIGTERM')
    assert.equal(await node.end(), 0)
    assert.doesNotMatch(portsAt(router), /dnat/)
  }

  it('the same by UPnP, where the router speaks nothing else', () => tell(2, 'upnp'))
  it('those of a bootstrap node and relay, of two threads, as its file names them', serve)
})
