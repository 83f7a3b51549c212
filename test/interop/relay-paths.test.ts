// Friends through TCP relays: ours and c-toxcore's, on their relays and on ours, with UDP on neither side or on one.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, toHex } from '../../src/base/index.js'
import { BootstrapNodeServer, type Friend, type Tox } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, TCP, text, UDP } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { type Address, befriended, bootstrapText, bothOnline, DEADLINE_MS, ourPeer } from './pair.js'
import { timed, until } from './stopwatch.js'

/** A bootstrap node that is a relay as well. */
interface RelayNode extends Address {
  readonly tcpPort: number
}

const FILE_BYTES = 300_000

const STORIES = {
  onTheirs: 'relays of theirs, UDP on neither side: a request through the onion, messages, a file',
  onOurs: 'relays of ours, UDP on neither side: a request through the onion, messages, a file',
  oneSided: 'UDP on our side only: messages both ways, and it is TCP',
  broken: 'UDP breaks between us and c-toxcore, and is mended: no message is lost or comes twice',
} as const

describe('interop: friends through relays', function () {
  this.timeout(4 * DEADLINE_MS)
  onlyLoopback(this)

  const toStop: (() => unknown)[] = []
  let folder: string
  let theirNodes: RelayNode[]
  let ourNodes: RelayNode[]
  let running: Record<keyof typeof STORIES, Promise<unknown>>

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relay-paths-'))
    theirNodes = await startTheirs()
    ourNodes = await startOurs()
    // Together: they wait far more than they work.
    running = {
      onTheirs: withoutUdp(theirNodes),
      onOurs: withoutUdp(ourNodes),
      oneSided: udpOnOurSide(),
      broken: brokenUdp(),
    }
    for (const story of Object.values(running)) story.catch(() => {})
  })
  after(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop()
    rmSync(folder, { recursive: true })
  })

  /** Three nodes: what the onion asks of a path, and as few as are quickly found. */
  async function startTheirs(): Promise<RelayNode[]> {
    const nodes: RelayNode[] = []
    for (let n = 0; n < 3; n++) {
      const [port, tcpPort] = [33_720 + 2 * n, 33_721 + 2 * n]
      const node = await Bootstrapd.start({ port, tcpPorts: [tcpPort], nodes: nodes.slice(0, 1) })
      toStop.push(() => node.stop())
      nodes.push({ ...node.address, tcpPort })
    }
    return nodes
  }

  async function startOurs(): Promise<RelayNode[]> {
    const nodes: BootstrapNodeServer[] = []
    for (let n = 0; n < 3; n++) {
      const bootstrap = nodes.slice(0, 1).map((node) => node.asBootstrapNode())
      const node = await BootstrapNodeServer.create({ tcpPorts: [0], bootstrap })
      toStop.push(() => node.close())
      nodes.push(node)
    }
    return nodes.map((node) => {
      return { host: '127.0.0.1', port: node.port, tcpPort: node.tcpPorts[0]!, key: fromHex(node.publicKey)! }
    })
  }

  async function ours(nodes: readonly RelayNode[], udp: boolean, savedata?: Uint8Array): Promise<Tox> {
    const relays = nodes.map(({ host, tcpPort, key }) => bootstrapText({ host, port: tcpPort, key }))
    const bindAddress = udp ? { bindAddress: '127.0.0.1' } : {}
    const saved = savedata === undefined ? {} : { savedata }
    const tox = await ourPeer(nodes, { udp, relays, ...bindAddress, ...saved })
    toStop.push(() => tox.close())
    return tox
  }

  async function theirs(nodes: readonly RelayNode[], udp: boolean): Promise<CPeer> {
    const peer = await CPeer.start({ ipv6: false, udp })
    toStop.push(() => peer.killHard())
    for (const { host, port, tcpPort, key } of nodes) {
      await peer.bootstrap(host, port, key)
      await peer.addTcpRelay(host, tcpPort, key)
    }
    return peer
  }

  /** Each says something numbered, the other hears all of it in order. */
  async function talk(friend: Friend, peer: CPeer, number: number, count: number): Promise<void> {
    const receipts: Promise<unknown>[] = []
    const from = peer.events.length
    for (let n = 0; n < count; n++) {
      receipts.push(friend.send(`${n} from ours`))
      await peer.sendMessage(number, `${n} from theirs`)
    }
    await Promise.all(receipts)
    await peer.until('friend_message', ({ data }) => text(data) === `${count - 1} from ours`, DEADLINE_MS, from)
    const got = peer.events.slice(from).flatMap((e) => (e.event === 'friend_message' ? text(e.data as Uint8Array) : []))
    assert.deepEqual(
      got,
      Array.from({ length: count }, (_, n) => `${n} from ours`),
    )
  }

  /** A request through the onion, messages, a file. */
  async function withoutUdp(nodes: readonly RelayNode[]): Promise<void> {
    const tox = await ours(nodes, false)
    const peer = await theirs(nodes, false)
    await timed('ours online by TCP', tox.whenConnected({ signal: AbortSignal.timeout(DEADLINE_MS) }))
    assert.equal(tox.connection, 'tcp')
    assert.equal(tox.udpPort, 0)
    const heardAll: string[] = []
    tox.on('message', ({ text: said }) => void heardAll.push(said))
    const friend = await tox.addFriend(toHex((await peer.self()).id), 'over TCP')
    const request = await timed(
      'our request',
      peer.until('friend_request', () => true, 2 * DEADLINE_MS),
    )
    assert.equal(text(request.data), 'over TCP')
    const number = await peer.friendAddNorequest(request.key)
    await timed('friends online', bothOnline(tox, friend, peer, number))
    assert.equal(friend.connection, 'tcp')
    await talk(friend, peer, number, 20)
    const content = new Uint8Array(FILE_BYTES).map((_, at) => at * 7)
    const source = join(folder, `file of ${tox.dhtKey}`)
    writeFileSync(source, content)
    const from = peer.events.length
    const transfer = friend.sendFile(source)
    const { file } = await peer.until('file_recv', () => true, DEADLINE_MS, from)
    await peer.fileControl(number, file, 'resume')
    const received = peer.until('file_received', () => true, DEADLINE_MS, from)
    await timed('a file', Promise.all([transfer, received]))
    assert.equal((await received).sha256, createHash('sha256').update(content).digest('hex'))
    assert.deepEqual(
      heardAll,
      Array.from({ length: 20 }, (_, n) => `${n} from theirs`),
    )
    const statuses = peer.all('friend_connection_status').map(({ connection }) => connection)
    assert.deepEqual(new Set(statuses), new Set([TCP]))
  }

  async function udpOnOurSide(): Promise<void> {
    const tox = await ours(theirNodes, true)
    const peer = await theirs(theirNodes, false)
    const { friend, number } = await timed('friends online', befriended(tox, peer))
    assert.equal(friend.connection, 'tcp')
    await talk(friend, peer, number, 10)
  }

  async function brokenUdp(): Promise<'skipped' | undefined> {
    const tox = await ours(theirNodes, true)
    const peer = await theirs(theirNodes, true)
    const { friend, number } = await timed('friends online', befriended(tox, peer))
    const way = (connection: 'tcp' | 'udp'): Promise<unknown> =>
      Promise.all([
        until(() => friend.connection === connection, DEADLINE_MS, `we see ${connection}`),
        peer.until(
          'friend_connection_status',
          (event) => event.connection === (connection === 'tcp' ? TCP : UDP),
          DEADLINE_MS,
          peer.events.length,
        ),
      ])
    const heardAll: string[] = []
    tox.on('message', ({ text: said }) => void heardAll.push(said))
    await until(() => friend.connection === 'udp', DEADLINE_MS, 'UDP')
    const { port } = await peer.self()
    const rules = [
      'add table inet broken',
      'add chain inet broken out { type filter hook output priority 0; }',
      `add rule inet broken out udp sport ${port} udp dport ${tox.udpPort} drop`,
      `add rule inet broken out udp sport ${tox.udpPort} udp dport ${port} drop`,
    ]
    if (!nft(rules.join('\n'))) return 'skipped'
    let said = 0
    const from = peer.events.length
    const receipts: Promise<unknown>[] = []
    const talking = setInterval(() => {
      receipts.push(friend.send(`${said} from ours`), peer.sendMessage(number, `${said} from theirs`))
      said++
    }, 100)
    try {
      await timed('TCP takes over', way('tcp'))
      const mended = way('udp')
      assert.ok(nft('delete table inet broken'))
      await timed('UDP is back', mended)
    } finally {
      clearInterval(talking)
    }
    await Promise.all(receipts)
    const numbers = Array.from({ length: said }, (_, n) => n)
    await until(() => heardAll.length >= said, DEADLINE_MS, 'all of theirs')
    assert.deepEqual(
      heardAll,
      numbers.map((n) => `${n} from theirs`),
    )
    const got = (): string[] =>
      peer.events.slice(from).flatMap((e) => (e.event === 'friend_message' ? text(e.data as Uint8Array) : []))
    assert.deepEqual(
      got(),
      numbers.map((n) => `${n} from ours`),
    )
    return undefined
  }

  for (const title of Object.keys(STORIES) as (keyof typeof STORIES)[]) {
    it(STORIES[title], async function () {
      if ((await running[title]) === 'skipped') this.skip()
    })
  }
})

/** Rules for the lane's own network; false where it has no nft. */
function nft(rules: string): boolean {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  return spawnSync('nft', ['-f', '-'], { input: rules, env }).status === 0
}
