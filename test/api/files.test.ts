// File transfers through the Node API over real sockets on loopback, ours against ours.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import {
  BootstrapNodeServer,
  type FileContent,
  type Friend,
  type IncomingTransfer,
  type OutgoingTransfer,
  type SendFileOptions,
  Tox,
} from '../../src/index.js'
import { until } from '../support/until.js'

const loopback = { bindAddress: '127.0.0.1', ipv6: false } as const
const CHUNK = 1371
const BIG = 6_000_000
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function* piecesOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

describe('files in the Node API', function () {
  this.timeout(60_000)
  let node: BootstrapNodeServer
  let alice: Tox
  let bob: Tox
  let bobAtAlice: Friend
  let aliceAtBob: Friend
  let dir: string
  const big = new Uint8Array(randomBytes(BIG))

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'files-api-'))
    node = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    const bootstrap = [node.asBootstrapNode()]
    alice = await Tox.create({ ...loopback, bootstrap })
    bob = await Tox.create({ ...loopback, bootstrap })
    bobAtAlice = alice.addFriendWithoutRequest(bob.publicKey)
    aliceAtBob = bob.addFriendWithoutRequest(alice.publicKey)
    await Promise.all([bobAtAlice.whenOnline(), aliceAtBob.whenOnline()])
  })

  after(async () => {
    await Promise.all([alice?.close(), bob?.close()])
    await node?.close()
    rmSync(dir, { recursive: true })
  })

  async function offered(): Promise<IncomingTransfer> {
    const [{ friend, transfer }] = await once(bob, 'file')
    assert.equal(friend, aliceAtBob)
    return transfer
  }

  /** Offers `content`; both ends of it. */
  async function offer(...args: Parameters<Friend['sendFile']>): Promise<[OutgoingTransfer, IncomingTransfer]> {
    const incoming = offered()
    return [bobAtAlice.sendFile(...args), await incoming]
  }

  const inDir = (name: string): string => join(dir, name)
  const parts = (): string[] => readdirSync(dir).filter((name) => name.endsWith('.part'))

  async function collect(transfer: IncomingTransfer): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    for await (const piece of transfer) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  for (const size of [0, 1, CHUNK, CHUNK + 1, BIG]) {
    it(`a file of ${size} bytes`, async () => {
      const path = inDir(`from-${size}`)
      writeFileSync(path, big.subarray(0, size))
      const [sending, receiving] = await offer(path)
      assert.deepEqual([receiving.name, receiving.size, receiving.kind], [`from-${size}`, BigInt(size), 'data'])
      assert.deepEqual([sending.fileId, sending.path], [receiving.fileId, path])
      assert.deepEqual([sending.state, receiving.state], ['offered', 'offered'])
      const target = inDir(`to-${size}`)
      await receiving.accept(target)
      assert.equal(receiving.path, target)
      await Promise.all([sending.finished, receiving.finished])
      assert.deepEqual([sending.state, receiving.state], ['done', 'done'])
      assert.deepEqual([sending.position, receiving.position], [BigInt(size), BigInt(size)])
      assert.equal(sha256(readFileSync(target)), sha256(big.subarray(0, size)))
      assert.deepEqual(parts(), [])
      assert.equal(statSync(target).mode & 0o777, 0o666 & ~process.umask())
      assert.deepEqual([bobAtAlice.transfers, aliceAtBob.transfers], [[], []])
    })
  }

  const half = BIG / 2
  const contents: Record<string, () => [FileContent, SendFileOptions?]> = {
    bytes: () => [big],
    'a Blob': () => [new Blob([big.subarray(0, half), big.subarray(half)])],
    'a web stream of unknown size': () => [new Blob([big]).stream()],
    'a Node stream of unknown size': () => [Readable.from(piecesOf(big, 70_000))],
    'an async iterable whose size is told': () => [piecesOf(big, 1), { size: BIG }],
  }
  for (const [what, make] of Object.entries(contents)) {
    it(`${what}, read by a loop`, async () => {
      const isSlow = what.startsWith('an async')
      const expected = isSlow ? big.subarray(0, 5_000) : big
      const [content, options] = isSlow ? [piecesOf(expected, 1), { size: 5_000 }] : make()
      const [sending, receiving] = await offer(content, { name: 'x', ...options })
      const isKnown = !what.includes('unknown')
      assert.equal(receiving.size, isKnown ? BigInt(expected.length) : undefined)
      assert.equal(sha256(await collect(receiving)), sha256(expected))
      await Promise.all([sending.finished, receiving.finished])
      assert.deepEqual([sending.size, receiving.size], [BigInt(expected.length), BigInt(expected.length)])
    })
  }

  it('streams that end at the end of a chunk, at once, or in the middle of one', async () => {
    for (const size of [0, CHUNK, 3 * CHUNK, 3 * CHUNK + 7]) {
      const [sending, receiving] = await offer(Readable.from(piecesOf(big.subarray(0, size), 1000)))
      assert.equal((await collect(receiving)).length, size)
      await sending.finished
    }
  })

  it('into streams of both families, which are closed at the end', async () => {
    const written: Uint8Array[] = []
    const node = new Writable({
      write(piece, _encoding, done) {
        written.push(piece)
        setImmediate(done)
      },
    })
    const [, toNode] = await offer(big)
    await toNode.accept(node)
    await toNode.finished
    assert.ok(node.writableFinished)
    assert.equal(sha256(Buffer.concat(written)), sha256(big))

    const collected: Uint8Array[] = []
    let isClosed = false
    const web = new WritableStream<Uint8Array>({
      write: (piece) => void collected.push(piece),
      close: () => void (isClosed = true),
    })
    const [, toWeb] = await offer(big)
    await toWeb.accept(web)
    await toWeb.finished
    assert.ok(isClosed)
    assert.equal(sha256(Buffer.concat(collected)), sha256(big))
  })

  it('pauses the friend while the reader is slow, and keeps memory bounded', async () => {
    const [sending, receiving] = await offer(Buffer.alloc(40_000_000))
    let taken = 0
    let held = 0
    for await (const piece of receiving) {
      taken += piece.length
      if (sending.pausedBy !== 'friend' && taken < 20_000_000) {
        // A reader that does not come back: the friend must be stopped.
        await once(sending, 'pause')
        assert.equal(sending.state, 'paused')
        held = Math.max(held, Number(receiving.position) - taken)
      }
    }
    assert.equal(taken, 40_000_000)
    assert.ok(held > 0 && held < 32_000_000, `${held} bytes were held`)
    await sending.finished
  })

  it('tells progress now and then, and every state', async () => {
    const [sending, receiving] = await offer(big)
    const story: string[] = []
    const positions: bigint[] = []
    receiving.on('state', (state, previous) => story.push(`${previous} ${state}`))
    receiving.on('progress', (position) => positions.push(position))
    await receiving.accept(inDir('progress'))
    await receiving.finished
    assert.deepEqual(story, ['offered transferring', 'transferring done'])
    assert.equal(positions.at(-1), BigInt(BIG))
    assert.ok(positions.length < 1000, `${positions.length} events`)
    assert.deepEqual(
      [...positions].sort((a, b) => (a < b ? -1 : 1)),
      positions,
    )
    await sending.finished
  })

  it('pauses and resumes from either side', async () => {
    const [sending, receiving] = await offer(big)
    sending.pause()
    assert.equal(sending.state, 'offered', 'not accepted yet')
    const heard = once(receiving, 'pause')
    await receiving.accept(inDir('paused'))
    assert.deepEqual(await heard, ['friend'])
    assert.deepEqual([receiving.state, receiving.pausedBy], ['paused', 'friend'])
    const both = once(sending, 'pause')
    receiving.pause()
    assert.deepEqual(await both, ['friend'])
    assert.deepEqual([sending.pausedBy, receiving.pausedBy], ['both', 'both'])
    sending.resume()
    assert.deepEqual(await once(receiving, 'resume'), ['friend'])
    const { position } = receiving
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.ok(receiving.position < BIG && receiving.position === position, 'nothing moves')
    receiving.resume()
    await Promise.all([sending.finished, receiving.finished])
    assert.equal(sha256(readFileSync(inDir('paused'))), sha256(big))
  })

  it('an offer that is paused first is accepted when it is resumed', async () => {
    const [sending, receiving] = await offer(big.subarray(0, 10))
    receiving.pause()
    await receiving.accept(inDir('paused-first'))
    assert.deepEqual([receiving.state, sending.state], ['paused', 'offered'])
    receiving.resume()
    await receiving.finished
  })

  const cancelled = { code: 'TOX_ERR_TS_FILE_CANCELLED' }
  it('cancelled by either side, offered or under way', async () => {
    for (const isAccepted of [false, true]) {
      for (const byUs of [false, true]) {
        const [sending, receiving] = await offer(big)
        if (isAccepted) {
          await receiving.accept(inDir('cancelled'))
          await once(receiving, 'progress')
        }
        if (byUs) sending.cancel()
        else receiving.reject()
        await assert.rejects(sending.finished, cancelled)
        await assert.rejects(receiving.finished, cancelled)
        assert.deepEqual([sending.state, receiving.state], ['cancelled', 'cancelled'])
        await until(() => !readdirSync(dir).some((name) => name.startsWith('cancelled')), 'the part file is gone')
      }
    }
  })

  it('leaving the loop cancels, and a failing stream is told to both', async () => {
    const [sending, receiving] = await offer(big)
    for await (const _ of receiving) break
    await assert.rejects(sending.finished, cancelled)

    const [other, refused] = await offer(big)
    await refused.accept(new Writable({ write: (_piece, _encoding, done) => done(new Error('no more paper')) }))
    await assert.rejects(refused.finished, { code: 'TOX_ERR_TS_FILE_UNWRITABLE', message: 'no more paper' })
    await assert.rejects(other.finished, cancelled)

    const [lost, unwanted] = await offer(big)
    const closed = new PassThrough()
    closed.destroy()
    await unwanted.accept(closed)
    await assert.rejects(unwanted.finished, { code: 'TOX_ERR_TS_FILE_UNWRITABLE' })
    await assert.rejects(lost.finished, cancelled)

    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield big
      throw new Error('the tape tore')
    }
    const [torn, half] = await offer(broken())
    await half.accept(new PassThrough().resume())
    await assert.rejects(torn.finished, { code: 'TOX_ERR_TS_FILE_UNREADABLE', message: 'the tape tore' })
    await assert.rejects(half.finished, cancelled)
  })

  it('a stream that is stuck does not keep an instance from closing', async () => {
    const bootstrap = [node.asBootstrapNode()]
    const carol = await Tox.create({ ...loopback, bootstrap })
    const [carolAtAlice, aliceAtCarol] = [
      alice.addFriendWithoutRequest(carol.publicKey),
      carol.addFriendWithoutRequest(alice.publicKey),
    ]
    await Promise.all([carolAtAlice.whenOnline(), aliceAtCarol.whenOnline()])
    const offers = once(carol, 'file')
    carolAtAlice.sendFile(big)
    const [{ transfer }] = (await offers) as [{ transfer: IncomingTransfer }]
    let isWriting = false
    const stuck = new WritableStream<Uint8Array>({
      write: () => {
        isWriting = true
        return new Promise(() => {})
      },
    })
    await transfer.accept(stuck)
    await until(() => isWriting, 'the stream is stuck')
    await carol.close()
    await assert.rejects(transfer.finished, { code: 'TOX_ERR_TS_CLOSED' })
    carolAtAlice.remove()
  })

  it('a signal cancels', async () => {
    const controller = new AbortController()
    const [sending, receiving] = await offer(big, { signal: controller.signal })
    controller.abort()
    await assert.rejects(sending.finished, cancelled)
    await assert.rejects(receiving.finished, cancelled)
    assert.throws(() => bobAtAlice.sendFile(big, { signal: controller.signal }), { code: 'TOX_ERR_TS_ABORTED' })
  })

  it('never over an existing file, unless asked', async () => {
    const target = inDir('existing')
    writeFileSync(target, 'precious')
    const [sending, receiving] = await offer(big.subarray(0, 5000))
    await assert.rejects(receiving.accept(target), { code: 'TOX_ERR_TS_FILE_EXISTS' })
    assert.equal(receiving.state, 'offered')
    assert.equal(readFileSync(target, 'utf8'), 'precious')
    await receiving.accept(target, { overwrite: true })
    await Promise.all([sending.finished, receiving.finished])
    assert.equal(sha256(readFileSync(target)), sha256(big.subarray(0, 5000)))
  })

  it('a file that comes meanwhile is not replaced either, and what was received is kept', async () => {
    const target = inDir('late')
    const [, receiving] = await offer(big.subarray(0, 5000))
    receiving.pause()
    await receiving.accept(target)
    writeFileSync(target, 'precious')
    receiving.resume()
    await assert.rejects(receiving.finished, { code: 'TOX_ERR_TS_FILE_EXISTS', message: /complete in .*\.part$/ })
    assert.equal(readFileSync(target, 'utf8'), 'precious')
    const [part] = parts()
    assert.equal(sha256(readFileSync(inDir(part!))), sha256(big.subarray(0, 5000)))
    rmSync(inDir(part!))
  })

  it('targets that cannot be used are told, and the offer stands', async () => {
    mkdirSync(inDir('folder'))
    writeFileSync(inDir('read-only'), 'x', { mode: 0o444 })
    const [sending, receiving] = await offer(big.subarray(0, 5000))
    const refused = async (path: string, message: RegExp, options = {}): Promise<void> => {
      await assert.rejects(receiving.accept(path, options), { code: 'TOX_ERR_TS_FILE_UNWRITABLE', message })
      assert.equal(receiving.state, 'offered')
    }
    await refused(inDir('folder'), /it is a folder/)
    await refused(inDir('nowhere/file'), /its folder does not exist/)
    await refused(inDir('read-only/file'), /no folder/)
    await refused(inDir('read-only'), /read-only/, { overwrite: true })
    await receiving.accept(inDir('usable'))
    await assert.rejects(receiving.accept(inDir('another')), { code: 'TOX_ERR_TS_FILE_ACCEPTED' })
    await sending.finished
    await receiving.finished
    assert.deepEqual(parts(), [])
  })

  it('what does not fit on the disk is refused at once', async () => {
    const [sending, receiving] = await offer(Readable.from([]), { size: 2n ** 60n })
    await assert.rejects(receiving.accept(inDir('huge')), { message: /do not fit on the disk/ })
    receiving.reject()
    await assert.rejects(sending.finished, cancelled)
  })

  it('a folder that vanishes under way fails it, and nothing is left', async () => {
    mkdirSync(inDir('vanishing'))
    const [sending, receiving] = await offer(big)
    receiving.pause()
    await receiving.accept(inDir('vanishing/file'))
    rmSync(inDir('vanishing'), { recursive: true })
    receiving.resume()
    const failure = { code: 'TOX_ERR_TS_FILE_UNWRITABLE', message: /vanished|folder does not exist/ }
    await assert.rejects(receiving.finished, failure)
    await sending.finished
  })

  it('a file that shrinks, grows or changes while it is sent is not sent', async () => {
    const changes: Record<string, (path: string) => void> = {
      shrinks: (path) => truncateSync(path, 1000),
      grows: (path) => appendFileSync(path, 'more'),
      changes: (path) => writeFileSync(path, big.subarray(1)),
      vanishes: (path) => rmSync(path),
    }
    for (const [how, change] of Object.entries(changes)) {
      const path = inDir(how)
      writeFileSync(path, big)
      const [sending, receiving] = await offer(path)
      change(path)
      const ending = collect(receiving)
      const code = how === 'vanishes' ? 'TOX_ERR_TS_FILE_UNREADABLE' : 'TOX_ERR_TS_FILE_CHANGED'
      await assert.rejects(sending.finished, { code }, how)
      await assert.rejects(ending, cancelled)
    }
  })

  it('a stream that does not keep its word is a failure', async () => {
    for (const size of [9_000, 11_000]) {
      const [sending, receiving] = await offer(piecesOf(big.subarray(0, 10_000), 3_000), { size })
      const ending = collect(receiving)
      await assert.rejects(sending.finished, { code: 'TOX_ERR_TS_FILE_CHANGED' })
      await assert.rejects(ending, cancelled)
    }
  })

  it('an avatar has its SHA-256 as file id, and other kinds are passed on', async () => {
    const [sending, receiving] = await offer(big.subarray(0, 20_000), { kind: 'avatar' })
    assert.equal(receiving.kind, 'avatar')
    assert.equal(receiving.fileId, sha256(big.subarray(0, 20_000)).toUpperCase())
    await collect(receiving)
    await sending.finished
    const fileId = new Uint8Array(32).fill(7)
    const [, strange] = await offer(big.subarray(0, 1), { kind: 4_000_000_000, fileId, name: 'x'.repeat(255) })
    assert.deepEqual([strange.kind, strange.fileId, strange.name.length], [4_000_000_000, '07'.repeat(32), 255])
    strange.reject()
    const tooLong = { code: 'TOX_ERR_FILE_SEND_NAME_TOO_LONG' }
    assert.throws(() => bobAtAlice.sendFile(big, { name: 'x'.repeat(256) }), tooLong)
    assert.throws(() => bobAtAlice.sendFile(new Blob([big]), { kind: 'avatar' }), { code: 'TOX_ERR_TS_BAD_OPTION' })
    assert.throws(() => bobAtAlice.sendFile(big, { fileId: new Uint8Array(31) }), { code: 'TOX_ERR_TS_BAD_OPTION' })
  })

  it('refuses at once what cannot be sent', () => {
    const unreadable = { code: 'TOX_ERR_TS_FILE_UNREADABLE' }
    assert.throws(() => bobAtAlice.sendFile(inDir('none')), { ...unreadable, message: /there is no such file/ })
    assert.throws(() => bobAtAlice.sendFile(dir), { ...unreadable, message: /it is a folder/ })
    const read = new Blob([big]).stream()
    read.getReader()
    assert.throws(() => bobAtAlice.sendFile(read), { code: 'TOX_ERR_TS_BAD_OPTION', message: /locked/ })
    assert.throws(() => bobAtAlice.sendFile('/dev/null'), { ...unreadable, message: /no regular file/ })
  })

  it('three hundred files at once: the rest waits for free numbers', async () => {
    const receiving = (async () => {
      let received = 0
      for await (const { transfer } of bob.incomingFiles()) {
        assert.equal((await collect(transfer)).length, Number(transfer.name.slice(1)))
        if (++received === 300) break
      }
    })()
    const sending = Array.from({ length: 300 }, (_, i) => bobAtAlice.sendFile(big.subarray(0, i), { name: `n${i}` }))
    assert.equal(sending[299]!.state, 'waiting')
    await receiving
    await Promise.all(sending.map(({ finished }) => finished))
  })
})
