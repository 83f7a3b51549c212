// Conferences in chat: three people, two of them at the command line.

import assert from 'node:assert/strict'
import { BootstrapNodeServer, type Conference, Tox } from '../../src/index.js'
import { DEADLINE_MS, Processes, type Running } from './process.js'

describe('toxcore-ts chat in conferences', function () {
  this.timeout(6 * DEADLINE_MS)
  const processes = new Processes()
  let server: BootstrapNodeServer

  before(async () => {
    server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
  })
  after(async () => {
    await processes.killAll()
    await server.close()
  })

  it('begins one, invites, joins, talks, shows who is there, and leaves', async () => {
    const bootstrap = [server.asBootstrapNode()]
    await using hub = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false, bootstrap, name: 'H\u001bub' })
    hub.on('friendRequest', (request) => request.accept())
    const joined = new Promise<Conference>((resolve) => {
      hub.on('conferenceInvite', (invite) => resolve(invite.accept()))
    })
    const chat = (name: string): Running =>
      processes.start('chat', '--temporary', '--name', name, '--bootstrap', bootstrap[0]!, '--add', hub.address)
    const carl = chat('Carl')
    await carl.until(/ is now H\ufffdub\.$/m)
    carl.type('/conf')
    await carl.until(/^Conferences:\n {2}\/conf new \[TITLE\]$/m)
    carl.type('/conf peers')
    await carl.until(/^you are in no conference: /m)
    carl.type('/conf new Tea at five')
    await carl.until(/^You are in Tea at five\. \/conf invite FRIEND brings others in\.$/m)
    carl.type('/conf invite nobody')
    await carl.until(/^there is no friend 'nobody'/m)
    carl.type('/conf invite h')
    await carl.until(/^H\ufffdub is invited to Tea at five\.$/m)
    const conference = await joined
    await conference.whenConnected({ signal: AbortSignal.timeout(DEADLINE_MS) })
    await carl.until(/^\[Tea at five\] (H\ufffdub|[0-9A-F]{8}) joined\.$/m)

    const heard = conference.messages({ signal: AbortSignal.timeout(2 * DEADLINE_MS) })
    /** What the others say; our own comes back too. */
    const next = async (): Promise<string> => {
      for (;;) {
        const { done, value } = await heard.next()
        assert.ok(!done, 'nothing was said')
        if (!value.peer.isSelf) return `${value.kind} ${value.text}`
      }
    }
    carl.type('hello all')
    assert.equal(await next(), 'normal hello all')
    carl.type('/me waves')
    assert.equal(await next(), 'action waves')
    conference.send('two\nlines\u0007')
    await carl.until(/^\[Tea at five\] (H\ufffdub|[0-9A-F]{8}): two\n {4}lines\ufffd$/m)

    const dora = chat('Dora')
    await dora.until(/ is now H\ufffdub\.$/m)
    conference.invite(hub.friends.find(({ publicKey }) => publicKey === dora.stdout.slice(0, 64))!)
    await dora.until(/^H\ufffdub invites you to a conference\.\n\/accept 1 or \/reject 1$/m)
    dora.type('/accept')
    await dora.until(/^You have joined /m)
    await carl.until(/^\[Tea at five\] (Dora|[0-9A-F]{8}) joined\.$/m)
    dora.type('here I am')
    await carl.until(/^\[Tea at five\] Dora: here I am$/m)
    assert.equal(await next(), 'normal here I am')
    dora.type('/conf title Supper')
    await carl.until(/^Dora changed the title: Supper$/m)
    carl.type('/conf list')
    await carl.until(/^\* {2}0 {2}3 there {4}Supper$/m)
    dora.type('/conf peers')
    await dora.until(/^ {2}Dora \(you\) {2}[0-9A-F]{64}$/m)

    carl.type('/talk h')
    await carl.until(/^You talk to H\ufffdub\.$/m)
    const direct = hub.messages({ signal: AbortSignal.timeout(DEADLINE_MS) })
    carl.type('between us')
    assert.equal((await direct.next()).value?.text, 'between us')
    carl.type('/conf say still here')
    await dora.until(/^\[Supper\] Carl: still here$/m)
    dora.type('/conf leave')
    await dora.until(/^You have left Supper\.$/m)
    await carl.until(/^\[Supper\] Dora left\.$/m)
    dora.type('/conf leave')
    await dora.until(/^you are in no conference: /m)
    for (const one of [carl, dora]) {
      one.type('/quit')
      assert.equal(await one.end(), 0)
      assert.deepEqual([one.stderr, one.stdout.includes('\u001b')], ['', false])
    }
  })
})
