// The C section of the README followed line by line, into a folder instead of /usr/local: built, installed, linked, run, and
// taken away again. The program is the echo bot of capi/examples.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { DEADLINE_MS, Processes } from '../cli/process.js'
import { complaints, isInstalled, OUR_HEADERS, ROOT, scratchFolder, THEIR_HEADERS } from './compiler.js'

/** A build that is not up to date is made first. */
const INSTALL_MS = 600_000
const FLAGS = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only']
const EXAMPLES = join(ROOT, 'capi/examples')
const SIGINT = 'SIGINT'

/** The commands below a heading of the README: the lines of its first block of shell. */
function commands(heading: string): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  assert.ok(section !== undefined, `the README has a section '${heading}'`)
  return /```sh\n(.*?)```/s.exec(section)![1]!.trim().split('\n')
}

/** Files and links; what a link names is not visited. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
    .sort()
}

describe('the C library, installed', function () {
  this.timeout(INSTALL_MS)
  const folder = scratchFolder()
  const prefix = join(folder, 'prefix')
  const manifest = join(prefix, 'lib/toxcore-ts/installed')
  const environment = {
    ...process.env,
    PKG_CONFIG_PATH: join(prefix, 'lib/pkgconfig'),
    LD_LIBRARY_PATH: join(prefix, 'lib'),
  }
  /** A line of the README, at work in our folder. */
  const here = (line: string): string =>
    line.replaceAll('/usr/local', prefix).replaceAll('build/echo', `${folder}/echo`)
  const sh = async (line: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const options = { cwd: ROOT, env: { ...environment, ...env }, timeout: INSTALL_MS, killSignal: 'SIGKILL' } as const
    return (await promisify(execFile)('sh', ['-ec', here(line)], options)).stdout
  }

  before(async function () {
    if (!isInstalled('pkg-config')) {
      this.test!.parent!.title += ' [missing package: apt-get install -y pkg-config]'
      this.skip()
    }
    for (const line of commands('The C library')) if (line.startsWith('npm run')) await sh(line)
  })

  it('echoes to a friend, ends when interrupted and comes back as itself', async () => {
    const [link, start] = commands('The C library').slice(-2)
    await sh(link!)
    const processes = new Processes()
    const server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    const peer = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false, bootstrap: [server.asBootstrapNode()] })
    const [host, port, key] = server.asBootstrapNode().split(':')
    const node = `${host} ${port} ${key}`
    const run = () =>
      processes.startProgram('sh', ['-ec', `exec ${here(start!.replace('HOST PORT KEY', node))}`], { env: environment })
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const echo = run()
      const id = await echo.firstLine()
      const friend = peer.addFriend(id, 'hello')
      await friend.whenOnline({ signal })
      const messages = peer.messages({ signal })
      await friend.send('marco')
      assert.equal((await messages.next()).value?.text, 'marco')
      assertOursAlone(echo.pid)
      echo.signal(SIGINT)
      assert.equal(await echo.end(), 0)
      const again = run()
      assert.equal(await again.firstLine(), id)
      again.signal(SIGINT)
      assert.equal(await again.end(), 0)
      assert.equal(again.stderr, '')
    } finally {
      await processes.killAll()
      await peer.close()
      await server.close()
    }
  })

  /** Nothing of the clone is needed any more: neither the library nor libnode is loaded from it. */
  function assertOursAlone(pid: number): void {
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
    assert.match(maps, new RegExp(`${join(prefix, 'lib')}/libtoxcore\\.so`))
    assert.match(maps, /\/libnode\.so/)
    assert.ok(!maps.includes(ROOT), 'something is loaded from the clone')
  }

  it('tells its version and what it needs by pkg-config', async () => {
    assert.equal(await sh('pkg-config --modversion toxcore'), '0.2.23\n')
    assert.match(await sh('pkg-config --libs --static toxcore'), /-ltoxcore .*-lsodium/)
  })

  it('brings the flavour of 0.2.18 in a folder of its own', async () => {
    const library = join(prefix, 'lib/toxcore-0.2.18/libtoxcore.so.2')
    const { status, stderr } = spawnSync(join(folder, 'echo'), [folder], {
      env: { ...environment, LD_LIBRARY_PATH: join(prefix, 'lib/toxcore-0.2.18'), LD_DEBUG: 'libs' },
      encoding: 'utf8',
      timeout: DEADLINE_MS,
    })
    // A folder is no profile: the bot says so and ends.
    assert.equal(status, 1)
    assert.ok(stderr.includes(`calling init: ${library}`))
  })

  it('stays below DESTDIR and names its places without it', async () => {
    const stage = join(folder, 'stage')
    await sh('npm run install:capi -- --prefix /usr', { DESTDIR: stage })
    const staged = filesBelow(stage).map((path) => path.slice(stage.length))
    assert.deepEqual(
      readFileSync(join(stage, '/usr/lib/toxcore-ts/installed'), 'utf8').trim().split('\n').sort(),
      staged,
    )
    assert.match(readFileSync(join(stage, 'usr/lib/pkgconfig/toxcore.pc'), 'utf8'), /^prefix=\/usr$/m)
  })

  it('goes as it came', async () => {
    assert.deepEqual(readFileSync(manifest, 'utf8').trim().split('\n').sort(), filesBelow(prefix))
    const line = /`(xargs rm [^`]*)`/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]
    assert.ok(line !== undefined, 'the README tells how to uninstall')
    await sh(line)
    assert.deepEqual(filesBelow(prefix), [])
  })
})

describe('the C examples', () => {
  for (const name of readdirSync(EXAMPLES)) {
    for (const [whose, headers] of Object.entries({ ours: OUR_HEADERS, 'c-toxcore 0.2.18': THEIR_HEADERS })) {
      it(`${name}: no complaint of the compiler, with the headers of ${whose}`, function () {
        if (!isInstalled('gcc') || !existsSync(join(headers, 'tox/tox.h'))) this.skip()
        for (const standard of ['c99', 'c11', 'gnu17']) {
          assert.equal(complaints('gcc', [...FLAGS, `-std=${standard}`, `-I${headers}`, join(EXAMPLES, name)]), '')
        }
      })
    }
  }
})
