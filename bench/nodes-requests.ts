// How many nodes requests a node answers in a second on one core, without sockets: open, selection of the nearest, seal.
// With sockets, and beside tox-bootstrapd: answers.ts.

import { Counters, Deadlines, Endpoint, type Env, silentLogger } from '../src/base/index.js'
import { decode, encode } from '../src/codec/index.js'
import {
  type Crypto,
  type DhtKeyPair,
  loadCrypto,
  MAC_BYTES,
  type Nonce,
  randomNonce,
  type SharedKey,
} from '../src/crypto/index.js'
import { Dht } from '../src/dht/index.js'
import {
  NODES_REQUEST_BYTES,
  nodesRequest,
  nodesRequestPacket,
  nodesResponse,
  nodesResponsePacket,
} from '../src/packet/dht/index.js'
import { PacketKind } from '../src/packet/kinds.js'
import { UdpRouter, type UdpSender } from '../src/transport/udp.js'
import { type BenchLine, benchLine } from './bench-line.js'

/** Strangers that the node meets first; its lists keep about a hundred of them. */
const STRANGERS = 1000
const MEASURE_MS = 1000

/** One line for 100 asking keys, one for 5,000. */
export async function run(): Promise<BenchLine[]> {
  const crypto = await loadCrypto()
  return [100, 5000].map((keys) => {
    const name = `nodes requests answered without sockets, ${keys.toLocaleString('en')} asking keys`
    return benchLine(name, answersPerSecond(crypto, keys), undefined, '/s')
  })
}

function answersPerSecond(crypto: Crypto, keys: number): number {
  const bench = new BenchNode(crypto)
  for (let i = 0; i < STRANGERS; i++)
    bench.meet(crypto.keyPair(), Endpoint.of(Uint8Array.of(80, 1, i >> 8, i & 255), 1))
  const requests = Array.from({ length: keys }, (_, i) => ({
    from: Endpoint.of(Uint8Array.of(81, 2, i >> 8, i & 255), 33_445),
    packet: bench.request(crypto.keyPair()),
  }))
  const round = (): void => {
    for (const { from, packet } of requests) bench.router.receive(from, packet)
    bench.nowMs += 10
  }
  // The first round pays for the shared keys: 30 µs each, once.
  round()
  const startMs = performance.now()
  let answered = 0
  let spentMs = 0
  while (spentMs < MEASURE_MS) {
    const before = bench.sent
    round()
    answered += bench.sent - before
    spentMs = performance.now() - startMs
  }
  bench.dht.close()
  return (answered / spentMs) * 1000
}

/** A node with a network of strangers made of key pairs; its packets go into one buffer. */
class BenchNode {
  nowMs = 1_000_000
  sent = 0
  readonly router: UdpRouter
  readonly dht: Dht
  readonly #arena = new Uint8Array(2048)

  constructor(private readonly crypto: Crypto) {
    const env: Env = {
      clock: { now: () => this.nowMs, unixSeconds: () => 0 },
      random: {
        fill: (target) => crypto.randomFill(target),
        bytes: (length) => {
          const bytes = new Uint8Array(length)
          crypto.randomFill(bytes)
          return bytes
        },
        uniform: (limit) => Math.floor(Math.random() * limit),
      },
      log: silentLogger,
      deadlines: new Deadlines(),
      drops: new Counters(),
    }
    const udp: UdpSender = {
      send: () => undefined,
      reserve: (_to, size) => {
        this.sent++
        return this.#arena.subarray(0, size)
      },
    }
    this.router = new UdpRouter(env.drops)
    this.dht = new Dht({ env, crypto, udp, router: this.router, keyPair: crypto.keyPair() as DhtKeyPair })
  }

  /** Lets the node ask a stranger, who answers and so becomes a neighbour. */
  meet(stranger: DhtKeyPair, endpoint: Endpoint): void {
    this.nowMs += 10
    this.#arena.fill(0)
    this.dht.requestNodes({ endpoint, publicKey: stranger.publicKey }, this.dht.publicKey)
    const asked = decode(nodesRequestPacket, this.#arena.slice(0, NODES_REQUEST_BYTES))!
    const plain = new Uint8Array(asked.box.length - MAC_BYTES)
    if (!this.crypto.open(plain, asked.box, asked.nonce, this.#shared(stranger))) throw new Error('not asked')
    const answer = encode(nodesResponse, { nodes: [], requestId: decode(nodesRequest, plain)!.requestId })
    const { nonce, box } = this.#seal(stranger, answer)
    const kind = PacketKind.NODES_RESPONSE
    this.router.receive(endpoint, encode(nodesResponsePacket, { kind, sender: stranger.publicKey, nonce, box }))
  }

  /** A nodes request for the asker's own key. */
  request(asker: DhtKeyPair): Uint8Array {
    const { nonce, box } = this.#seal(asker, encode(nodesRequest, { sought: asker.publicKey, requestId: 1n }))
    return encode(nodesRequestPacket, { kind: PacketKind.NODES_REQUEST, sender: asker.publicKey, nonce, box })
  }

  #seal(from: DhtKeyPair, plain: Uint8Array): { nonce: Nonce; box: Uint8Array } {
    const nonce = randomNonce(this.crypto)
    const box = new Uint8Array(plain.length + MAC_BYTES)
    this.crypto.seal(box, plain, nonce, this.#shared(from))
    return { nonce, box }
  }

  #shared(peer: DhtKeyPair): SharedKey {
    return this.crypto.sharedKey(this.dht.publicKey, peer.secretKey)!
  }
}
