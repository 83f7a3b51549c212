// Files of the Node API with c-toxcore 0.2.18: they go on after kill -9 of our process and after a restart of c-toxcore's, in
// both directions. c-toxcore's clients know a file again by its id; these tests do what such a client does.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, toHex } from '../../src/base/index.js'
import { type Friend, MemoryTransferStore, type Tox } from '../../src/index.js'
import { CPeer } from './c-peer.js'
import { fileContent } from './file-content.mjs'
import { contentHash } from './file-peer.js'
import { FilesProgram, nodeOf } from './files-program.js'
import { onlyLoopback } from './lane.js'
import { befriended, bothOnline, DEADLINE_MS, ourPeer } from './pair.js'

/** Some seconds of c-toxcore's pace, so that there is a middle. */
const SIZE = 12_000_000n
const MIDDLE = 2_000_000n
const NAME = '../größer.bin'
const SAFE_NAME = '_größer.bin'

describe('interop: files of the Node API with c-toxcore', function () {
  this.timeout(5 * DEADLINE_MS)
  onlyLoopback(this)

  let folder: string
  let source: string
  let ours: Tox
  let theirs: CPeer
  let friend: Friend
  let number: number

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'files-api-'))
    source = join(folder, 'source')
    writeFileSync(source, fileContent(0n, Number(SIZE)))
    ours = await ourPeer([], { transfers: new MemoryTransferStore() })
    theirs = await CPeer.start({ ipv6: false })
    await enter()
    ;({ friend, number } = await befriended(ours, theirs))
  })

  after(async () => {
    await ours?.close()
    await theirs?.killHard()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  })

  async function enter(): Promise<void> {
    await theirs.bootstrap('127.0.0.1', ours.udpPort, fromHex(ours.dhtKey)!)
  }

  /** kill -9, and again with what it had saved. */
  async function restartTheirs(): Promise<void> {
    const savedata = await theirs.savedata()
    await theirs.killHard()
    theirs = await CPeer.start({ ipv6: false, savedata })
    await enter()
  }

  function assertWhole(path: string): void {
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
    assert.equal(hash, contentHash(0n, SIZE))
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    )
  }

  /** Their number of the file that is offered from event `from` on. */
  async function offeredToThem(from: number): Promise<{ file: number; fileId: string }> {
    const { file } = await theirs.until('file_recv', () => true, DEADLINE_MS, from)
    return { file, fileId: toHex(await theirs.fileId(number, file)) }
  }

  async function theyHave(file: number, position: bigint): Promise<void> {
    while ((await theirs.fileProgress(number, file)) < position) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** What a client does that knows how far it has come. */
  async function theyGoOn(file: number, position: bigint, from: number): Promise<void> {
    await theirs.fileSeek(number, file, position)
    await theirs.fileControl(number, file, 'resume')
    const got = await theirs.until('file_received', (e) => e.file === file, 2 * DEADLINE_MS, from)
    assert.deepEqual([BigInt(got.from), BigInt(got.to)], [position, SIZE])
    assert.equal(got.sha256, contentHash(position, SIZE))
  }

  it('a file to them and one from them', async () => {
    const from = theirs.events.length
    const sending = friend.sendFile(source, { name: NAME })
    const { file, fileId } = await offeredToThem(from)
    assert.equal(fileId, sending.fileId)
    await theirs.fileControl(number, file, 'resume')
    const got = await theirs.until('file_received', () => true, 2 * DEADLINE_MS, from)
    assert.equal(got.sha256, contentHash(0n, SIZE))
    await sending.finished

    const incoming = once(ours, 'file')
    await theirs.fileSend(number, { size: SIZE, name: NAME })
    const [{ transfer }] = await incoming
    assert.deepEqual([transfer.name, transfer.safeName, transfer.size], [NAME, SAFE_NAME, SIZE])
    await transfer.accept(join(folder, 'from-them'))
    await transfer.finished
    assertWhole(join(folder, 'from-them'))
    await theirs.until('file_sent', () => true, DEADLINE_MS, from)
  })

  it('they restart while they receive', async () => {
    let from = theirs.events.length
    const sending = friend.sendFile(source)
    const { file, fileId } = await offeredToThem(from)
    await theirs.fileControl(number, file, 'resume')
    await theyHave(file, MIDDLE)
    await restartTheirs()
    from = 0
    const again = await offeredToThem(from)
    assert.equal(again.fileId, fileId)
    await theyGoOn(again.file, MIDDLE, from)
    await sending.finished
    assert.equal(sending.state, 'done')
  })

  it('they restart while they send', async () => {
    const fileId = new Uint8Array(32).fill(0x51)
    const target = join(folder, 'restarted')
    const incoming = once(ours, 'file')
    await theirs.fileSend(number, { size: SIZE, fileId })
    const [{ transfer }] = await incoming
    await transfer.accept(target)
    while (transfer.position < MIDDLE) await once(transfer, 'progress')
    await restartTheirs()
    await bothOnline(ours, friend, theirs, number)
    assert.equal(existsSync(target), false)
    await theirs.fileSend(number, { size: SIZE, fileId })
    await transfer.finished
    assertWhole(target)
    const sent = await theirs.until('file_sent', () => true, DEADLINE_MS)
    assert.ok(sent.requests < Number(SIZE - MIDDLE) / 1371 + 2, `${sent.requests} chunks were asked for again`)
  })

  it('our process is killed while it receives', async () => {
    const program = new FilesProgram(['receive', folder])
    try {
      const fileId = new Uint8Array(32).fill(0x52)
      const key = toHex((await theirs.self()).key)
      const ourKey = await program.start(nodeOf(ours), key)
      const child = await theirs.friendAddNorequest(fromHex(ourKey)!)
      await theirs.untilOnline(child, DEADLINE_MS)
      const number = await theirs.fileSend(child, { size: SIZE, fileId, name: NAME })
      await program.until(/^moves/)
      await theirs.fileControl(child, number, 'pause')
      await program.until(/^kept [1-9]/)
      await program.kill()
      assert.equal(existsSync(join(folder, SAFE_NAME)), false)
      const from = theirs.events.length
      const lines = program.lines.length
      await program.start(nodeOf(ours), key)
      await theirs.untilOnline(child, DEADLINE_MS, from)
      await theirs.fileSend(child, { size: SIZE, fileId, name: NAME })
      const [, position] = await program.until(/^file \w+ (\d+) true$/, lines)
      assert.ok(BigInt(position!) > 0n, 'something had been synced')
      await program.until(/^done/, lines)
      assertWhole(join(folder, SAFE_NAME))
    } finally {
      await program.kill()
      rmSync(program.folder, { recursive: true })
    }
  })

  it('our process is killed while it sends', async () => {
    const program = new FilesProgram(['send', source])
    try {
      const key = toHex((await theirs.self()).key)
      const from = theirs.events.length
      const ourKey = await program.start(nodeOf(ours), key)
      const child = await theirs.friendAddNorequest(fromHex(ourKey)!)
      const offer = await theirs.until('file_recv', (e) => e.friend === child, DEADLINE_MS, from)
      const fileId = await theirs.fileId(child, offer.file)
      await theirs.fileControl(child, offer.file, 'resume')
      while ((await theirs.fileProgress(child, offer.file)) < MIDDLE) await new Promise((r) => setTimeout(r, 20))
      await program.kill()
      const then = theirs.events.length
      await program.start(nodeOf(ours), key)
      const again = await theirs.until('file_recv', (e) => e.friend === child, DEADLINE_MS, then)
      assert.deepEqual(await theirs.fileId(child, again.file), fileId)
      await theirs.fileSeek(child, again.file, MIDDLE)
      await theirs.fileControl(child, again.file, 'resume')
      const got = await theirs.until('file_received', (e) => e.friend === child, 2 * DEADLINE_MS, then)
      assert.deepEqual([BigInt(got.from), got.sha256], [MIDDLE, contentHash(MIDDLE, SIZE)])
      await program.until(/^done/)
    } finally {
      await program.kill()
      rmSync(program.folder, { recursive: true })
    }
  })
})
