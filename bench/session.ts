// Lossless messages between two sessions in one process, joined by memory: what net crypto itself costs, without sockets.
// Both sides share one core here, so each side alone could do twice as many.

import { Counters, Deadlines, Endpoint, type Env, silentLogger } from '../src/base/index.js'
import {
  type Crypto,
  type DhtKeyPair,
  type DhtPublicKey,
  type LongTermKeyPair,
  loadCrypto,
} from '../src/crypto/index.js'
import { NetCrypto } from '../src/net-crypto/index.js'
import { UdpRouter, type UdpSender } from '../src/transport/udp.js'
import { type BenchLine, benchLine } from './bench-line.js'

const MESSAGE_BYTES = 1_000
const SECONDS = 2
/** A turn of the host reads at most about so many packets. */
const BATCH = 64

/** Hands packets from one side to the other: written into an arena in one turn, read in the next. */
class Wire implements UdpSender {
  /** A ring that holds more than a full window: 32,768 packets of 1,400 bytes. */
  readonly #arena = new Uint8Array(1 << 26)
  readonly #at: number[] = []
  #used = 0
  target: UdpRouter | undefined

  constructor(readonly from: Endpoint) {}

  send(to: Endpoint, packet: Uint8Array): void {
    this.reserve(to, packet.length).set(packet)
  }

  reserve(_to: Endpoint, size: number): Uint8Array {
    if (this.#used + size > this.#arena.length) this.#used = 0
    this.#at.push(this.#used, size)
    const place = this.#arena.subarray(this.#used, this.#used + size)
    this.#used += size
    return place
  }

  deliver(): boolean {
    if (this.#at.length === 0) return false
    const at = this.#at.splice(0, 2 * BATCH)
    for (let i = 0; i < at.length; i += 2) {
      this.target!.receive(this.from, this.#arena.subarray(at[i]!, at[i]! + at[i + 1]!))
    }
    return true
  }
}

/** One engine of net crypto that accepts everybody. */
function side(crypto: Crypto, wire: Wire, now: () => number, onLossless: () => void) {
  const env: Env = {
    clock: { now, unixSeconds: () => 0 },
    random: { fill: (x) => crypto.randomFill(x), bytes: (n) => new Uint8Array(n).fill(7), uniform: () => 1 },
    log: silentLogger,
    deadlines: new Deadlines(),
    drops: new Counters(),
  }
  const router = new UdpRouter(env.drops)
  const longTerm: LongTermKeyPair = crypto.keyPair()
  const keyPair: DhtKeyPair = crypto.keyPair()
  const dht = { keyPair, sharedKey: (key: DhtPublicKey) => crypto.sharedKey(key, keyPair.secretKey) }
  const net = new NetCrypto({ env, crypto, udp: wire, router, longTerm, dht, accept: () => ({ onLossless }) })
  return { env, router, net, longTerm, dhtKeys: keyPair }
}

/** Messages of 1,000 bytes a second from one session to another, receipts included. */
export async function run(): Promise<BenchLine[]> {
  const crypto = await loadCrypto()
  let now = 0
  const endpoints = [Endpoint.parse('127.0.0.1', 1)!, Endpoint.parse('127.0.0.1', 2)!] as const
  const [wireA, wireB] = [new Wire(endpoints[0]), new Wire(endpoints[1])]
  let received = 0
  const clock = (): number => now
  const a = side(crypto, wireA, clock, () => {})
  const b = side(crypto, wireB, clock, () => void received++)
  wireA.target = b.router
  wireB.target = a.router
  const connection = a.net.connect(b.longTerm.publicKey, b.dhtKeys.publicKey, {})!
  connection.setEndpoint(endpoints[1])
  const data = new Uint8Array(MESSAGE_BYTES).fill(64)
  const startMs = performance.now()
  let sent = 0
  while (now < SECONDS * 1000) {
    now = performance.now() - startMs
    while (connection.readySlots > 0 && connection.sendLossless(data) !== undefined) sent++
    wireA.deliver()
    b.env.deadlines.run(now)
    wireB.deliver()
    a.env.deadlines.run(now)
  }
  if (received < sent / 2) throw new Error(`only ${received} of ${sent} messages arrived`)
  return [
    benchLine('1,000-byte messages between two sessions in memory, one core', received / SECONDS, undefined, '/s'),
  ]
}
