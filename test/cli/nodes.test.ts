// toxcore-ts nodes, and --public: from a server of this machine, from what was kept, from the bundled list.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatNodesJson, snapshotNodes } from '../../src/api/node/public-nodes.js'
import { BootstrapNodeServer, parseBootstrapNode } from '../../src/index.js'
import { COMMAND, DEADLINE_MS, Processes } from './process.js'

const NODE = parseBootstrapNode(`192.0.2.1:33445:${'AB'.repeat(32)}`)

describe('toxcore-ts nodes', function () {
  this.timeout(4 * DEADLINE_MS)
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const processes = new Processes()
  let served = ''
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.end(served)
  })
  let url: string
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/json`
  })
  after(async () => {
    server.close()
    await processes.killAll()
    rmSync(dir, { recursive: true })
  })

  const run = async (cache: string, ...args: string[]) => {
    const env = {
      ...process.env,
      XDG_CACHE_HOME: join(dir, cache),
      TOXCORE_TS_NODE_LISTS: `http://127.0.0.1:2/ ${url}`,
    }
    const running = processes.startNode([...COMMAND, ...args], { env })
    running.endInput()
    return { code: await running.end(), stdout: running.stdout, stderr: running.stderr }
  }

  it('fetches a list, keeps it, and has the bundled one', async () => {
    served = formatNodesJson([NODE], 1)
    const fetched = await run('a', 'nodes')
    assert.equal(fetched.stdout, `192.0.2.1:33445:${'AB'.repeat(32)}\n`)
    assert.match(fetched.stderr, /127\.0\.0\.1:2\/: ECONNREFUSED\n.*1 public nodes, from http.* on \d{4}-\d\d-\d\d\n$/)
    served = 'nonsense'
    const [kept, refused, bundled] = await Promise.all([
      run('a', 'nodes', '--offline'),
      run('a', 'nodes', '--refresh', '--list', url),
      run('b', 'nodes', '--offline', '--json'),
    ])
    assert.deepEqual([kept.code, kept.stdout], [0, fetched.stdout])
    assert.deepEqual([refused.code, refused.stdout], [1, fetched.stdout])
    assert.match(refused.stderr, /the answer is not JSON/)
    const { nodes } = JSON.parse(bundled.stdout) as { nodes: unknown[] }
    assert.equal(nodes.length, snapshotNodes().length)
    assert.match(bundled.stderr, /the bundled list of 2026-09-03/)
    const both = await run('a', 'nodes', '--offline', '--refresh')
    assert.equal(both.code, 2)
  })

  it('--public asks for no list where somebody hides behind a proxy', async () => {
    asked = 0
    const hidden = await run('c', 'echo', '--public', '--proxy', 'socks5://127.0.0.1:1', '--timeout', '1')
    assert.match(hidden.stderr, /from the bundled list of/)
    assert.match(
      hidden.stderr,
      /no answer from any public node within 1 s: the SOCKS5 proxy 127\.0\.0\.1:1: connection refused/,
    )
    assert.deepEqual([hidden.code, asked], [1, 0])
  })

  it('--public joins through them', async () => {
    let joined: () => void = () => {}
    const hasJoined = new Promise<void>((resolve) => {
      joined = resolve
    })
    const log = (_: string, __: string, text: string): void => {
      if (text === 'connected to the network') joined()
    }
    await using node = await BootstrapNodeServer.create({ port: 0, log })
    served = formatNodesJson([parseBootstrapNode(node.asBootstrapNode())], 1)
    const env = { ...process.env, XDG_CACHE_HOME: join(dir, 'c'), TOXCORE_TS_NODE_LISTS: url }
    const bot = processes.startNode([...COMMAND, 'echo', '--public', '--ipv4', '--port', '33790'], { env })
    await bot.until(/1 public nodes, from http/, 'stderr')
    await hasJoined
    bot.signal('SIGTERM')
    assert.equal(await bot.end(), 0)
  })
})
