import assert from 'node:assert/strict'
import type { Result } from '../../src/base/index.js'
import { toUtf8 } from '../../src/base/index.js'
import type { FileOffer } from '../../src/messenger/index.js'
import { FILE_SIZE_UNKNOWN } from '../../src/packet/messenger/file-send.js'
import { type Couple, couple, type Person } from './people.js'

const CHUNK = 1371
/** Number of the first file that is received. */
const FIRST = 1 << 16

function offer(size: bigint | number, more: Partial<FileOffer> = {}): FileOffer {
  return { kind: 0, size: BigInt(size), name: toUtf8('a.txt'), ...more }
}

function outcome(result: Result<unknown, string>): string {
  return result.ok ? 'ok' : result.error
}

/** Answers each request for a chunk at once with what stands there in `content`. */
function feeds(person: Person, content: Uint8Array): void {
  person.diary.onLine = (line) => {
    const [what, friend, file, position, length] = line.split(' ')
    if (what !== 'chunk-request' || length === '0') return
    const at = Number(position)
    const data = content.subarray(at, at + Number(length))
    assert.equal(outcome(person.messenger.files.sendChunk(Number(friend), Number(file), BigInt(at), data)), 'ok')
  }
}

function content(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 255)
}

function received(person: Person): Uint8Array {
  return Uint8Array.from(person.diary.payloads.flatMap((data) => [...data]))
}

/** A offers `size` bytes, and both have heard of it. */
function offered(size: bigint | number, more: Partial<FileOffer> = {}): Couple {
  const pair = couple()
  assert.deepEqual(pair.a.messenger.files.send(0, offer(size, more)), { ok: true, value: 0 })
  pair.world.run(100)
  pair.b.diary.read()
  return pair
}

/** B has accepted, and A was asked for the first chunks. */
function accepted(size: bigint | number, more: Partial<FileOffer> = {}): Couple {
  const pair = offered(size, more)
  assert.equal(outcome(pair.b.messenger.files.control(0, FIRST, 'resume')), 'ok')
  pair.world.run(30)
  return pair
}

