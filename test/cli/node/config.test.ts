// Configuration files of a node: each syntax, and each mistake with its line.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../../../src/cli/command.js'
import { type LoadedConfig, loadConfig, parseMetricsAddress } from '../../../src/cli/node/config.js'
import { parseBootstrapNode } from '../../../src/index.js'

const KEY = 'AB'.repeat(32)
const NODE = `192.0.2.1:33445:${KEY}`

describe('configuration of a node', () => {
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  after(() => rmSync(dir, { recursive: true }))

  const load = (name: string, text: string): LoadedConfig => {
    const path = join(dir, name)
    writeFileSync(path, text)
    return loadConfig(path)
  }
  /** The lines that tell what is wrong, without the folder. */
  const mistakes = (name: string, text: string): string[] => {
    try {
      load(name, text)
    } catch (error) {
      assert.ok(error instanceof CliError, String(error))
      return error.message.split('\n').map((line) => line.replace(`${dir}/`, ''))
    }
    return []
  }

  const OWN = {
    listen: '::',
    port: 33_445,
    tcpPorts: [443, 3389],
    keyFile: '/k',
    pidFile: '/p',
    stateFile: '/s',
    motd: 'up {uptime}',
    lanDiscovery: false,
    portMapping: true,
    bootstrap: [parseBootstrapNode(NODE)],
    nodesFile: '/n',
    public: true,
    metrics: { host: '::1', port: 9100 },
    log: 'journal',
    logLevel: 'debug',
    workers: 2,
    limits: { relayConnections: 5, relayConnectionsPerAddress: 6, packetShare: 7 },
  }

  it('is ours in TOML', () => {
    const text = `
      listen = "::"
      port = 33445
      tcp_ports = [443, 3389]
      key_file = "/k"
      pid_file = '/p'
      state_file = "/s"
      motd = "up {uptime}"
      lan_discovery = false
      port_mapping = true
      bootstrap = ["${NODE}"]
      nodes = "/n"
      public = true
      metrics = "[::1]:9100"
      log = "journal"
      log_level = "debug"
      workers = 2
      [limits]
      relay_connections = 5
      relay_connections_per_address = 6
      packet_share = 7
    `
    assert.deepEqual(load('a.toml', text), { config: OWN, warnings: [] })
    assert.deepEqual(load('empty.toml', ''), { config: {}, warnings: [] })
    assert.equal(load('b.toml', 'motd = false').config.motd, false)
    assert.deepEqual(load('c.toml', 'metrics = 9100').config.metrics, { host: '127.0.0.1', port: 9100 })
  })

  it('is ours in JSON', () => {
    const { tcpPorts: tcp_ports, keyFile, pidFile, stateFile, lanDiscovery, bootstrap: _, ...rest } = OWN
    const { nodesFile, portMapping: port_mapping, metrics: __, logLevel, limits: ___, ...same } = rest
    const json = {
      ...{ ...same, tcp_ports, key_file: keyFile, pid_file: pidFile, state_file: stateFile },
      ...{ lan_discovery: lanDiscovery, port_mapping, bootstrap: [NODE], nodes: nodesFile, metrics: '[::1]:9100' },
      ...{ log_level: logLevel, limits: { relay_connections: 5, relay_connections_per_address: 6, packet_share: 7 } },
    }
    for (const text of [JSON.stringify(json), JSON.stringify(json, undefined, 2)]) {
      assert.deepEqual(load('a.json', text), { config: OWN, warnings: [] })
    }
  })

  const own: [string, string[]][] = [
    ['port = 33445\nprot = 1', ['2: unknown setting prot']],
    ['\n\nport = "x"', ['3: port must be a port from 1 to 65535, not the text "x"']],
    [
      'port = 0\nlisten = true',
      ['1: port must be a port from 1 to 65535, not 0', '2: listen must be a text, not true'],
    ],
    ['tcp_ports = [\n  443,\n  70000,\n]', ['3: tcp_ports: 70000 is not a port']],
    ['tcp_ports = 443', ['1: tcp_ports must be a list of ports, not 443']],
    ['# port = 1\nport = 1.5', ['2: port must be a port from 1 to 65535, not 1.5']],
    [`motd = "${'x'.repeat(256)}"`, ['1: motd is longer than 255 bytes']],
    ['bootstrap = [\n"a:1"\n]', [`2: bootstrap: 'a:1' is not HOST:PORT:KEY (an IPv6 host stands in brackets)`]],
    ['bootstrap = [1]', ['1: bootstrap: 1 is not "HOST:PORT:KEY"']],
    ['metrics = "localhost:1"', ['1: metrics must be a port or "ADDRESS:PORT"']],
    ['metrics = 70000', ['1: metrics must be a port or "ADDRESS:PORT"']],
    ['log_level = "loud"', ['1: log_level must be trace, debug, info, warn or error, not the text "loud"']],
    ['port = 1\nport_mapping = "upnp"', ['2: port_mapping must be true or false, not the text "upnp"']],
    ['workers = 0', ['1: workers must be a whole number from 1 to 256, not 0']],
    ['key_file = ""', ['1: key_file must be the name of a file, not the text ""']],
    ['limits = 5', ['1: limits must be a group of settings, not 5']],
    [
      'port = 1\n[limits]\nrelay_connections = "many"\nother = 1',
      [
        '3: limits.relay_connections must be a whole number from 0 to 1000000, not the text "many"',
        '4: unknown setting limits.other',
      ],
    ],
    ['public = 2026-01-01', ['1: public must be true or false, not a date or nothing']],
    ['port = ', ['1: ']],
    ['port = 1\nport = 2', ['2: ']],
    ['a = [1\n\nb = 2', ['3: ']],
  ]
  for (const [text, says] of own) {
    it(`TOML: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const found = mistakes('x.toml', text)
      assert.equal(found.length, says.length, found.join('\n'))
      for (const [i, line] of says.entries()) assert.ok(found[i]!.startsWith(`x.toml:${line}`), `${found[i]} ≠ ${line}`)
    })
  }

  it('JSON: mistakes have their lines as well', () => {
    assert.deepEqual(mistakes('x.json', '{\n  "port": 1,\n  "prot": 2,\n  "limits": {\n    "x": null\n  }\n}'), [
      'x.json:3: unknown setting prot',
      'x.json:5: unknown setting limits.x',
    ])
    assert.match(mistakes('x.json', '{\n  "port": 1,\n  nonsense\n}')[0]!, /^x\.json:\d: this is not JSON: /)
    assert.deepEqual(mistakes('x.json', '[]'), ['x.json:1: this is JSON, but no object'])
    assert.deepEqual(mistakes('x.json', '{"motd": null}'), ['x.json:1: motd must be a text, not a date or nothing'])
  })

  it("is tox-bootstrapd's, with its defaults", () => {
    assert.deepEqual(load('empty.conf', ''), {
      config: {
        listen: '::',
        ipv4Fallback: true,
        port: 33_445,
        lastPort: 33_545,
        tcpPorts: [443, 3389, 33_445],
        keyFile: 'tox-bootstrapd.keys',
        keyFormat: 'binary',
        lanDiscovery: true,
        motd: 'tox-bootstrapd',
        bootstrap: [],
      },
      warnings: [],
    })
  })

  it("honours all that tox-bootstrapd's file can say", () => {
    const text = `
      port = 40000
      keys_file_path = "/k"
      pid_file_path = "/p"
      enable_ipv6 = false
      enable_ipv4_fallback = false
      enable_lan_discovery = false
      enable_tcp_relay = true
      tcp_relay_ports = [1, 2]
      enable_motd = true
      motd = "hello"
      bootstrap_nodes = (
        { address = "192.0.2.1" port = 33445 public_key = "${KEY}" },
        { address = "2001:db8::1" port = 1 public_key = "${KEY}" },
        { address = "example.org" port = 2 public_key = "${KEY.toLowerCase()}" }
      )
    `
    assert.deepEqual(load('a.conf', text), {
      config: {
        listen: '0.0.0.0',
        ipv4Fallback: false,
        port: 40_000,
        lastPort: 40_100,
        tcpPorts: [1, 2],
        keyFile: '/k',
        keyFormat: 'binary',
        pidFile: '/p',
        lanDiscovery: false,
        motd: 'hello',
        bootstrap: [NODE, `[2001:db8::1]:1:${KEY}`, `example.org:2:${KEY}`].map(parseBootstrapNode),
      },
      warnings: [],
    })
    assert.deepEqual(load('b.conf', 'enable_tcp_relay = false').config.tcpPorts, [])
    assert.equal(load('c.conf', 'enable_motd = false motd = "x"').config.motd, false)
  })

  it('passes over what tox-bootstrapd passes over, and says so', () => {
    const text = [
      'port = "x"',
      'port_mapping = true',
      'tcp_relay_ports = [443, 0, "a"]',
      `motd = "${'x'.repeat(256)}"`,
      'bootstrap_nodes = (',
      `  { address = "::1/128"; port = 33445; public_key = "${KEY}" },`,
      `  { port = 1 },`,
      `  { address = "a", port = 0, public_key = "${KEY}" },`,
      '  5,',
      `  { address = "b", port = 1, public_key = "AB" }`,
      ')',
    ].join('\n')
    const { config, warnings } = load('odd.conf', text)
    assert.deepEqual([config.port, config.tcpPorts, config.bootstrap], [33_445, [443], []])
    const lines = warnings.map((line) => line.replace(`${dir}/`, ''))
    assert.deepEqual(
      lines.map((line) => line.split(':')[1]),
      ['1', '2', '3', '3', '4', '6', '7', '8', '9', '10'],
    )
    assert.match(
      lines.join('\n'),
      /unknown setting port_mapping[\s\S]*cut to 255 bytes[\s\S]*passed over: .*'::1\/128'/,
    )
  })

  it('ends where tox-bootstrapd ends', () => {
    assert.deepEqual(mistakes('x.conf', '\nport = 0'), ['x.conf:2: port 0 is not from 1 to 65535'])
    assert.deepEqual(mistakes('x.conf', 'tcp_relay_ports = []'), [
      'x.conf:1: tcp_relay_ports names no port, though enable_tcp_relay is true',
    ])
    assert.deepEqual(mistakes('x.conf', 'a = 1\nport'), [
      "x.conf:2: '=' after port is expected here, not the end of the file",
    ])
    assert.match(mistakes('x.conf', ' '.repeat(2 ** 20 + 1))[0]!, /too large/)
    assert.throws(() => loadConfig(join(dir, 'none.conf')), /cannot read the configuration .*no such file/)
  })

  it('metrics have an address', () => {
    assert.deepEqual(parseMetricsAddress('9100'), { host: '127.0.0.1', port: 9100 })
    assert.deepEqual(parseMetricsAddress('0.0.0.0:1'), { host: '0.0.0.0', port: 1 })
    assert.deepEqual(parseMetricsAddress('[::]:1'), { host: '::', port: 1 })
    for (const text of ['', 'x', '::1:9100', '65536', 'localhost:1', '-1']) {
      assert.equal(parseMetricsAddress(text), undefined, text)
    }
  })
})
