// Lists of public nodes: servers that are down, slow, huge or full of garbage, and what is left when none answers.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodesCacheFile, type PublicNodesOptions, publicNodes } from '../../../src/api/node/node-lists.js'
import { formatNodesJson, SNAPSHOT_TAKEN, snapshotNodes } from '../../../src/api/node/public-nodes.js'
import { parseBootstrapNode } from '../../../src/index.js'

const NODE = { ...parseBootstrapNode(`192.0.2.1:33445:${'AB'.repeat(32)}`), tcpPorts: [443] }
const OTHER = parseBootstrapNode(`[2001:db8::1]:33446:${'CD'.repeat(32)}`)
const seconds = (): number => Math.floor(Date.now() / 1000)
const DAY_S = 86_400

describe('lists of public nodes', () => {
  let dir: string
  let cacheFile: string
  let base: string
  const asked: string[] = []
  const open = new Set<ServerResponse>()
  const pages: Record<string, (response: ServerResponse) => void> = {
    '/good': (response) => response.end(formatNodesJson([NODE], seconds())),
    '/other': (response) => response.end(formatNodesJson([OTHER], seconds())),
    '/garbage': (response) => response.end('<html>Service Unavailable</html>'),
    '/empty': (response) => response.end('{"nodes":[]}'),
    '/error': (response) => response.writeHead(503).end('busy'),
    '/silent': (response) => void open.add(response),
    '/slow': (response) => void open.add(response).values().next().value?.write('{"nodes":['),
    '/cut': (response) => {
      response.write('{"nodes":[')
      setImmediate(() => response.destroy())
    },
    '/huge': (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(1 << 16))) {}
      }
      response.on('drain', more)
      more()
    },
    '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  }
  const server = createServer((request, response) => {
    asked.push(request.url!)
    pages[request.url!]!(response)
  })
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  beforeEach(() => {
    asked.length = 0
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    cacheFile = join(dir, 'cache', 'nodes.json')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const load = (paths: string[], options: PublicNodesOptions = {}) =>
    publicNodes({ lists: paths.map((path) => (path.startsWith('/') ? base + path : path)), cacheFile, ...options })
  const keep = async (node: typeof NODE | typeof OTHER, ageDays: number): Promise<void> => {
    await load(['/good'])
    writeFileSync(cacheFile, formatNodesJson([node], seconds() - ageDays * DAY_S))
    asked.length = 0
  }

  it('fetches one, keeps it, and asks nobody for a day', async () => {
    const fetched = await load(['/good', '/other'])
    assert.deepEqual(fetched.nodes, [NODE])
    assert.deepEqual([fetched.source, fetched.isStale, fetched.failures], [`${base}/good`, false, []])
    assert.equal(statSync(cacheFile).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(dir, 'cache')), ['nodes.json'])
    const kept = await load(['/other'])
    assert.deepEqual([kept.nodes, kept.source, kept.isStale], [[NODE], 'cache', false])
    assert.deepEqual(asked, ['/good'])
    const always = await load(['/other'], { fetch: 'always' })
    assert.deepEqual(always.nodes, [OTHER])
  })

  it('goes past servers that are down, broken, empty, cut off, endless or too large', async () => {
    const bad = ['http://127.0.0.1:2/', '/garbage', '/empty', '/error', '/cut', '/loop', '/huge']
    const found = await load([...bad, '/good'])
    assert.deepEqual([found.nodes, found.source], [[NODE], `${base}/good`])
    assert.deepEqual(found.failures.map((text) => text.replace(base, '').replace(/:.*/, '')).sort(), [
      '/cut',
      '/empty',
      '/error',
      '/garbage',
      '/huge',
      '/loop',
      'http',
    ])
    for (const says of ['ECONNREFUSED', 'not JSON', 'no node', '503', 'too large']) {
      assert.ok(
        found.failures.some((text) => text.includes(says)),
        says,
      )
    }
  })

  it('does not wait for a slow server while another answers', async () => {
    const found = await load(['/silent', '/good'], { timeoutMs: 60_000 })
    assert.equal(found.source, `${base}/good`)
    assert.deepEqual(asked, ['/silent', '/good'])
  })

  it('takes the last list when no server answers, and tells that it is stale', async () => {
    await keep(OTHER, 3)
    const soon = await load(['/silent', '/slow'], { timeoutMs: 200 })
    assert.deepEqual([soon.nodes, soon.source, soon.isStale], [[OTHER], 'cache', false])
    assert.deepEqual(
      soon.failures.map((text) => text.replace(base, '')),
      ['/silent: no answer in time', '/slow: no answer in time'],
    )
    await keep(OTHER, 8)
    const late = await load(['/error'])
    assert.deepEqual([late.nodes, late.source, late.isStale], [[OTHER], 'cache', true])
  })

  it('takes the bundled list when there is nothing else, or nothing newer', async () => {
    const alone = await load(['/garbage'])
    assert.equal(alone.source, 'bundled')
    assert.deepEqual(alone.nodes, snapshotNodes())
    assert.equal(alone.takenMs, SNAPSHOT_TAKEN * 1000)
    assert.ok(alone.nodes.length >= 19)
    await keep(OTHER, (Date.now() / 1000 - SNAPSHOT_TAKEN) / DAY_S + 1)
    assert.equal((await load([])).source, 'bundled')
  })

  for (const [name, text] of Object.entries({
    'cut short': '{"nodes":[{"ip',
    'of another form': '[]',
    'without a date': formatNodesJson([OTHER], 5).replace('"last_refresh":5,', ''),
    empty: '',
    'from the future': formatNodesJson([OTHER], seconds() + 10 * DAY_S),
  })) {
    it(`asks anew when the kept list is ${name}`, async () => {
      await keep(OTHER, 0)
      writeFileSync(cacheFile, text)
      assert.equal((await load(['/good'])).source, `${base}/good`)
      assert.match(readFileSync(cacheFile, 'utf8'), /192\.0\.2\.1/)
    })
  }

  it('asks nobody when told so, and works where nothing can be kept', async () => {
    assert.equal((await load(['/good'], { fetch: 'never' })).source, 'bundled')
    assert.deepEqual(asked, [])
    writeFileSync(join(dir, 'file'), '')
    assert.equal((await load(['/good'], { cacheFile: join(dir, 'file', 'nodes.json') })).source, `${base}/good`)
  })

  it('keeps the list where the system wants it', () => {
    assert.equal(
      nodesCacheFile({ CACHE_DIRECTORY: '/var/cache/x:/y', XDG_CACHE_HOME: '/z' }),
      '/var/cache/x/nodes.json',
    )
    assert.equal(nodesCacheFile({ XDG_CACHE_HOME: '/z' }), '/z/toxcore-ts/nodes.json')
    assert.match(nodesCacheFile({}), /\.cache\/toxcore-ts\/nodes\.json$/)
  })
})
