// Debian's toxic on our library where UDP is not to be had: one forces TCP and is a relay itself, the other one goes
// through a SOCKS5 proxy.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { type ProxyName, startProxy } from '../capi/proxies.js'
import { Bootstrapd } from '../interop/bootstrapd.js'
import { timed } from '../interop/stopwatch.js'
import { DEADLINE_MS, needs } from './lane.js'
import { Toxic } from './toxic.js'

const FIRST_PORT = 33_800
const NODES = 4
const PROXY: ProxyName = 'microsocks'
const PROXY_PORT = 33_890
const RELAY_PORT = 33_891

describe('clients: toxic over TCP relays', function () {
  this.timeout(3 * DEADLINE_MS)
  this.bail(true)
  needs(this, 'ours')

  let nodes: Bootstrapd[] = []
  let stopProxy: (() => void) | undefined
  let ada: Toxic | undefined
  let bob: Toxic | undefined

  before(async function () {
    const start = startProxy(PROXY)
    if (start === undefined) this.skip()
    stopProxy = await start(PROXY_PORT)
    nodes = await relays()
    const addresses = nodes.map(({ address }) => address)
    ada = await Toxic.user('ours', addresses)
    bob = await Toxic.user('ours', addresses)
  })

  after(async () => {
    await ada?.remove()
    await bob?.remove()
    await Promise.all(nodes.map((node) => node.stop()))
    stopProxy?.()
  })

  it('becomes a friend by a request, and talks', async () => {
    await Promise.all([
      ada!.startFresh('--force-tcp', '--tcp-server', String(RELAY_PORT)),
      bob!.startFresh('--force-tcp', '--SOCKS5-proxy', '127.0.0.1', String(PROXY_PORT)),
    ])
    assert.deepEqual([await ada!.loaded(), await bob!.loaded()], ['ours', 'ours'])
    const bobsId = await bob!.id()
    await timed('both connected', Promise.all([ada!.untilConnected(), bob!.untilConnected()]))
    await ada!.type(`/add ${bobsId}`)
    await ada!.sees('Friend request sent.')
    await timed('request', bob!.sees("Friend request with the message '"))
    await bob!.type('/accept 0')
    await timed('online', Promise.all([ada!.sees('has come online'), bob!.sees('has come online')]))
    await Promise.all([ada!.openChat(), bob!.openChat()])
    await ada!.type('can you hear me?')
    await bob!.sees(/: can you hear me\?$/m)
    await bob!.type('loud and clear')
    await ada!.sees(/: loud and clear$/m)
  })

  it('takes connections as a relay', async () => {
    const socket = createConnection(RELAY_PORT, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
  })
})

/** Each takes TCP at its UDP port, where toxic looks for it. */
async function relays(): Promise<Bootstrapd[]> {
  const started: Bootstrapd[] = []
  for (let port = FIRST_PORT; port < FIRST_PORT + NODES; port++) {
    const known = started.slice(0, 1).map(({ address }) => address)
    started.push(await Bootstrapd.start({ port, tcpPorts: [port], nodes: known }))
  }
  return started
}
