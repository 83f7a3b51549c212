// A node with two workers in virtual time: each packet of a kind that any of them may take goes to one of the three by chance, which
// is worse than what the kernel does. To the rest of the network it is one node.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { type Crypto, type DhtKeyPair, loadCrypto } from '../../src/crypto/index.js'
import { OnionPath, UdpFirstHop } from '../../src/onion/path.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { RETURN_3_BYTES } from '../../src/packet/onion/index.js'
import { NetworkNode } from '../../src/tox/network-node.js'
import { NetworkWorker, WORKER_KINDS } from '../../src/tox/network-worker.js'
import { Attacker } from '../hostile/attacker.js'
import { Switchboard, seededRandom } from '../support/env.js'

type Host = ReturnType<Switchboard['host']>

class Network {
  readonly board = new Switchboard()
  readonly plain: NetworkNode[] = []
  readonly plainHosts: Host[] = []
  readonly host: Host
  readonly node: NetworkNode
  readonly workers: NetworkWorker[]
  /** Relay answers that workers handed to the node. */
  readonly relayed: { mark: Uint8Array; data: Uint8Array }[] = []
  /** Packets that each worker took by itself, and those of other kinds that it passed on. */
  readonly taken = [0, 0]
  passedOn = 0

  constructor(readonly crypto: Crypto) {
    const { board } = this
    const host = board.host()
    this.host = host
    const { env, udp } = host
    const keyPair = crypto.keyPair() as DhtKeyPair
    const copy = (): DhtKeyPair => ({
      publicKey: keyPair.publicKey,
      secretKey: keyPair.secretKey.slice() as DhtKeyPair['secretKey'],
    })
    this.node = new NetworkNode({ env, crypto, udp, keyPair: copy(), relay: {} })
    const { returnKey } = this.node.onionRouter
    this.node.onionRouter.onRelayResponse = (mark, data) =>
      this.relayed.push({ mark: mark.slice(), data: data.slice() })
    const outlet = {
      asker: (publicKey: DhtKeyPair['publicKey'], from: Endpoint) => this.node.dht.meet(publicKey, from),
      relayResponse: (mark: Uint8Array, data: Uint8Array) => this.node.onionRouter.onRelayResponse!(mark, data),
      packet: (from: Endpoint, packet: Uint8Array) => {
        this.passedOn++
        this.node.receive(from, packet)
      },
    }
    this.workers = [1, 2].map(() => new NetworkWorker({ env, crypto, udp, keyPair: copy(), returnKey, outlet }))
    const dice = seededRandom(7)
    host.router.receive = (from, packet) => {
      const place = dice.uniform(3)
      if (place === 2 || !WORKER_KINDS.includes(packet[0]!)) return this.node.receive(from, packet)
      this.taken[place]!++
      this.workers[place]!.receive(from, packet)
    }
  }

  /** An ordinary node that joins through the one with workers. */
  join(): NetworkNode {
    const host = this.board.host()
    const { env, udp } = host
    const node = new NetworkNode({ env, crypto: this.crypto, udp })
    host.router.receive = (from, packet) => node.receive(from, packet)
    node.dht.bootstrap(this.host.endpoint, this.node.keyPair.publicKey)
    this.plain.push(node)
    this.plainHosts.push(host)
    return node
  }

  /** Runs, and lets the workers learn each quarter of a second. */
  run(ms: number): void {
    for (let spent = 0; spent < ms; spent += 250) {
      for (const worker of this.workers) worker.dht.learn(this.node.dht.writeNodes())
      this.board.run(250)
    }
  }

  close(): void {
    for (const one of [...this.plain, ...this.workers, this.node]) one.close()
  }
}

/** An announce request as an exit passes it on, before it adds the way back. */
const announceTo = (crypto: Crypto, { keyPair }: NetworkNode): Uint8Array =>
  new Attacker(crypto).announce(keyPair.publicKey).slice(0, -RETURN_3_BYTES)

