// The same bytes to ours and to c-toxcore's, from sockets of no implementation: who answers what, and of which size. Odd packets
// that one of them answers and the other does not would tell them apart, or break one that relies on the other.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Endpoint, fromHex, sameBytes, toHex } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import { type Crypto, type DhtPublicKey, loadCrypto } from '../../src/crypto/index.js'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { dhtRequestPacket, dhtRequestPlain, nodesRequest, pingRequest } from '../../src/packet/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import {
  ExitLayer,
  Layer1,
  Layer2,
  Onion1,
  Onion2,
  OnionInitial,
  OnionResponse1,
  OnionResponse2,
  OnionResponse3,
} from '../../src/packet/onion/index.js'
import { Attacker } from '../hostile/attacker.js'
import { seededRandom } from '../support/env.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer } from './c-peer.js'
import { onlyLoopback } from './lane.js'

interface Target {
  readonly name: string
  readonly port: number
  readonly publicKey: DhtPublicKey
}

/** The packet of a case for one target; `back` is the socket that sends it. */
type Build = (to: DhtPublicKey, back: Endpoint) => Uint8Array
interface Case {
  readonly name: string
  readonly build: Build
}

/** Where answers differ, and why that is right. */
const ACCEPTED: readonly { readonly name: RegExp; readonly why: string }[] = [
  {
    name: /^onion 2 with a packet of kind 135$/,
    why: 'the newer announce request: 0.2.18 does not know it, 0.2.23 passes it on, and so do we',
  },
  { name: /^bootstrap info, 78 bytes$/, why: 'tox-bootstrapd sends the NUL behind its message of the day too' },
]

const MOTD = 'the same for both'
const SENTINEL = 0x5e47_1e1d_0000_0001n
const BATCH = 64

/** What targets ask us by themselves. */
const UNASKED: ReadonlySet<number> = new Set([PacketKind.PING_REQUEST, PacketKind.NODES_REQUEST])

class Probe {
  readonly answers: Uint8Array[] = []
  #done: () => void = () => {}
  readonly done = new Promise<void>((resolve) => {
    this.#done = resolve
  })

  static #count = 1

  private constructor(
    readonly socket: Socket,
    readonly target: Target,
    readonly attacker: Attacker,
  ) {
    socket.on('message', (message) => this.#hear(new Uint8Array(message)))
  }

  /** From an address of its own: limits are per source, and here are many. */
  static async open(target: Target, attacker: Attacker): Promise<Probe> {
    const n = Probe.#count++
    const socket = createSocket('udp4').bind(0, `127.1.${(n >> 8) & 255}.${n & 255}`)
    await once(socket, 'listening')
    return new Probe(socket, target, attacker)
  }

  get endpoint(): Endpoint {
    const { address, port } = this.socket.address()
    return Endpoint.parse(address, port)!
  }

  send(packet: Uint8Array): void {
    this.socket.send(packet, this.target.port, '127.0.0.1')
  }

  /** A ping behind the packets: when it is answered, they were answered or never will be. */
  finish(): void {
    this.send(this.attacker.ping(this.target.publicKey, SENTINEL))
  }

  #hear(packet: Uint8Array): void {
    if (UNASKED.has(packet[0]!)) return
    if (packet[0] === PacketKind.PING_RESPONSE) {
      const plain = this.attacker.open(this.target.publicKey, packet.subarray(33, 57), packet.subarray(57))
      if (plain !== undefined && new DataView(plain.buffer).getBigUint64(1) === SENTINEL) return this.#done()
    }
    this.answers.push(packet)
  }

  /** Each answer as text: kind, size, and what in it does not depend on chance. */
  described(): string {
    return this.answers.map((one) => `${one[0]!.toString(16)}[${one.length}] ${this.#content(one)}`).join(' + ') || '-'
  }

