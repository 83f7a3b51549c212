// Through real proxies: to tox-bootstrapd's relay, and there to a friend who runs c-toxcore. And what proxies refuse, told apart.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Relay, Tox, type ToxOptions } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, TCP, text } from './c-peer.js'
import { EchoBot } from './echo-bot.js'
import { onlyLoopback } from './lane.js'
import { bootstrapText, DEADLINE_MS, heard, ourPeer } from './pair.js'
import { needsPrograms, ProxyProcess } from './proxies.js'
import { timed, until } from './stopwatch.js'

const ANNA = { user: 'anna', password: 'pass:w%rd' }
/** tinyproxy's configuration knows no quotes. */
const BERTA = { user: 'berta', password: 'secret' }
const NODE_PORT = 33_900
const RELAY_PORT = 33_950
const [SOCKS, SOCKS_OPEN, HTTP, HTTP_CLOSED, TOR, TOR_TELLING] = [1080, 1081, 8080, 8081, 9050, 9051] as const

const socksUrl = (port: number, credentials = ''): string => `socks5://${credentials}127.0.0.1:${port}`
const httpUrl = (port: number, credentials = ''): string => `http://${credentials}127.0.0.1:${port}`
const known = ({ user, password }: typeof ANNA): string => `${user}:${encodeURIComponent(password)}@`

