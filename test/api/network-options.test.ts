// What the options may say about the network, and what each combination means. Nothing leaves this machine here.

import assert from 'node:assert/strict'
import { HostNetwork } from '../../src/api/host-network.js'
import { type NetworkPlan, planNetwork } from '../../src/api/network-plan.js'
import type { NetworkOptions } from '../../src/api/options.js'
import { BootstrapNodeError, parseBootstrapNode, Tox, ToxError } from '../../src/index.js'
import { VirtualTime, virtualEnv } from '../support/env.js'

const KEY = '8E8B63299B3D520FB377FE5100E65E3322F7AE5B20A0ACED2981769FC5B43725'
const NODE = `192.0.2.1:33445:${KEY}`
const RELAY = parseBootstrapNode(NODE)
const PROXY = 'socks5://127.0.0.1:9050'

const codeOf = (options: object): string => {
  try {
    planNetwork(options as NetworkOptions)
  } catch (error) {
    if (error instanceof BootstrapNodeError) return error.code
    assert.ok(error instanceof ToxError, String(error))
    assert.ok(!error.message.includes('geheim'))
    return error.code
  }
  return 'none'
}

const gist = ({ hasUdp, isStrict, mayResolve }: NetworkPlan): string =>
  [hasUdp ? 'udp' : 'no udp', isStrict ? 'strict' : 'normal', mayResolve ? 'dns' : 'no dns'].join(', ')

