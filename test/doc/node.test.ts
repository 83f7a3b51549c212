// doc/node.md, word by word: the commands that can run on loopback are run, and the unit is judged by systemd's own tool.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatNodesJson } from '../../src/api/node/public-nodes.js'
import { BootstrapNodeServer, parseBootstrapNode } from '../../src/index.js'
import { COMMAND, DEADLINE_MS, Processes, ROOT } from '../cli/process.js'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0

describe('doc/node.md', function () {
  this.timeout(4 * DEADLINE_MS)
  const folder = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const processes = new Processes()
  after(async () => {
    await processes.killAll()
    rmSync(folder, { recursive: true })
  })

  it('shows commands that work, in the order in which they stand', async function () {
    const isAlone = Object.values(networkInterfaces()).every((one) => one?.every(({ internal }) => internal))
    if (!isAlone || !has('curl')) this.skip() // It listens on all addresses, and ports below 1024.
    await using other = await BootstrapNodeServer.create({ port: 33_990 })
    const list = createServer((_, response) =>
      response.end(formatNodesJson([parseBootstrapNode(other.asBootstrapNode())], 1)),
    )
    await new Promise<void>((resolve) => list.listen(0, '127.0.0.1', resolve))
    const blocks = [...read('doc/node.md').matchAll(/<!-- tested -->\n```sh\n([\s\S]*?)```/g)].map(
      ([, block]) => block!,
    )
    assert.equal(blocks.length, 5)
    mkdirSync(join(folder, 'etc/toxcore-ts'), { recursive: true })
    writeFileSync(join(folder, 'etc/toxcore-ts/node.toml'), read('doc/node/node.toml'))
    // Found from any folder.
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const words = COMMAND.map((word) => word.replace(/^(--import=)?tsx$/, `$1${tsx}`))
    const program = [process.execPath, ...words].map((word) => `'${word}'`).join(' ')
    // Folders of the system are folders of the test; else every word is the guide's.
    const script = blocks.join('\n').replaceAll('/etc/', `${folder}/etc/`).replaceAll('/var/lib/', `${folder}/lib/`)
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/toxcore-ts'), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 })
    const shell = processes.startProgram('sh', ['-euc', script], {
      env: {
        ...process.env,
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        CACHE_DIRECTORY: join(folder, 'cache'),
        TOXCORE_TS_NODE_LISTS: `http://127.0.0.1:${(list.address() as AddressInfo).port}/`,
      },
    })
    const code = await shell.end(2 * DEADLINE_MS)
    list.close()
    assert.equal(code, 0, `${shell.stdout}\n${shell.stderr}`)
    const log = readFileSync(join(folder, 'lib/toxcore-ts-node/log'), 'utf8')
    assert.match(shell.stdout, /node\.toml: well\n\{"status":"ok","reasons":\[\]\}/)
    assert.match(shell.stdout, /UDP +[\d.]+ ms\n +TCP 443 +[\d.]+ ms\n +TCP 3389 +[\d.]+ ms\n +TCP 33445 +[\d.]+ ms\n/)
    assert.match(shell.stdout, /motd +toxcore-ts \d+\.\d+\.\d+, up 0m \d+s, \d+ by TCP\n/)
    assert.match(shell.stdout, /^tox_node_dht_nodes [1-9]/m)
    assert.match(log, /reloaded; relays on TCP ports 443, 3389, 33445\n[\s\S]*stops: SIGTERM\n$/)
  })

  it('names every setting and every placeholder', () => {
    const page = read('doc/node.md')
    const settings = [...read('src/cli/node/own-config.ts').matchAll(/reader\.\w+\('(\w+)'/g)].map(([, name]) => name!)
    assert.ok(settings.length >= 14)
    for (const name of settings) assert.ok(name === 'limits' || page.includes(`| \`${name}\` |`), name)
    const limits = [...read('src/api/node/limits.ts').matchAll(/setting: '(\w+)'/g)].map(([, name]) => name!)
    for (const name of limits) assert.ok(page.includes(`\`limits.${name}\``), name)
    const placeholders = [...read('src/api/node/motd.ts').matchAll(/^ {2}'(\w+)',$/gm)].map(([, name]) => name!)
    assert.ok(placeholders.length >= 6)
    for (const name of placeholders) assert.ok(page.includes(`\`{${name}}\``), name)
  })

  it('brings a unit that systemd takes, and calls safe', function () {
    if (!has('systemd-analyze')) this.skip()
    const path = join(folder, 'toxcore-ts-node.service')
    // The program need not be installed here.
    writeFileSync(path, read('doc/node/toxcore-ts-node.service').replace('/usr/local/bin/toxcore-ts', '/bin/true'))
    const verify = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
    assert.equal(
      verify.stderr
        .split('\n')
        .filter((line) => line.includes('toxcore-ts'))
        .join('\n'),
      '',
    )
    const args = ['security', '--offline=true', '--threshold=20', path]
    const security = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
    if (/unrecognized option/.test(security.stderr)) return // Of systemd before 250.
    assert.equal(security.status, 0, security.stdout.split('\n').slice(-3).join('\n'))
  })
})
