import assert from 'node:assert/strict'
import { sameBytes } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import type { DhtPublicKey, Nonce } from '../../src/crypto/keys.js'
import type { LearnedDhtKey, OnionFriend } from '../../src/onion/index.js'
import { DHT_PUBLIC_KEY_KIND, DhtPublicKeyPacket, DhtPublicKeyRequest } from '../../src/packet/onion/index.js'
import { type Peer, World } from './world.js'

/** What Bob would send Alice as a DHT request, with these contents. */
function request(world: World, bob: Peer, alice: Peer, noReplay: bigint, dhtPublicKey: DhtPublicKey): Uint8Array {
  const plain = encode(DhtPublicKeyPacket, { kind: DHT_PUBLIC_KEY_KIND, noReplay, dhtPublicKey, nodes: [] })
  const nonce = new Uint8Array(24).fill(1) as Nonce
  const sealed = new Uint8Array(plain.length + 16)
  const key = world.crypto.sharedKey(alice.keyPair.publicKey, bob.keyPair.secretKey)!
  world.crypto.seal(sealed, plain, nonce, key)
  return encode(DhtPublicKeyRequest, { sender: bob.keyPair.publicKey, nonce, sealed })
}

describe('DHT key exchange', () => {
  let world: World
  let alice: Peer
  let bob: Peer
  let friend: OnionFriend
  let learned: LearnedDhtKey[]
  const receive = (content: Uint8Array, sender: DhtPublicKey): void =>
    alice.dht.requests.get(DHT_PUBLIC_KEY_KIND)!(sender, content)

  beforeEach(async () => {
    world = await World.create(0)
    alice = world.peer()
    bob = world.peer()
    friend = alice.client.addFriend(bob.keyPair.publicKey)
    learned = []
    alice.client.events.on('friend-dht-key', (_, what) => learned.push(what))
  })

  it('takes a greater number each time, and nothing twice', () => {
    const key = bob.dht.keyPair.publicKey
    receive(request(world, bob, alice, 5n, key), key)
    receive(request(world, bob, alice, 5n, key), key)
    receive(request(world, bob, alice, 4n, key), key)
    receive(request(world, bob, alice, 6n, key), key)
    assert.deepEqual(
      learned.map(({ isNew }) => isNew),
      [true, false],
    )
    assert.equal(alice.env.drops.get('onion/dht-public-key again'), 2)
  })

  it('learns the new key of a friend that started anew', () => {
    const key = bob.dht.keyPair.publicKey
    const again = world.crypto.keyPair().publicKey as DhtPublicKey
    receive(request(world, bob, alice, 5n, key), key)
    receive(request(world, bob, alice, 6n, again), again)
    assert.deepEqual(
      learned.map(({ isNew }) => isNew),
      [true, true],
    )
    assert.ok(sameBytes(friend.dhtPublicKey!, again))
  })

  it('hears a friend whose clock was set back once it has been offline', () => {
    const key = bob.dht.keyPair.publicKey
    receive(request(world, bob, alice, 500n, key), key)
    friend.setOnline(true)
    friend.setOnline(false)
    receive(request(world, bob, alice, 20n, key), key)
    assert.equal(learned.length, 2)
  })

  it('drops the key of one node told by another, of strangers, and what is altered', () => {
    const key = bob.dht.keyPair.publicKey
    const good = request(world, bob, alice, 5n, key)
    receive(good, alice.dht.keyPair.publicKey)
    const stranger = world.peer()
    receive(request(world, stranger, alice, 5n, key), key)
    for (let length = 0; length < good.length; length++) receive(good.subarray(0, length), key)
    for (let bit = 0; bit < good.length * 8; bit += 3) {
      // X25519 ignores the highest bit of a key, but nobody is known by that key.
      const flipped = good.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      receive(flipped, key)
    }
    assert.equal(learned.length, 0)
    receive(good, key)
    assert.equal(learned.length, 1)
  })

  it('answers through the DHT at once, and tries again soon while there is no way', () => {
    for (let i = 0; i < 3; i++) world.node()
    assert.ok(world.until(() => alice.client.isConnected))
    const atMs: number[] = []
    const startMs = world.board.time.nowMs
    alice.dht.sendDhtRequest = () => atMs.push(world.board.time.nowMs - startMs) - 3
    const key = bob.dht.keyPair.publicKey
    receive(request(world, bob, alice, 5n, key), key)
    assert.deepEqual(atMs, [0])
    world.run(2500)
    assert.equal(atMs.length, 4, `${atMs}`)
    world.run(60_000)
    // Once there is a way, it is told again after 3, 6, 12 s and then every 20 s.
    const gapsMs = atMs.slice(3).map((ms, i, all) => ms - (all[i - 1] ?? ms))
    assert.deepEqual(gapsMs, [0, 3000, 6000, 12_000, 20_000, 20_000].slice(0, gapsMs.length), `${atMs}`)
    assert.ok(gapsMs.length >= 5)
    friend.setOnline(true)
    const told = atMs.length
    world.run(60_000)
    assert.equal(atMs.length, told)
  })
  it('counts a burst through several nodes once: when all of it is lost, it is told again soon', () => {
    for (let i = 0; i < 6; i++) world.node()
    assert.ok(world.until(() => alice.client.isConnected && bob.client.isConnected))
    // Bob has not accepted Alice yet: whatever she tells is lost on him.
    const lost = (): number => bob.env.drops.get('onion/dht-public-key of a stranger')
    assert.ok(world.until(() => lost() > 0))
    world.run(1000)
    const burst = lost()
    assert.ok(burst > 1, `through ${burst} nodes`)
    world.run(3500)
    const second = lost()
    assert.ok(second > burst)
    world.run(6500)
    assert.ok(lost() > second)
  })
})