describe('files', () => {
  for (const size of [1, CHUNK - 1, CHUNK, CHUNK + 1, 100_000]) {
    it(`of ${size} bytes arrive whole, and both sides hear the end`, () => {
      const { world, a, b } = offered(size)
      feeds(a, content(size))
      b.messenger.files.control(0, FIRST, 'resume')
      world.run(2_000)
      assert.deepEqual(received(b), content(size))
      const told = b.diary.read()
      assert.equal(told.at(-1), `chunk 0 ${FIRST} ${size} 0`)
      assert.equal(told.length, Math.ceil(size / CHUNK) + 1)
      const asked = a.diary.read()
      assert.equal(asked[0], 'control 0 0 resume')
      assert.equal(asked[1], `chunk-request 0 0 0 ${Math.min(size, CHUNK)}`)
      assert.equal(asked.at(-1), `chunk-request 0 0 ${size} 0`)
      assert.equal(asked.length, Math.ceil(size / CHUNK) + 2)
      assert.equal(outcome(a.messenger.files.fileId(0, 0)), 'not-found')
      assert.equal(outcome(b.messenger.files.fileId(0, FIRST)), 'not-found')
    })
  }

  it('of no bytes end by themselves', () => {
    const { world, a, b } = accepted(0)
    world.run(100)
    assert.deepEqual(a.diary.read(), ['control 0 0 resume', 'chunk-request 0 0 0 0'])
    assert.deepEqual(b.diary.read(), [`chunk 0 ${FIRST} 0 0`])
  })

  it('are offered with kind, size, any name and a file id', () => {
    const { world, a, b } = couple()
    const fileId = new Uint8Array(32).fill(9)
    a.messenger.files.send(0, { kind: 77, size: FILE_SIZE_UNKNOWN, name: toUtf8('../../etc/\n'), fileId })
    a.messenger.files.send(0, offer(2n ** 60n + 1n, { kind: 1, name: new Uint8Array(0) }))
    world.run(100)
    assert.deepEqual(b.diary.read(), [
      `offer 0 ${FIRST} 77 18446744073709551615 ../../etc/\n`,
      `offer 0 ${2 * FIRST} 1 1152921504606846977 `,
    ])
    assert.deepEqual(b.messenger.files.fileId(0, FIRST), { ok: true, value: fileId })
    const [random] = [0, 1].map((file) => a.messenger.files.fileId(0, file)).slice(1)
    assert.deepEqual(b.messenger.files.fileId(0, 2 * FIRST), random)
    assert.notDeepEqual(random, { ok: true, value: new Uint8Array(32) })
    assert.deepEqual(b.messenger.files.numberOf(0, fileId), { ok: true, value: FIRST })
    assert.deepEqual(a.messenger.files.numberOf(0, fileId), { ok: true, value: 0 })
    assert.equal(outcome(a.messenger.files.numberOf(0, new Uint8Array(32))), 'not-found')
    assert.equal(outcome(a.messenger.files.numberOf(1, fileId)), 'friend-not-found')
  })

  it('of unknown size end with a short chunk, or an empty one', () => {
    for (const last of [5, 0]) {
      const { world, a, b } = accepted(FILE_SIZE_UNKNOWN)
      const { files } = a.messenger
      assert.equal(outcome(files.sendChunk(0, 0, 0n, new Uint8Array(CHUNK))), 'ok')
      assert.equal(outcome(files.sendChunk(0, 0, BigInt(CHUNK), new Uint8Array(last))), 'ok')
      assert.equal(outcome(files.sendChunk(0, 0, BigInt(CHUNK + last), new Uint8Array(1))), 'not-transferring')
      world.run(100)
      assert.equal(a.diary.read().at(-1), `chunk-request 0 0 ${CHUNK + last} 0`)
      const told = b.diary.read()
      assert.deepEqual(told.slice(-1), [`chunk 0 ${FIRST} ${CHUNK + last} 0`])
      assert.equal(told.length, last === 0 ? 2 : 3)
    }
  })

  it('are 256 in each direction', () => {
    const { world, a, b } = couple()
    for (let i = 0; i < 300; i++) {
      const sent = a.messenger.files.send(0, offer(1))
      assert.deepEqual(sent, i < 256 ? { ok: true, value: i } : { ok: false, error: 'too-many' })
    }
    assert.deepEqual(b.messenger.files.send(0, offer(1)), { ok: true, value: 0 })
    world.run(200)
    assert.equal(b.diary.read('offer').at(-1), `offer 0 ${256 * FIRST} 0 1 a.txt`)
    a.messenger.files.control(0, 100, 'cancel')
    assert.deepEqual(a.messenger.files.send(0, offer(1)), { ok: true, value: 100 })
    world.run(200)
    assert.deepEqual(b.diary.read(), [`control 0 ${101 * FIRST} cancel`, `offer 0 ${101 * FIRST} 0 1 a.txt`])
  })

  it('begin where the receiver wants, with every bit of the position', () => {
    const size = 2n ** 62n + 12_345n
    const start = 2n ** 62n + 12_345n - 2000n
    const { world, a, b } = offered(size)
    assert.equal(outcome(b.messenger.files.seek(0, FIRST, start)), 'ok')
    b.messenger.files.control(0, FIRST, 'resume')
    world.run(100)
    const second = start + BigInt(CHUNK)
    assert.deepEqual(a.diary.read('chunk'), [`chunk-request 0 0 ${start} 1371`, `chunk-request 0 0 ${second} 629`])
    const { files } = a.messenger
    assert.equal(outcome(files.sendChunk(0, 0, start, new Uint8Array(CHUNK))), 'ok')
    assert.equal(outcome(files.sendChunk(0, 0, second, new Uint8Array(629))), 'ok')
    world.run(100)
    assert.deepEqual(a.diary.read(), [`chunk-request 0 0 ${size} 0`])
    assert.deepEqual(b.diary.read(), [
      `chunk 0 ${FIRST} ${start} 1371`,
      `chunk 0 ${FIRST} ${second} 629`,
      `chunk 0 ${FIRST} ${size} 0`,
    ])
  })

  it('pause and resume from either side, and only who paused can resume', () => {
    const { world, a, b } = accepted(1_000_000)
    const [ours, theirs] = [a.messenger.files, b.messenger.files]
    const both = (): string[] => [outcome(ours.control(0, 0, 'resume')), outcome(theirs.control(0, FIRST, 'resume'))]
    assert.deepEqual(both(), ['not-paused', 'not-paused'])
    assert.equal(outcome(ours.control(0, 0, 'pause')), 'ok')
    assert.equal(outcome(ours.control(0, 0, 'pause')), 'already-paused')
    world.run(100)
    assert.deepEqual(b.diary.read('control'), [`control 0 ${FIRST} pause`])
    assert.equal(outcome(theirs.control(0, FIRST, 'resume')), 'denied')
    assert.equal(outcome(theirs.control(0, FIRST, 'pause')), 'ok')
    world.run(100)
    assert.deepEqual(a.diary.read('control'), ['control 0 0 resume', 'control 0 0 pause'])
    feeds(a, new Uint8Array(1_000_000))
    // What was asked for before the pause may still be sent.
    assert.equal(outcome(ours.sendChunk(0, 0, 0n, new Uint8Array(CHUNK))), 'ok')
    world.run(2_000)
    a.diary.read()
    assert.deepEqual(b.diary.read('chunk'), [`chunk 0 ${FIRST} 0 ${CHUNK}`])
    assert.equal(outcome(ours.control(0, 0, 'resume')), 'ok')
    world.run(2_000)
    assert.deepEqual(a.diary.read('chunk'), [])
    assert.equal(outcome(ours.control(0, 0, 'resume')), 'denied')
    assert.equal(outcome(theirs.control(0, FIRST, 'resume')), 'ok')
    world.run(30)
    // Nothing is asked for until the user has answered what they were asked for before.
    assert.deepEqual(a.diary.read(), ['control 0 0 resume'])
    for (let i = 1; i < 64; i++) ours.sendChunk(0, 0, BigInt(i * CHUNK), new Uint8Array(CHUNK))
    world.run(10_000)
    assert.equal(a.diary.read('chunk')[0], `chunk-request 0 0 ${64 * CHUNK} ${CHUNK}`)
    assert.equal(b.diary.read().at(-1), `chunk 0 ${FIRST} 1000000 0`)
  })

  it('are cancelled from either side, at any time', () => {
    for (const isAccepted of [false, true]) {
      for (const byReceiver of [false, true]) {
        const { world, a, b } = isAccepted ? accepted(10_000) : offered(10_000)
        a.diary.read()
        const [who, other] = byReceiver ? [b, a] : [a, b]
        const [number, otherNumber] = byReceiver ? [FIRST, 0] : [0, FIRST]
        assert.equal(outcome(who.messenger.files.control(0, number, 'cancel')), 'ok')
        assert.equal(outcome(who.messenger.files.control(0, number, 'cancel')), 'not-found')
        assert.equal(outcome(who.messenger.files.control(0, number, 'resume')), 'not-found')
        world.run(2_000)
        assert.deepEqual(other.diary.read(), [`control 0 ${otherNumber} cancel`])
        assert.deepEqual(who.diary.read(), [])
        assert.equal(outcome(other.messenger.files.control(0, otherNumber, 'cancel')), 'not-found')
      }
    }
  })

  it('are cancelled by both at once, and nobody answers the other for ever', () => {
    const { world, a, b } = accepted(10_000)
    a.messenger.files.control(0, 0, 'cancel')
    b.messenger.files.control(0, FIRST, 'cancel')
    world.run(1_000)
    a.diary.read()
    b.diary.read()
    const sent: number[] = []
    const { handlers } = a.host.sessionList[0]!
    const onLossless = handlers.onLossless.bind(handlers)
    handlers.onLossless = (packet) => {
      sent.push(packet[0]!)
      onLossless(packet)
    }
    world.run(5_000)
    assert.deepEqual(
      sent.filter((id) => id === 81),
      [],
    )
  })

  it('end without a word when the friend goes offline', () => {
    const { world, a, b } = accepted(10_000)
    world.linked = () => false
    world.run(40_000)
    a.diary.read()
    const { files } = a.messenger
    assert.equal(outcome(files.control(0, 0, 'cancel')), 'friend-not-connected')
    assert.equal(outcome(files.seek(0, FIRST, 1n)), 'friend-not-connected')
    assert.equal(outcome(files.sendChunk(0, 0, 0n, new Uint8Array(CHUNK))), 'friend-not-connected')
    assert.equal(outcome(files.send(0, offer(1))), 'friend-not-connected')
    assert.equal(outcome(files.fileId(0, 0)), 'not-found')
    world.linked = () => true
    world.runUntil(() => a.isOnline && b.isOnline)
    world.run(1_000)
    assert.deepEqual(a.diary.read('chunk'), [])
    assert.equal(outcome(b.messenger.files.control(0, FIRST, 'resume')), 'not-found')
    assert.deepEqual(files.send(0, offer(1)), { ok: true, value: 0 })
  })

  it('go on after a lost session by file id and seek', () => {
    const fileId = new Uint8Array(32).fill(3)
    const { world, a, b } = accepted(10_000, { fileId })
    a.messenger.files.sendChunk(0, 0, 0n, content(CHUNK))
    world.run(100)
    world.linked = () => false
    world.run(40_000)
    world.linked = () => true
    world.runUntil(() => a.isOnline && b.isOnline)
    feeds(a, content(10_000))
    a.messenger.files.send(0, offer(10_000, { fileId }))
    world.run(100)
    assert.deepEqual(b.messenger.files.fileId(0, FIRST), { ok: true, value: fileId })
    b.messenger.files.seek(0, FIRST, BigInt(CHUNK))
    b.messenger.files.control(0, FIRST, 'resume')
    world.run(1_000)
    assert.deepEqual(received(b), content(10_000))
  })
})

