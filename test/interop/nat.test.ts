// Friends behind routers of Linux, which translate addresses by nftables: an internet of namespaces with tox-bootstrapd on it,
// and homes of one machine each. The routers count what friends send straight to each other; relays are told to those alone
// who cannot do without.

import assert from 'node:assert/strict'
import { fromHex, toHex } from '../../src/base/index.js'
import { ToStop } from '../support/to-stop.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, TCP, text, UDP } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import {
  cameIn,
  makeHome,
  makeInternet,
  type Namespace,
  NODES_ADDRESS,
  namespaceObstacle,
  type RealNat,
} from './namespace.js'
import { OurPeer } from './our-peer.js'
import { bootstrapText, DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

const NODES = 4
const FIRST_PORT = 33_445
const MESSAGES = 20

interface Story {
  readonly ours: RealNat
  readonly others: RealNat
  readonly other: 'ours' | 'theirs'
  /** How they meet. */
  readonly by: 'udp' | 'tcp'
  end?: Promise<void>
}

describe('interop: routers of Linux', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop = new ToStop()
  const { later } = toStop
  let internet: Namespace
  let nodes: Bootstrapd[]
  let homes = 0

  const home = async (kind: RealNat): ReturnType<typeof makeHome> => {
    const { router, machine, address } = await makeHome(internet, ++homes, kind)
    return { router: later(router), machine: later(machine), address }
  }
  const ourPeer = async (within: Namespace, by: Story['by']): Promise<OurPeer> => {
    // Each node relays on the TCP port of the same number.
    const bootstrap = nodes.map(({ port, key }) => bootstrapText({ host: NODES_ADDRESS, port, key }))
    const relays = by === 'tcp' ? { relays: bootstrap } : {}
    return later(await OurPeer.start(within, { ipv6: false, localDiscovery: false, bootstrap, ...relays }))
  }
  const theirPeer = async (within: Namespace, by: Story['by']): Promise<CPeer> => {
    const peer = later(await CPeer.start({ ipv6: false, within }))
    for (const { port, key } of nodes) {
      await peer.bootstrap(NODES_ADDRESS, port, key)
      if (by === 'tcp') await peer.addTcpRelay(NODES_ADDRESS, port, key)
    }
    return peer
  }

  const tell = async (story: Story): Promise<void> => {
    const [one, two] = [await home(story.ours), await home(story.others)]
    const alice = await ourPeer(one.machine, story.by)
    const meet = story.other === 'ours' ? meetOurs : meetTheirs
    await meet(alice, two.machine, story)
    for (const packets of [cameIn(one.router, two.address), cameIn(two.router, one.address)]) {
      const isRight = story.by === 'udp' ? packets >= MESSAGES : packets === 0
      assert.ok(isRight, `${packets} packets came straight through`)
    }
  }
  const titleOf = ({ ours, others, other, by }: Story): string => `${ours} and ${others} (${other}): online by ${by}`
  const meetOurs = async (alice: OurPeer, machine: Namespace, story: Story): Promise<void> => {
    const bob = await ourPeer(machine, story.by)
    alice.add(bob.publicKey)
    bob.add(alice.publicKey)
    await timed(titleOf(story), Promise.all([alice.untilConnected(story.by), bob.untilConnected(story.by)]))
    for (let n = 1; n <= MESSAGES; n++) alice.say(`message ${n}`)
    await bob.until('the last message', ({ heard }) => heard === `message ${MESSAGES}`)
  }
  const meetTheirs = async (alice: OurPeer, machine: Namespace, story: Story): Promise<void> => {
    const bob = await theirPeer(machine, story.by)
    const connection = story.by === 'udp' ? UDP : TCP
    await bob.friendAddNorequest(fromHex(alice.publicKey)!)
    alice.add(toHex((await bob.self()).key))
    const bobOnline = bob.until('friend_connection_status', (e) => e.connection === connection, DEADLINE_MS)
    await timed(titleOf(story), Promise.all([alice.untilConnected(story.by), bobOnline]))
    for (let n = 1; n <= MESSAGES; n++) alice.say(`message ${n}`)
    await bob.until('friend_message', (e) => text(e.data) === `message ${MESSAGES}`)
  }

  // They mostly wait, so all of them wait at once.
  const stories: Story[] = [
    { ours: 'port-restricted', others: 'port-restricted', other: 'ours', by: 'udp' },
    { ours: 'port-restricted', others: 'port-restricted', other: 'theirs', by: 'udp' },
    { ours: 'symmetric', others: 'full-cone', other: 'theirs', by: 'udp' },
    { ours: 'full-cone', others: 'symmetric', other: 'theirs', by: 'udp' },
    { ours: 'symmetric', others: 'symmetric', other: 'ours', by: 'tcp' },
    { ours: 'symmetric', others: 'symmetric', other: 'theirs', by: 'tcp' },
  ]
  before(async function () {
    const why = await namespaceObstacle({ nat: true })
    if (why !== undefined) {
      this.test!.parent!.title += ` [${why}]`
      return this.skip()
    }
    internet = later(await makeInternet())
    nodes = []
    for (let n = 0; n < NODES; n++) {
      const joins = nodes.slice(0, 1).map(({ port, key }) => ({ host: NODES_ADDRESS, port, key }))
      const port = FIRST_PORT + n
      nodes.push(later(await Bootstrapd.start({ port, tcpPorts: [port], within: internet, nodes: joins })))
    }
    for (const story of stories) {
      story.end = tell(story)
      story.end.catch(() => {})
    }
  })
  after(() => toStop.stop())

  for (const story of stories) {
    const way = story.by === 'udp' ? 'directly' : 'through a relay'
    it(`${story.ours} and ${story.others}: ours and ${story.other} reach each other ${way}`, async () => {
      await story.end
    })
  }
})
