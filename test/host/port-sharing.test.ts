// Several sockets at one port: which of them a packet reaches.

import assert from 'node:assert/strict'
import type { Endpoint } from '../../src/base/index.js'
import { nativeUdpMissing, openNativeUdp } from '../../src/host/native-udp.js'
import { UdpError, type UdpSocket } from '../../src/host/udp-socket.js'

const SPREAD = [2, 0x80]
const at = (port: number, joins = false): UdpSocket =>
  openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: port, lastPort: port, joins })

describe('sockets that share a port', () => {
  const open: UdpSocket[] = []
  const socket = (port = 0, joins = false): UdpSocket => {
    const one = at(port, joins)
    open.push(one)
    return one
  }
  before(function () {
    const missing = nativeUdpMissing()
    if (missing === undefined) return
    this.test!.title += ` (${missing})`
    this.skip()
  })
  afterEach(() => {
    for (const one of open.splice(0)) one.close()
  })

  /** First bytes that wait at a socket, with the senders' ports. */
  function take(one: UdpSocket): { kind: number; from: Endpoint }[] {
    const taken: { kind: number; from: Endpoint }[] = []
    while (one.receive((from, packet) => taken.push({ kind: packet[0]!, from }))) {}
    return taken
  }

  it('hands the named kinds to all, each endpoint to one of them, and the rest to the first', () => {
    const first = socket()
    first.sharing!.letJoin()
    const others = [socket(first.localPort, true), socket(first.localPort, true)]
    first.sharing!.spread(SPREAD)
    for (let n = 0; n < 64; n++) {
      const sender = socket()
      for (const kind of [2, 0x80, 4, 0x83, 0, 2]) {
        sender.sender.send(first.local, Uint8Array.of(kind, n))
        sender.flush()
      }
    }
    const [atFirst, ...atOthers] = [first, ...others].map(take)
    assert.equal(atFirst!.filter(({ kind }) => !SPREAD.includes(kind)).length, 64 * 3)
    const spread = [atFirst!, ...atOthers].map((taken) => taken.filter(({ kind }) => SPREAD.includes(kind)))
    assert.equal(
      spread.reduce((sum, taken) => sum + taken.length, 0),
      64 * 3,
    )
    for (const taken of spread) assert.ok(taken.length > 0, 'each has its share')
    for (const taken of atOthers) assert.ok(taken.every(({ kind }) => SPREAD.includes(kind)))
    const places = spread.flatMap((taken, i) =>
      [...new Set(taken.map(({ from }) => from.port))].map((port) => `${port} ${i}`),
    )
    assert.equal(places.length, 64, 'all packets of one endpoint reach one socket')
  })

  it('leaves its packets to the others when one closes', () => {
    const first = socket()
    first.sharing!.letJoin()
    const [second, third] = [socket(first.localPort, true), socket(first.localPort, true)]
    first.sharing!.spread(SPREAD)
    second.close()
    for (let n = 0; n < 32; n++) {
      const sender = socket()
      sender.sender.send(first.local, Uint8Array.of(2))
      sender.sender.send(first.local, Uint8Array.of(7, 7))
      sender.flush()
    }
    const [atFirst, atThird] = [take(first), take(third)]
    assert.equal(atFirst.filter(({ kind }) => kind === 7).length, 32)
    assert.equal([...atFirst, ...atThird].filter(({ kind }) => kind === 2).length, 32)
    assert.ok(atThird.length > 0)
  })

  it('is nothing that happens by mistake', () => {
    const alone = socket()
    assert.throws(() => at(alone.localPort, true), UdpError, 'a port that is not shared')
    alone.sharing!.letJoin()
    assert.throws(() => alone.sharing!.spread(SPREAD), UdpError, 'nobody has joined')
    assert.throws(() => at(alone.localPort), UdpError, 'another program that wants it for itself')
    socket(alone.localPort, true)
    assert.throws(() => at(alone.localPort), UdpError)
  })
})