describe('interop: proxies', function () {
  this.timeout(4 * DEADLINE_MS)
  onlyLoopback(this)
  needsPrograms(this, ['microsocks', 'tinyproxy', 'tor'])

  const toStop: (() => unknown)[] = []
  let nodes: Bootstrapd[]
  let relay: string

  before(async () => {
    const first = await Bootstrapd.start({ port: NODE_PORT, tcpPorts: [RELAY_PORT] })
    const others = [1, 2, 3].map((n) => Bootstrapd.start({ port: NODE_PORT + n, nodes: [first.address] }))
    nodes = [first, ...(await Promise.all(others))]
    relay = bootstrapText({ ...first.address, port: RELAY_PORT })
  })
  after(async () => {
    for (const node of nodes ?? []) await node.stop()
  })
  afterEach(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop()
  })

  const started = async (proxy: Promise<ProxyProcess>): Promise<ProxyProcess> => {
    const running = await proxy
    toStop.push(() => running.stop())
    return running
  }
  const hidden = async (proxy: string, more: ToxOptions = {}): Promise<Tox> => {
    const tox = await Tox.create({ proxy, ...more })
    toStop.push(() => tox.close())
    return tox
  }
  /** The first failure of a relay through this proxy. */
  const failureOf = async (proxy: string, target = relay): Promise<Relay['failure']> => {
    const tox = await hidden(proxy, { relays: [target] })
    const failed = (): Relay | undefined => tox.relays.find(({ failure }) => failure !== undefined)
    await until(() => failed() !== undefined, DEADLINE_MS, `a failure through ${proxy.replace(/\/\/.*@/, '//')}`)
    const { failure } = failed()!
    assert.ok(!/pass:w|pass%3A|secret|wrong/.test(failure!.text), failure!.text)
    await tox.close()
    return failure
  }

  it('lead to a relay, and a friend of c-toxcore there; and again when they were gone', async () => {
    const [socks, http] = await Promise.all([
      started(ProxyProcess.microsocks(SOCKS, ANNA)),
      started(ProxyProcess.tinyproxy(HTTP, BERTA)),
    ])
    const theirs = await CPeer.start({ ipv6: false })
    toStop.push(() => theirs.killHard())
    for (const node of nodes) await theirs.bootstrap('127.0.0.1', node.port, node.key)
    await theirs.addTcpRelay('127.0.0.1', RELAY_PORT, nodes[0]!.key)
    const theirId = Buffer.from((await theirs.self()).id).toString('hex')
    const network = { bootstrap: nodes.map(({ address }) => bootstrapText(address)), relays: [relay] }
    const ours = await Promise.all([
      hidden(socksUrl(SOCKS, known(ANNA)), { ...network, name: 'through SOCKS5' }),
      hidden(httpUrl(HTTP, known(BERTA)), { ...network, name: 'through HTTP' }),
    ])
    await timed('joined through proxies', Promise.all(ours.map((tox) => tox.whenConnected())))
    assert.deepEqual(
      ours.map(({ connection, udpPort }) => [connection, udpPort]),
      [
        ['tcp', 0],
        ['tcp', 0],
      ],
    )
    const befriend = async (tox: Tox): Promise<void> => {
      const { name } = tox
      const friend = tox.addFriend(theirId, `I come ${name}`)
      const request = await theirs.until('friend_request', ({ data }) => text(data).endsWith(name), 2 * DEADLINE_MS)
      const number = await theirs.friendAddNorequest(request.key)
      await until(() => friend.connection !== 'none', 2 * DEADLINE_MS, `a friend ${name}`)
      assert.equal(friend.connection, 'tcp')
      await theirs.untilOnline(number, DEADLINE_MS)
      await friend.send(`hello ${name}`)
      await theirs.until('friend_message', ({ data }) => text(data) === `hello ${name}`, DEADLINE_MS)
      const answer = new Promise<string>((resolve) => tox.once('message', (message) => resolve(message.text)))
      await theirs.sendMessage(number, `I see you ${name}`)
      assert.equal(await answer, `I see you ${name}`)
    }
    await timed('friends through proxies', Promise.all(ours.map(befriend)))
    const online = theirs.events.flatMap((event) =>
      event.event === 'friend_connection_status' ? event.connection : [],
    )
    assert.deepEqual(new Set(online), new Set([TCP]))

    // The proxy dies and comes back: that is told, tried again, and what was said meanwhile arrives.
    const [tox] = ours
    await socks.stop()
    await until(() => tox.relays[0]!.failure?.code === 'proxy-unreachable', DEADLINE_MS, 'the proxy is missed')
    const late = tox.friends[0]!.send('back again', { outbox: true })
    await started(ProxyProcess.microsocks(SOCKS, ANNA))
    await timed('back through the proxy', late)
    assert.equal(tox.relays[0]!.state, 'connected')
    assert.equal(tox.relays[0]!.failure, undefined)
    assert.ok(http.child.running)
  })

  it('serve the command: an echo bot behind Basic credentials, and one without UDP', async () => {
    await started(ProxyProcess.tinyproxy(HTTP, BERTA))
    const addresses = nodes.map(({ address }) => address)
    const common = ['--relay', relay]
    const bots = await Promise.all([
      EchoBot.start({ nodes: addresses, options: [...common, '--proxy', httpUrl(HTTP, known(BERTA))] }),
      EchoBot.start({ nodes: addresses, options: [...common, '--no-udp', '--ipv4'] }),
    ])
    for (const bot of bots) toStop.push(() => bot.killHard())
    const tox = await ourPeer(addresses, { relays: [relay] })
    toStop.push(() => tox.close())
    await Promise.all(
      bots.map(async (bot) => {
        const friend = tox.addFriend(Buffer.from(bot.id).toString('hex'), 'hello bot')
        await until(() => friend.connection !== 'none', 2 * DEADLINE_MS, 'the bot')
        assert.equal(friend.connection, 'tcp')
        const echo = heard(tox, 'message', (message) => message.friend === friend)
        await friend.send('echo me')
        assert.equal((await echo).text, 'echo me')
      }),
    )
  })

  it('fail in ways that are told apart', async () => {
    await Promise.all([
      started(ProxyProcess.microsocks(SOCKS, ANNA)),
      started(ProxyProcess.microsocks(SOCKS_OPEN)),
      started(ProxyProcess.tinyproxy(HTTP, BERTA)),
      started(ProxyProcess.tinyproxy(HTTP_CLOSED, undefined, [443])),
      started(ProxyProcess.tor(TOR)),
      started(ProxyProcess.tor(TOR_TELLING, { flags: 'ExtendedErrors' })),
    ])
    const key = relay.slice(-64)
    const cases: [proxy: string, code: string, target?: string][] = [
      [socksUrl(1), 'proxy-unreachable'],
      [httpUrl(1), 'proxy-unreachable'],
      [socksUrl(SOCKS), 'proxy-auth'],
      [socksUrl(SOCKS, 'anna:wrong@'), 'proxy-auth'],
      [httpUrl(HTTP), 'proxy-auth'],
      [httpUrl(HTTP, 'berta:wrong@'), 'proxy-auth'],
      [httpUrl(HTTP_CLOSED), 'proxy-refused'],
      [httpUrl(SOCKS_OPEN), 'proxy-garbage'],
      [socksUrl(SOCKS_OPEN), 'refused', `127.0.0.1:1:${key}`],
      [socksUrl(SOCKS_OPEN), 'unreachable', `192.0.2.1:33445:${key}`],
      [socksUrl(SOCKS_OPEN), 'proxy-refused', `relay.invalid:33445:${key}`],
      // Tor goes nowhere near, and here there is no far.
      [socksUrl(TOR), 'proxy-refused', `10.0.0.1:33445:${key}`],
      [socksUrl(TOR), 'proxy-refused', `${'a'.repeat(56)}.onion:33445:${key}`],
      [socksUrl(TOR_TELLING), 'not-resolved', `${'a'.repeat(56)}.onion:33445:${key}`],
      [socksUrl(TOR), 'timeout', `192.0.2.1:33445:${key}`],
      [socksUrl(TOR), 'timeout', `relay.invalid:33445:${key}`],
    ]
    const found = await Promise.all(cases.map(async ([proxy, , target]) => (await failureOf(proxy, target))?.code))
    assert.deepEqual(
      cases.map(([proxy, , target], i) => `${proxy} ${target?.slice(0, -65) ?? ''} ${found[i]}`),
      cases.map(([proxy, code, target]) => `${proxy} ${target?.slice(0, -65) ?? ''} ${code}`),
    )
  })

  it('are left alone for longer each time that they fail', async () => {
    const triedMs: number[] = []
    const rude = createServer((socket) => {
      triedMs.push(performance.now())
      socket.destroy()
    }).listen(0, '127.0.0.1')
    await once(rude, 'listening')
    toStop.push(() => rude.close())
    const { port } = rude.address() as { port: number }
    const tox = await hidden(socksUrl(port), { relays: [relay] })
    const told = new Set<string>()
    tox.on('relay', ({ state, failure }) => told.add(`${state} ${failure?.code}`))
    await until(() => triedMs.length === 3, DEADLINE_MS, 'three attempts')
    const [first, second] = [triedMs[1]! - triedMs[0]!, triedMs[2]! - triedMs[1]!]
    // A second, then two, a quarter more or less by chance, and whatever the machine is busy with.
    assert.ok(first > 700 && second > 1_450, `${first} ms, ${second} ms`)
    assert.ok(told.has('waiting proxy-closed'), [...told].join(', '))
  })
})