  #content(packet: Uint8Array): string {
    const { target, attacker } = this
    const opened = (nonceAt: number): string => {
      const plain = attacker.open(
        target.publicKey,
        packet.subarray(nonceAt, nonceAt + 24),
        packet.subarray(nonceAt + 24),
      )
      return plain === undefined ? 'does not open' : toHex(plain)
    }
    switch (packet[0]) {
      case PacketKind.PING_RESPONSE:
      case PacketKind.NODES_RESPONSE:
        return `${sameBytes(packet.subarray(1, 33), target.publicKey)} ${opened(33)}`
      case PacketKind.COOKIE_RESPONSE:
        // The cookie is sealed for its maker; the id stands behind it.
        return opened(1).slice(2 * 112)
      case PacketKind.ONION_RESPONSE_3: {
        const inner = packet.subarray(178)
        const plain = attacker.open(target.publicKey, inner.subarray(9, 33), inner.subarray(33))
        const told = plain === undefined ? 'does not open' : `stored ${plain[0]}, ${toHex(plain.subarray(33))}`
        return `${toHex(packet.subarray(1, 178))} ${toHex(inner.subarray(0, 9))} ${told}`
      }
      // What is passed on, without nonce and return address, which are of chance.
      case PacketKind.ONION_1:
        return toHex(packet.subarray(25, -59))
      case PacketKind.ONION_2:
        return toHex(packet.subarray(25, -118))
      case PacketKind.BOOTSTRAP_INFO:
        return new TextDecoder().decode(packet.subarray(5))
      default:
        return ''
    }
  }
}

/** Every cut, one byte more, and one flipped bit in each byte of a packet. */
function mutations(name: string, build: Build, size: number, step = 1): Case[] {
  const cases: Case[] = [{ name: `${name}`, build }]
  for (let length = 1; length < size; length += step) {
    cases.push({ name: `${name}, cut to ${length}`, build: (...to) => build(...to).slice(0, length) })
  }
  for (const more of [1, 16, 100]) {
    cases.push({
      name: `${name}, ${more} bytes more`,
      build: (...to) => Uint8Array.of(...build(...to), ...zeros(more)),
    })
  }
  for (let at = 1; at < size; at += step) {
    cases.push({
      name: `${name}, bit ${at % 8} of byte ${at} flipped`,
      build: (...to) => {
        const packet = build(...to)
        packet[at]! ^= 1 << (at % 8)
        return packet
      },
    })
  }
  return cases
}

/** The smallest onion initial that `initial` makes: 57 bytes of head, layer 1 of 19 + 32 + 178, tag. */
const INITIAL_BYTES = 57 + 19 + 32 + 178 + 16

const zeros = (size: number): Uint8Array => new Uint8Array(size)

