import assert from 'node:assert/strict'
import { Endpoint, sameBytes } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import type {
  AnyPublicKey,
  AnySecretKey,
  DhtPublicKey,
  EphemeralPublicKey,
  EphemeralSecretKey,
  KeyPair,
  LongTermPublicKey,
  LongTermSecretKey,
  Nonce,
} from '../../src/crypto/keys.js'
import { compareDistance } from '../../src/dht/distance.js'
import { AnnounceStore } from '../../src/onion/announce-store.js'
import {
  type AnnounceAnswer,
  AnnounceAnswer as AnnounceAnswerSchema,
  AnnouncePayload,
  AnnounceResponse,
  GroupAnnounceAnswer,
  GroupAnnounceResponse,
  OnionResponse3,
  ReturnableAnnounceRequest,
  ReturnableDataRequest,
} from '../../src/packet/onion/index.js'
import { type Node, World } from './world.js'

const ZERO = new Uint8Array(32)
const EXIT = Endpoint.parse('10.7.7.7', 4000)!
const OTHER_EXIT = Endpoint.parse('10.7.7.8', 4000)!

/** An asker behind an exit: sees each answer as the exit would. */
class Asker {
  readonly keyPair: KeyPair
  readonly data: KeyPair<EphemeralPublicKey, EphemeralSecretKey>

  constructor(
    readonly world: World,
    readonly server: Node,
  ) {
    this.keyPair = world.crypto.keyPair<LongTermPublicKey, LongTermSecretKey>()
    this.data = world.crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>()
  }

  get publicKey(): LongTermPublicKey {
    return this.keyPair.publicKey as LongTermPublicKey
  }

  /** A request as it arrives from `from`. */
  request(pingId: Uint8Array, options: { sought?: AnyPublicKey; extra?: number; kind?: 0x83 | 0x87 } = {}): Uint8Array {
    const { crypto } = this.world
    const soughtKey = (options.sought ?? this.publicKey) as LongTermPublicKey
    const payload = encode(AnnouncePayload, {
      pingId,
      soughtKey,
      dataPublicKey: this.data.publicKey,
      requestId: new Uint8Array(8).fill(5),
    })
    const plain = new Uint8Array(payload.length + (options.extra ?? 0))
    plain.set(payload)
    const nonce = new Uint8Array(24).fill(3) as Nonce
    const key = crypto.sharedKey(this.server.dht.keyPair.publicKey, this.keyPair.secretKey as AnySecretKey)!
    const sealed = new Uint8Array(plain.length + 16)
    crypto.seal(sealed, plain, nonce, key)
    const head = encode(ReturnableAnnounceRequest, {
      kind: 0x83,
      nonce,
      publicKey: this.publicKey,
      sealed: sealed.subarray(0, 120),
      returnPath: new Uint8Array(177).fill(6),
    })
    const packet = new Uint8Array(head.length + sealed.length - 120)
    packet.set(head.subarray(0, 57))
    packet.set(sealed, 57)
    packet.fill(6, 57 + sealed.length)
    packet[0] = options.kind ?? 0x83
    return packet
  }

  ask(pingId: Uint8Array, from = EXIT, sought?: AnyPublicKey): AnnounceAnswer | undefined {
    const packet = this.request(pingId, sought === undefined ? {} : { sought })
    const [sent] = capture(this.world, this.server, () => this.server.router.receive(from, packet))
    if (sent === undefined) return undefined
    assert.ok(sent.to.equals(from))
    const response = decode(OnionResponse3, sent.packet)!
    assert.deepEqual(response.returnPath, new Uint8Array(177).fill(6))
    const announce = decode(AnnounceResponse, response.data)!
    assert.deepEqual(announce.requestId, new Uint8Array(8).fill(5))
    return decode(AnnounceAnswerSchema, this.open(announce))
  }