describe('a node with workers', () => {
  let network: Network
  beforeEach(async () => {
    network = new Network(await loadCrypto())
  })
  afterEach(() => network.close())

  it('brings nodes together that know nobody else, whoever of it answers', () => {
    for (let n = 0; n < 7; n++) {
      network.join()
      network.run(1_000)
    }
    const known = (): number[] => network.plain.map(({ dht }) => dht.size.close)
    // Answers name the four nearest; chance brings the others within minutes.
    for (let n = 0; n < 60 && known().some((count) => count < 7); n++) network.run(5_000)
    assert.deepEqual(known(), new Array(7).fill(7))
    assert.equal(network.node.dht.size.close, 7)
    assert.deepEqual(
      network.workers.map(({ dht }) => dht.size),
      [7, 7],
    )
    // One that goes is forgotten by all of them.
    network.board.filter = (from, to) => ![from, to].some((one) => one.equals(network.plainHosts[0]!.endpoint))
    network.run(200_000)
    assert.deepEqual(
      network.workers.map(({ dht }) => dht.size),
      [6, 6],
    )
    assert.ok(Math.min(...network.taken) > 20, String(network.taken))
  })

  it('carries onion packets and their answers, though another worker sealed the way back, and across changes of its key', async () => {
    const startMs = network.board.time.nowMs
    const nodes = [network.join(), network.join()]
    network.run(10_000)
    const [seeker, target] = [nodes[0]!, nodes[1]!]
    const { env, udp } = network.plainHosts[0]!
    const hop = { endpoint: network.host.endpoint, publicKey: network.node.keyPair.publicKey }
    let answers = 0
    let sent = 0
    seeker.router.on(PacketKind.ANNOUNCE_RESPONSE_OLD, () => answers++)
    const ask = (): void => {
      // All three hops are the node with workers: six packets through it, each by chance.
      const key = seeker.dht.sharedKey(hop.publicKey)!
      const first = new UdpFirstHop(network.crypto, udp, seeker.keyPair.publicKey, hop, key)
      const path = OnionPath.create(env, network.crypto, 1, first, [hop, hop, hop], hop, hop)!
      sent++
      path.send(network.plainHosts[1]!.endpoint, announceTo(network.crypto, target))
      network.board.run(200)
    }
    for (let n = 0; n < 30; n++) ask()
    assert.equal(answers, sent)
    // Over the change of the key after two hours: asked just before, and just after.
    network.board.run(2 * 3_600_000 - (network.board.time.nowMs - startMs) - 100)
    ask()
    ask()
    assert.equal(answers, sent)
    assert.ok(Math.min(...network.taken) > 50, String(network.taken))
  })

  it('hands the answers for clients of its relay to the node', () => {
    const [a] = [network.join(), network.join()]
    network.run(5_000)
    const { crypto } = network
    const env = network.host.env
    const mark = new Uint8Array(18).fill(9)
    const hopInfo = (i: number) => ({
      endpoint: network.plainHosts[i]!.endpoint,
      publicKey: network.plain[i]!.keyPair.publicKey,
    })
    let layer: { nonce: Uint8Array; layer: Uint8Array } | undefined
    const first = {
      key: 'relay',
      send: (nonce: Uint8Array, bytes: Uint8Array) => void (layer = { nonce, layer: bytes }),
    }
    const relay = { endpoint: network.host.endpoint, publicKey: network.node.keyPair.publicKey }
    for (let n = 0; n < 12; n++) {
      const path = OnionPath.create(env, crypto, 1, first, [relay, hopInfo(0), hopInfo(1)], hopInfo(0), hopInfo(1))!
      path.send(hopInfo(0).endpoint, announceTo(crypto, a!))
      network.node.onionRouter.forwardFromRelay(layer!.nonce as never, layer!.layer.slice(), mark)
      network.board.run(200)
    }
    assert.equal(network.relayed.length, 12)
    assert.ok(network.relayed.every((one) => one.data[0] === PacketKind.ANNOUNCE_RESPONSE_OLD))
    assert.deepEqual(network.relayed[0]!.mark, mark)
  })

  it('has what is not for workers done by the node, and outlives any bytes', () => {
    const from = Endpoint.parse('198.51.100.1', 4_000)!
    const random = seededRandom(3)
    for (let n = 0; n < 5_000; n++) {
      const packet = random.bytes(random.uniform(200))
      if (packet.length > 0) packet[0] = [...WORKER_KINDS, 4, 0x83, 0xf0, 77][random.uniform(12)]!
      network.workers[n % 2]!.receive(from, packet)
    }
    assert.ok(network.passedOn > 1_000)
    const [worker] = network.workers
    worker!.close()
    worker!.receive(from, Uint8Array.of(0))
    assert.equal(worker!.nextWakeMs(), Number.POSITIVE_INFINITY)
    worker!.close()
  })
})
