import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import { CookieGate } from '../../src/net-crypto/cookie-gate.js'
import { SessionCipher } from '../../src/net-crypto/session-cipher.js'
import { PacketKind } from '../../src/packet/kinds.js'
import { CookieRequest } from '../../src/packet/net-crypto/index.js'
import { seededRandom } from '../support/env.js'
import { crypto, established, message, numberOf, World } from './pair.js'

const addressOf = (n: number): Endpoint => Endpoint.of(Uint8Array.of(20, n >> 16, (n >> 8) & 255, n & 255), 33_445)

function cookieRequest(seed: number): Uint8Array {
  const random = seededRandom(seed + 1)
  return encode(CookieRequest, {
    kind: PacketKind.COOKIE_REQUEST,
    dhtPublicKey: random.bytes(32) as never,
    nonce: random.bytes(24),
    sealed: random.bytes(88),
  })
}

describe('net crypto: hostile input', () => {
  it('every bit flip, truncation and extension of a data packet is refused and hurts nothing', () => {
    const { world, a, b } = established()
    world.isRecording = true
    world.filter = ({ from, packet }) => !(from.equals(a.endpoint) && packet[0] === PacketKind.CRYPTO_DATA)
    a.connection!.sendLossless(message(1, 30))
    world.run(1)
    const { packet } = world.sent.find(({ from }) => from.equals(a.endpoint))!
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const flipped = packet.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      b.router.receive(a.endpoint, flipped)
    }
    for (let length = 0; length < packet.length; length++) b.router.receive(a.endpoint, packet.subarray(0, length))
    b.router.receive(a.endpoint, Uint8Array.of(...packet, 0))
    b.router.receive(a.endpoint, new Uint8Array(1401).fill(0x1b))
    assert.equal(b.received.length, 0)
    world.filter = () => true
    b.router.receive(a.endpoint, packet)
    b.router.receive(a.endpoint, packet)
    assert.deepEqual(b.received.map(numberOf), [1])
    world.run(2_000)
    assert.ok(a.connection!.isAcked(0))
  })

  it('random bytes of every kind throw nothing and make nothing', () => {
    const { world, a, b } = established()
    const random = seededRandom(9)
    for (const kind of [0x18, 0x19, 0x1a, 0x1b]) {
      for (let i = 0; i < 2_000; i++) {
        const packet = random.bytes(random.uniform(500) + 1)
        packet[0] = kind
        b.router.receive(i % 2 === 0 ? a.endpoint : addressOf(i), packet)
      }
    }
    for (const [kind, size] of [
      [0x18, 145],
      [0x19, 161],
      [0x1a, 385],
      [0x1b, 1400],
    ] as const) {
      for (let i = 0; i < 300; i++) {
        const packet = random.bytes(size)
        packet[0] = kind
        b.router.receive(a.endpoint, packet)
      }
    }
    assert.equal(b.net.size, 1)
    a.connection!.sendLossless(message(3))
    world.run(50)
    assert.deepEqual(b.received.map(numberOf), [3])
  })

  it('data of no session costs no decryption when it cannot be the next packet of one', () => {
    const { a, b } = established()
    const next = new Uint8Array(100).fill(0x1b)
    b.router.receive(addressOf(1), next.subarray(0, 20))
    assert.equal(b.env.drops.get('net-crypto/data of no session'), 1)
    assert.equal(b.env.drops.get('net-crypto/data not authentic'), 0)
    b.router.receive(a.endpoint, next)
    assert.equal(b.env.drops.get('net-crypto/data not authentic'), 1)
  })

  it('a flood of cookie requests from 1,000 addresses leaves an honest stranger served within its tries', () => {
    const world = new World()
    const server = world.peer()
    const requests = Array.from({ length: 1000 }, (_, i) => cookieRequest(i))
    let sharedKeys = 0
    const flood = (): void => {
      for (let i = 0; i < 1000; i++) {
        server.router.receive(addressOf(i), requests[i]!)
        sharedKeys = server.env.drops.get('net-crypto/cookie request forged')
      }
    }
    // 100,000 a second for half a second, then with the stranger among them.
    for (let ms = 0; ms < 500; ms += 10, world.run(10)) flood()
    const honest = world.peer()
    honest.connectTo(server)
    for (let ms = 0; ms < 3_000 && !honest.isEstablished; ms += 10, world.run(10)) flood()
    assert.ok(honest.isEstablished)
    const seconds = world.nowMs / 1000 - 1000
    assert.ok(sharedKeys <= 3_000 + 2_100 * seconds, `${sharedKeys} key computations in ${seconds} s`)
    assert.equal(server.net.size, 1)
  })

  it('one source cannot take the shares of others', () => {
    const gate = new CookieGate(seededRandom(3), 0)
    let loud = 0
    let quiet = 0
    for (let ms = 0; ms < 10_000; ms++) {
      for (let i = 0; i < 100; i++) if (gate.admits(addressOf(1), false, ms)) loud++
      if (ms % 1000 === 500) for (let i = 2; i < 102; i++) if (gate.admits(addressOf(i), false, ms)) quiet++
    }
    assert.ok(loud <= 32 * 11, `${loud} answers to the loud one`)
    assert.ok(quiet >= 990, `${quiet} of 1000 answers to the quiet ones`)
  })

  it('a source under a known key is served while strangers exhaust theirs', () => {
    const gate = new CookieGate(seededRandom(4), 0)
    let known = 0
    for (let ms = 0; ms < 1_000; ms++) {
      for (let i = 0; i < 100; i++) gate.admits(addressOf(ms * 100 + i), false, ms)
      if (ms % 100 === 0 && gate.admits(Endpoint.parse('1.2.3.4', 5)!, true, ms)) known++
    }
    assert.ok(known >= 9, `${known} of 10`)
  })

  it('each friend’s cookie request under a new DHT key is answered although thousands have asked', () => {
    const world = new World()
    const server = world.peer()
    for (let i = 0; i < 20_000; i++) server.router.receive(addressOf(i), cookieRequest(i % 50))
    world.run(1_500)
    const friend = world.peer()
    friend.connectTo(server)
    world.run(100)
    assert.ok(friend.isEstablished)
  })

  it('a peer that acknowledges what was never sent is not believed', () => {
    const { world, a, b } = established()
    const original = SessionCipher.prototype.seal
    // A modified peer: its acknowledgement lies.
    SessionCipher.prototype.seal = function (plain, out) {
      plain[1] = 0x70
      original.call(this, plain, out)
    }
    b.connection!.sendLossless(message(1))
    world.run(1)
    SessionCipher.prototype.seal = original
    world.run(30)
    assert.ok(a.env.drops.get('net-crypto/data acknowledges the unsent') > 0)
    assert.equal(a.received.length, 0)
    const number = a.connection!.sendLossless(message(2))!
    assert.equal(a.connection!.isAcked(number), false)
  })

  it('a connection killed before its first answer makes none', () => {
    const world = new World()
    const a = world.peer()
    const b = world.peer()
    b.handlers = () => ({ onConnection: (connection) => connection.kill() })
    a.connectTo(b)
    world.run(1_000)
    assert.equal(b.net.size, 0)
    assert.equal(a.isEstablished, false)
  })

  it('handlers that kill their connection in any report end it cleanly', () => {
    for (const moment of ['onLossless', 'onEstablished', 'onAcked'] as const) {
      const world = new World()
      const a = world.peer()
      const b = world.peer()
      const original = a.handlers.bind(a)
      a.handlers = () => ({ ...original(), [moment]: () => a.connection!.kill() })
      a.connectTo(b)
      world.run(200)
      for (let i = 0; i < 5; i++) {
        b.connection?.sendLossless(message(i))
        a.connection?.sendLossless(message(i))
      }
      world.run(3_000)
      assert.equal(a.connection!.state, 'killed', moment)
      assert.equal(b.net.size, 0, moment)
    }
  })
})

