import assert from 'node:assert/strict'
import { RelayWorld, type Visitor } from './visitor.js'

/** Two clients whose routes to each other are joined, and the ids of these. */
function joined(world: RelayWorld): { a: Visitor; b: Visitor; toB: number; toA: number } {
  const a = world.client('192.0.2.1')
  const b = world.client('192.0.2.2')
  const toB = a.route(b)
  const toA = b.route(a)
  a.take()
  b.take()
  return { a, b, toB, toA }
}

describe('relay server', () => {
  it('answers routing requests, and joins two clients that ask for each other', async () => {
    const world = await RelayWorld.create()
    const a = world.client('192.0.2.1')
    const b = world.client('192.0.2.2')
    a.send([0, ...b.key])
    assert.deepEqual(a.take(), [[1, 16, ...b.key]])
    a.send([0, ...b.key])
    assert.deepEqual(a.take(), [[1, 16, ...b.key]], 'the same route again')
    b.send([0, ...a.key])
    assert.deepEqual(b.take(), [
      [1, 16, ...a.key],
      [2, 16],
    ])
    assert.deepEqual(a.take(), [[2, 16]])
    assert.equal(world.server.clientCount, 2)
  })

  it('passes data between joined routes under the ids of each side', async () => {
    const world = await RelayWorld.create()
    const { a, b, toB, toA } = joined(world)
    const c = world.client('192.0.2.3')
    const toC = a.route(c)
    assert.notEqual(toB, toC)
    const second = c.route(b)
    a.send([toB, 1, 2, 3])
    assert.deepEqual(b.take(), [[toA, 1, 2, 3]])
    b.send([toA])
    assert.deepEqual(a.take().slice(-1), [[toB]])
    a.send([toC, 9])
    c.send([second, 9])
    assert.deepEqual([b.take(), c.take().filter(([kind]) => kind! > 15)], [[], []], 'nobody asked for these')
    assert.ok(a.isOpen && c.isOpen)
  })

  it('refuses a route to oneself, and the 241st', async () => {
    const world = await RelayWorld.create()
    const a = world.client()
    a.send([0, ...a.key])
    assert.deepEqual(a.take(), [[1, 0, ...a.key]])
    const key = (n: number): number[] => [...new Array(31).fill(7), n]
    for (let n = 0; n < 240; n++) a.send([0, ...key(n)])
    assert.deepEqual(
      a.take().map(([, id]) => id),
      Array.from({ length: 240 }, (_, n) => 16 + n),
    )
    a.send([0, ...key(250)])
    assert.deepEqual(a.take(), [[1, 0, ...key(250)]])
    a.send([3, 100])
    a.send([0, ...key(250)])
    assert.deepEqual(a.take(), [[1, 100, ...key(250)]], 'a route that was given up is free again')
  })

  it('tells the other end when a route is given up or its owner leaves, and joins them again', async () => {
    const world = await RelayWorld.create()
    const { a, b, toB, toA } = joined(world)
    a.send([3, toB])
    assert.deepEqual(b.take(), [[3, toA]])
    b.send([toA, 5])
    assert.deepEqual(a.take(), [])
    a.send([0, ...b.key])
    assert.deepEqual(
      [a.take(), b.take()],
      [
        [
          [1, toB, ...b.key],
          [2, toB],
        ],
        [[2, toA]],
      ],
    )
    a.handler!.onClosed()
    assert.deepEqual(b.take(), [[3, toA]])
    assert.equal(world.server.clientCount, 1)
    assert.equal(world.server.connectionCount, 1)
  })

  it('lets a client that comes again take the place of its old connection', async () => {
    const world = await RelayWorld.create()
    const { a, b, toA } = joined(world)
    const again = world.visitor('192.0.2.9')
    Object.assign(again, { keyPair: a.keyPair })
    again.shakeHands()
    assert.ok(a.isOpen, 'a handshake alone proves nothing')
    again.send([0, ...b.key])
    assert.ok(!a.isOpen)
    assert.deepEqual(again.take().slice(-1), [[2, 16]])
    assert.deepEqual(b.take(), [
      [3, toA],
      [2, toA],
    ])
    assert.equal(world.server.clientCount, 2)
  })

  it('passes OOB packets to clients that are there, and forgets the others', async () => {
    const world = await RelayWorld.create()
    const a = world.client('192.0.2.1')
    const b = world.client('192.0.2.2')
    a.send([6, ...b.key, 1, 2])
    assert.deepEqual(b.take(), [[7, ...a.key, 1, 2]])
    a.send([6, ...new Array(32).fill(1), 1, 2])
    a.send([6, ...b.key, ...new Array(1024).fill(3)])
    assert.equal(b.take()[0]!.length, 33 + 1024)
    a.send([6, ...b.key, ...new Array(1025).fill(3)])
    assert.ok(!a.isOpen)
  })

  it('carries onion and forwarded packets, and hands the answers to whom they belong', async () => {
    const world = await RelayWorld.create()
    const a = world.client('192.0.2.1')
    const b = world.client('192.0.2.2')
    const nonce = new Array(24).fill(5)
    const layer = new Array(300).fill(6)
    a.send([8, ...nonce, ...layer])
    b.send([10, 2, 198, 51, 100, 7, 1, 2, 42, 43])
    const [onion] = world.onion
    const [forwarded] = world.forwarded
    assert.deepEqual([[...onion!.nonce], [...onion!.layer], onion!.mark.length], [nonce, layer, 18])
    assert.deepEqual([forwarded!.to.toString(), [...forwarded!.data]], ['198.51.100.7:258', [42, 43]])
    world.server.onionResponse(onion!.mark, Uint8Array.of(0x84, 1))
    world.server.forwardReply(forwarded!.mark, Uint8Array.of(9))
    assert.deepEqual([a.take(), b.take()], [[[9, 0x84, 1]], [[11, 9]]])
    a.handler!.onClosed()
    world.client('192.0.2.1')
    world.server.onionResponse(onion!.mark, Uint8Array.of(0x84, 1))
    world.server.onionResponse(Uint8Array.of(1), Uint8Array.of(0x84, 1))
    assert.deepEqual(b.take(), [])
  })

  it('pings after 30 s and ends whoever does not answer in 10', async () => {
    const world = await RelayWorld.create()
    const silent = world.client('192.0.2.1')
    const alive = world.client('192.0.2.2')
    for (let n = 0; n < 4; n++) {
      world.run(30_000)
      const [ping] = alive.take()
      assert.equal(ping![0], 4)
      alive.send([5, ...ping!.slice(1)])
      world.run(500)
    }
    assert.ok(!silent.isOpen && alive.isOpen)
    assert.deepEqual(world.env.drops.toJSON(), { 'relay/client does not answer': 1 })
  })

  it('answers pings with their id', async () => {
    const world = await RelayWorld.create()
    const a = world.client()
    a.send([4, 1, 2, 3, 4, 5, 6, 7, 8])
    assert.deepEqual(a.take(), [[5, 1, 2, 3, 4, 5, 6, 7, 8]])
  })
})
