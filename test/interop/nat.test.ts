// Friends behind routers of Linux, which translate addresses by nftables: an internet of namespaces with tox-bootstrapd on it,
// and homes of one machine each. There is no relay anywhere, and the routers count what friends send straight to each other.

import assert from 'node:assert/strict'
import { fromHex, toHex } from '../../src/base/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text, UDP } from './c-peer.js'
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
  end?: Promise<void>
}

describe('interop: routers of Linux', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop: AsyncDisposable[] = []
  const later = <T extends AsyncDisposable>(one: T): T => {
    toStop.push(one)
    return one
  }
  let internet: Namespace
  let nodes: Bootstrapd[]
  let homes = 0

  const home = async (kind: RealNat): Promise<{ router: Namespace; machine: Namespace }> => {
    const { router, machine } = await makeHome(internet, ++homes, kind)
    return { router: later(router), machine: later(machine) }
  }
  const ourPeer = async (within: Namespace): Promise<OurPeer> => {
    const bootstrap = nodes.map(({ port, key }) => bootstrapText({ host: NODES_ADDRESS, port, key }))
    return later(await OurPeer.start(within, { ipv6: false, localDiscovery: false, bootstrap }))
  }
  const theirPeer = async (within: Namespace): Promise<CPeer> => {
    const peer = later(await CPeer.start({ ipv6: false, within }))
    for (const { port, key } of nodes) await peer.bootstrap(NODES_ADDRESS, port, key)
    return peer
  }

  const tell = async (story: Story): Promise<void> => {
    const [one, two] = [await home(story.ours), await home(story.others)]
    const alice = await ourPeer(one.machine)
    const meet = story.other === 'ours' ? meetOurs : meetTheirs
    const title = `${story.ours} and ${story.others} (${story.other}): online`
    await meet(alice, two.machine, title)
    for (const { router } of [one, two]) {
      const packets = cameIn(router)
      assert.ok(packets >= MESSAGES, `${packets} packets came straight through`)
    }
  }
  const meetOurs = async (alice: OurPeer, machine: Namespace, title: string): Promise<void> => {
    const bob = await ourPeer(machine)
    alice.add(bob.publicKey)
    bob.add(alice.publicKey)
    await timed(title, Promise.all([alice.untilConnected('udp'), bob.untilConnected('udp')]))
    for (let n = 1; n <= MESSAGES; n++) alice.say(`message ${n}`)
    await bob.until('the last message', ({ heard }) => heard === `message ${MESSAGES}`)
  }
  const meetTheirs = async (alice: OurPeer, machine: Namespace, title: string): Promise<void> => {
    const bob = await theirPeer(machine)
    await bob.friendAddNorequest(fromHex(alice.publicKey)!)
    alice.add(toHex((await bob.self()).key))
    const bobOnline = bob.until('friend_connection_status', (e) => e.connection === UDP, DEADLINE_MS)
    await timed(title, Promise.all([alice.untilConnected('udp'), bobOnline]))
    for (let n = 1; n <= MESSAGES; n++) alice.say(`message ${n}`)
    await bob.until('friend_message', (e) => text(e.data) === `message ${MESSAGES}`)
  }

  // They mostly wait, so all of them wait at once.
  const stories: Story[] = [
    { ours: 'port-restricted', others: 'port-restricted', other: 'ours' },
    { ours: 'port-restricted', others: 'port-restricted', other: 'theirs' },
    { ours: 'symmetric', others: 'full-cone', other: 'theirs' },
    { ours: 'full-cone', others: 'symmetric', other: 'theirs' },
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
      nodes.push(later(await Bootstrapd.start({ port: FIRST_PORT + n, within: internet, nodes: joins })))
    }
    for (const story of stories) {
      story.end = tell(story)
      story.end.catch(() => {})
    }
  })
  after(async () => {
    for (const one of toStop.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })

  for (const story of stories) {
    it(`${story.ours} and ${story.others}: ours and ${story.other} reach each other directly`, async () => {
      await story.end
    })
  }
})
