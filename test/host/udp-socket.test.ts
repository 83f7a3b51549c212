// One table for both twins of the UDP socket, over loopback.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { openDgramUdp } from '../../src/host/dgram-udp.js'
import { nativeUdpMissing, openNativeUdp } from '../../src/host/native-udp.js'
import { openUdpSocket } from '../../src/host/open-udp.js'
import { UdpError, type UdpFamily, type UdpSocket, type UdpSocketOptions } from '../../src/host/udp-socket.js'
import { until } from '../support/until.js'

const LOOPBACK: Record<UdpFamily, string> = { ipv4: '127.0.0.1', ipv6: '::1', dual: '::' }

let ipv6Works = true
before(async () => {
  try {
    ;(await openDgramUdp({ family: 'ipv6', address: '::1', firstPort: 0, lastPort: 0 })).close()
  } catch {
    ipv6Works = false
  }
})

interface Twin {
  name: string
  missing: string | undefined
  open: (options: UdpSocketOptions) => Promise<UdpSocket>
}
const twins: Twin[] = [
  { name: 'native', missing: nativeUdpMissing(), open: async (options) => openNativeUdp(options) },
  { name: 'dgram', missing: undefined, open: openDgramUdp },
]

/** Collects packets until there are `count` of them. */
function collect(socket: UdpSocket, count: number): Promise<{ from: Endpoint; packet: Uint8Array }[]> {
  const got: { from: Endpoint; packet: Uint8Array }[] = []
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${got.length} of ${count} packets arrived`)), 45_000)
    socket.watch(() => {
      socket.receive((from, packet) => got.push({ from, packet: packet.slice() }))
      if (got.length < count) return
      clearTimeout(timer)
      resolve(got)
    })
  })
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1))
}

for (const { name, missing, open } of twins) {
  describe(`UDP socket: ${name}`, () => {
    const opened: UdpSocket[] = []
    const openOne = async (family: UdpFamily, address = LOOPBACK[family]): Promise<UdpSocket> => {
      const socket = await open({ family, address, firstPort: 0, lastPort: 0 })
      opened.push(socket)
      return socket
    }
    before(function () {
      if (missing !== undefined) {
        this.test!.title += ` (${missing})`
        this.skip()
      }
    })
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.close()
    })

    for (const family of ['ipv4', 'ipv6'] as const) {
      it(`carries packets of every size between two ${family} sockets, in order`, async function () {
        if (family === 'ipv6' && !ipv6Works) return this.skip()
        const alice = await openOne(family)
        const bob = await openOne(family)
        assert.equal(alice.kind, name)
        const sizes = [1, 2, 3, 1400, 1400, 1400, 700, 1400, 2048, 2048, 1, 512]
        sizes.forEach((size, i) => {
          const packet = alice.sender.reserve(bob.local, size)
          assert.equal(packet.length, size)
          packet.fill(i + 1)
        })
        const arrived = collect(bob, sizes.length)
        alice.flush()
        const got = await arrived
        assert.deepEqual(
          got.map(({ packet }) => [packet.length, packet[0], packet[packet.length - 1]]),
          sizes.map((size, i) => [size, i + 1, i + 1]),
        )
        for (const { from } of got) assert.equal(String(from), String(alice.local))
        await until(() => alice.stats().packetsOut === sizes.length, 'all packets counted')
        assert.equal(bob.stats().packetsIn, sizes.length)
      })
    }

    it('sends to IPv4 and IPv6 through one dual socket and names IPv4 sources as IPv4', async function () {
      if (!ipv6Works) return this.skip()
      const dual = await openOne('dual')
      const four = await openOne('ipv4')
      const six = await openOne('ipv6')
      const atFour = collect(four, 1)
      const atSix = collect(six, 1)
      dual.sender.send(four.local, Uint8Array.of(4))
      dual.sender.send(six.local, Uint8Array.of(6))
      dual.flush()
      const [fromFour, fromSix] = [(await atFour)[0]!, (await atSix)[0]!]
      assert.equal(String(fromFour.from), `127.0.0.1:${dual.localPort}`)
      assert.equal(String(fromSix.from), `[::1]:${dual.localPort}`)
      const back = collect(dual, 2)
      four.sender.send(fromFour.from, Uint8Array.of(44))
      six.sender.send(fromSix.from, Uint8Array.of(66))
      four.flush()
      six.flush()
      const families = (await back).map(({ from, packet }) => [from.family, packet[0]])
      assert.deepEqual(families.sort(), [
        [4, 44],
        [6, 66],
      ])
    })

    it('keeps runs to several targets apart', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      const carol = await openOne('ipv4')
      const atBob = collect(bob, 60)
      const atCarol = collect(carol, 40)
      for (let i = 0; i < 100; i++) {
        const toBob = i % 5 < 3
        alice.sender.reserve((toBob ? bob : carol).local, 200).fill(toBob ? 1 : 2)
      }
      alice.flush()
      for (const { packet } of await atBob) assert.deepEqual([packet.length, packet[199]], [200, 1])
      for (const { packet } of await atCarol) assert.deepEqual([packet.length, packet[199]], [200, 2])
    })

    it('gives known peers the same Endpoint object', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      const arrived = collect(bob, 20)
      for (let i = 0; i < 20; i++) alice.sender.send(bob.local, Uint8Array.of(i))
      alice.flush()
      const got = await arrived
      assert.equal(new Set(got.map(({ from }) => from)).size, 1)
    })

    it('flushes a full arena by itself', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      const arrived = collect(bob, 500)
      for (let i = 0; i < 1500; i++) alice.sender.reserve(bob.local, 1000).fill(i)
      await arrived
    })

    it('refuses packets of impossible size, our own mistake', async () => {
      const alice = await openOne('ipv4')
      for (const size of [0, -1, 2049, Number.NaN]) {
        assert.throws(() => alice.sender.reserve(alice.local, size), RangeError)
      }
    })

    it('counts what cannot be sent and sends the rest', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      const arrived = collect(bob, 2)
      alice.sender.send(bob.local, Uint8Array.of(1))
      alice.sender.send(Endpoint.parse('::1', 9)!, Uint8Array.of(2))
      alice.sender.send(Endpoint.parse('127.0.0.1', 0)!, Uint8Array.of(3))
      alice.sender.send(bob.local, Uint8Array.of(4))
      alice.flush()
      assert.deepEqual(
        (await arrived).map(({ packet }) => packet[0]),
        [1, 4],
      )
      await until(() => alice.stats().unsent === 2, 'two packets that cannot be sent')
    })

    it('takes the next free port of a range, and says when none is free', async () => {
      const first = await openOne('ipv4')
      const port = first.localPort
      const range = {
        family: 'ipv4',
        address: '127.0.0.1',
        firstPort: port,
        lastPort: Math.min(65_535, port + 50),
      } as const
      const second = await open(range)
      opened.push(second)
      assert.ok(second.localPort > port && second.localPort <= range.lastPort)
      const single = { ...range, lastPort: port }
      await assert.rejects(open(single), (error: UdpError) => {
        assert.ok(error instanceof UdpError)
        assert.equal(error.code, 'ports-in-use')
        assert.match(error.message, new RegExp(`port ${port} is in use`))
        return true
      })
    })

    it('says apart what is wrong with an address', async () => {
      const ports = { firstPort: 0, lastPort: 0 }
      const codeOf = async (options: UdpSocketOptions): Promise<string> => {
        try {
          opened.push(await open(options))
          return 'opened'
        } catch (error) {
          return (error as UdpError).code
        }
      }
      assert.equal(await codeOf({ family: 'ipv4', address: 'localhost', ...ports }), 'address')
      assert.equal(await codeOf({ family: 'ipv4', address: '::1', ...ports }), 'address')
      assert.equal(await codeOf({ family: 'ipv6', address: '127.0.0.1', ...ports }), 'address')
      assert.equal(await codeOf({ family: 'ipv4', address: '192.0.2.1', ...ports }), 'address')
    })

    it('binds a dual socket to one IPv4 address', async function () {
      if (!ipv6Works) return this.skip()
      const alice = await openOne('dual', '127.0.0.1')
      const bob = await openOne('ipv4')
      const arrived = collect(alice, 1)
      bob.sender.send(Endpoint.parse('127.0.0.1', alice.localPort)!, Uint8Array.of(7))
      bob.flush()
      assert.equal(String((await arrived)[0]!.from), String(bob.local))
    })

    it('may be closed in the middle of a batch, twice, and used afterwards without effect', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      let seen = 0
      const closed = new Promise<void>((resolve) => {
        bob.watch(() => {
          bob.receive(() => {
            seen++
            bob.close()
            resolve()
          })
        })
      })
      for (let i = 0; i < 10; i++) alice.sender.send(bob.local, Uint8Array.of(i))
      alice.flush()
      await closed
      await turns(3)
      assert.equal(seen, 1)
      bob.close()
      bob.sender.send(alice.local, Uint8Array.of(1))
      bob.flush()
      bob.ref()
      bob.unref()
      assert.equal(
        bob.receive(() => assert.fail('closed')),
        false,
      )
    })

    it('survives a handler that throws and reads on', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      let thrown = 0
      let got = 0
      const done = new Promise<void>((resolve) => {
        bob.watch(() => {
          try {
            bob.receive((_from, packet) => {
              if (packet[0] === 1) throw new Error('mistake')
              got++
              resolve()
            })
          } catch {
            thrown++
            alice.sender.send(bob.local, Uint8Array.of(2))
            alice.flush()
          }
        })
      })
      alice.sender.send(bob.local, Uint8Array.of(1))
      alice.flush()
      await done
      assert.deepEqual([thrown, got], [1, 1])
    })

    it('lets other work run during a flood', async () => {
      const alice = await openOne('ipv4')
      const bob = await openOne('ipv4')
      let batches = 0
      let largest = 0
      bob.watch(() => {
        let size = 0
        bob.receive(() => size++)
        largest = Math.max(largest, size)
        batches++
      })
      let immediates = 0
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 400; i++) alice.sender.reserve(bob.local, 100 + (i % 7)).fill(1)
        alice.flush()
        await new Promise((resolve) => setImmediate(resolve))
        immediates++
      }
      await until(() => batches >= 5, 'five batches')
      assert.ok(largest <= 4096, `${largest} packets at once`)
      assert.equal(immediates, 5)
    })
  })
}

describe('openUdpSocket', () => {
  const before = process.env['TOXCORE_TS_UDP']
  afterEach(() => {
    if (before === undefined) delete process.env['TOXCORE_TS_UDP']
    else process.env['TOXCORE_TS_UDP'] = before
  })
  const options = { family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 } as const

  it('obeys TOXCORE_TS_UDP', async () => {
    process.env['TOXCORE_TS_UDP'] = 'dgram'
    const socket = await openUdpSocket(options)
    assert.equal(socket.kind, 'dgram')
    socket.close()
    process.env['TOXCORE_TS_UDP'] = 'native'
    if (nativeUdpMissing() === undefined) {
      const native = await openUdpSocket(options)
      assert.equal(native.kind, 'native')
      native.close()
    } else {
      await assert.rejects(openUdpSocket(options), { name: 'UdpError', code: 'no-native' })
    }
  })

  it('refuses an unknown wish', async () => {
    process.env['TOXCORE_TS_UDP'] = 'fast'
    await assert.rejects(openUdpSocket(options), /'fast'; it may be native or dgram/)
  })
})