describe('net crypto: session cipher', () => {
  it('nonces follow through every wrap of the two bytes on the wire, under loss of many packets', () => {
    const key = crypto.keyPair().publicKey as never
    for (const start of [0, 0xfffe, 0x8000]) {
      const nonce = new Uint8Array(24).fill(0xff)
      nonce.set([start >> 8, start & 255], 22)
      const from = new SessionCipher(crypto, new Uint8Array(key) as never, nonce as never, nonce as never)
      const to = new SessionCipher(crypto, new Uint8Array(key) as never, nonce as never, nonce as never)
      const scratch = { view: (size: number) => new Uint8Array(size) } as never
      const plain = new Uint8Array(9)
      const out = new Uint8Array(SessionCipher.packetSize(9))
      for (let i = 0; i < 200_000; i++) {
        from.seal(plain, out)
        // 10,000 packets are lost between those that arrive.
        if (i % 10_000 === 0) assert.ok(to.open(out, scratch), `packet ${i} from ${start}`)
      }
    }
  })

  it('packets that are overtaken by twenty thousand others still open', () => {
    const key = new Uint8Array(32).fill(5)
    const nonce = new Uint8Array(24).fill(7)
    const make = (): SessionCipher => new SessionCipher(crypto, key.slice() as never, nonce as never, nonce as never)
    const [from, to] = [make(), make()]
    const scratch = { view: (size: number) => new Uint8Array(size) } as never
    const late = new Uint8Array(SessionCipher.packetSize(9))
    const out = late.slice()
    for (let i = 0; i < 50_000; i++) from.seal(new Uint8Array(9), i === 30_000 ? late : out)
    assert.ok(to.open(out, scratch))
    assert.ok(to.open(late, scratch))
  })
})
