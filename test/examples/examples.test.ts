// Every program of examples/, and the echo bot of the README, run as they stand against a peer of ours on loopback.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { DEADLINE_MS, isBuilt, Processes, ROOT, type Running } from '../cli/process.js'
import { Project } from './package-link.js'

const loopback = { bindAddress: '127.0.0.1', ipv6: false } as const
const EXAMPLES = join(ROOT, 'examples')

describe('the examples', function () {
  this.timeout(3 * DEADLINE_MS)
  const processes = new Processes()
  let project: Project
  let server: BootstrapNodeServer
  let node = ''
  let peer: Tox

  before(async function () {
    if (!isBuilt()) {
      this.test!.parent!.title += ' [the build is missing or older than the sources: npm run build]'
      this.skip()
    }
    project = new Project()
  })
  // A network of its own for each story: no nodes that have left, no ports that had another owner.
  beforeEach(async () => {
    server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    node = server.asBootstrapNode()
    peer = await Tox.create({ ...loopback, bootstrap: [node], name: 'Peer' })
    peer.on('friendRequest', (request) => request.accept())
  })
  afterEach(async () => {
    await processes.killAll()
    await peer?.close()
    await server?.close()
  })
  after(() => project?.remove())

  const example = (name: string, ...args: string[]): Running => {
    const path = project.write(name, readFileSync(join(EXAMPLES, name), 'utf8'))
    return processes.startNode([path, ...args], { cwd: project.folder })
  }

  /** Adds the bot that `running` tells of, says `text` and resolves with the answer. */
  async function ask(running: Running, text: string, request = 'hello'): Promise<string> {
    const friend = peer.addFriend(await running.firstLine(), request)
    try {
      await friend.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
      const messages = peer.messages({ signal: AbortSignal.timeout(DEADLINE_MS) })
      await friend.send(text)
      for await (const message of messages) if (message.friend === friend) return message.text
      return assert.fail('no answer came')
    } finally {
      friend.remove()
    }
  }

  const stories: Record<string, (name: string) => Promise<void>> = {
    async 'echo-bot.mjs'(name) {
      const bot = example(name, node)
      assert.equal(await ask(bot, 'marco'), 'marco')
      await bot.until(/^Peer has it after \d+\.\d ms$/m, 'stderr')
      assert.ok(existsSync(join(project.folder, 'echo.tox')))
    },
    async 'guarded-bot.cjs'(name) {
      const bot = example(name, 'sesame', node)
      const id = await bot.firstLine()
      await using stranger = await Tox.create({ ...loopback, bootstrap: [node] })
      const refused = stranger.addFriend(id, 'let me in')
      await bot.until(new RegExp(`^refused ${stranger.publicKey}$`, 'm'), 'stderr')
      assert.match(await ask(bot, 'time', 'sesame'), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      assert.equal(refused.isOnline, false)
    },
    async 'send-and-wait.mjs'(name) {
      const messages = peer.messages({ signal: AbortSignal.timeout(DEADLINE_MS) })
      const sender = example(name, peer.address, 'dinner is ready', node)
      assert.equal((await messages.next()).value?.text, 'dinner is ready')
      assert.equal(await sender.end(), 0)
      assert.match(sender.stdout, /^received by \S+ after \d+\.\d ms\n$/)
    },
    async 'test-a-bot.test.mjs'(name) {
      const test = example(name)
      assert.equal(await test.end(), 0, test.stdout)
      assert.match(test.stdout, /^# pass 1$/m)
    },
  }

  for (const name of readdirSync(EXAMPLES)) {
    it(name, async () => {
      assert.ok(stories[name] !== undefined, `no story is told for ${name}`)
      await stories[name](name)
    })
  }

  it('the echo bot of the README', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const source = /<!-- echo bot -->\n+```js\n([^`]*(?:`(?!``)[^`]*)*)```/.exec(readme)?.[1]
    assert.ok(source !== undefined, 'the README has an echo bot')
    assert.ok(source.trimEnd().split('\n').length <= 20, 'in twenty lines')
    const bot = processes.startNode([project.write('bot.mjs', source), node], { cwd: project.folder })
    assert.equal(await ask(bot, 'as it stands'), 'as it stands')
    bot.signal('SIGINT')
    assert.equal(await bot.end(), 0)
  })
})