function allCases(crypto: Crypto, attacker: Attacker): Case[] {
  const dice = seededRandom(11)
  const someone = crypto.keyPair<DhtPublicKey, never>().publicKey
  const dhtRequest = (recipient: DhtPublicKey, to: DhtPublicKey, plain: Uint8Array): Uint8Array => {
    const { nonce, sealed: box } = attacker.seal(to, plain)
    return encode(dhtRequestPacket, { kind: PacketKind.DHT_REQUEST, recipient, sender: attacker.publicKey, nonce, box })
  }
  const request = (kind: number, data: Uint8Array): Build => {
    const plain = encode(dhtRequestPlain, { kind, data })
    return (to) => dhtRequest(to, to, plain)
  }
  const cases: Case[] = [
    ...mutations('ping', (to) => attacker.ping(to, 7n), 82),
    ...mutations('nodes request', (to) => attacker.askNodes(to, someone, 9n), 113),
    ...mutations('cookie request', (to) => attacker.cookieRequest(to, 11n), 145, 3),
    ...mutations('announce request', (to) => attacker.announce(to), 354, 7),
    ...mutations('onion initial', (to, back) => initial(attacker, to, back), 300, 7),
    ...mutations('onion 1', (to, back) => onion1(attacker, to, back), 300, 11),
    ...mutations('onion 2', (to, back) => onion2(attacker, to, back, PacketKind.ANNOUNCE_REQUEST_OLD), 300, 11),
    ...mutations('NAT ping of a stranger', request(254, Uint8Array.of(0, ...zeros(8))), 109, 9),
    { name: 'DHT request for somebody else', build: () => dhtRequest(someone, someone, Uint8Array.of(254, 1)) },
    { name: 'DHT request of an unknown kind', build: request(99, zeros(20)) },
    { name: 'DHT request of the kind of a DHT key', build: request(156, zeros(80)) },
    { name: 'DHT request with nothing but a kind', build: (to) => dhtRequest(to, to, Uint8Array.of(254)) },
  ]
  const plain = (name: string, kind: number, bytes: Uint8Array): void => {
    cases.push({ name, build: (to) => attacker.dht(to, kind, bytes) })
  }
  plain('ping with the kind of a response', 0, encode(pingRequest, { kind: 0, requestId: 5n }).fill(1, 0, 1))
  plain('ping with id 0', 0, zeros(9))
  for (const size of [0, 1, 8, 10, 40]) plain(`ping of ${size} plain bytes`, 0, zeros(size))
  for (const size of [0, 32, 39, 41, 100]) plain(`nodes request of ${size} plain bytes`, 2, zeros(size))
  plain('nodes request for zeros, with id 0', 2, zeros(40))
  plain('nodes request for ourselves', 2, encode(nodesRequest, { sought: attacker.publicKey, requestId: 1n }))
  plain('ping response that nobody asked for', 1, Uint8Array.of(1, ...zeros(8)))
  for (let count = 0; count <= 5; count++) {
    for (const family of [2, 10, 130, 138, 3, 0, 255]) {
      const node = Uint8Array.of(family, 127, 0, 0, 1, 1, 1, ...someone)
      const nodes = Array.from({ length: count }, () => [...node]).flat()
      plain(`nodes response, ${count} of family ${family}`, 4, Uint8Array.of(count, ...nodes, ...zeros(8)))
    }
  }
  cases.push(
    { name: 'ping that claims the own key', build: (to) => Uint8Array.of(0, ...to, ...zeros(49)) },
    { name: 'ping under a key of zeros', build: () => zeros(82) },
    { name: 'ping under a low-order key', build: () => Uint8Array.of(0, 1, ...zeros(80)) },
    { name: 'cookie request with id 0', build: (to) => attacker.cookieRequest(to, 0n) },
    {
      name: 'cookie request with a long-term key of zeros',
      build: (to) => attacker.cookieRequest(to, 3n, zeros(32) as never),
    },
    { name: 'announce request with a wrong ping id', build: (to) => attacker.announce(to, zeros(32).fill(9)) },
    { name: 'announce request for another key', build: (to) => attacker.announce(to, zeros(32), someone as never) },
    { name: 'data for a key that is not stored', build: () => Uint8Array.of(0x85, ...zeros(400)) },
  )
  for (const kind of [0x00, 0x01, 0x02, 0x18, 0x1b, 0x20, 0x21, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xf0, 0xff]) {
    cases.push({ name: `onion 2 with a packet of kind ${kind}`, build: (to, back) => onion2(attacker, to, back, kind) })
  }
  for (const family of [0, 1, 2, 3, 10, 130, 138, 255]) {
    cases.push({ name: `onion initial to family ${family}`, build: (to, back) => initial(attacker, to, back, family) })
    cases.push({ name: `onion 1 to family ${family}`, build: (to, back) => onion1(attacker, to, back, family) })
    cases.push({ name: `onion 2 to family ${family}`, build: (to, back) => onion2(attacker, to, back, 0x83, family) })
  }
  for (const size of [1020, 1100, 1400]) {
    cases.push({
      name: `onion initial of ${size} bytes`,
      build: (to, back) => initial(attacker, to, back, 2, size - INITIAL_BYTES),
    })
  }
  for (let size = 1; size <= 90; size++) {
    cases.push({ name: `bootstrap info, ${size} bytes`, build: () => Uint8Array.of(0xf0, ...zeros(size - 1)) })
  }
  for (let kind = 0; kind < 256; kind++) {
    const body = dice.bytes([20, 100, 200, 400][kind % 4]!)
    if (kind !== 0xf0) cases.push({ name: `junk of kind ${kind}`, build: () => Uint8Array.of(kind, ...body) })
  }
  for (const size of [1, 1399, 1400, 1401, 2047, 2048, 2049, 9000]) {
    for (const kind of [0, 2, 0x1b, 0x80, 0x83, 0x8c]) {
      const body = dice.bytes(size - 1)
      cases.push({ name: `${size} bytes of kind ${kind}`, build: () => Uint8Array.of(kind, ...body) })
    }
  }
  return cases
}

