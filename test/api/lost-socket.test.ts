// The UDP sockets of a node and of somebody online die under them: both go on at their ports, and the session with a friend
// lives through it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { LogLevel } from '../../src/base/index.js'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { until } from '../support/until.js'

describe('a lost UDP socket', () => {
  const lines: string[] = []
  const log = (level: LogLevel, module: string, text: string): void => void lines.push(`${level} ${module} ${text}`)
  const hasLine = (form: RegExp): boolean => lines.some((line) => form.test(line))

  before(function () {
    if (process.platform === 'linux') return
    this.test!.title += ' (Linux alone)'
    this.skip()
  })

  it('is opened again under a node and under a session', async () => {
    const { shutDown, udpDescriptor } = await import('../support/descriptors.js')
    await using server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0, log })
    const here = { bindAddress: '127.0.0.1', port: 0, ipv6: false, bootstrap: [server.asBootstrapNode()] }
    await using alice = await Tox.create({ ...here, log })
    await using bob = await Tox.create(here)
    bob.on('friendRequest', (request) => request.accept())
    const friend = alice.addFriend(bob.address, 'hello')
    await until(() => friend.isOnline && bob.friends[0]?.isOnline === true, 'they meet')
    const { udpPort } = alice
    const ofServer = server.port
    let losses = 0
    for (const one of [alice, bob]) one.on('friendConnection', ({ connection }) => connection === 'none' && losses++)

    shutDown(udpDescriptor(udpPort))
    await until(() => hasLine(/^info udp there is a UDP socket again/), 'another socket')
    assert.ok(hasLine(/^warn udp the UDP socket at 127\.0\.0\.1:\d+ died/))
    assert.equal(alice.udpPort, udpPort)
    const heard = once(alice, 'message')
    await bob.friends[0]!.send('are you there?')
    await Promise.all([heard, friend.send('yes')])
    assert.equal(losses, 0)

    shutDown(udpDescriptor(ofServer))
    await until(() => hasLine(/^info node there is a UDP socket again/), 'another socket of the node')
    assert.equal(server.port, ofServer)
    await using carol = await Tox.create(here)
    await carol.whenConnected()
  })
})