  open({ nonce, sealed }: { nonce: Nonce; sealed: Uint8Array }): Uint8Array {
    const key = this.world.crypto.sharedKey(this.server.dht.keyPair.publicKey, this.keyPair.secretKey as AnySecretKey)!
    const plain = new Uint8Array(sealed.length - 16)
    assert.ok(this.world.crypto.open(plain, sealed, nonce, key))
    return plain
  }
}

/** What `server` sends while `act` runs. */
function capture(world: World, server: Node, act: () => void): { to: Endpoint; packet: Uint8Array }[] {
  const sent: { to: Endpoint; packet: Uint8Array }[] = []
  world.board.filter = (from, to, packet) => {
    if (from.equals(server.endpoint)) sent.push({ to, packet })
    return false
  }
  act()
  world.board.filter = () => true
  return sent
}

describe('announce server', () => {
  let world: World
  let server: Node
  let asker: Asker

  beforeEach(async () => {
    world = await World.create(6)
    server = world.nodes[0]!
    asker = new Asker(world, server)
  })

  it('stores who returns its ping id, and tells searchers the data key', () => {
    const first = asker.ask(ZERO)!
    assert.equal(first.isStored, 0)
    assert.equal(first.nodes.length, 4)
    assert.equal(server.announces.store.size, 0)
    const second = asker.ask(first.pingIdOrKey)!
    assert.equal(second.isStored, 2)
    assert.equal(server.announces.store.size, 1)

    const searcher = new Asker(world, server)
    const found = searcher.ask(ZERO, OTHER_EXIT, asker.publicKey)!
    assert.equal(found.isStored, 1)
    assert.ok(sameBytes(found.pingIdOrKey, asker.data.publicKey))
    assert.equal(searcher.ask(ZERO, OTHER_EXIT)!.isStored, 0)
  })

  it('names the nodes closest to the sought key, nearest first', () => {
    const { nodes } = asker.ask(ZERO)!
    const all = world.nodes.slice(1).map(({ dht }) => dht.keyPair.publicKey)
    const nearest = all.sort((a, b) => compareDistance(asker.publicKey, a, b)).slice(0, 4)
    assert.deepEqual(
      nodes.map(({ publicKey }) => publicKey),
      nearest,
    )
  })

  it('refuses the ping id of another address, of another key, and an old one', () => {
    const { pingIdOrKey } = asker.ask(ZERO)!
    assert.equal(asker.ask(pingIdOrKey, OTHER_EXIT)!.isStored, 0)
    assert.equal(asker.ask(pingIdOrKey, EXIT.withPort(4001))!.isStored, 0)
    assert.equal(new Asker(world, server).ask(pingIdOrKey)!.isStored, 0)
    assert.equal(server.announces.store.size, 0)
    world.run(300_000)
    assert.equal(asker.ask(pingIdOrKey)!.isStored, 2)
    world.run(300_001)
    assert.equal(asker.ask(pingIdOrKey)!.isStored, 0)
  })

  it('forgets after 300 s', () => {
    asker.ask(asker.ask(ZERO)!.pingIdOrKey)
    world.run(299_999)
    assert.equal(asker.ask(ZERO)!.isStored, 2)
    world.run(2)
    assert.equal(asker.ask(ZERO)!.isStored, 0)
    assert.equal(server.announces.store.size, 0)
  })

  it('asks a peer that started anew to announce its new data key', () => {
    asker.ask(asker.ask(ZERO)!.pingIdOrKey)
    const again = new Asker(world, server)
    Object.assign(again, { keyPair: asker.keyPair })
    const answer = again.ask(ZERO)!
    assert.equal(answer.isStored, 0)
    assert.equal(again.ask(answer.pingIdOrKey)!.isStored, 2)
  })

  it('routes data to who is stored, by its return address', () => {
    const request = (destination: AnyPublicKey): Uint8Array =>
      encode(ReturnableDataRequest, {
        kind: 0x85,
        destination: destination as LongTermPublicKey,
        nonce: new Uint8Array(24).fill(1) as Nonce,
        publicKey: new Uint8Array(32).fill(2) as EphemeralPublicKey,
        sealed: new Uint8Array(100).fill(4),
        returnPath: new Uint8Array(177),
      })
    const send = (): { to: Endpoint; packet: Uint8Array }[] =>
      capture(world, server, () => server.router.receive(OTHER_EXIT, request(asker.publicKey)))
    assert.equal(send().length, 0)
    asker.ask(asker.ask(ZERO)!.pingIdOrKey)
    const [sent] = send()
    assert.ok(sent!.to.equals(EXIT))
    const response = decode(OnionResponse3, sent!.packet)!
    assert.deepEqual(response.returnPath, new Uint8Array(177).fill(6))
    const expected = new Uint8Array(157).fill(4)
    expected[0] = 0x86
    expected.fill(1, 1, 25)
    expected.fill(2, 25, 57)
    assert.deepEqual(response.data, expected)
  })

  it('answers the newer kind with counted nodes, and drops group announcements', () => {
    const packet = asker.request(ZERO, { kind: 0x87 })
    const [sent] = capture(world, server, () => server.router.receive(EXIT, packet))
    const response = decode(GroupAnnounceResponse, decode(OnionResponse3, sent!.packet)!.data)!
    const answer = decode(GroupAnnounceAnswer, asker.open(response))!
    assert.equal(answer.nodes.length, 4)
    assert.equal(answer.groupData.length, 0)
    const group = asker.request(ZERO, { kind: 0x87, extra: 20 })
    assert.equal(capture(world, server, () => server.router.receive(EXIT, group)).length, 0)
    assert.equal(server.env.drops.get('onion/group announcement is not served'), 1)
  })

  it('refuses every truncation and every flipped bit', () => {
    const packet = asker.request(asker.ask(ZERO)!.pingIdOrKey)
    const sent = capture(world, server, () => {
      for (let length = 0; length < packet.length; length++) server.router.receive(EXIT, packet.subarray(0, length))
      // The return address is the hops' own: the server cannot judge it.
      for (let bit = 8; bit < (packet.length - 177) * 8; bit += 3) {
        // X25519 ignores the highest bit of a public key; the ping id then is that of another key.
        if (bit === (25 + 31) * 8 + 7) continue
        const flipped = packet.slice()
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        server.router.receive(EXIT, flipped)
      }
    })
    assert.equal(sent.length, 0)
    assert.equal(server.announces.store.size, 0)
  })
})