/** The address field of a layer with any family byte. */
function withFamily(layer: Uint8Array, family: number): Uint8Array {
  layer[0] = family
  return layer
}

function initial(attacker: Attacker, to: DhtPublicKey, back: Endpoint, family = 2, more = 0): Uint8Array {
  const publicKey = attacker.publicKey as never
  const layer = withFamily(encode(Layer1, { to: back, publicKey, sealed: zeros(178 + more) }), family)
  const { nonce, sealed } = attacker.seal(to, layer)
  return encode(OnionInitial, { kind: PacketKind.ONION_INITIAL, nonce, publicKey, sealed })
}

function onion1(attacker: Attacker, to: DhtPublicKey, back: Endpoint, family = 2): Uint8Array {
  const publicKey = attacker.publicKey as never
  const layer = withFamily(encode(Layer2, { to: back, publicKey, sealed: zeros(127) }), family)
  const { nonce, sealed } = attacker.seal(to, layer)
  return encode(Onion1, { kind: PacketKind.ONION_1, nonce, publicKey, sealed, returnPath: zeros(59) })
}

function onion2(attacker: Attacker, to: DhtPublicKey, back: Endpoint, kind: number, family = 2): Uint8Array {
  const publicKey = attacker.publicKey as never
  const layer = withFamily(encode(ExitLayer, { to: back, data: Uint8Array.of(kind, ...zeros(130)) }), family)
  const { nonce, sealed } = attacker.seal(to, layer)
  return encode(Onion2, { kind: PacketKind.ONION_2, nonce, publicKey, sealed, returnPath: zeros(118) })
}

