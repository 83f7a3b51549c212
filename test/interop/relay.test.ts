// Our TCP relay between c-toxcore peers that use no UDP at all: onion, friend request, session and messages go through it.

import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { fromHex, toHex } from '../../src/base/index.js'
import type { DhtPublicKey } from '../../src/crypto/keys.js'
import { BootstrapNodeServer, checkNode } from '../../src/index.js'
import { until } from '../support/until.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, TCP, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: our TCP relay', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop: (() => unknown)[] = []
  afterEach(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop()
  })
  const relays = async (count: number): Promise<BootstrapNodeServer[]> => {
    const nodes: BootstrapNodeServer[] = []
    for (let n = 0; n < count; n++) {
      const bootstrap = nodes.slice(0, 1).map((node) => node.asBootstrapNode())
      const node = await BootstrapNodeServer.create({ tcpPorts: [0], bootstrap })
      toStop.push(() => node.close())
      nodes.push(node)
    }
    return nodes
  }
  const tcpPeer = async (nodes: readonly BootstrapNodeServer[]): Promise<CPeer> => {
    const peer = await CPeer.start({ ipv6: false, udp: false })
    toStop.push(() => peer.killHard())
    for (const node of nodes) {
      const key = fromHex(node.publicKey)!
      await peer.bootstrap('127.0.0.1', node.port, key)
      await peer.addTcpRelay('127.0.0.1', node.tcpPorts[0]!, key)
    }
    return peer
  }

  it('lets two of c-toxcore without UDP become friends by request, talk, and part', async () => {
    const nodes = await relays(5)
    const [a, b] = [await tcpPeer(nodes), await tcpPeer(nodes)]
    const online = [a, b].map((peer) =>
      peer.until('self_connection_status', ({ connection }) => connection === TCP, DEADLINE_MS),
    )
    await timed('theirs online over our relay', Promise.all(online))
    const bAtA = await a.friendAdd((await b.self()).id, 'over your relay')
    const request = await timed(
      'their request over our relay',
      b.until('friend_request', () => true, 2 * DEADLINE_MS),
    )
    assert.equal(text(request.data), 'over your relay')
    const aAtB = await b.friendAddNorequest(request.key)
    const both = [a.untilOnline(bAtA, DEADLINE_MS), b.untilOnline(aAtB, DEADLINE_MS)]
    await timed('theirs friends over our relay', Promise.all(both))
    for (let n = 0; n < 20; n++) {
      await a.sendMessage(bAtA, `${n} from a`)
      await b.sendMessage(aAtB, `${n} from b`)
    }
    await a.until('friend_message', ({ data }) => text(data) === '19 from b', DEADLINE_MS)
    await b.until('friend_message', ({ data }) => text(data) === '19 from a', DEADLINE_MS)
    const statuses = a.events.flatMap((event) => (event.event === 'friend_connection_status' ? event.connection : []))
    assert.deepEqual(new Set(statuses), new Set([TCP]))
    assert.ok(nodes.some(({ relayClients }) => relayClients === 2))
    await b.killHard()
    await a.until('friend_connection_status', ({ connection }) => connection === 0, DEADLINE_MS)
  })

  it('tells what a node does, theirs and ours', async () => {
    const [ours] = await relays(1)
    const theirs = await Bootstrapd.start({ port: 33_710, tcpPorts: [33_711, 33_712], motd: 'from C' })
    toStop.push(() => theirs.stop())
    const ofTheirs = await checkNode(`127.0.0.1:33710:${toHex(theirs.key)}`, {
      tcpPorts: [33_711, 33_712],
      timeoutMs: DEADLINE_MS,
    })
    assert.deepEqual([ofTheirs.version, ofTheirs.motd], [1_000_002_018, 'from C'])
    assert.ok(ofTheirs.udpMs !== undefined)
    assert.ok(ofTheirs.tcp.every(({ ms }) => ms !== undefined))
    const ofOurs = await checkNode(ours!.asBootstrapNode(), { tcpPorts: ours!.tcpPorts, timeoutMs: DEADLINE_MS })
    assert.equal(ofOurs.motd, 'toxcore-ts')
    assert.ok(ofOurs.tcp[0]!.ms !== undefined)
    // Somebody else's key: both answer, but not under this one.
    const impostor = { host: '127.0.0.1', port: 33_710, publicKey: fromHex(ours!.publicKey)! as DhtPublicKey }
    const wrong = await checkNode({ ...impostor, tcpPorts: [33_711, 1] }, { timeoutMs: 3_000 })
    assert.deepEqual([wrong.udpMs, wrong.tcp.map(({ ms }) => ms)], [undefined, [undefined, undefined]])
  })

  it('ends a connection that says nothing, and serves others meanwhile', async () => {
    const nodes = await relays(1)
    const socket = createConnection(nodes[0]!.tcpPorts[0]!, '127.0.0.1')
    toStop.push(() => socket.destroy())
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.resume()
    socket.write(new Uint8Array(127))
    const peer = await tcpPeer(nodes)
    await until(() => nodes[0]!.relayClients === 1, 'the other is served')
    await peer.self()
    await ended
  })
})
