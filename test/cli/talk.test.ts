// Commands that go onto the network, on loopback alone: a bootstrap node, the echo bot and chat over a pipe.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../src/base/index.js'
import { loadCrypto } from '../../src/crypto/index.js'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { parseSavedata } from '../../src/tox/savedata.js'
import { DEADLINE_MS, Processes, type Running, udpAddresses } from './process.js'

const TOX_ID = /^[0-9A-F]{76}$/
const LOOPBACK = '0100007F' // as /proc/net/udp writes 127.0.0.1 on a little-endian machine
const loopback = { bindAddress: '127.0.0.1', ipv6: false } as const

describe('toxcore-ts on the network', function () {
  this.timeout(4 * DEADLINE_MS)
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const processes = new Processes()
  let server: BootstrapNodeServer
  let node = ''

  const chat = (name: string, ...args: string[]): Running =>
    processes.start('chat', '--data', join(dir, name), '--bootstrap', node, '--name', name, ...args)

  // A network of its own for each story: no nodes that have left.
  beforeEach(async () => {
    server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    node = server.asBootstrapNode()
  })
  afterEach(async () => {
    await processes.killAll()
    await server.close()
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  it('node: tells its address first, keeps its key, ends on SIGTERM', async () => {
    const args = ['node', '--port', '33990', '--key', join(dir, 'node.key'), '--bootstrap', node]
    const first = processes.start(...args)
    const address = await first.firstLine()
    assert.match(address, /^127\.0\.0\.1:33990:[0-9A-F]{64}$/)
    first.signal('SIGTERM')
    assert.equal(await first.end(), 0)
    assert.equal(statSync(join(dir, 'node.key')).mode & 0o777, 0o600)
    const second = processes.start(...args)
    assert.equal(await second.firstLine(), address)
    second.signal('SIGINT')
    assert.equal(await second.end(), 0)
    assert.equal(second.stdout, `${address}\n`)
    // The log; nothing in it worries.
    assert.match(
      second.stderr,
      /^\S+ info {2}node: runs on UDP port 33990 .*\n(\S+ info {2}.*\n)*\S+ info {2}node: stops: SIGINT\n$/,
    )
    const secret = readFileSync(join(dir, 'node.key'), 'utf8').trim()
    assert.equal(processes.output.toUpperCase().includes(secret), false)
  })

  it('echo and chat: a request, an echo, an action; names, notes, status and typing are shown', async () => {
    const bot = processes.start('echo', '--data', join(dir, 'bot'), '--bootstrap', node)
    const botId = await bot.firstLine()
    assert.match(botId, TOX_ID)
    const carl = chat('Carl', '--add', botId)
    assert.match(await carl.firstLine(), TOX_ID)
    await carl.until(/^You are online\.$/m)
    await carl.until(/^[0-9A-F]{8} is now Echo\.$/m)
    await carl.until(/^Echo notes: "I repeat what you say"$/m)
    carl.type('hello there')
    await carl.until(/^Echo: hello there$/m)
    carl.type('/me waves')
    await carl.until(/^\* Echo waves$/m)
    carl.type('//not a command')
    await carl.until(/^Echo: \/not a command$/m)
    carl.type('/friends')
    await carl.until(/^\* {2}0 {2}online +Echo {2}"I repeat what you say"$/m)
    carl.type('/who ech')
    await carl.until(new RegExp(`^public key {2}${botId.slice(0, 64)}$`, 'm'))
    carl.type('/frob')
    await carl.until(/^unknown command \/frob; \/help lists them$/m)
    carl.type('/talk nobody')
    await carl.until(/^there is no friend 'nobody'; \/friends lists them$/m)
    carl.type(`/add ${botId}`)
    await carl.until(/^this friend has been added already/m)
    carl.type('/quit')
    assert.equal(await carl.end(), 0)
    assert.equal(carl.stderr, '')
    assert.equal(carl.stdout.includes('\u001b'), false, 'nothing is painted in a pipe')
    bot.signal('SIGINT')
    assert.equal(await bot.end(), 0)

    const crypto = await loadCrypto()
    for (const path of ['Carl/profile.tox', 'bot/echo.tox']) {
      const profile = parseSavedata(readFileSync(join(dir, path)), crypto)
      assert.ok(profile.ok)
      assert.equal(profile.value.friends.length, 1, `${path} was saved`)
      assert.equal(existsSync(join(dir, `${path}.lock`)), false, 'the lock is given back')
      const secret = toHex(profile.value.longTerm.secretKey)
      assert.equal(processes.output.toUpperCase().includes(secret), false, 'no secret is told')
    }
  })

  it('chat: requests are accepted and rejected; what friends do is shown, made harmless', async () => {
    await using dora = await Tox.create({ ...loopback, bootstrap: [node], name: 'Do\u001b[31mra' })
    const emil = chat('Emil')
    const id = await emil.firstLine()
    const friend = dora.addFriend(id, 'first\nEcho: forged')
    await emil.until(new RegExp(`^Friend request 1 from ${dora.publicKey}: first\n {4}Echo: forged$`, 'm'))
    emil.type('/reject')
    await emil.until(/^Refused\.$/m)
    friend.remove()
    const again = dora.addFriend(id, 'second')
    await emil.until(/^Friend request 2 from [0-9A-F]{64}: second$/m)
    emil.type('/accept 7')
    await emil.until(/^nothing with number 7 waits for an answer$/m)
    emil.type('/accept 2')
    await again.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
    await emil.until(/ is now Do\ufffd\[31mra\.$/m)
    dora.name = 'Dora'
    await emil.until(/^Do\ufffd\[31mra is now Dora\.$/m)
    dora.status = 'busy'
    await emil.until(/^Dora is busy\.$/m)
    dora.statusMessage = 'at work'
    await emil.until(/^Dora notes: "at work"$/m)
    again.setTyping(true)
    await emil.until(/^Dora is typing\.$/m)
    await again.send('two\nlines\u0007')
    await emil.until(/^Dora: two\n {4}lines\ufffd$/m)

    const way = 'UDP to 127\\.0\\.0\\.1:\\d+, (\\d+ ms, )?sends [\\d.]+ k?B/s, receives [\\d.]+ k?B/s, for '
    emil.type('/path Dora')
    await emil.until(new RegExp(`^Dora: ${way}`, 'm'))
    emil.type('/path nobody')
    await emil.until(/^there is no friend 'nobody'; \/friends lists them$/m)

    const renamed = new Promise((resolve) => dora.on('friendName', ({ name }) => name === 'E.' && resolve(name)))
    const away = new Promise((resolve) => dora.on('friendStatus', ({ status }) => status === 'away' && resolve(status)))
    const noted = new Promise((resolve) =>
      dora.on('friendStatusMessage', ({ statusMessage }) => resolve(statusMessage)),
    )
    emil.type('/name E.')
    emil.type('/status away')
    emil.type('/note out for lunch')
    assert.deepEqual(await Promise.all([renamed, away, noted]), ['E.', 'away', 'out for lunch'])
    emil.type('/status asleep')
    await emil.until(/^a status is online, away or busy$/m)
    emil.type('/remove dora')
    await emil.until(/^Removed\.$/m)
    emil.type('is anybody here?')
    await emil.until(/^nobody is talked to/m)
    emil.endInput()
    assert.equal(await emil.end(), 0, 'the end of input is /quit')
  })

  it('chat: what is said to an offline friend is kept and told when it has arrived', async () => {
    const profile = join(dir, 'Gast.tox')
    let guest = await Tox.create({ ...loopback, bootstrap: [node], name: 'Gast', profile })
    guest.on('friendRequest', (request) => request.accept())
    const fritz = chat('Fritz', '--add', guest.address)
    await fritz.until(/ is now Gast\.$/m)
    await guest.close()
    await fritz.until(/^Gast is offline\.$/m)
    fritz.type('see you later')
    await fritz.until(/^Gast is offline: kept until they return(, or you quit)?$/m)
    guest = await Tox.create({ ...loopback, bootstrap: [node], profile })
    try {
      const [message] = await Promise.all([
        guest.messages({ signal: AbortSignal.timeout(DEADLINE_MS) }).next(),
        fritz.until(/^Gast has received: see you later$/m),
      ])
      assert.equal(message.value?.text, 'see you later')
    } finally {
      await guest.close()
    }
  })

  for (const [signal, name] of [
    ['SIGINT', 'Ida'],
    ['SIGTERM', 'Theo'],
    ['SIGHUP', 'Hugo'],
  ] as const) {
    it(`chat: ${signal} saves the profile and ends with code 0; the profile comes back`, async () => {
      const first = chat(name)
      const id = await first.firstLine()
      await first.until(/^You are online\.$/m)
      first.type(`/note ${signal} is coming`)
      first.type('/friends')
      await first.until(/^No friends yet/m)
      first.signal(signal)
      assert.equal(await first.end(), 0)
      const profile = parseSavedata(readFileSync(join(dir, name, 'profile.tox')), await loadCrypto())
      assert.ok(profile.ok)
      assert.equal(new TextDecoder().decode(profile.value.statusMessage), `${signal} is coming`)
      const second = processes.start('chat', '--data', join(dir, name))
      assert.equal(await second.firstLine(), id)
    })
  }

  it('a profile in use is refused, naming the holder', async () => {
    const holder = processes.start('echo', '--data', join(dir, 'shared'))
    await holder.firstLine()
    const second = processes.start('echo', '--data', join(dir, 'shared'))
    assert.equal(await second.end(), 1)
    assert.match(second.stderr, new RegExp(`^toxcore-ts: .*echo\\.tox.* process ${holder.pid}\\b.*\n$`))
    assert.equal(second.stdout, '')
  })

  it('a bot lives on when nobody reads its output', async () => {
    const bot = processes.start('echo', '--bootstrap', node)
    const botId = await bot.firstLine()
    bot.stopReading()
    await using tox = await Tox.create({ ...loopback, bootstrap: [node] })
    const friend = tox.addFriend(botId, 'hello')
    await friend.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
    await friend.send('still there?')
    bot.signal('SIGTERM')
    assert.equal(await bot.end(), 0)
  })

  describe('demo', () => {
    it('tells a Tox ID first and commands that work as they stand; nothing leaves the machine', async () => {
      const demo = processes.start('demo', '--data', join(dir, 'demo'))
      assert.match(await demo.firstLine(), TOX_ID)
      const [, command] = await demo.until(/^ {2}\S.* (chat --bootstrap \S+ --add [0-9A-F]{76})$/m)
      await demo.until(/The keys are kept in .*\/demo\.$/m)
      const talker = processes.start(...command!.split(' '))
      await talker.until(/ is now Echo\.$/m)
      talker.type('is this on?')
      await talker.until(/^Echo: is this on\?$/m)
      if (process.platform === 'linux') {
        const addresses = udpAddresses(demo.pid)
        assert.deepEqual([...new Set(addresses)], [LOOPBACK])
        assert.equal(addresses.length, 2, 'the node and the bot')
      }
      demo.signal('SIGINT')
      assert.equal(await demo.end(), 0)
      assert.equal(demo.stderr, '')
    })

    it('keeps its Tox ID and its node', async () => {
      const texts: string[] = []
      for (let round = 0; round < 2; round++) {
        const demo = processes.start('demo', '--data', join(dir, 'kept'))
        await demo.until(/key ([0-9A-F]{64})/)
        texts.push(`${await demo.firstLine()} ${/key ([0-9A-F]{64})/.exec(demo.stdout)![1]}`)
        demo.signal('SIGTERM')
        assert.equal(await demo.end(), 0)
      }
      assert.equal(texts[0], texts[1])
    })
  })

  it('without nodes, echo and chat open no socket to the outside', async function () {
    if (process.platform !== 'linux') {
      this.test!.title += ' [only on Linux]'
      this.skip()
    }
    for (const command of ['echo', 'chat']) {
      const one = processes.start(command)
      await one.firstLine()
      assert.deepEqual(udpAddresses(one.pid), [LOOPBACK])
    }
  })
})