describe('network options', () => {
  it('mean what they say', () => {
    const cases: [NetworkOptions, string][] = [
      [{}, 'udp, normal, dns'],
      [{ udp: true, privacy: 'normal' }, 'udp, normal, dns'],
      [{ udp: false }, 'no udp, normal, dns'],
      [{ proxy: PROXY }, 'no udp, strict, no dns'],
      [{ proxy: PROXY, udp: false }, 'no udp, strict, no dns'],
      [{ proxy: PROXY, udp: true }, 'no udp, strict, no dns'],
      [{ proxy: PROXY, privacy: 'strict' }, 'no udp, strict, no dns'],
      [{ proxy: PROXY, privacy: 'normal' }, 'no udp, normal, no dns'],
      [{ proxy: PROXY, privacy: 'normal', udp: true, tcpPort: 33_445 }, 'no udp, normal, no dns'],
    ]
    for (const [options, meaning] of cases) assert.equal(gist(planNetwork(options)), meaning, JSON.stringify(options))
  })

  it('warn where UDP was asked for and is off', () => {
    const { warnings } = planNetwork({ udp: true, proxy: 'http://anna:geheim@[::1]:8080' })
    assert.deepEqual(warnings, ['UDP is off: the HTTP proxy [::1]:8080 carries TCP alone'])
    assert.deepEqual(planNetwork({ proxy: PROXY }).warnings, [])
  })

  it('take proxies and relays in both forms', () => {
    const { proxy, relays, bootstrap } = planNetwork({
      proxy: { type: 'http', host: 'localhost', port: 8080, user: 'anna' },
      relays: [NODE, planNetwork({ relays: [`relay.onion:1:${KEY}`] }).relays[0]!],
      bootstrap: [NODE],
    })
    assert.equal(proxy!.user, 'anna')
    assert.deepEqual(
      relays.map(({ host, port }) => `${host}:${port}`),
      ['192.0.2.1:33445', 'relay.onion:1'],
    )
    assert.equal(bootstrap[0]!.port, 33_445)
    assert.equal(planNetwork({ bindAddress: '127.0.0.1' }).localAddress, '127.0.0.1')
    assert.equal(planNetwork({ bindAddress: '::' }).localAddress, undefined)
  })

  it('put nodes known by address first where a proxy resolves the others', () => {
    const nodes = [`a.example:1:${KEY}`, `192.0.2.1:2:${KEY}`, `b.example:3:${KEY}`, `[2001:db8::1]:4:${KEY}`]
    const order = (options: NetworkOptions): number[] =>
      planNetwork({ ...options, relays: nodes, bootstrap: nodes }).relays.map(({ port }) => port)
    assert.deepEqual(order({}), [1, 2, 3, 4])
    assert.deepEqual(order({ proxy: PROXY }), [2, 4, 1, 3])
  })

  it('are refused where they contradict themselves or break a promise', () => {
    const badOption = 'TOX_ERR_TS_BAD_OPTION'
    const cases: [object, string][] = [
      [{ privacy: 'strict' }, badOption],
      [{ privacy: 'strict', udp: false, relays: [NODE] }, badOption],
      [{ privacy: 'paranoid' }, badOption],
      [{ privacy: 'strict', udp: true, proxy: PROXY }, badOption],
      [{ proxy: PROXY, tcpPort: 0 }, badOption],
      [{ proxy: PROXY, portMapping: true }, badOption],
      [{ proxy: 'socks5://proxy.example:1080' }, 'TOX_ERR_NEW_PROXY_NOT_FOUND'],
      [{ proxy: 'socks5://proxy.example:1080', privacy: 'normal' }, 'none'],
      [{ proxy: 'socks5://LocalHost:1080' }, 'none'],
      [{ proxy: 'socks4://u:geheim@127.0.0.1:1080' }, 'TOX_ERR_NEW_PROXY_BAD_TYPE'],
      [{ proxy: 'u:geheim@127.0.0.1:1080' }, 'TOX_ERR_NEW_PROXY_BAD_TYPE'],
      [{ proxy: { type: 'tor', host: '127.0.0.1', port: 1 } }, 'TOX_ERR_NEW_PROXY_BAD_TYPE'],
      [{ proxy: 'socks5://u:geheim@256.0.0.1:1080' }, 'TOX_ERR_NEW_PROXY_BAD_HOST'],
      [{ proxy: 'socks5://u:geheim@127.0.0.1' }, 'TOX_ERR_NEW_PROXY_BAD_PORT'],
      [{ proxy: 'socks5://u:geheim@127.0.0.1:0' }, 'TOX_ERR_NEW_PROXY_BAD_PORT'],
      [{ proxy: { type: 'socks5', host: '127.0.0.1', port: 1, password: 'geheim' } }, badOption],
      [{ tcpPort: 65_536 }, badOption],
      [{ tcpPort: 1.5 }, badOption],
      [{ relays: ['relay.example'] }, 'bad-form'],
      [{ relays: [`relay.example:0:${KEY}`] }, 'bad-port'],
      [{ bootstrap: [`relay.example:1:${KEY}00`] }, 'bad-key-length'],
      [{ relays: [{ ...RELAY, host: 'a\r\nb' }] }, 'bad-host'],
      [{ bootstrap: [{ ...RELAY, host: 'a\r\nb' }] }, 'bad-host'],
    ]
    for (const [options, code] of cases) assert.equal(codeOf(options), code, JSON.stringify(options))
  })

  it('open nothing when they are refused', async () => {
    await assert.rejects(Tox.create({ privacy: 'strict' }), { code: 'TOX_ERR_TS_BAD_OPTION' })
    await assert.rejects(Tox.create({ proxy: 'socks5://127.0.0.1:0' }), { code: 'TOX_ERR_NEW_PROXY_BAD_PORT' })
    const named = Tox.create({ proxy: PROXY, bootstrap: [`node.example:33445:${KEY}`] })
    await assert.rejects(named, { code: 'TOX_ERR_BOOTSTRAP_BAD_HOST', message: /with a proxy no DNS is asked/ })
  })

  it('leave no UDP port without UDP, and a port of our own where it is wanted', async () => {
    await using none = await Tox.create({ udp: false, bindAddress: '127.0.0.1', relays: [NODE] })
    assert.equal(none.udpPort, 0)
    assert.throws(() => none.addRelay({ ...RELAY, host: 'a\r\nb' }), { name: 'BootstrapNodeError', code: 'bad-host' })
    const bad = none.bootstrap({ ...RELAY, port: 0 })
    await assert.rejects(bad, { name: 'BootstrapNodeError', code: 'bad-port' })
    await using both = await Tox.create({ bindAddress: '127.0.0.1', port: 0, ipv6: false, tcpPort: 0 })
    assert.ok(both.udpPort > 0 && both.tcpPort! > 0)
    const again = Tox.create({ udp: false, bindAddress: '127.0.0.1', tcpPort: both.tcpPort! })
    await assert.rejects(again, { code: 'TOX_ERR_NEW_PORT_ALLOC' })
  })

  it('greet the local network unless they are a trial on this machine', async () => {
    const here = `127.0.0.1:33445:${KEY}`
    const cases: [NetworkOptions, boolean][] = [
      [{}, true],
      [{ bootstrap: [NODE] }, true],
      [{ bootstrap: [here, NODE] }, true],
      [{ bootstrap: [here, `[::1]:33445:${KEY}`, `localhost:33445:${KEY}`] }, false],
      [{ bootstrap: [here], localDiscovery: true }, true],
      [{ localDiscovery: false }, false],
      [{ bindAddress: '127.0.0.1', localDiscovery: true }, false],
      [{ udp: false, localDiscovery: true }, false],
    ]
    for (const [options, greets] of cases) {
      const network = await HostNetwork.open({ port: 0, ipv6: false, ...options })
      const { lanDiscovery } = network.engineOptions(virtualEnv(new VirtualTime()), (work) => work())
      assert.equal(lanDiscovery !== undefined, greets, JSON.stringify(options))
      network.close()
      network.socket?.close()
    }
  })
})
