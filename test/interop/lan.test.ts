// LAN discovery on real interfaces: one of ours and one of c-toxcore's on a switch, and nothing else that knows either.
// All of it happens in namespaces of its own: no greeting leaves them.

import { fromHex, toHex } from '../../src/base/index.js'
import { nativeUdpMissing } from '../../src/host/native-udp.js'
import { ToStop } from '../support/to-stop.js'
import { CPeer, text, UDP } from './c-peer.js'
import { EchoBot } from './echo-bot.js'
import { onlyLoopback } from './lane.js'
import { cable, Namespace, namespaceObstacle } from './namespace.js'
import { OurPeer } from './our-peer.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: one local network', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop = new ToStop()
  const { later } = toStop
  after(() => toStop.stop())

  /** Two machines on one switch, with IPv4 addresses or with nothing but link-local ones of IPv6. */
  const switched = async (family: 'IPv4' | 'IPv6'): Promise<[Namespace, Namespace]> => {
    const hub = later(await Namespace.create('switch'))
    hub.ip('link add br0 type bridge\nlink set br0 up')
    const machine = async (n: number): Promise<Namespace> => {
      const one = later(await Namespace.create(`machine ${n}`))
      one.set('net/ipv6/conf/default/accept_dad', 0)
      one.set('net/ipv6/conf/default/disable_ipv6', family === 'IPv6' ? 0 : 1)
      // The first machine has another network besides, which is the one that the system takes unless told otherwise.
      if (n === 1) cable(one, 'aside', hub, 'nowhere')
      cable(one, 'eth0', hub, `port${n}`)
      hub.ip(`link set port${n} master br0`)
      if (family === 'IPv4') one.ip(`addr add 192.168.77.${n}/24 broadcast + dev eth0`)
      return one
    }
    return [await machine(1), await machine(2)]
  }

  const meet = async (family: 'IPv4' | 'IPv6', twin: string): Promise<void> => {
    const [one, two] = await switched(family)
    const ours = later(await OurPeer.start(one, {}, twin))
    const theirs = later(await CPeer.start({ localDiscovery: true, within: two }))
    const number = await theirs.friendAddNorequest(fromHex(ours.publicKey)!)
    ours.add(toHex((await theirs.self()).key))
    const theirsOnline = theirs.until('friend_connection_status', (e) => e.connection === UDP, DEADLINE_MS)
    await timed(`LAN ${family} ${twin}: online`, Promise.all([ours.untilConnected('udp'), theirsOnline]))
    ours.say('hello, neighbour')
    await theirs.until('friend_message', (e) => text(e.data) === 'hello, neighbour')
    await theirs.sendMessage(number, 'so near')
    await ours.until('a message', ({ heard }) => heard === 'so near')
  }

  const joins = async (): Promise<void> => {
    const [one, two] = await switched('IPv4')
    later(await OurPeer.startNode(one, { bindAddress: '0.0.0.0' }))
    const theirs = later(await CPeer.start({ localDiscovery: true, within: two }))
    await timed('LAN: theirs joins through our node', theirs.untilConnected(DEADLINE_MS))
  }

  const echoes = async (): Promise<void> => {
    const [one, two] = await switched('IPv4')
    const bot = later(await EchoBot.start({ nodes: [], within: one, options: ['--lan'] }))
    const theirs = later(await CPeer.start({ localDiscovery: true, within: two }))
    const number = await theirs.friendAdd(bot.id, 'over the fence')
    await timed('LAN: theirs reaches the bot by request', theirs.untilOnline(number, DEADLINE_MS))
    await theirs.sendMessage(number, 'is there an echo')
    await theirs.until('friend_message', (e) => text(e.data) === 'is there an echo')
  }

  // They mostly wait, so all of them wait at once.
  let joined: Promise<void>
  let echoed: Promise<void>
  const stories = (['IPv4', 'IPv6'] as const).flatMap((family) =>
    (['native', 'dgram'] as const).map((twin) => ({ family, twin, end: undefined as Promise<void> | undefined })),
  )
  before(async function () {
    const why = await namespaceObstacle()
    if (why !== undefined) {
      this.test!.parent!.title += ` [${why}]`
      return this.skip()
    }
    for (const story of stories) {
      const { family, twin } = story
      if (twin === 'native' && nativeUdpMissing() !== undefined) continue
      story.end = meet(family, twin)
      story.end.catch(() => {})
    }
    joined = joins()
    echoed = echoes()
    for (const end of [joined, echoed]) end.catch(() => {})
  })
  it('theirs makes friends with echo --lan by a request, no node anywhere', async () => {
    await echoed
  })
  it('theirs joins through a bootstrap node of ours that it was not told of', async () => {
    await joined
  })
  for (const story of stories) {
    it(`ours (${story.twin}) and theirs find each other over ${story.family} alone`, async function () {
      if (story.end === undefined) return this.skip()
      await story.end
    })
  }
})
