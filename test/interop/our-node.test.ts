// Nodes of ours as c-toxcore peers meet them, and nodes of c-toxcore as ours meet them.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fromHex, toHex } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import { BootstrapNodeServer, type Tox } from '../../src/index.js'
import {
  BOOTSTRAP_INFO_REQUEST_BYTES,
  type BootstrapInfoResponse,
  bootstrapInfoRequest,
  bootstrapInfoResponse,
} from '../../src/packet/dht/bootstrap-info.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { type OnionHost, startOnionHost } from './onion-host.js'
import { DEADLINE_MS, heard, ourPeer } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: nodes', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop: (() => unknown)[] = []
  afterEach(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop()
  })
  const cPeer = async (): Promise<CPeer> => {
    const peer = await CPeer.start({ ipv6: false })
    toStop.push(() => peer.killHard())
    return peer
  }
  const ourFriend = async (nodes: readonly Bootstrapd[]): Promise<Tox> => {
    const ours = await ourPeer(nodes.map(({ address }) => address))
    toStop.push(() => ours.close())
    return ours
  }

  it('ours is the only bootstrap node of two c-toxcore peers: they become friends by request', async () => {
    const node = await BootstrapNodeServer.create({ port: 33_680 })
    toStop.push(() => node.close())
    const peers = [await cPeer(), await cPeer()] as const
    for (const peer of peers) await peer.bootstrap('127.0.0.1', node.port, fromHex(node.publicKey)!)
    await becomeFriends(...peers)
  })

  it('six of ours carry the onion of two c-toxcore peers', async () => {
    const nodes: OnionHost[] = []
    for (let i = 0; i < 6; i++) {
      const node = await startOnionHost({ isNode: true })
      toStop.push(() => node.stop())
      nodes.push(node)
      const [first] = nodes
      if (i > 0) node.bootstrap(first!.endpoint.port, first!.node.keyPair.publicKey)
    }
    const peers = [await cPeer(), await cPeer()] as const
    for (const peer of peers) {
      for (const { endpoint, node } of nodes) await peer.bootstrap('127.0.0.1', endpoint.port, node.keyPair.publicKey)
    }
    await becomeFriends(...peers)
    const stores = nodes.filter(({ node }) => node.announceServer.store.size > 0).length
    assert.ok(stores >= 4, `announced at ${stores} of our nodes`)
    // What c-toxcore sent to them could be read and opened.
    for (const { env } of nodes) {
      const odd = Object.entries(env.drops.toJSON()).filter(([why]) => /malformed|forged/.test(why))
      assert.deepEqual(odd, [])
    }
  })

  it('six of c-toxcore carry the onion of two of ours', async () => {
    const nodes = await Bootstrapd.network(33_690, 6)
    for (const node of nodes) toStop.push(() => node.stop())
    const [alice, bob] = [await ourFriend(nodes), await ourFriend(nodes)]
    const request = heard(bob, 'friendRequest')
    const bobAtAlice = alice.addFriend(bob.address, 'through six strangers')
    const { message, accept } = await timed('our request through theirs', request)
    assert.equal(message, 'through six strangers')
    const aliceAtBob = accept()
    const signal = AbortSignal.timeout(DEADLINE_MS)
    await timed('both online', Promise.all([bobAtAlice.whenOnline({ signal }), aliceAtBob.whenOnline({ signal })]))
    const hello = heard(bob, 'message')
    await bobAtAlice.send('hello')
    assert.equal((await hello).text, 'hello')
  })

  it('tells version and message of the day when asked, as tox-bootstrapd does', async () => {
    const theirs = await Bootstrapd.start({ port: 33_699, motd: 'Grüße aus C' })
    toStop.push(() => theirs.stop())
    const ours = await BootstrapNodeServer.create({ port: 33_681, motd: 'Grüße aus TypeScript' })
    toStop.push(() => ours.close())
    // Their version is 1,000,000,000 plus that of c-toxcore; ours is a date.
    const [ofTheirs, ofOurs] = [await bootstrapInfo(theirs.port), await bootstrapInfo(ours.port)]
    // C's text ends with a zero byte.
    assert.equal(text(ofTheirs.motd), 'Grüße aus C\0')
    assert.equal(text(ofOurs.motd).replace(/\0$/, ''), 'Grüße aus TypeScript')
    assert.equal(ofTheirs.version, 1_000_002_018)
    assert.ok(ofOurs.version > 2026_00_00)
  })
})

/** `a` asks, `b` accepts, both come online and talk. */
async function becomeFriends(a: CPeer, b: CPeer): Promise<void> {
  const bAtA = await a.friendAdd((await b.self()).id, 'through our nodes')
  const request = await timed(
    'their request through ours',
    b.until('friend_request', () => true, DEADLINE_MS),
  )
  assert.equal(text(request.data), 'through our nodes')
  const aAtB = await b.friendAddNorequest(request.key)
  await timed('both online', Promise.all([a.untilOnline(bAtA, DEADLINE_MS), b.untilOnline(aAtB, DEADLINE_MS)]))
  await a.sendMessage(bAtA, 'hello')
  await b.until('friend_message', (e) => text(e.data) === 'hello')
}

/** What the node at `port` tells about itself. */
async function bootstrapInfo(port: number): Promise<BootstrapInfoResponse> {
  const socket = createSocket('udp4')
  try {
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(10_000) })
    socket.send(
      encode(bootstrapInfoRequest, {
        kind: PacketKind.BOOTSTRAP_INFO,
        padding: new Uint8Array(BOOTSTRAP_INFO_REQUEST_BYTES - 1),
      }),
      port,
      '127.0.0.1',
    )
    const [packet] = (await answer) as [Uint8Array]
    const info = decode(bootstrapInfoResponse, Uint8Array.from(packet))
    assert.ok(info, `no bootstrap info: ${toHex(packet)}`)
    return info
  } finally {
    socket.close()
  }
}
