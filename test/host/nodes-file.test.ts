import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  asBootstrapNode,
  asRelayNode,
  type BootstrapNode,
  BootstrapNodeError,
  formatBootstrapNode,
  loadNodesFile,
  parseBootstrapNode,
  parseNodesJson,
  readNodesFile,
} from '../../src/host/nodes-file.js'

const KEY = '10C00EB250C3233E343E2AEBA07115A5C28920E9C8D29492F6D00B29049EDC7E'

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'fine'
  } catch (error) {
    assert.ok(error instanceof BootstrapNodeError, String(error))
    return error.code
  }
}

describe('parseBootstrapNode', () => {
  it('reads names, IPv4 and bracketed IPv6, and formats them back', () => {
    for (const [host, text] of [
      ['node.example', `node.example:33445:${KEY}`],
      ['127.0.0.1', `127.0.0.1:1:${KEY}`],
      ['2001:db8::1', `[2001:db8::1]:65535:${KEY}`],
    ] as const) {
      const node = parseBootstrapNode(text)
      assert.equal(node.host, host)
      assert.equal(formatBootstrapNode(node), text)
      assert.equal(formatBootstrapNode(parseBootstrapNode(text.replace(KEY, KEY.toLowerCase()))), text)
    }
  })

  it('says each mistake apart', () => {
    const code = (text: string): string => codeOf(() => parseBootstrapNode(text))
    assert.equal(code(''), 'bad-form')
    assert.equal(code('host'), 'bad-form')
    assert.equal(code('host:1'), 'bad-form')
    assert.equal(code(`2001:db8::1:33445:${KEY}`), 'bad-form')
    assert.equal(code(`[2001:db8::1:33445:${KEY}`), 'bad-form')
    assert.equal(code(`[127.0.0.1]:33445:${KEY}`), 'bad-host')
    assert.equal(code(`[]:33445:${KEY}`), 'bad-host')
    assert.equal(code(`a b:33445:${KEY}`), 'bad-host')
    assert.equal(code(`:33445:${KEY}`), 'bad-host')
    assert.equal(code(`1.2.3.456:33445:${KEY}`), 'bad-host')
    for (const port of ['', '0', '65536', '-1', '1e3', '0x10', '3.5', ' 1', '100000000']) {
      assert.equal(code(`host:${port}:${KEY}`), 'bad-port', port)
    }
    assert.equal(code(`host:1:${KEY.slice(2)}`), 'bad-key-length')
    assert.equal(code(`host:1:${KEY}00`), 'bad-key-length')
    assert.equal(code('host:1:'), 'bad-key-length')
    assert.equal(code(`host:1:${KEY.replace('E', 'G')}`), 'bad-key-digit')
    assert.throws(() => parseBootstrapNode(`host:1:${KEY}000000000000`), /Tox ID/)
  })
})

describe('a node or relay in parts', () => {
  const { publicKey } = parseBootstrapNode(`host:1:${KEY}`)
  const node = { host: 'node.example', port: 33_445, publicKey, tcpPorts: [443] }

  it('is taken as it is', () => {
    const { tcpPorts, ...relay } = node
    assert.equal(asBootstrapNode(node), node)
    assert.deepEqual(asRelayNode(node), relay)
    assert.deepEqual(asRelayNode(`node.example:33445:${KEY}`), relay)
    for (const host of ['::1', '192.0.2.1', 'localhost', `${'a'.repeat(56)}.onion`]) {
      assert.equal(asRelayNode({ ...relay, host }).host, host)
    }
    const careless = relay as BootstrapNode
    assert.equal(asBootstrapNode(careless), careless)
  })

  it('is judged as one of a text', () => {
    const cases: [string, object][] = [
      ['bad-host', { host: 'relay.example:1 HTTP/1.1\r\nX: ' }],
      ['bad-host', { host: 'a b' }],
      ['bad-host', { host: '' }],
      ['bad-host', { host: undefined }],
      ['bad-host', { host: '1.2.3.256' }],
      ['bad-host', { host: '[::1]' }],
      ['bad-host', { host: 'fe80::1%eth0' }],
      ['bad-port', { port: 0 }],
      ['bad-port', { port: 65_536 }],
      ['bad-port', { port: '443' }],
      ['bad-key-length', { publicKey: publicKey.subarray(1) }],
      ['bad-key-length', { publicKey: KEY }],
    ]
    for (const [code, wrong] of cases) {
      const one = { ...node, ...wrong }
      assert.equal(
        codeOf(() => asBootstrapNode(one)),
        code,
        JSON.stringify(wrong),
      )
      assert.equal(
        codeOf(() => asRelayNode(one)),
        code,
        JSON.stringify(wrong),
      )
    }
    assert.equal(
      codeOf(() => asBootstrapNode({ ...node, tcpPorts: [443, 0] })),
      'bad-port',
    )
  })
})

