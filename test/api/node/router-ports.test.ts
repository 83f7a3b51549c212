// The ports of a node at a router that keeps a list: what operators and monitors hear of them. Debian's miniupnpd is met in
// test/interop/port-mapping.test.ts.

import assert from 'node:assert/strict'
import { formatMetrics } from '../../../src/api/node/metrics.js'
import { RouterPorts } from '../../../src/api/node/router-ports.js'
import { Endpoint } from '../../../src/base/index.js'
import { NetworkWatch } from '../../../src/host/network-watch.js'
import { BootstrapNodeServer } from '../../../src/index.js'
import { FakeGateway } from '../../support/fake-gateway.js'
import { until } from '../../support/until.js'

describe("a node's ports at the router", () => {
  const toStop: RouterPorts[] = []
  afterEach(async () => {
    for (const one of toStop.splice(0)) await one.close()
  })

  const portsAt = (gateway: FakeGateway, look = (): string => '', address = '0.0.0.0') => {
    const lines: string[] = []
    const log = { log: (level: string, module: string, text: string) => void lines.push(`${level} ${module}: ${text}`) }
    const local = Endpoint.parse(address, 33_445)!
    const socket = { local, localPort: 33_445, family: local.family === 4 ? 'ipv4' : 'ipv6' } as const
    const ports = new RouterPorts(socket, log, {
      async *routers() {
        yield gateway
      },
      watch: () => new NetworkWatch({ look }),
      lookEveryMs: 30,
    })
    toStop.push(ports)
    return { ports, lines }
  }

  it('are told once each, follow the settings, and are all given back', async () => {
    const gateway = new FakeGateway()
    const { ports, lines } = portsAt(gateway)
    ports.update(false, [443])
    assert.deepEqual([ports.mappings, ports.metrics, gateway.asked], [[], [], 0])
    ports.update(true, [443, 3389])
    await until(() => lines.length === 3, 'all are mapped')
    assert.deepEqual(lines.splice(0), [
      'info port mapping: udp 33445: is 9.8.7.6:33445 outside (pcp)',
      'info port mapping: tcp 443: is 9.8.7.6:443 outside (pcp)',
      'info port mapping: tcp 3389: is 9.8.7.6:3389 outside (pcp)',
    ])
    ports.update(true, [3389, 8080])
    await until(() => lines.length === 2, 'one more, one less')
    assert.deepEqual(lines.splice(0), [
      'info port mapping: tcp 443: given back',
      'info port mapping: tcp 8080: is 9.8.7.6:8080 outside (pcp)',
    ])
    const external = { host: '9.8.7.6', port: 33_445 }
    assert.deepEqual(ports.mappings[0], { protocol: 'udp', port: 33_445, external, method: 'pcp' })
    ports.update(false, [3389, 8080])
    await until(() => lines.length === 3, 'all are given back')
    assert.deepEqual([gateway.held.size, ports.mappings, ports.metrics], [0, [], []])
    ports.update(true, [])
    await until(() => gateway.held.size === 1, 'one is mapped again')
    await ports.close()
    assert.equal(gateway.held.size, 0)
    ports.update(true, [])
    assert.deepEqual(ports.mappings, [])
  })

  it('are trouble while the router refuses them, and are asked for again by an update', async () => {
    const gateway = new FakeGateway()
    gateway.refuses = ({ port }) => port < 1024
    const { ports, lines } = portsAt(gateway)
    ports.update(true, [443])
    await until(() => lines.length === 2, 'both are asked for')
    assert.deepEqual(ports.troubles, ['TCP port 443 is not open at the router: not today'])
    const metrics = formatMetrics(ports.metrics)
    assert.match(metrics, /^tox_node_port_mapped\{protocol="udp",port="33445"\} 1$/m)
    assert.match(metrics, /^tox_node_port_mapped\{protocol="tcp",port="443"\} 0$/m)
    gateway.refuses = () => false
    ports.update(true, [443])
    await until(() => lines.length === 3, 'it is there')
    assert.deepEqual(lines, [
      'info port mapping: udp 33445: is 9.8.7.6:33445 outside (pcp)',
      'warn port mapping: tcp 443: not today',
      'info port mapping: tcp 443: is 9.8.7.6:443 outside (pcp)',
    ])
    assert.deepEqual(ports.troubles, [])
  })

  it('are asked for anew after a change of networks, and a router behind another one is told', async () => {
    const gateway = new FakeGateway()
    let network = 'home'
    const { ports, lines } = portsAt(gateway, () => network)
    ports.update(true, [])
    await until(() => lines.length === 1, 'it is mapped')
    gateway.outside = '100.64.0.1'
    network = 'elsewhere'
    await until(() => lines.length === 3, 'it is mapped elsewhere')
    assert.deepEqual(lines.slice(1), [
      'info port mapping: udp 33445: is 100.64.0.1:33445 outside (pcp)',
      'warn port mapping: udp 33445: that is behind another router: the internet does not reach it',
    ])
  })

  it('are not asked for where nobody beyond this machine, or nobody by IPv4, can come', async () => {
    const gateway = new FakeGateway()
    for (const [address, whom] of [
      ['127.0.0.1', 'this machine'],
      ['::1', 'this machine'],
      ['2001:db8::1', 'IPv6'],
    ] as const) {
      const { ports, lines } = portsAt(gateway, undefined, address)
      ports.update(true, [443])
      assert.deepEqual(lines, [`warn port mapping: the router is not asked, since the node listens on ${whom} alone`])
    }
    assert.equal(gateway.asked, 0)
  })

  it('are an option of a node that can be changed while it runs', async () => {
    const lines: string[] = []
    const log = (_level: string, module: string): void => void lines.push(module)
    await using server = await BootstrapNodeServer.create({ port: 0, portMapping: true, log })
    const told = (): number => lines.filter((module) => module === 'port mapping').length
    assert.deepEqual([told(), server.portMappings, server.troubles], [1, [], []])
    assert.doesNotMatch(server.metrics(), /port_mapped/)
    await server.update({ motd: 'x' })
    await server.update({ portMapping: false })
    await server.update({ tcpPorts: [] })
    assert.equal(told(), 1)
    await server.update({ portMapping: true })
    await server.update({ tcpPorts: [] })
    assert.equal(told(), 3)
  })
})
