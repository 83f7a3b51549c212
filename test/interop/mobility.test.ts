// Machines that change their address, and cables that are pulled, with real sockets: namespaces on one switch, tox-bootstrapd
// between them. Ours with ours, and ours with c-toxcore.

import assert from 'node:assert/strict'
import { fromHex, toHex } from '../../src/base/index.js'
import { ToStop } from '../support/to-stop.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text, UDP } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { cable, makeInternet, Namespace, NODES_ADDRESS, namespaceObstacle } from './namespace.js'
import { OurPeer } from './our-peer.js'
import { bootstrapText, DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

const NODES = 4
const FIRST_PORT = 33_445
/** Everybody is to be back within 3 s; this machine may compute other tests meanwhile. */
const BACK_MS = 2 * 3_000
const CABLE_OUT_MS = 4_000

/** One of ours and its friend, of whichever kind. */
interface Friendship {
  readonly ours: OurPeer
  say(words: string): Promise<void>
  hears(words: string): Promise<unknown>
}

describe('interop: mobility', function () {
  this.timeout(2 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop = new ToStop()
  const { later } = toStop
  let internet: Namespace
  let nodes: Bootstrapd[]
  let traveller: Namespace
  let home: Namespace
  let withOurs: Friendship
  let withTheirs: Friendship
  let words = 0

  const machine = async (name: string, address: string): Promise<Namespace> => {
    const one = later(await Namespace.create(name))
    cable(one, 'eth0', internet, name)
    internet.ip(`link set ${name} master br0`)
    one.ip(`addr add ${address}/24 dev eth0`)
    return one
  }
  const ourPeer = async (within: Namespace): Promise<OurPeer> => {
    const bootstrap = nodes.map(({ port, key }) => bootstrapText({ host: NODES_ADDRESS, port, key }))
    return later(await OurPeer.start(within, { ipv6: false, localDiscovery: false, bootstrap }))
  }
  const meetOurs = async (): Promise<Friendship> => {
    const [ours, friend] = [await ourPeer(traveller), await ourPeer(home)]
    ours.add(friend.publicKey)
    friend.add(ours.publicKey)
    await Promise.all([ours.untilConnected('udp'), friend.untilConnected('udp')])
    return {
      ours,
      say: async (said) => friend.say(said),
      hears: (said) => friend.until(said, ({ heard }) => heard === said),
    }
  }
  const meetTheirs = async (): Promise<Friendship> => {
    const ours = await ourPeer(traveller)
    const friend = later(await CPeer.start({ ipv6: false, within: home }))
    for (const { port, key } of nodes) await friend.bootstrap(NODES_ADDRESS, port, key)
    const number = await friend.friendAddNorequest(fromHex(ours.publicKey)!)
    ours.add(toHex((await friend.self()).key))
    const online = friend.until('friend_connection_status', (e) => e.connection === UDP, DEADLINE_MS)
    await Promise.all([ours.untilConnected('udp'), online])
    return {
      ours,
      say: async (said) => void (await friend.sendMessage(number, said)),
      hears: (said) => friend.until('friend_message', (e) => text(e.data) === said, DEADLINE_MS),
    }
  }
  /** Each says something to the other, now; how long until both have heard it. */
  const timeToTalk = async ({ ours, say, hears }: Friendship): Promise<number> => {
    const startMs = performance.now()
    const [mine, theirs] = [`word ${++words}`, `word ${++words}`]
    ours.say(mine)
    await Promise.all([hears(mine), say(theirs), ours.until(theirs, ({ heard }) => heard === theirs)])
    return performance.now() - startMs
  }
  const isNeverMissed = ({ ours }: Friendship): boolean => ours.events.every(({ connection }) => connection !== 'none')

  before(async function () {
    const why = await namespaceObstacle()
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
    traveller = await machine('traveller', '44.128.0.21')
    home = await machine('home', '44.128.0.22')
    ;[withOurs, withTheirs] = await Promise.all([meetOurs(), meetTheirs()])
  })
  after(() => toStop.stop())

  /** What happens to the machine, then both friendships at once. With c-toxcore the time is told, not judged. */
  const journey = (title: string, go: () => Promise<void> | void): void => {
    it(title, async () => {
      await go()
      const theirs = timeToTalk(withTheirs)
      const tookMs = await timed(`${title}: ours`, timeToTalk(withOurs))
      await timed(`${title}: c-toxcore, from then on`, theirs)
      assert.ok(tookMs <= BACK_MS, `ours talk again after ${tookMs.toFixed(0)} ms`)
      assert.ok(isNeverMissed(withOurs) && isNeverMissed(withTheirs), 'the sessions live on')
    })
  }

  journey('has another address', () =>
    traveller.ip('addr del 44.128.0.21/24 dev eth0\naddr add 44.128.0.31/24 dev eth0'),
  )
  journey('has friends with another address', () =>
    home.ip('addr del 44.128.0.22/24 dev eth0\naddr add 44.128.0.32/24 dev eth0'),
  )
  journey('was unplugged for some seconds', async () => {
    traveller.ip('link set eth0 down')
    await new Promise((resolve) => setTimeout(resolve, CABLE_OUT_MS))
    traveller.ip('link set eth0 up')
  })
  journey('was unplugged, and comes back with another address', async () => {
    traveller.ip('link set eth0 down\naddr flush dev eth0')
    await new Promise((resolve) => setTimeout(resolve, CABLE_OUT_MS))
    traveller.ip('link set eth0 up\naddr add 44.128.0.41/24 dev eth0')
  })

  it('notices each change by itself', async () => {
    for (const { ours } of [withOurs, withTheirs]) {
      await ours.until('the change', ({ log }) => log?.includes('the addresses of this machine changed') === true)
    }
  })
})
