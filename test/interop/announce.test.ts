// DHT announcements and forwarding with tox-bootstrapd and c-toxcore peers: the same questions get the same answers from
// tox-bootstrapd and from us, either forwards for the other, and each counts the other among the nodes that speak of announcements.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Counters, concatBytes, Deadlines, Endpoint, type Env, sameBytes, silentLogger } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import { type Crypto, type DhtPublicKey, loadCrypto } from '../../src/crypto/index.js'
import { HostClock } from '../../src/host/clock.js'
import { HostDriver } from '../../src/host/driver.js'
import { openUdpSocket } from '../../src/host/open-udp.js'
import { HostRandom } from '../../src/host/random.js'
import { dataSearchAnswer } from '../../src/packet/announce/index.js'
import { encodeForwardChain, forwarding } from '../../src/packet/forwarding/index.js'
import { NetworkNode } from '../../src/tox/network-node.js'
import { Asker } from '../announce/asker.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer } from './c-peer.js'
import { onlyLoopback } from './lane.js'

const LOOPBACK = '127.0.0.1'
const DATA = new TextEncoder().encode('where we are')
/** Long enough for a peer that iterates every 50 ms, on a busy machine. */
const ANSWER_MS = 3000
/** Nobody answers what is refused; the next question, which is answered, proves that the node lives. */
const SILENCE_MS = 300

interface Server {
  readonly port: number
  readonly key: DhtPublicKey
}

interface OurNode extends Server {
  readonly node: NetworkNode
  readonly env: Env
  bootstrap(to: Server): void
  stop(): void
}

async function startOurs(crypto: Crypto): Promise<OurNode> {
  const clock = new HostClock()
  const deadlines = new Deadlines()
  const env: Env = { clock, random: new HostRandom(), log: silentLogger, deadlines, drops: new Counters() }
  const socket = await openUdpSocket({ family: 'ipv4', address: LOOPBACK, firstPort: 0, lastPort: 0 })
  const node = new NetworkNode({ env, crypto, udp: socket.sender, ipv6: false })
  const onError = (error: unknown): never => {
    throw error
  }
  const driver = new HostDriver({ engine: node, clock, onError })
  driver.addSocket(socket)
  driver.start()
  return {
    node,
    env,
    port: socket.localPort,
    key: node.keyPair.publicKey,
    bootstrap({ port, key }) {
      node.dht.bootstrap(Endpoint.parse(LOOPBACK, port)!, key)
      driver.touch()
    },
    stop() {
      node.close()
      driver.close()
    },
  }
}

/** Asks one server with bare sockets. */
class Client extends Asker {
  #answer: ((packet: Uint8Array) => void) | undefined

  private constructor(
    crypto: Crypto,
    readonly to: Server,
    readonly socket: Socket,
  ) {
    super(crypto, to.key)
    socket.on('message', (packet) => this.#answer?.(Uint8Array.from(packet)))
  }

  static async create(crypto: Crypto, to: Server): Promise<Client> {
    const socket = createSocket('udp4')
    socket.bind(0, LOOPBACK)
    await once(socket, 'listening')
    return new Client(crypto, to, socket)
  }

  stop(): void {
    this.socket.close()
  }

  async ask(packet: Uint8Array, port = this.to.port, limitMs = ANSWER_MS): Promise<Uint8Array | undefined> {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), limitMs)
      this.#answer = (answer) => {
        clearTimeout(timer)
        resolve(answer)
      }
      this.socket.send(packet, port, LOOPBACK)
    })
  }

  /** As `ask`, along `chain` from the node at `port` on to the server. */
  async askThrough(port: number, packet: Uint8Array, chain: readonly DhtPublicKey[] = []): Promise<Uint8Array> {
    const arrived = await this.ask(encodeForwardChain([...chain, this.to.key], packet), port)
    const answer = arrived && decode(forwarding, arrived)
    assert.equal(answer?.sendback.length, 0, 'an answer by way of the forwarding node')
    return answer!.data
  }

  async isRefused(packet: Uint8Array): Promise<boolean> {
    return (await this.ask(packet, this.to.port, SILENCE_MS)) === undefined
  }

  async nodes(): Promise<DhtPublicKey[]> {
    const key = this.crypto.keyPair<never, never>().publicKey
    const found = this.found((await this.ask(this.search({ key })))!)
    return found!.answer!.nodes.map(({ publicKey }) => publicKey)
  }
}

