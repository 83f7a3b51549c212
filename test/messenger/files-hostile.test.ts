// What a friend may send who means harm: each a counted drop, nothing grows, nothing is believed.

import assert from 'node:assert/strict'
import { encode } from '../../src/codec/index.js'
import { FileControl } from '../../src/packet/messenger/file-control.js'
import { FileData } from '../../src/packet/messenger/file-data.js'
import { FileSend } from '../../src/packet/messenger/file-send.js'
import { type Couple, couple, type Person } from './people.js'

const CHUNK = 1371
const FIRST = 1 << 16
const EMPTY = new Uint8Array(0)
const [ACCEPT, PAUSE, KILL, SEEK] = [0, 1, 2, 3]

function offer(fileNumber: number, size: bigint): Uint8Array {
  return encode(FileSend, { id: 80, fileNumber, kind: 0, size, fileId: new Uint8Array(32), name: EMPTY })
}

function control(isReceiver: boolean, fileNumber: number, kind: number, data: Uint8Array = EMPTY): Uint8Array {
  return encode(FileControl, { id: 81, isReceiver, fileNumber, kind, data })
}

function data(fileNumber: number, size: number): Uint8Array {
  return encode(FileData, { id: 82, fileNumber, data: new Uint8Array(size).fill(7) })
}

function drops({ host }: Person, what: string): number {
  return host.env.drops.get(`messenger/file ${what}`)
}

/** B suffers `packets`: what it reports. */
function suffers({ b }: Couple, ...packets: readonly Uint8Array[]): string[] {
  for (const packet of packets) b.suffer(packet)
  return b.diary.read()
}

describe('files: a hostile friend', () => {
  it('sends data that nobody asked for', () => {
    const pair = couple()
    assert.deepEqual(suffers(pair, data(0, 10), data(255, 0)), [])
    assert.equal(drops(pair.b, 'data of an unknown file'), 2)
    suffers(pair, offer(3, 100n))
    assert.deepEqual(suffers(pair, data(3, 10), data(4, 10)), [])
    assert.equal(drops(pair.b, 'data of a file that was not accepted'), 1)
    assert.equal(drops(pair.b, 'data of an unknown file'), 3)
  })

  it('sends more than was announced', () => {
    const pair = couple()
    suffers(pair, offer(0, 2000n))
    pair.b.messenger.files.control(0, FIRST, 'resume')
    const told = suffers(pair, data(0, CHUNK), data(0, CHUNK), data(0, CHUNK))
    assert.deepEqual(told, [`chunk 0 ${FIRST} 0 1371`, `chunk 0 ${FIRST} 1371 629`, `chunk 0 ${FIRST} 2000 0`])
    assert.equal(drops(pair.b, 'data beyond the size'), 1)
    assert.equal(drops(pair.b, 'data of an unknown file'), 1)
    suffers(pair, offer(0, 0n))
    pair.b.messenger.files.control(0, FIRST, 'resume')
    assert.deepEqual(suffers(pair, data(0, 50)), [`chunk 0 ${FIRST} 0 0`])
  })

  it('ends a file before its end', () => {
    const pair = couple()
    suffers(pair, offer(0, 2000n))
    pair.b.messenger.files.control(0, FIRST, 'resume')
    // As in c-toxcore: the user sees the end at another position than announced.
    assert.deepEqual(suffers(pair, data(0, 20), data(0, 20)), [`chunk 0 ${FIRST} 0 20`, `chunk 0 ${FIRST} 20 0`])
  })

  it('sends what is no packet', () => {
    const pair = couple()
    const whole = offer(0, 5n)
    const long = new Uint8Array(46 + 256)
    long[0] = 80
    suffers(pair, whole.subarray(0, 45), long, Uint8Array.of(81, 0, 0), Uint8Array.of(82))
    assert.equal(drops(pair.b, 'offer malformed'), 2)
    assert.equal(drops(pair.b, 'control malformed'), 1)
    assert.equal(drops(pair.b, 'data malformed'), 1)
  })

  it('offers a number twice, or 256 files a second', () => {
    const pair = couple()
    assert.equal(suffers(pair, offer(7, 5n), offer(7, 6n)).length, 1)
    assert.equal(drops(pair.b, 'offer of a number in use'), 1)
    for (let round = 0; round < 20; round++) {
      for (let number = 0; number < 256; number++) pair.b.suffer(offer(number, 5n))
    }
    assert.equal(pair.b.diary.read('offer').length, 255)
  })

  it('controls what makes no sense', () => {
    const pair = couple()
    pair.b.messenger.files.send(0, { kind: 0, size: 5000n, name: EMPTY })
    suffers(pair, offer(0, 5000n))
    const position = (value: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, value >> 8, value & 255)
    const told = suffers(
      pair,
      control(false, 0, ACCEPT),
      control(false, 0, PAUSE),
      control(true, 0, PAUSE),
      control(false, 0, SEEK, position(1)),
      control(true, 0, SEEK, position(5000)),
      control(true, 0, SEEK, position(1).subarray(1)),
      control(true, 0, 4),
    )
    assert.deepEqual(told, [])
    for (const [what, count] of Object.entries({
      'resume out of place': 1,
      'pause out of place': 2,
      'seek out of place': 1,
      'seek beyond the size': 1,
      'seek malformed': 1,
      'control unknown': 1,
    })) {
      assert.equal(drops(pair.b, what), count, what)
    }
    assert.deepEqual(suffers(pair, control(true, 0, ACCEPT), control(true, 0, ACCEPT)), ['control 0 0 resume'])
    suffers(pair, control(true, 0, SEEK, position(2)))
    assert.equal(drops(pair.b, 'seek out of place'), 2)
    assert.deepEqual(suffers(pair, control(true, 0, PAUSE), control(true, 0, PAUSE)), ['control 0 0 pause'])
  })

  it('controls files that we do not have: they are told to forget them, within bounds', () => {
    const pair = couple()
    const heard: string[] = []
    const { handlers } = pair.a.host.sessionList[0]!
    const onLossless = handlers.onLossless.bind(handlers)
    handlers.onLossless = (packet) => {
      if (packet[0] === 81) heard.push(packet.join())
      onLossless(packet)
    }
    suffers(pair, control(true, 4, ACCEPT), control(false, 5, PAUSE), control(true, 6, 99), control(true, 7, KILL))
    pair.world.run(100)
    assert.deepEqual(heard.splice(0), ['81,0,4,2', '81,1,5,2', '81,0,6,2'])
    for (let i = 0; i < 100_000; i++) pair.b.suffer(control(true, i & 255, ACCEPT))
    pair.world.run(100)
    assert.ok(heard.length >= 200 && heard.length <= 256, `${heard.length} answers`)
    assert.equal(drops(pair.b, 'control of an unknown file'), 100_004)
    assert.equal(pair.b.say('I can still talk').ok, true)
  })
})