describe('the same bytes to ours and to c-toxcore', function () {
  this.timeout(120_000)
  onlyLoopback(this)

  let attacker: Attacker
  let cases: Case[]
  const pairs: { readonly what: string; readonly ours: Target; readonly theirs: Target }[] = []
  const toStop: (() => unknown)[] = []

  before(async () => {
    const crypto = await loadCrypto()
    attacker = new Attacker(crypto)
    cases = allCases(crypto, attacker)
    const node = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0, motd: MOTD })
    toStop.push(() => node.close())
    const daemon = await Bootstrapd.start({ port: 33_700, motd: MOTD })
    toStop.push(() => daemon.stop())
    const tox = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false, port: 0 })
    toStop.push(() => tox.close())
    const peer = await CPeer.start({ ipv6: false, startPort: 33_750, endPort: 33_760 })
    toStop.push(() => peer.killHard())
    const self = await peer.self()
    const target = (name: string, port: number, key: Uint8Array): Target => ({ name, port, publicKey: key as never })
    pairs.push(
      {
        what: 'bootstrap nodes',
        ours: target('ours', node.port, fromHex(node.publicKey)!),
        theirs: target('tox-bootstrapd', daemon.port, daemon.key),
      },
      {
        what: 'peers',
        ours: target('ours', tox.udpPort, fromHex(tox.dhtKey)!),
        theirs: target('c-toxcore', self.port!, self.dhtKey),
      },
    )
  })

  after(async () => {
    for (const stop of toStop) await stop()
  })

  /** What each target makes of the packets of `some`. */
  async function ask(target: Target, some: readonly Case[]): Promise<string[]> {
    const probes = await Promise.all(some.map(() => Probe.open(target, attacker)))
    try {
      some.forEach(({ build }, i) => {
        probes[i]!.send(build(target.publicKey, probes[i]!.endpoint))
        probes[i]!.finish()
      })
      const limit = new Promise((_, reject) =>
        setTimeout(reject, 20_000, new Error(`${target.name} is silent`)).unref(),
      )
      await Promise.race([Promise.all(probes.map(({ done }) => done)), limit])
      return probes.map((probe) => probe.described())
    } finally {
      for (const { socket } of probes) socket.close()
    }
  }

  for (const [i, what] of ['bootstrap nodes', 'peers'].entries()) {
    it(`${what} answer alike`, async () => {
      const { ours, theirs } = pairs[i]!
      const differences: string[] = []
      let answered = 0
      for (let at = 0; at < cases.length; at += BATCH) {
        const some = cases.slice(at, at + BATCH)
        const [our, their] = await Promise.all([ask(ours, some), ask(theirs, some)])
        some.forEach(({ name }, j) => {
          if (their[j] !== '-') answered++
          if (our[j] === their[j] || ACCEPTED.some((one) => one.name.test(name))) return
          differences.push(`${name}:\n    ours    ${our[j]!.slice(0, 300)}\n    theirs  ${their[j]!.slice(0, 300)}`)
        })
      }
      assert.equal(differences.length, 0, `\n${differences.join('\n')}\n`)
      assert.ok(answered >= 12, `only ${answered} of ${cases.length} packets were answered: the cases are worth little`)
    })
  }

  it('answers come back through both, kind by kind', async () => {
    const all = await Promise.all(
      pairs.map(({ ours, theirs }) => Promise.all([returned(ours, attacker), returned(theirs, attacker)])),
    )
    for (const [our, their] of all) {
      // 0.2.18 does not know 0x88, the answer to the newer announce request; 0.2.23 passes it on, and so do we.
      const isOld = (line: string): boolean => !line.includes(`kind ${PacketKind.ANNOUNCE_RESPONSE},`)
      assert.deepEqual(our.filter(isOld), their.filter(isOld))
    }
  })
})

/** Which kinds come back through a target as hop 1, 2 and 3, by the return addresses that it sealed. */
async function returned(target: Target, attacker: Attacker): Promise<string[]> {
  const lines: string[] = []
  const forward = [initial, onion1, (...[a, to, back]: Parameters<typeof onion1>) => onion2(a, to, back, 0x83)]
  const responses = [
    { kind: PacketKind.ONION_RESPONSE_1, size: 59, schema: OnionResponse1 },
    { kind: PacketKind.ONION_RESPONSE_2, size: 118, schema: OnionResponse2 },
    { kind: PacketKind.ONION_RESPONSE_3, size: 177, schema: OnionResponse3 },
  ]
  for (const [hop, { kind, size, schema }] of responses.entries()) {
    const there = await Probe.open(target, attacker)
    there.send(forward[hop]!(attacker, target.publicKey, there.endpoint))
    there.finish()
    await there.done
    const returnPath = there.answers[0]!.slice(-size)
    there.answers.length = 0
    for (const data of [0x84, 0x86, 0x88, 0x83, 0x00, 0x01, 0x04, 0x19, 0x21, 0xf0]) {
      for (const length of [1, 100, 1000]) {
        const payload = zeros(length).fill(data, 0, 1)
        const packet = Uint8Array.of(kind, ...returnPath, ...payload)
        if (data === 0x84 && length === 100) assert.ok(decode(schema as never, packet) !== undefined)
        const back = await Probe.open(target, attacker)
        back.send(packet)
        back.finish()
        await back.done
        back.socket.close()
        await new Promise((resolve) => setTimeout(resolve, 2))
        lines.push(
          `hop ${hop + 1}, kind ${data}, ${length} bytes: ${there.answers.map((one) => `${one[0]}[${one.length}]`)}`,
        )
        there.answers.length = 0
      }
    }
    there.socket.close()
  }
  return lines
}