describe('a nodes file', () => {
  const good = {
    ipv4: 'tox.example',
    ipv6: '2001:db8::7',
    port: 33_445,
    tcp_ports: [443, 3389, 'x', 70_000],
    public_key: KEY,
    status_udp: true,
  }
  const parse = (nodes: unknown[]): ReturnType<typeof parseNodesJson> =>
    parseNodesJson(JSON.stringify({ nodes }), 'test')

  it('gives a node for each address', () => {
    const { nodes, skipped } = parse([good, { ...good, ipv4: '192.0.2.1', ipv6: '-' }, { ...good, ipv6: 'NONE' }])
    assert.deepEqual(
      nodes.map(({ host }) => host),
      ['tox.example', '2001:db8::7', '192.0.2.1', 'tox.example'],
    )
    assert.deepEqual(nodes[0]!.tcpPorts, [443, 3389])
    assert.equal(skipped, 0)
  })

  it('passes over wrong entries and counts them', () => {
    const wrong = [
      null,
      7,
      'text',
      [],
      {},
      { ...good, port: 0 },
      { ...good, port: '33445' },
      { ...good, public_key: KEY.slice(1) },
      { ...good, public_key: KEY.replace('E', 'x') },
      { ...good, public_key: 5 },
      { ...good, ipv4: '-', ipv6: '-' },
      { ...good, ipv4: 4, ipv6: null },
      { ...good, ipv4: 'a b', ipv6: 'zz::' },
      { ...good, status_udp: false, tcp_ports: [] },
    ]
    const { nodes, skipped } = parse([...wrong, good])
    assert.equal(nodes.length, 2)
    assert.equal(skipped, wrong.length)
  })

  it('keeps a node that only its relay is known to serve', () => {
    assert.equal(parse([{ ...good, status_udp: false }]).nodes.length, 2)
  })

  it('survives hostile JSON', () => {
    const { nodes } = parseNodesJson(`{"nodes":[{"__proto__":{"port":1}},{"constructor":5}]}`, 'test')
    assert.equal(nodes.length, 0)
    const many = parse(Array.from({ length: 12_000 }, () => ({ ...good, ipv6: '-' })))
    assert.equal(many.nodes.length, 10_000)
    assert.equal(many.skipped, 2_000)
  })

  it('names the file in each error', () => {
    const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-nodes-'))
    try {
      const path = join(dir, 'nodes.json')
      const write = (text: string): void => writeFileSync(path, text)
      const fails = (code: string): void => {
        assert.equal(
          codeOf(() => loadNodesFile(path)),
          code,
        )
        assert.throws(
          () => loadNodesFile(path),
          (error: Error) => error.message.includes(path),
        )
      }
      fails('unreadable-file')
      write('not json')
      fails('bad-file')
      write('[]')
      fails('bad-file')
      write('{"nodes":{}}')
      fails('bad-file')
      write('{"nodes":[]}')
      fails('no-nodes')
      write('{"nodes":[{}]}')
      fails('no-nodes')
      write(JSON.stringify({ last_scan: 1, nodes: [good] }))
      assert.equal(readNodesFile(path).length, 2)
      assert.equal(
        codeOf(() => loadNodesFile(dir)),
        'unreadable-file',
      )
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})