describe('files: calls are refused, each for its reason, in the order of c-toxcore', () => {
  it('sending', () => {
    const { a } = couple()
    const send = (friend: number, name: number): string =>
      outcome(a.messenger.files.send(friend, offer(1, { name: new Uint8Array(name) })))
    assert.equal(send(1, 256), 'friend-not-found')
    assert.equal(send(0, 256), 'name-too-long')
    assert.equal(send(0, 255), 'ok')
    assert.equal(send(0, 0), 'ok')
    a.host.window = 0
    assert.equal(send(0, 0), 'friend-not-connected')
    for (let i = 2; i < 256; i++) {
      a.host.window = 32_768
      assert.equal(send(0, 0), 'ok')
    }
    a.host.window = 0
    assert.equal(send(0, 0), 'too-many')
    assert.equal(send(0, 256), 'name-too-long')
  })

  it('controlling', () => {
    const { world, a, b } = offered(10_000)
    const { files } = a.messenger
    assert.equal(outcome(files.control(1, 0, 'cancel')), 'friend-not-found')
    for (const number of [1, 255, 256, 65_535, FIRST, 257 * FIRST, 2 ** 32 - 1]) {
      assert.equal(outcome(files.control(0, number, 'resume')), 'not-found')
    }
    assert.equal(outcome(files.control(0, 0, 'resume')), 'denied')
    assert.equal(outcome(files.control(0, 0, 'pause')), 'already-paused')
    assert.equal(outcome(b.messenger.files.control(0, FIRST, 'pause')), 'already-paused')
    a.host.window = 0
    assert.equal(outcome(files.control(0, 0, 'cancel')), 'sendq')
    b.host.window = 0
    assert.equal(outcome(b.messenger.files.control(0, FIRST, 'resume')), 'sendq')
    b.host.window = 100
    // As in c-toxcore, the lower half of a receiving number means nothing.
    assert.equal(outcome(b.messenger.files.control(0, FIRST + 1, 'resume')), 'ok')
    world.run(100)
    assert.equal(outcome(files.control(0, 0, 'cancel')), 'sendq')
    a.host.window = 32_768
    assert.equal(outcome(files.control(0, 0, 'cancel')), 'ok')
  })

  it('seeking', () => {
    const { b } = offered(10_000)
    const { files } = b.messenger
    assert.equal(outcome(files.seek(1, FIRST, 1n)), 'friend-not-found')
    assert.equal(outcome(files.seek(0, 0, 1n)), 'denied')
    assert.equal(outcome(files.seek(0, 2 * FIRST, 1n)), 'not-found')
    assert.equal(outcome(files.seek(0, 257 * FIRST, 1n)), 'not-found')
    assert.equal(outcome(files.seek(0, FIRST, 10_000n)), 'invalid-position')
    b.host.window = 0
    assert.equal(outcome(files.seek(0, FIRST, 9_999n)), 'sendq')
    b.host.window = 32_768
    assert.equal(outcome(files.seek(0, FIRST, 9_999n)), 'ok')
    assert.equal(outcome(files.control(0, FIRST, 'resume')), 'ok')
    assert.equal(outcome(files.seek(0, FIRST, 10_000n)), 'denied')
  })

  it('sending a chunk', () => {
    const { world, a, b } = offered(100_000)
    const { files } = a.messenger
    const chunk = (friend: number, file: number, position: number, length: number): string =>
      outcome(files.sendChunk(friend, file, BigInt(position), new Uint8Array(length)))
    assert.equal(chunk(1, 256, 5, 5000), 'friend-not-found')
    assert.equal(chunk(0, 256, 5, 5000), 'not-found')
    assert.equal(chunk(0, FIRST, 5, 5000), 'not-found')
    assert.equal(chunk(0, 1, 0, CHUNK), 'not-transferring')
    assert.equal(chunk(0, 0, 0, CHUNK), 'not-transferring')
    b.messenger.files.control(0, FIRST, 'resume')
    world.run(100)
    assert.equal(chunk(0, 0, 1, CHUNK + 1), 'invalid-length')
    assert.equal(chunk(0, 0, 1, CHUNK - 1), 'invalid-length')
    assert.equal(chunk(0, 0, 1, 0), 'invalid-length')
    a.host.window = 15
    assert.equal(chunk(0, 0, 1, CHUNK), 'wrong-position')
    assert.equal(chunk(0, 0, 0, CHUNK), 'sendq')
    a.host.window = 32_768
    assert.equal(chunk(0, 0, 0, CHUNK), 'ok')
    assert.equal(chunk(0, 0, 0, CHUNK), 'wrong-position')
    // 64 were asked for.
    for (let i = 1; i < 64; i++) assert.equal(chunk(0, 0, i * CHUNK, CHUNK), 'ok')
    assert.equal(chunk(0, 0, 64 * CHUNK, CHUNK), 'wrong-position')
  })

  it('sending more than there is', () => {
    const { a } = accepted(CHUNK + 10)
    const { files } = a.messenger
    assert.equal(outcome(files.sendChunk(0, 0, 0n, new Uint8Array(CHUNK))), 'ok')
    assert.equal(outcome(files.sendChunk(0, 0, BigInt(CHUNK), new Uint8Array(11))), 'invalid-length')
    assert.equal(outcome(files.sendChunk(0, 0, BigInt(CHUNK), new Uint8Array(10))), 'ok')
    assert.equal(outcome(files.control(0, 0, 'pause')), 'already-paused')
    assert.equal(outcome(files.control(0, 0, 'resume')), 'not-paused')
    assert.equal(outcome(files.fileId(0, 0)), 'ok')
    assert.equal(outcome(files.control(0, 0, 'cancel')), 'ok')
  })
})