async function until(done: () => boolean | Promise<boolean>, what: string, limitMs = 30_000): Promise<void> {
  const startMs = performance.now()
  while (!(await done())) {
    if (performance.now() - startMs > limitMs) assert.fail(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('DHT announcements with c-toxcore', function () {
  this.timeout(90_000)
  onlyLoopback(this)

  const toStop: { stop(): void | Promise<void> }[] = []
  const started = <T extends { stop(): void | Promise<void> }>(one: T): T => {
    toStop.push(one)
    return one
  }
  afterEach(async () => {
    for (const one of toStop.splice(0).reverse()) await one.stop()
  })

  let crypto: Crypto
  before(async () => {
    crypto = await loadCrypto()
  })
  const ours = async (): Promise<OurNode> => started(await startOurs(crypto))
  const theirs = async (port: number): Promise<Server> => {
    const node = started(await Bootstrapd.start({ port }))
    return { port, key: node.key as DhtPublicKey }
  }
  const client = async (to: Server): Promise<Client> => started(await Client.create(crypto, to))

  /** The size of an answer and what it says, without what chance and the clock put into it. */
  async function story(server: Server): Promise<unknown[][]> {
    const asker = await client(server)
    const told: unknown[][] = []
    const search = async () => {
      const packet = (await asker.ask(asker.search()))!
      const { answer, requestId } = asker.found(packet)!
      told.push([packet.length, requestId, { ...answer!, auth: answer!.auth.length }])
      return answer!
    }
    /** Asks again with the hash of the last answer; once more when just then a new minute brings a new tag. */
    const searchAgain = async (isLastTry = false): Promise<void> => {
      const { answer: last } = asker.found((await asker.ask(asker.search()))!)!
      const previousHash = crypto.sha256(concatBytes(asker.data.publicKey, encode(dataSearchAnswer, last!)))
      const packet = (await asker.ask(asker.search({ previousHash })))!
      if (packet.length !== 113 && !isLastTry) return searchAgain(true)
      told.push([packet.length, asker.found(packet)!.answer])
    }
    const refused = async (what: string, packet: Uint8Array): Promise<void> => {
      told.push([what, await asker.isRefused(packet)])
    }
    const store = async (...args: Parameters<Asker['announce']>): Promise<void> => {
      const packet = (await asker.ask(asker.announce(...args)))!
      const { dataPublicKey, unixSeconds, ...rest } = asker.stored(packet)!
      assert.deepEqual(dataPublicKey, asker.data.publicKey)
      told.push([packet.length, rest, Math.abs(Number(unixSeconds) - Date.now() / 1000) < 5])
    }
    const retrieve = async (auth: Uint8Array): Promise<void> => {
      const packet = (await asker.ask(asker.retrieve(auth)))!
      const { data, dataPublicKey, requestId } = asker.retrieved(packet)!
      assert.deepEqual(dataPublicKey, asker.data.publicKey)
      told.push([packet.length, requestId, data.length])
    }

    const { auth } = await search()
    await refused('nothing stored yet', asker.retrieve(auth))
    await store(auth, DATA)
    await retrieve(auth)
    await store(auth, crypto.sha256(DATA), { isRenewal: true, requestId: 0xfedcba9876543210n })
    await search()
    await searchAgain()
    await refused('a tag of nobody', asker.announce(new Uint8Array(32), DATA))
    await refused('too long', asker.announce(auth, new Uint8Array(513)))
    await store(auth, new Uint8Array(512).fill(7), { lifetimeSeconds: 9 })
    await retrieve(auth)
    await refused('no hash', asker.announce(auth, DATA.slice(0, 31), { isRenewal: true }))
    await retrieve(auth)
    await refused('other data', asker.announce(auth, crypto.sha256(DATA), { isRenewal: true }))
    await search()
    await store(auth, new Uint8Array())
    await retrieve(auth)
    return told
  }

  it('gives the same answers as tox-bootstrapd', async () => {
    const [fromTheirs, fromOurs] = [await story(await theirs(33_620)), await story(await ours())]
    assert.deepEqual(fromOurs, fromTheirs)
    for (const [what, isRefused] of fromOurs.filter(([what]) => typeof what === 'string'))
      assert.ok(isRefused, `${what}`)
  })

  it('forwards to tox-bootstrapd, and is reached through it', async () => {
    const [a, b] = [await theirs(33_621), await ours()]
    b.bootstrap(a)
    await until(() => b.node.dht.isConnected, 'connected')
    const ways = [
      { middle: b, end: a, asker: await client(a) },
      { middle: a, end: b, asker: await client(b) },
    ]
    // Each forwards once the other is in its close list, which takes a ping.
    for (const { middle, end, asker } of ways) {
      const packet = encodeForwardChain([end.key], asker.search())
      const isForwarded = async (): Promise<boolean> => (await asker.ask(packet, middle.port, 1000)) !== undefined
      await until(isForwarded, 'the first forwarded answer')
    }
    for (const { middle, end, asker } of ways) {
      const { auth } = asker.found(await asker.askThrough(middle.port, asker.search()))!.answer!
      assert.ok(await asker.isRefused(asker.announce(auth, DATA)), 'the tag speaks for the way')
      assert.ok(asker.stored(await asker.askThrough(middle.port, asker.announce(auth, DATA))))
      assert.deepEqual(asker.retrieved(await asker.askThrough(middle.port, asker.retrieve(auth)))!.data, DATA)
      // Along a chain that goes through both twice.
      const chain = [end.key, middle.key]
      const far = asker.found(await asker.askThrough(middle.port, asker.search(), chain))!.answer!
      assert.deepEqual(far.storedHash, crypto.sha256(DATA))
    }
    assert.equal(b.node.announcements!.stats.stored, 1)
    assert.ok(b.node.forwarding!.stats.forwarded >= 5)
  })

  it('is counted by c-toxcore among the nodes that speak of announcements, and counts it', async () => {
    const node = await ours()
    const peers = await Promise.all([1, 2].map(() => CPeer.start({ ipv6: false })))
    for (const peer of peers) started({ stop: () => peer.killHard() })
    const silent = await CPeer.start({ ipv6: false, dhtAnnouncements: false })
    started({ stop: () => silent.killHard() })
    for (const peer of [...peers, silent]) await peer.bootstrap(LOOPBACK, node.port, node.key)
    await until(() => node.node.dht.size.close === 3, 'three neighbours')
    await until(() => node.node.announcements!.stats.searches >= 3, 'each has asked whether we speak of announcements')

    const speaks = (one: { dhtKey: Uint8Array }): boolean =>
      node.node.announcements!.nodes.speaks(one.dhtKey as DhtPublicKey)
    const selves = await Promise.all([...peers, silent].map((peer) => peer.self()))
    await until(() => selves.slice(0, 2).every(speaks), 'both answer our question')
    assert.ok(!speaks(selves[2]!))

    const self = selves[0]!
    const asker = await client({ port: self.port!, key: self.dhtKey as DhtPublicKey })
    await until(async () => (await asker.nodes()).some((key) => sameBytes(key, node.key)), 'the C peer names us')
    const names = await (await client(node)).nodes()
    assert.equal(names.length, 2)
    assert.ok(selves.slice(0, 2).every(({ dhtKey }) => names.some((key) => sameBytes(key, dhtKey))))
    assert.equal(node.env.drops.get('udp/unknown kind'), 0)
    const bad = Object.keys(node.env.drops.toJSON()).filter((name) => /^announce|^forwarding/.test(name))
    assert.deepEqual(bad, [])
  })
})
