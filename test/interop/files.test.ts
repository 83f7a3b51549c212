// Files between ours and c-toxcore 0.2.18, both ways: what one offers the other receives whole, byte for byte, and every
// control is heard.

import assert from 'node:assert/strict'
import { fromUtf8 } from '../../src/base/index.js'
import { FILE_SIZE_UNKNOWN } from '../../src/packet/messenger/file-send.js'
import { CPeer, text } from './c-peer.js'
import { contentHash, FilePeer } from './file-peer.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS } from './pair.js'

const CHUNK = 1371
const MB5 = 5_000_000
/** A file that takes long enough to be interrupted. */
const LONG = 40_000_000n
const NAME = 'größer/../\n.bin'
const [RESUME, PAUSE, CANCEL] = [0, 1, 2]

describe('interop: files with c-toxcore', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let ours: FilePeer
  let theirs: CPeer
  /** Each one's number of the other. */
  let atOurs: number
  let atTheirs: number

  before(async () => {
    ours = await FilePeer.start([])
    theirs = await CPeer.start({ ipv6: false })
    const { port, key } = ours.address
    await theirs.bootstrap('127.0.0.1', port, key)
    atOurs = ours.add((await theirs.self()).key)
    atTheirs = await theirs.friendAddNorequest(ours.publicKey)
    await Promise.all([ours.until('online'), theirs.untilOnline(atTheirs, DEADLINE_MS)])
  })

  after(async () => {
    await ours?.close()
    await theirs?.killHard()
  })

  /** Their number of a file that we offer now. */
  async function offeredToThem(from: number): Promise<number> {
    return (await theirs.until('file_recv', () => true, DEADLINE_MS, from)).file
  }

  for (const size of [0, 1, CHUNK, CHUNK + 1, MB5]) {
    it(`${size} bytes, ours to theirs`, async () => {
      const [heard, seen] = [theirs.events.length, ours.events.length]
      const number = ours.send(atOurs, { size: BigInt(size), name: NAME })
      const offer = await theirs.until('file_recv', () => true, DEADLINE_MS, heard)
      assert.deepEqual([offer.friend, offer.kind, offer.size, text(offer.data)], [atTheirs, 0, String(size), NAME])
      await theirs.fileControl(atTheirs, offer.file, 'resume')
      const got = await theirs.until('file_received', () => true, DEADLINE_MS, heard)
      const { from, to, chunks, sha256 } = got
      assert.deepEqual([from, to, chunks], ['0', String(size), Math.ceil(size / CHUNK)])
      assert.equal(sha256, contentHash(0n, BigInt(size)))
      const sent = await ours.until('sent', () => true, seen)
      assert.deepEqual([sent.file, sent.position], [number, BigInt(size)])
    })

    it(`${size} bytes, theirs to ours`, async () => {
      const [heard, seen] = [theirs.events.length, ours.events.length]
      await theirs.fileSend(atTheirs, { size, name: NAME })
      const offer = await ours.until('offer', () => true, seen)
      assert.deepEqual([offer.friend, offer.kind, offer.size, fromUtf8(offer.name)], [atOurs, 0, BigInt(size), NAME])
      ours.control(atOurs, offer.file, 'resume')
      const { from, to, chunks, sha256 } = await ours.until('received', () => true, seen)
      assert.deepEqual([from, to, chunks], [0n, BigInt(size), Math.ceil(size / CHUNK)])
      assert.equal(sha256, contentHash(0n, BigInt(size)))
      const sent = await theirs.until('file_sent', () => true, DEADLINE_MS, heard)
      assert.equal(sent.position, String(size))
    })
  }

  for (const length of [10 * CHUNK + 5, 10 * CHUNK]) {
    it(`a stream of unknown size that ends after ${length} bytes, both ways`, async () => {
      const [heard, seen] = [theirs.events.length, ours.events.length]
      ours.send(atOurs, { size: FILE_SIZE_UNKNOWN, length: BigInt(length) })
      const offer = await theirs.until('file_recv', () => true, DEADLINE_MS, heard)
      assert.equal(offer.size, String(FILE_SIZE_UNKNOWN))
      await theirs.fileControl(atTheirs, offer.file, 'resume')
      const got = await theirs.until('file_received', () => true, DEADLINE_MS, heard)
      assert.deepEqual([got.to, got.sha256], [String(length), contentHash(0n, BigInt(length))])
      await ours.until('sent', () => true, seen)

      await theirs.fileSend(atTheirs, { size: FILE_SIZE_UNKNOWN, length })
      const theirOffer = await ours.until('offer', () => true, seen)
      assert.equal(theirOffer.size, FILE_SIZE_UNKNOWN)
      ours.control(atOurs, theirOffer.file, 'resume')
      const ourGot = await ours.until('received', () => true, seen)
      assert.deepEqual([ourGot.to, ourGot.sha256], [BigInt(length), contentHash(0n, BigInt(length))])
    })
  }

  it('an avatar, an unknown kind, no name and a file id, both ways', async () => {
    const fileId = new Uint8Array(32).fill(0xa7)
    for (const kind of [1, 4_000_000_000]) {
      const [heard, seen] = [theirs.events.length, ours.events.length]
      const number = ours.send(atOurs, { size: 9n, kind, name: '', fileId })
      const offer = await theirs.until('file_recv', () => true, DEADLINE_MS, heard)
      assert.deepEqual([offer.kind, offer.data.length], [kind, 0])
      assert.deepEqual(await theirs.fileId(atTheirs, offer.file), fileId)
      // They refuse.
      await theirs.fileControl(atTheirs, offer.file, 'cancel')
      await ours.until('control', (e) => e.file === number && e.control === 'cancel', seen)

      const theirNumber = await theirs.fileSend(atTheirs, { size: 9, kind, name: '', fileId })
      const theirOffer = await ours.until('offer', () => true, seen)
      assert.deepEqual([theirOffer.kind, theirOffer.name.length], [kind, 0])
      assert.deepEqual(
        ours.do(({ files }) => files.fileId(atOurs, theirOffer.file)),
        fileId,
      )
      ours.control(atOurs, theirOffer.file, 'cancel')
      await theirs.until('file_recv_control', (e) => e.file === theirNumber && e.control === CANCEL, DEADLINE_MS, heard)
    }
  })

  it('ours to theirs, paused and resumed by both', async () => {
    const [heard, seen] = [theirs.events.length, ours.events.length]
    const number = ours.send(atOurs, { size: LONG })
    const file = await offeredToThem(heard)
    await theirs.fileControl(atTheirs, file, 'resume')
    await ours.until('control', (e) => e.file === number && e.control === 'resume', seen)
    ours.control(atOurs, number, 'pause')
    await theirs.until('file_recv_control', (e) => e.file === file && e.control === PAUSE, DEADLINE_MS, heard)
    await assert.rejects(theirs.fileControl(atTheirs, file, 'resume'), /FILE_CONTROL_DENIED/)
    await stands(() => theirs.fileProgress(atTheirs, file))
    await theirs.fileControl(atTheirs, file, 'pause')
    await ours.until('control', (e) => e.file === number && e.control === 'pause', seen)
    ours.control(atOurs, number, 'resume')
    await theirs.until('file_recv_control', (e) => e.file === file && e.control === RESUME, DEADLINE_MS, heard)
    const paused = await stands(() => theirs.fileProgress(atTheirs, file))
    assert.ok(paused < LONG)
    await theirs.fileControl(atTheirs, file, 'resume')
    const got = await theirs.until('file_received', (e) => e.file === file, 2 * DEADLINE_MS, heard)
    assert.deepEqual([got.to, got.sha256], [String(LONG), contentHash(0n, LONG)])
    await ours.until('sent', (e) => e.file === number, seen)
  })

  it('theirs to ours, paused and resumed by both', async () => {
    const [heard, seen] = [theirs.events.length, ours.events.length]
    const number = await theirs.fileSend(atTheirs, { size: LONG })
    const { file } = await ours.until('offer', () => true, seen)
    ours.control(atOurs, file, 'resume')
    await theirs.until('file_recv_control', (e) => e.file === number && e.control === RESUME, DEADLINE_MS, heard)
    await theirs.fileControl(atTheirs, number, 'pause')
    await ours.until('control', (e) => e.file === file && e.control === 'pause', seen)
    assert.throws(() => ours.control(atOurs, file, 'resume'), /denied/)
    ours.control(atOurs, file, 'pause')
    await theirs.until('file_recv_control', (e) => e.file === number && e.control === PAUSE, DEADLINE_MS, heard)
    await theirs.fileControl(atTheirs, number, 'resume')
    await ours.until('control', (e) => e.file === file && e.control === 'resume', seen)
    const paused = await stands(() => Promise.resolve(ours.progress(atOurs, file)))
    assert.ok(paused < LONG)
    ours.control(atOurs, file, 'resume')
    const got = await ours.until('received', (e) => e.file === file, seen, 2 * DEADLINE_MS)
    assert.deepEqual([got.to, got.sha256], [LONG, contentHash(0n, LONG)])
    await theirs.until('file_sent', (e) => e.file === number, DEADLINE_MS, heard)
  })

  it('cancelled under way, by each side in each direction', async () => {
    for (const byUs of [true, false]) {
      let [heard, seen] = [theirs.events.length, ours.events.length]
      const number = ours.send(atOurs, { size: LONG })
      const file = await offeredToThem(heard)
      await theirs.fileControl(atTheirs, file, 'resume')
      await ours.until('control', (e) => e.control === 'resume', seen)
      if (byUs) {
        ours.control(atOurs, number, 'cancel')
        await theirs.until('file_recv_control', (e) => e.file === file && e.control === CANCEL, DEADLINE_MS, heard)
      } else {
        await theirs.fileControl(atTheirs, file, 'cancel')
        await ours.until('control', (e) => e.file === number && e.control === 'cancel', seen)
      }
      ;[heard, seen] = [theirs.events.length, ours.events.length]
      const theirNumber = await theirs.fileSend(atTheirs, { size: LONG })
      const offer = await ours.until('offer', () => true, seen)
      ours.control(atOurs, offer.file, 'resume')
      await theirs.until('file_recv_control', (e) => e.control === RESUME, DEADLINE_MS, heard)
      if (byUs) {
        ours.control(atOurs, offer.file, 'cancel')
        await theirs.until(
          'file_recv_control',
          (e) => e.file === theirNumber && e.control === CANCEL,
          DEADLINE_MS,
          heard,
        )
      } else {
        await theirs.fileControl(atTheirs, theirNumber, 'cancel')
        await ours.until('control', (e) => e.file === offer.file && e.control === 'cancel', seen)
      }
    }
  })

  it('begun in the middle by seek, both ways, also beyond what a double holds', async () => {
    for (const size of [BigInt(MB5), 2n ** 60n + 12_345n]) {
      const [heard, seen] = [theirs.events.length, ours.events.length]
      const start = size - 10_001n
      ours.send(atOurs, { size })
      const file = await offeredToThem(heard)
      await assert.rejects(theirs.fileSeek(atTheirs, file, size), /FILE_SEEK_INVALID_POSITION/)
      await theirs.fileSeek(atTheirs, file, start)
      await theirs.fileControl(atTheirs, file, 'resume')
      const got = await theirs.until('file_received', () => true, DEADLINE_MS, heard)
      assert.deepEqual([got.from, got.to, got.sha256], [String(start), String(size), contentHash(start, size)])
      await ours.until('sent', (e) => e.position === size, seen)

      await theirs.fileSend(atTheirs, { size })
      const offer = await ours.until('offer', () => true, seen)
      ours.do(({ files }) => files.seek(atOurs, offer.file, start))
      ours.control(atOurs, offer.file, 'resume')
      const ourGot = await ours.until('received', () => true, seen)
      assert.deepEqual([ourGot.from, ourGot.to, ourGot.sha256], [start, size, contentHash(start, size)])
      await theirs.until('file_sent', (e) => e.position === String(size), DEADLINE_MS, heard)
    }
  })

  it('several at once, both ways, and messages pass them', async () => {
    const [heard, seen] = [theirs.events.length, ours.events.length]
    for (let i = 0; i < 4; i++) {
      ours.send(atOurs, { size: 2_000_000n, name: `ours ${i}` })
      await theirs.fileSend(atTheirs, { size: 2_000_000, name: `theirs ${i}` })
    }
    for (let i = 0; i < 4; i++) {
      const there = await theirs.until('file_recv', (e) => text(e.data) === `ours ${i}`, DEADLINE_MS, heard)
      await theirs.fileControl(atTheirs, there.file, 'resume')
      const here = await ours.until('offer', (e) => fromUtf8(e.name) === `theirs ${i}`, seen)
      ours.control(atOurs, here.file, 'resume')
    }
    await theirs.sendMessage(atTheirs, 'meanwhile')
    ours.do((messenger) => messenger.sendMessage(atOurs, 'normal', new TextEncoder().encode('meanwhile')))
    await Promise.all([
      ours.until('message', () => true, seen),
      theirs.until('friend_message', () => true, DEADLINE_MS, heard),
    ])
    const expected = contentHash(0n, 2_000_000n)
    const files = new Set<number>()
    while (files.size < 4) {
      const got = await ours.until('received', (e) => !files.has(e.file), seen)
      assert.equal(got.sha256, expected)
      files.add(got.file)
    }
    const theirFiles = new Set<number>()
    while (theirFiles.size < 4) {
      const got = await theirs.until('file_received', (e) => !theirFiles.has(e.file), DEADLINE_MS, heard)
      assert.equal(got.sha256, expected)
      theirFiles.add(got.file)
    }
  })

  it('256 offers and no more, both ways', async () => {
    const heard = theirs.events.length
    for (let i = 0; i < 256; i++) ours.send(atOurs, { size: 1n })
    assert.throws(() => ours.send(atOurs, { size: 1n }), /too-many/)
    await theirs.until('file_recv', (e) => e.file === 256 << 16, DEADLINE_MS, heard)
    for (let i = 0; i < 256; i++) await theirs.fileSend(atTheirs, { size: 1 })
    await assert.rejects(theirs.fileSend(atTheirs, { size: 1 }), /FILE_SEND_TOO_MANY/)
    await ours.until('offer', (e) => e.file === 256 << 16)
  })
})

/** Waits until a transfer stands still for half a second: where. */
async function stands(progress: () => Promise<bigint>): Promise<bigint> {
  for (let before = -1n; ; ) {
    const now = await progress()
    if (now === before) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
