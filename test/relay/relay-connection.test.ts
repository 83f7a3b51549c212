// Our half of the relay protocol, with a relay that keeps to it and one that does not.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey, Nonce } from '../../src/crypto/keys.js'
import { RouteListener, ScriptedRelay } from './scripted-relay.js'

const key = (byte: number): DhtPublicKey => new Uint8Array(32).fill(byte) as DhtPublicKey
const codes = (relay: ScriptedRelay): string[] => relay.failures.map(({ code }) => code)

describe('relay connection', () => {
  it('greets, pings at once, and every 30 s', async () => {
    const relay = await ScriptedRelay.create()
    assert.equal(relay.connection.isReady, false)
    relay.sendRaw(relay.answer())
    assert.ok(relay.isReady && relay.connection.isReady)
    const [first] = relay.take()
    assert.equal(first!.length, 9)
    assert.equal(first![0], 4)
    relay.time.nowMs += 120
    relay.send([5, ...first!.slice(1)])
    assert.deepEqual(relay.pongs, [120])
    relay.run(29_870)
    assert.deepEqual(relay.take(), [])
    relay.run(20)
    const [second] = relay.take()
    assert.equal(second![0], 4)
    assert.notDeepEqual(second, first)
    relay.run(9_900)
    assert.ok(relay.isOpen)
    relay.run(200)
    assert.deepEqual(codes(relay), ['silent'])
    assert.ok(!relay.isOpen)
    assert.equal(relay.env.deadlines.size, 0)
  })

  it('answers pings, but not one of id 0, as c-toxcore', async () => {
    const relay = await ScriptedRelay.ready()
    relay.send([4, 1, 2, 3, 4, 5, 6, 7, 8])
    relay.send([4, 0, 0, 0, 0, 0, 0, 0, 0])
    assert.deepEqual(relay.take(), [[5, 1, 2, 3, 4, 5, 6, 7, 8]])
    assert.ok(relay.isOpen)
  })

  it('takes no other pong for its own', async () => {
    const relay = await ScriptedRelay.create()
    relay.sendRaw(relay.answer())
    const [ping] = relay.take()
    relay.send([5, ...ping!.slice(1, 8), ping![8]! ^ 1])
    assert.deepEqual(relay.pongs, [])
    relay.run(10_100)
    assert.deepEqual(codes(relay), ['silent'])
  })

  it('gives a relay that reads slowly time for its pong while it speaks', async () => {
    const relay = await ScriptedRelay.ready()
    relay.run(30_000)
    relay.queuedBytes = 100_000
    relay.run(9_000)
    relay.send([4, 1, 2, 3, 4, 5, 6, 7, 8])
    relay.run(5_000)
    assert.ok(relay.isOpen)
    relay.run(5_100)
    assert.deepEqual(codes(relay), ['silent'])
  })

  it('gives a handshake ten seconds', async () => {
    for (const length of [0, 1, 95]) {
      const relay = await ScriptedRelay.create()
      relay.sendRaw(relay.answer().subarray(0, length))
      relay.run(9_900)
      assert.ok(relay.isOpen)
      relay.run(200)
      assert.deepEqual(codes(relay), ['silent'])
      assert.equal(relay.env.deadlines.size, 0)
    }
  })

  it('believes nobody but the owner of the relay’s key', async () => {
    for (let at = 0; at < 96; at++) {
      const relay = await ScriptedRelay.create()
      const answer = relay.answer()
      answer[at]! ^= 1
      relay.sendRaw(answer)
      assert.deepEqual(codes(relay), ['not-genuine'], `byte ${at}`)
      assert.ok(!relay.isOpen)
    }
  })

  it('takes what comes cut at any byte, the handshake too', async () => {
    for (let cut = 1; cut < 96; cut += 7) {
      const relay = await ScriptedRelay.create()
      const answer = relay.answer()
      const ping = relay.seal([4, 1, 2, 3, 4, 5, 6, 7, 8])
      const all = Uint8Array.of(...answer, ...ping)
      relay.sendRaw(all.subarray(0, cut))
      relay.sendRaw(all.subarray(cut))
      assert.deepEqual(relay.take()[1], [5, 1, 2, 3, 4, 5, 6, 7, 8])
    }
    const relay = await ScriptedRelay.create()
    const all = Uint8Array.of(...relay.answer(), ...relay.seal([9, 1, 2, 3]), ...relay.seal([11, 7]))
    for (const byte of all) relay.sendRaw(Uint8Array.of(byte))
    assert.deepEqual(relay.onion, [[1, 2, 3]])
    assert.deepEqual(relay.forwarding, [[7]])
  })

  it('joins routes, and carries data both ways', async () => {
    const relay = await ScriptedRelay.ready()
    const { connection } = relay
    const user = new RouteListener()
    const route = connection.addRoute(key(1), user)
    assert.deepEqual(relay.take(), [[0, ...key(1)]])
    assert.equal(connection.reserve(route, 3), undefined)
    relay.send([1, 200, ...key(1)])
    assert.equal(connection.reserve(route, 3), undefined)
    relay.send([2, 200])
    connection.reserve(route, 3)!.set([7, 8, 9])
    assert.deepEqual(relay.take(), [[200, 7, 8, 9]])
    relay.send([200, 4, 5])
    relay.send([3, 200])
    relay.send([3, 200])
    relay.send([2, 200])
    assert.deepEqual(user.states, ['registered', 'online', 'registered', 'online'])
    assert.deepEqual(user.data, [[4, 5]])
    connection.removeRoute(route)
    assert.deepEqual(relay.take(), [[3, 200]])
    // The relay may not know yet.
    relay.send([200, 4, 5])
    assert.equal(user.data.length, 1)
    assert.ok(relay.isOpen)
  })

  it('gives a route back that came too late, and takes a refusal', async () => {
    const relay = await ScriptedRelay.ready()
    const user = new RouteListener()
    relay.connection.removeRoute(relay.connection.addRoute(key(1), user))
    relay.connection.addRoute(key(2), user)
    relay.take()
    relay.send([1, 16, ...key(1)])
    relay.send([1, 0, ...key(2)])
    assert.deepEqual(relay.take(), [[3, 16]])
    assert.deepEqual(user.states, ['refused'])
  })

  it('is not confused by ids that are taken, unknown or out of range', async () => {
    const relay = await ScriptedRelay.ready()
    const users = [new RouteListener(), new RouteListener()]
    relay.connection.addRoute(key(1), users[0]!)
    relay.connection.addRoute(key(2), users[1]!)
    relay.send([1, 16, ...key(1)])
    for (const packet of [
      [1, 16, ...key(2)],
      [1, 17, ...key(1)],
      [1, 5, ...key(1)],
      [1, 16, ...key(9)],
      [2, 99],
      [3, 99],
      [99, 1],
      [3, 16],
    ]) {
      relay.send(packet)
      assert.ok(relay.isOpen, `${packet.slice(0, 2)}`)
    }
    assert.deepEqual(users[0]!.states, ['registered'])
    assert.deepEqual(users[1]!.states, [])
    relay.send([1, 17, ...key(2)])
    assert.deepEqual(users[1]!.states, ['registered'])
  })

  it('ends where no relay would say so', async () => {
    const zeros = (length: number): number[] => new Array<number>(length).fill(0)
    const bad: number[][] = [
      [4],
      [16],
      [0, ...key(1)],
      [1, 16, ...key(1), 0],
      [1, 16, ...key(1).slice(1)],
      [2, 15],
      [2, 16, 0],
      [3, 0],
      [3, 16, 0],
      [4, ...zeros(7)],
      [4, ...zeros(9)],
      [5, ...zeros(8)],
      [5, ...zeros(7)],
      [6, ...key(1), 1],
      [7, ...key(1)],
      [8, ...zeros(100)],
      [10, ...zeros(100)],
      ...[12, 13, 14, 15].map((kind) => [kind, 1, 2]),
    ]
    for (const packet of bad) {
      const relay = await ScriptedRelay.ready()
      relay.send(packet)
      assert.deepEqual(codes(relay), ['not-genuine'], `${packet.slice(0, 3)} (${packet.length})`)
      assert.ok(!relay.isOpen)
      assert.equal(relay.env.deadlines.size, 0)
    }
  })

  it('ends where frames make no sense', async () => {
    for (const length of [0, 1, 16, 2049, 0xffff]) {
      const relay = await ScriptedRelay.ready()
      relay.sendRaw(Uint8Array.of(length >> 8, length & 0xff))
      assert.deepEqual(codes(relay), ['not-genuine'], `${length}`)
    }
    const relay = await ScriptedRelay.ready()
    const frame = relay.seal([9, 1, 2, 3])
    frame[frame.length - 1]! ^= 1
    relay.sendRaw(frame)
    assert.deepEqual(codes(relay), ['not-genuine'])
  })

  it('leaves out what is too large for its kind', async () => {
    const relay = await ScriptedRelay.ready()
    relay.send([9, ...new Array<number>(1_401).fill(1)])
    relay.send([7, ...key(1), ...new Array<number>(1_025).fill(1)])
    assert.ok(relay.isOpen)
    assert.deepEqual([relay.onion.length, relay.oob.length], [0, 0])
    relay.send([7, ...key(1), ...new Array<number>(1_024).fill(1)])
    assert.equal(relay.oob.length, 1)
    assert.deepEqual([...relay.oob[0]!.sender], [...key(1)])
  })

  it('carries OOB, onion and forwarded packets', async () => {
    const relay = await ScriptedRelay.ready()
    const { connection } = relay
    assert.ok(connection.sendOob(key(3), Uint8Array.of(1, 2)))
    assert.ok(!connection.sendOob(key(3), new Uint8Array(0)))
    assert.ok(!connection.sendOob(key(3), new Uint8Array(1_025)))
    const layer = new Uint8Array(200).fill(6)
    assert.ok(connection.sendOnion(new Uint8Array(24).fill(5) as Nonce, layer))
    assert.ok(connection.sendForward(Endpoint.parse('192.0.2.9', 33_445)!, Uint8Array.of(8)))
    assert.deepEqual(relay.take(), [
      [6, ...key(3), 1, 2],
      [8, ...new Array<number>(24).fill(5), ...layer],
      [10, 2, 192, 0, 2, 9, 33_445 >> 8, 33_445 & 0xff, 8],
    ])
  })

  it('seals what a turn sends into one buffer', async () => {
    const relay = await ScriptedRelay.ready()
    const user = new RouteListener()
    const route = relay.connection.addRoute(key(1), user)
    relay.send([1, 16, ...key(1)])
    relay.send([2, 16])
    for (const count of [1, 5, 11]) {
      relay.take()
      for (let turn = 0; turn < 2; turn++) {
        relay.take()
        for (let i = 0; i < count; i++) relay.connection.reserve(route, 1_400)!.fill(i)
        relay.endTurn()
        // The first turn of a kind may take two buffers more: it is not known to be long.
        assert.ok(relay.writes <= (turn === 0 ? 5 : 1), `${count} packets, turn ${turn}: ${relay.writes} writes`)
        assert.deepEqual(
          relay.take().flatMap(([kind, number]) => (kind === 16 ? [number] : [])),
          Array.from({ length: count }, (_, i) => i),
        )
      }
    }
  })

  it('takes no data while much waits, and tells when there is room; what it lives by goes on', async () => {
    const relay = await ScriptedRelay.ready()
    const route = relay.connection.addRoute(key(1), new RouteListener())
    relay.send([1, 16, ...key(1)])
    relay.send([2, 16])
    relay.take()
    relay.queuedBytes = 256 * 1024 + 1
    assert.equal(relay.connection.reserve(route, 10), undefined)
    assert.ok(!relay.connection.sendOob(key(3), Uint8Array.of(1)))
    relay.send([4, 1, 2, 3, 4, 5, 6, 7, 8])
    assert.deepEqual(relay.take(), [[5, 1, 2, 3, 4, 5, 6, 7, 8]])
    relay.queuedBytes = 0
    relay.connection.onDrained()
    assert.equal(relay.drained, 1)
    assert.notEqual(relay.connection.reserve(route, 10), undefined)
  })

  it('tells once that it is over, and nothing after it was closed', async () => {
    const relay = await ScriptedRelay.ready()
    relay.connection.onClosed()
    relay.connection.onClosed()
    assert.deepEqual(codes(relay), ['closed'])
    const other = await ScriptedRelay.ready()
    other.connection.close()
    other.connection.onData(new Uint8Array(10))
    other.connection.onClosed()
    assert.ok(!other.isOpen && !other.connection.isReady)
    assert.deepEqual(codes(other), [])
    assert.equal(other.env.deadlines.size, 0)
  })

  it('survives packets of random bytes', async () => {
    let ended = 0
    for (let n = 0; n < 300; n++) {
      const relay = await ScriptedRelay.ready()
      relay.connection.addRoute(key(1), new RouteListener())
      for (let i = 0; i < 20 && relay.isOpen; i++) {
        const packet = relay.env.random.bytes(1 + relay.env.random.uniform(60))
        packet[0] = relay.env.random.uniform(24)
        relay.send(packet)
      }
      if (!relay.isOpen) ended++
      relay.connection.close()
    }
    assert.ok(ended > 200, `${ended} ended`)
  })
})
