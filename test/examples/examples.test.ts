// Every program of examples/, and the echo bot of the README, run as they stand against a peer of ours on loopback.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { DEADLINE_MS, isBuilt, Processes, ROOT, type Running } from '../cli/process.js'
import { sqliteMissing } from '../store/support.js'
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

  /** Adds the bot and sends it a file. */
  async function dropFile(running: Running): Promise<void> {
    const friend = peer.addFriend(await running.firstLine(), 'I have a file')
    await friend.sendFile(new Uint8Array(300_000).fill(7), { name: 'a file.txt' }).finished
  }

  const stories: Record<string, (name: string) => Promise<void>> = {
    async 'echo-bot.mjs'(name) {
      const bot = example(name, node)
      assert.equal(await ask(bot, 'marco'), 'marco')
      await bot.until(/^Peer has it after \d+\.\d ms$/m, 'stderr')
      assert.ok(existsSync(join(project.folder, 'echo.tox')))
    },
    async 'file-drop.mjs'(name) {
      const drop = example(name, 'dropped', node)
      await dropFile(drop)
      await drop.until(/^Peer sent .*dropped\/[0-9A-F]{8} a file\.txt, 300000 bytes$/m, 'stderr')
    },
    async 'send-file.mjs'(name) {
      const path = project.write('to be sent', 'x'.repeat(300_000))
      const offered = once(peer, 'file')
      const sender = example(name, peer.address, path, node)
      const [{ transfer }] = await offered
      await transfer.accept(join(project.folder, 'sent'))
      assert.equal(await sender.end(), 0)
      assert.equal(sender.stdout, 'Peer has to be sent\n')
      assert.equal(readFileSync(join(project.folder, 'sent'), 'utf8'), 'x'.repeat(300_000))
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
    it(name, async function () {
      skipWithoutSqlite(this, readFileSync(join(EXAMPLES, name), 'utf8'))
      assert.ok(stories[name] !== undefined, `no story is told for ${name}`)
      await stories[name](name)
    })
  }

  /** A program with a store on disk needs SQLite, which is compiled for one version of Node. */
  function skipWithoutSqlite(context: Mocha.Context, source: string): void {
    const missing = source.includes('openSqliteStore') ? sqliteMissing() : undefined
    if (missing === undefined) return
    context.test!.title += ` [${missing}]`
    context.skip()
  }

  /** The program of the README behind `<!-- title -->`. */
  function ofReadme(title: string): string {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const [, rest] = readme.split(`<!-- ${title} -->`)
    const source = /^\n+```js\n([^`]*(?:`(?!``)[^`]*)*)```/.exec(rest ?? '')?.[1]
    assert.ok(source !== undefined, `the README has the program: ${title}`)
    return source
  }

  it('the file drop of the README', async function () {
    skipWithoutSqlite(this, ofReadme('file drop'))
    const drop = processes.startNode([project.write('drop.mjs', ofReadme('file drop')), node], { cwd: project.folder })
    await dropFile(drop)
    await drop.until(/^Peer sent .*a file\.txt$/m, 'stderr')
    assert.equal(readFileSync(join(project.folder, 'received/a file.txt')).length, 300_000)
  })

  it('the lobby of the README', async () => {
    const lobby = processes.startNode([project.write('lobby.mjs', ofReadme('lobby')), node], { cwd: project.folder })
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const invitation = peer.iterate('conferenceInvite', { signal }).next()
    peer.addFriend(await lobby.firstLine(), 'let me in')
    const conference = (await invitation).value!.accept()
    const messages = conference.messages({ signal })
    await conference.whenConnected({ signal })
    await lobby.until(/^1 came, 0 went$/m, 'stderr')
    conference.send('!who')
    for await (const { peer, text } of messages) {
      if (peer.isSelf) continue
      assert.deepEqual([peer.name, text, conference.title], ['Lobby', 'Lobby, Peer', 'The lobby'])
      break
    }
    conference.leave()
    await lobby.until(/^0 came, 1 went$/m, 'stderr')
  })

  it('the echo bot of the README', async () => {
    const source = ofReadme('echo bot')
    assert.ok(source.trimEnd().split('\n').length <= 20, 'in twenty lines')
    const bot = processes.startNode([project.write('bot.mjs', source), node], { cwd: project.folder })
    assert.equal(await ask(bot, 'as it stands'), 'as it stands')
    bot.signal('SIGINT')
    assert.equal(await bot.end(), 0)
  })
})
