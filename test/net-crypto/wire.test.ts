import assert from 'node:assert/strict'
import { decode } from '../../src/codec/index.js'
import { MAC_BYTES, type SharedKey } from '../../src/crypto/index.js'
import { DataPacket, DataPlain, paddingOf } from '../../src/packet/net-crypto/index.js'
import { VirtualTime } from '../support/env.js'
import { KEY, lone, NONCES } from './lone.js'
import { crypto, message } from './pair.js'

/** The fields of a packet that side 0 sent as its `n`-th (from 0), read by declaration. */
function read(packet: Uint8Array, n: number) {
  const outer = decode(DataPacket, packet)!
  // The base nonce is all ones: the n-th increment of it is n - 1, as a number of 24 bytes.
  const nonce = n === 0 ? NONCES[0] : new Uint8Array(24)
  if (n > 0) nonce[23] = n - 1
  assert.equal(outer.nonceTail, (nonce[22]! << 8) | nonce[23]!)
  const plain = new Uint8Array(outer.sealed.length - MAC_BYTES)
  assert.ok(crypto.open(plain, outer.sealed, nonce, KEY as SharedKey))
  return decode(DataPlain, plain)!
}

describe('net crypto: data packets on the wire', () => {
  it('are those of the declaration: nonce, numbers, padding, payload', () => {
    const { session, sent } = lone(new VirtualTime(), 0, 0)
    const payloads = [1, 4, 5, 6, 30, 1372, 1373].map((size) => new Uint8Array(size).fill(64))
    assert.deepEqual(
      payloads.map((payload) => session.sendLossless(payload)),
      [...payloads.keys()],
    )
    session.sendLossy(Uint8Array.of(200, 1))
    session.sendRequest()
    payloads.forEach((payload, number) => {
      const plain = read(sent[number]!, number)
      assert.deepEqual([plain.receivedUpTo, plain.packetNumber], [0, number])
      assert.deepEqual(plain.payload, Uint8Array.of(...new Uint8Array(paddingOf(payload.length)), ...payload))
    })
    const lossy = read(sent[7]!, 7)
    assert.deepEqual([lossy.packetNumber, [...lossy.payload]], [7, [0, 0, 0, 200, 1]])
    const request = read(sent[8]!, 8)
    assert.deepEqual([request.packetNumber, [...request.payload]], [7, [0, 0, 0, 0, 1]])
    assert.equal(sent[6]!.length, 1400)
    session.close(true)
    assert.deepEqual([...read(sent[9]!, 9).payload], [0, 0, 0, 0, 2])
  })

  it('packet numbers wrap around at 2^32 under way, with losses on both sides of it', () => {
    const time = new VirtualTime()
    const a = lone(time, 0, 2 ** 32 - 500)
    const b = lone(time, 1, 2 ** 32 - 500)
    let last = 0
    for (let i = 0; i < 1000; i++) last = a.session.sendLossless(message(i))!
    assert.equal(last, 499)
    let count = 0
    for (let turn = 0; turn < 2_000 && !a.session.isAcked(last); turn++) {
      for (const packet of a.sent.splice(0)) if (count++ % 7 !== 3) b.session.receive(packet)
      b.endTurn()
      for (const packet of b.sent.splice(0)) if (count++ % 11 !== 3) a.session.receive(packet)
      time.nowMs += 5
      a.endTurn()
    }
    assert.ok(a.session.isAcked(last))
    assert.deepEqual(
      b.received,
      Array.from({ length: 1000 }, (_, i) => i),
    )
    assert.ok(a.session.stats.resent > 0)
  })

  it('a late gap list, past a newer acknowledgement, marks nothing as received', () => {
    const time = new VirtualTime()
    const a = lone(time, 0, 0)
    const b = lone(time, 1, 0)
    for (let i = 0; i < 20; i++) a.session.sendLossless(message(i))
    const packets = a.sent.splice(0)
    // b gets all but 0: its request says so and is delayed. Then it gets 0 and acknowledges all that was sent.
    for (const packet of packets.slice(1, 10)) b.session.receive(packet)
    b.endTurn()
    const late = b.sent.splice(0)
    b.session.receive(packets[0]!)
    time.nowMs += 50
    b.endTurn()
    for (const packet of b.sent.splice(0)) a.session.receive(packet)
    assert.equal(a.session.isAcked(9), true)
    for (const packet of late) a.session.receive(packet)
    assert.equal(a.session.stats.inFlight, 10)
    assert.equal(a.session.stats.lost, 0)
  })
})