describe('announce store', () => {
  it('keeps the 160 nearest keys, and a flood through one exit displaces its own', async () => {
    const world = await World.create(1)
    const { env, dht } = world.nodes[0]!
    const own = dht.keyPair.publicKey
    const store = new AnnounceStore(env.clock, own)
    const announce = (distance: number, exit: Endpoint): boolean => {
      const publicKey = own.slice() as DhtPublicKey
      publicKey[0]! ^= distance >> 8
      publicKey[1]! ^= distance & 0xff
      const dataPublicKey = new Uint8Array(32) as EphemeralPublicKey
      return store.put({ publicKey, dataPublicKey, exit, returnPath: new Uint8Array(177) })
    }
    for (let i = 0; i < 160; i++) assert.ok(announce(1000 + i, EXIT.withPort(1000 + i)))
    assert.equal(store.size, 160)
    assert.ok(!announce(2000, EXIT))
    assert.ok(announce(1159, EXIT), 'one that is known is renewed')
    assert.ok(announce(999, EXIT))
    assert.equal(store.size, 160)
    // 500 nearer keys through one exit: it gets a quarter of the places and no more.
    for (let i = 0; i < 500; i++) announce(900 - i, OTHER_EXIT)
    assert.equal(store.size, 160)
    let honest = 0
    for (let i = 0; i < 160; i++) {
      const publicKey = own.slice() as DhtPublicKey
      publicKey[0]! ^= (1000 + i) >> 8
      publicKey[1]! ^= (1000 + i) & 0xff
      if (store.get(publicKey) !== undefined) honest++
    }
    assert.ok(honest >= 119, `${honest} honest entries left`)
    world.run(300_001)
    assert.equal(store.size, 0)
  })
})
